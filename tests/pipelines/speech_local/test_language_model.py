"""What the recogniser is made to expect."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.speech.local.language_model import END, TrigramModel
from pipelines.speech.local.pronunciation import dictionary, guess
from pipelines.speech.local.recogniser_files import prepare
from pipelines.speech.local.sentences import DIGITS, Sentence, expected, words_of
from tests.pipelines.speech_local.corpus import CORPUS, VOCABULARY

WORDS = st.sampled_from(["my", "order", "is", "late"])
SENTENCES = st.lists(
    st.builds(
        lambda words, weight: Sentence(words=tuple(words), weight=weight),
        st.lists(WORDS, min_size=1, max_size=5),
        st.floats(0.05, 5.0),
    ),
    min_size=1,
    max_size=12,
)


@given(SENTENCES)
def test_what_may_follow_a_history_adds_up_to_one(sentences: list[Sentence]) -> None:
    model = TrigramModel(sentences)
    next_words = [*model.words, END]
    histories: list[tuple[str, ...]] = [(), *((word,) for word in model.words)]
    histories += [pair for sentence in sentences for pair in pairwise(("<s>", *sentence.words))]
    for history in histories:
        assert sum(model.probability((*history, word)) for word in next_words) == pytest.approx(1.0)


def test_the_arpa_file_counts_its_lines() -> None:
    lines = list(TrigramModel([Sentence(words=("my", "order"), weight=1.0)]).arpa())
    assert lines[1:4] == ["ngram 1=4", "ngram 2=3", "ngram 3=2"]
    assert sum(line.count("\t") == 0 and line[:1] in "-0" for line in lines) == 4 + 3 + 2
    assert lines[-1].endswith("\\end\\")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Where is my order 4712?", "where is my order four seven one two"),
        ("Within 14 days, please!", "within fourteen days please"),
        ("I don\N{RIGHT SINGLE QUOTATION MARK}t know {order_id}", "i don't know"),
        ("...", ""),
    ],
)
def test_text_becomes_what_is_spoken(text: str, words: str) -> None:
    assert " ".join(words_of(text)) == words


def test_any_three_digits_in_a_row_are_expected() -> None:
    triples = {
        words[at : at + 3]
        for words in (sentence.words for sentence in expected((), ()))
        for at in range(len(words) - 2)
        if all(word in DIGITS for word in words[at : at + 3])
    }
    assert len(triples) > 900


def test_the_same_words_make_the_same_model() -> None:
    assert list(expected(CORPUS, VOCABULARY)) == list(expected(CORPUS, VOCABULARY))


def test_known_words_keep_all_their_pronunciations(tmp_path: Path) -> None:
    source = tmp_path / "words.dict"
    source.write_text("read R EH D\nread(2) R IY D\nreader R IY D ER\n")
    found = dictionary(["read", "solveig"], source)
    assert found.lines == ("read R EH D", "read(2) R IY D", "solveig S AA L V AY G")
    assert found.guessed == ("solveig",)


@pytest.mark.parametrize("word", ["lumina", "ikea", "qu", "x", "schloss", "o'", "'"])
def test_every_spelling_has_a_sound(word: str) -> None:
    assert guess(word).strip()


def test_files_are_made_once_for_the_same_phrases(tmp_path: Path) -> None:
    pytest.importorskip("pocketsphinx")
    first = prepare(corpus=CORPUS, vocabulary=VOCABULARY, cache=tmp_path)
    made = first.language_model.stat().st_mtime_ns
    assert prepare(corpus=CORPUS, vocabulary=VOCABULARY, cache=tmp_path) == first
    assert first.language_model.stat().st_mtime_ns == made
    assert prepare(corpus=CORPUS[1:], vocabulary=VOCABULARY, cache=tmp_path) != first
    assert {path.parent for path in tmp_path.glob("*/domain.*")} == set(tmp_path.iterdir())


def test_everyday_phrases_hold_no_word_that_the_recogniser_cannot_say(tmp_path: Path) -> None:
    pytest.importorskip("pocketsphinx")
    files = prepare(corpus=(), vocabulary=(), cache=tmp_path)
    words = TrigramModel(expected((), ())).words
    assert dictionary(words, files.acoustic_model.parent / "cmudict-en-us.dict").guessed == ("postcode",)
