"""What differs from language to language in a telephone call: its small words and our fixed sentences."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from importlib import resources
from typing import Any, Literal

from domain.spoken_digits import DigitWords, digit_runs

_NOT_A_WORD = re.compile(r"[^\w']+")
_LONGEST_BACKCHANNEL = 4  # phrases: "yeah yeah okay right" still only listens
_LONGEST_ASIDE = 6  # words beside a no; beyond it the caller says something of their own


class LanguageUnknown(Exception):
    """No file of `domain/languages` speaks this language."""


@dataclass(frozen=True, kw_only=True)
class Sentences:
    """What the runtime itself says. `{company}` stands for the company's name.

    A tuple holds ways to say the same: the runtime takes them in turn, so that nobody hears one twice.
    """

    slow_action: tuple[str, ...]
    slow_model: tuple[str, ...]
    still_waiting: tuple[str, ...]
    not_understood: tuple[str, ...]
    provider_failure: str
    line_trouble: str
    silence_ask: str
    silence_ask_again: str
    silence_goodbye: str
    goodbye: str
    machine_answer: str
    call_back_offer: str
    call_back_noted: str
    busy: str
    resumed: str
    keypad: str
    secret_number: str
    supervisor_asked: tuple[str, ...]
    safe_answer: str


@dataclass(frozen=True, kw_only=True)
class Language:
    """One language, read from its file of `domain/languages`."""

    tag: str
    """BCP 47 primary language, such as `en`."""
    name: str
    sentences: Sentences
    yes: tuple[str, ...]
    no: tuple[str, ...]
    unclear: tuple[str, ...]
    """Hedges and conditions: whoever says one has not agreed yet."""
    beside_yes: frozenset[str]
    """Words that may stand beside a yes and add nothing to it."""
    backchannels: tuple[str, ...]
    digit_words: DigitWords
    machine_question: re.Pattern[str]
    unfinished_endings: frozenset[str]
    """Words on which nobody ends a sentence: whoever pauses there goes on."""
    promise_words: tuple[str, ...]
    """With these we bind ourselves, or tell the caller what they will have."""
    gate_words: Mapping[str, str]
    """By outcome: what the gate answers where a company has no words of its own for it."""
    _backchannel: re.Pattern[str]
    _answer: re.Pattern[str]
    _promise: re.Pattern[str]

    def of_company(self, name: str) -> "Language":
        """The same language with the company's name in its sentences."""

        def filled(said: str | tuple[str, ...]) -> str | tuple[str, ...]:
            if isinstance(said, tuple):
                return tuple(way.replace("{company}", name) for way in said)
            return said.replace("{company}", name)

        ours: dict[str, Any] = {key: filled(said) for key, said in vars(self.sentences).items()}
        return replace(self, sentences=Sentences(**ours))

    def is_backchannel(self, text: str) -> bool:
        """Whether the caller only shows that they listen; it takes no turn."""
        return self._backchannel.fullmatch(plain(text)) is not None

    def seems_unfinished(self, text: str) -> bool:
        """Whether the caller has paused in mid-sentence: "I would like to know" goes on."""
        if text.rstrip().endswith((".", "?", "!")):  # a recogniser that punctuates has decided already
            return False
        words = plain(text).split()
        return any(" ".join(words[-length:]) in self.unfinished_endings for length in (1, 2, 3) if words)

    def yes_or_no(self, text: str) -> Literal["yes", "no", "unclear"]:
        """A clear answer or none: a hedge, a condition, both at once or a long story is unclear.

        Beside a yes may stand only words that add nothing to it: whoever says "yes, thirty", or "yes?", or
        yes to somebody else in the room, has not agreed.
        """
        words = plain(text)
        said = {str(found.lastgroup).partition("_")[0] for found in self._answer.finditer(words)}
        beside = self._answer.sub(" ", words).split()
        if said == {"no"}:
            return "no" if len(beside) <= _LONGEST_ASIDE else "unclear"
        agrees = said == {"yes"} and "?" not in text and self.beside_yes.issuperset(beside)
        return "yes" if agrees else "unclear"

    def asks_if_machine(self, text: str) -> bool:
        """Whether the caller wants to know if a machine speaks; asking for a person is another thing."""
        return self.machine_question.search(plain(text)) is not None

    def promises(self, sentence: str) -> bool:
        """Whether a sentence of ours binds us."""
        return self._promise.search(plain(sentence)) is not None

    def digit_runs(self, text: str) -> tuple[str, ...]:
        """The digit strings in what was said: "order four seven one two" gives ("4712",)."""
        return digit_runs(plain(text), self.digit_words)


def plain(text: str) -> str:
    """Lower case words with single spaces, as the files of `domain/languages` write them."""
    return _NOT_A_WORD.sub(" ", text.lower().replace("\u2019", "'")).strip()


def language_for(tag: str) -> Language:
    """The language of a BCP 47 tag: `en-US` and `en-IE` share `en`. Raises `LanguageUnknown`."""
    return _load(tag.split("-", 1)[0].lower())


def known_languages() -> tuple[str, ...]:
    names = (entry.name for entry in _folder().iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def _folder() -> resources.abc.Traversable:
    return resources.files("domain") / "languages"


@cache
def _load(primary: str) -> Language:
    if primary not in known_languages():
        known = ", ".join(known_languages())
        raise LanguageUnknown(
            f"no language file for {primary!r}: there are {known}; add domain/languages/{primary}.toml"
        )
    return parse_language(primary, (_folder() / f"{primary}.toml").read_text(encoding="utf-8"))


def parse_language(tag: str, toml: str) -> Language:
    """Raises KeyError or ValueError where the file lacks something."""
    data = tomllib.loads(toml)
    answers, listening = data["answers"], data["listening"]
    return Language(
        tag=tag,
        name=data["name"],
        sentences=_sentences(data["sentences"]),
        yes=tuple(answers["yes"]),
        no=tuple(answers["no"]),
        unclear=tuple(answers["unclear"]),
        beside_yes=frozenset(answers["beside_yes"]),
        backchannels=tuple(listening["backchannels"]),
        digit_words=DigitWords.from_table(data["digits"]),
        machine_question=re.compile("|".join(f"(?:{pattern})" for pattern in listening["machine_questions"])),
        unfinished_endings=frozenset(listening["unfinished_endings"]),
        promise_words=tuple(data["speaking"]["promises"]),
        _promise=re.compile(rf"\b(?:{_alternatives(data['speaking']['promises'])})\b"),
        gate_words=dict(data["gate"]),
        _backchannel=_repeated(listening["backchannels"]),
        _answer=_any_of(answers),
    )


def _sentences(table: Mapping[str, Any]) -> Sentences:
    wanted = {field.name for field in fields(Sentences)}
    if wrong := wanted ^ set(table):
        raise ValueError(
            f"[sentences] must hold exactly the fields of Sentences; check {', '.join(sorted(wrong))}"
        )
    said: dict[str, Any] = {
        name: tuple(ways) if isinstance(ways, list) else ways for name, ways in table.items()
    }
    return Sentences(**said)


def _alternatives(phrases: Iterable[str]) -> str:
    """The longest first, so that "not right" wins over "right"."""
    return "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))


def _repeated(phrases: Iterable[str]) -> re.Pattern[str]:
    one = f"(?:{_alternatives(phrases)})"
    return re.compile(f"{one}(?: {one}){{0,{_LONGEST_BACKCHANNEL - 1}}}")


def _any_of(answers: Mapping[str, list[str]]) -> re.Pattern[str]:
    """One pass over all three kinds, the longest phrase first whichever kind it is of."""
    kinds = [(phrase, kind) for kind in ("yes", "no", "unclear") for phrase in answers[kind]]
    kinds.sort(key=lambda pair: len(pair[0]), reverse=True)
    return re.compile(
        "|".join(rf"(?P<{kind}_{at}>\b{re.escape(phrase)}\b)" for at, (phrase, kind) in enumerate(kinds))
    )
