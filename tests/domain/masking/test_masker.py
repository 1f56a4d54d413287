"""Stories of callers who say what nobody may keep, and of those who only say an order number."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.language import LanguageUnknown, known_languages
from domain.masking import Known, Masked, Masker, Replacement, Span, Topic, masking_words_for
from domain.masking.words import parse_masking_words
from tests.domain.masking.masked_call import CARD, CODE, EXPIRY, KNOWN, Call, passed
from tests.domain.masking.spoken_cards import TOLD, Said, card_numbers, longest_run, said_cards, spoken

# -- card numbers ---------------------------------------------------------------------------------


@settings(max_examples=250, deadline=None, derandomize=True)
@given(said=said_cards())
def test_no_group_of_an_announced_card_number_passes(said: Said) -> None:
    """Right or misheard, in any grouping and manner, over one to four turns, interim words included."""
    call = Call()
    if said.asked:
        call.hears(said.asked)
    for turn in said.turns:
        words = turn.split()
        for count in range(1, len(words) + 1):
            so_far = " ".join(words[:count])
            assert longest_run(call.masker.interim(so_far)) < 3, so_far
            assert longest_run(call.masker.preview(so_far)) < 3, so_far
        masked = call.says(turn)
        assert longest_run(masked.text) < 3, (turn, masked.text)
        assert masked.silence or longest_run(turn) < 3
        assert not masked.recall


@settings(max_examples=100, deadline=None, derandomize=True)
@given(data=st.data(), number=card_numbers(), wrong=st.sampled_from("0123456789"), at=st.integers(0, 12))
def test_thirteen_digits_need_no_announcement(data: st.DataObject, number: str, wrong: str, at: int) -> None:
    misheard = f"{number[:at]}{wrong}{number[at + 1 :]}"
    said = data.draw(spoken(misheard))
    call = Call()
    assert longest_run(call.masker.interim(said)) < 5
    assert longest_run(call.says(f"well {said} please").text) < 5


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    number=card_numbers(), word=st.sampled_from(["visa", "mastercard", "credit card", "amex"]), data=st.data()
)
def test_behind_the_word_card_five_digits_are_enough(number: str, word: str, data: st.DataObject) -> None:
    first = data.draw(st.integers(5, len(number)))
    masked = Call().says(f"take my {word} {data.draw(spoken(number[:first]))}")
    assert longest_run(masked.text) < 5


def test_groups_that_nobody_announced_are_recalled_from_the_second_on() -> None:
    call = Call()
    assert call.says("4111").text == "4111"
    masked = call.says("1111")
    assert (masked.text, masked.recall) == (CARD, (Replacement(was="4111", now=CARD),))
    assert masked.silence == (Span(from_ms=3000 - 700, to_ms=7000 + 400),)
    assert [call.says(group).text for group in ("1111", "1111")] == [CARD, CARD]


def test_a_card_number_in_place_of_an_order_number_is_recalled_at_its_thirteenth_digit() -> None:
    call = Call()
    call.hears("What is your order number?")
    turns = ["five one oh five", "one oh five one", "oh five one oh", "five one oh oh"]
    masked = [call.says(turn) for turn in turns]
    assert [it.text for it in masked] == [*turns[:3], CARD]
    assert [it.was for it in masked[-1].recall] == turns[:3]
    assert {it.now for it in masked[-1].recall} == {CARD}


def test_my_number_is_a_card_s_after_sixteen_digits() -> None:
    call = Call()
    masked = [call.says(turn) for turn in ("my number is 4111", "1111", "1111", "1112 okay")]
    assert masked[3].text == f"{CARD} okay"
    assert [it.now for it in masked[3].recall] == [f"my number is {CARD}", CARD, CARD]


def test_the_last_four_digits_are_four() -> None:
    asked = "What are the last four digits of your card?"
    assert passed("4242", asked=asked) == ["4242"]
    assert passed("4111", "1111", "1111", asked=asked) == ["4111", CARD, CARD]
    assert passed("41111", asked=asked) == [CARD]


def test_a_turn_without_words_changes_nothing() -> None:
    call = Call()
    call.hears("What is the card number?")
    assert [call.says("").text for _ in range(8)] == [""] * 8
    assert call.says("4111").text == CARD


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("4111111111111111th", f"{CARD}th"),
        ("4111 1111 1111 1112", CARD),
        ("it is 4111-1111-1111-1111 okay", f"it is {CARD} okay"),
        ("4111, hang on, 1111, right, 1111, 1111", CARD.join(["", ""])),
        (
            "forty-one eleven eleven eleven eleven eleven eleven eleven is my card number",
            f"{CARD} is my card number",
        ),
        (
            "my card number is four won one for",
            "my card number is four won one for".replace("four won one", CARD),
        ),
        ("my card number is four one dawn one one", f"my card number is {CARD}"),
        (
            "my order is 4712 and the card number is 4111 1111",
            f"my order is 4712 and the card number is {CARD}",
        ),
        ("\u0664\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661", CARD),
        ("order number 4111 1111 1111 1111", f"order number {CARD}"),
        ("my number is 4111 1111 1111 1111", f"my number is {CARD}"),
        ("the sixteen digits are 4111", f"the sixteen digits are {CARD}"),
        ("my visa four one one one", f"my visa {CARD}"),
    ],
)
def test_ways_to_say_it(said: str, kept: str) -> None:
    assert passed(said) == [kept]


def test_a_word_between_two_groups_does_not_part_them() -> None:
    (text,) = passed("4111, hang on, 1111, right, 1111, 1111")
    assert longest_run(text) == 0


# -- what belongs to a card -----------------------------------------------------------------------


def test_expiry_and_security_code_follow_a_card() -> None:
    assert passed(
        "my card number is 4111111111111111 expiry oh four twenty seven and the code on the back is 123",
        "it expires 04/27",
        "april twenty-seven",
        "one two three",
    ) == [
        f"my card number is {CARD} expiry {EXPIRY} and the code on the back is {CODE}",
        f"it expires {EXPIRY}",
        EXPIRY,
        CODE,
    ]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("the security code is 1234", f"the security code is {CODE}"),
        ("the three digits on the back are one two three", f"the three digits on the back are {CODE}"),
        ("cvv nine double oh", f"cvv {CODE}"),
        ("one two three is the security code", f"{CODE} is the security code"),
    ],
)
def test_a_security_code_needs_no_card(said: str, kept: str) -> None:
    assert passed(said) == [kept]


def test_a_security_code_that_was_asked_for_may_come_digit_by_digit() -> None:
    asked = "And the security code?"
    assert passed("one", "two", "three", asked=asked) == [CODE] * 3


def test_an_order_number_after_a_card_passes_where_it_was_asked_for() -> None:
    call = Call()
    call.says("4111 1111 1111 1111")
    call.hears("I cannot take card numbers like this. What is your order number?")
    assert call.says("4712").text == "4712"
    assert call.says("123").text == CODE, "no order number looks like that"


# -- keys -----------------------------------------------------------------------------------------


def test_keys_are_masked_in_the_same_way() -> None:
    masker = Masker(masking_words_for("en"), KNOWN)
    entries = ["4712", "1", "4111111111111112", "0427", "123"]
    assert [masker.keypad(digits, 0, 1).text for digits in entries] == ["4712", "1", CARD, EXPIRY, CODE]
    masker.expect(Topic.CARD)
    assert [masker.keypad(digits, 0, 1).text for digits in ("1", "51051051")] == ["1", CARD]


# -- what passes ----------------------------------------------------------------------------------

ORDINARY = [
    "my order number is four seven one two",
    "where is order 4712",
    "orders 4712 and 4713, 4714 and 4715 please",
    "my number is oh eight six one two three four five six seven",
    "you can call me on +353 86 123 4567 or on +49 1512 3456 7890",
    "plus one four one five five five five oh one double zero",
    "the phone number is 415 555 0100",
    "my postcode is D02 AF30 and the house number is 12",
    "invoice INV-20391 of the 21st of November 2026",
    "I was charged 25 euros on my card on the twenty first of november",
    "I paid with my visa for order 4712",
    "the card ending in 4242",
    "one moment please, I have two questions",
    "I would like to change the date from the 3rd to the 14th at half past 10",
    "my zip code is 90210 and I was born on 4 July 1990",
    "I got 2 of 3 items and one hundred and twenty euros back",
    "my customer number is 10023456",
    "at 14 30 or 15 45 on 21 11 2026",
    "in twenty twenty-five we had four thousand seven hundred and twelve customers",
    "in 2026 such as +14155550111",
]


@pytest.mark.parametrize("said", ORDINARY)
def test_ordinary_numbers_pass_untouched(said: str) -> None:
    call = Call()
    masked = call.says(said)
    assert masked == Masked(text=said)
    assert call.masker.sensitive_from_ms is None


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    data=st.data(),
    phone=st.from_regex(r"\+?[1-9]\d{6,14}", fullmatch=True),
    order=st.from_regex(r"[0-9]{4}", fullmatch=True),
)
def test_what_was_asked_for_passes(data: st.DataObject, phone: str, order: str) -> None:
    call = Call()
    call.hears("Could you tell me the order number, please?")
    said = data.draw(spoken(order))
    assert call.says(said).text == said
    assert call.says(said).text == said, "callers say it twice"
    call.hears("And a phone number under which we can reach you?")
    if len(phone.lstrip("+")) < 15:
        assert call.says(phone).text == phone


@pytest.mark.parametrize(
    "pause",
    [("086", "123 4567"), ("plus three five three", "eight six", "one two three", "four five six seven")],
)
def test_a_phone_number_may_come_in_groups(pause: tuple[str, ...]) -> None:
    assert passed(*pause, asked="What is your phone number?") == list(pause)


def test_an_order_number_may_be_repeated_and_corrected() -> None:
    turns = ("4712", "4712", "4713", "no 4713")
    assert passed(*turns, asked="What is your order number?") == list(turns)


# -- interim words --------------------------------------------------------------------------------


def test_growing_digits_are_held_back_until_they_are_known() -> None:
    call = Call()
    assert call.masker.interim("my phone is 0861") == "my phone is 0861"
    assert call.masker.interim("my phone is 08612") == "my phone is [digits]"
    assert call.masker.interim("my phone is 0861234567 or") == "my phone is 0861234567 or"
    assert call.says("my phone is 0861234567").text == "my phone is 0861234567"


@pytest.mark.parametrize("so_far", ["4111 1111 1111", "four one one one one one", "it is 4111 1111 1111"])
def test_nothing_is_guessed_from_digits_that_may_go_on(so_far: str) -> None:
    call = Call()
    assert call.masker.preview(so_far) == ""
    assert call.masker.preview(f"{so_far} is my phone number") == f"{so_far} is my phone number"


@pytest.mark.parametrize("word", ["double", "oh", "four to", "order 4712", "card number", "four and"])
def test_a_turn_of_any_length_is_read(word: str) -> None:
    """As long as anybody speaks; the rest is kept by nobody."""
    said = f"{word} " * 3000
    assert len(Call().says(f"{said}4111 1111 1111 1111").text) <= 4000


def test_interim_words_leave_no_trace_but_silence() -> None:
    call = Call()
    assert call.masker.interim("my card number is 4111") == f"my card number is {CARD}"
    masked = call.says("my car")
    assert (masked.text, masked.kinds) == ("my car", frozenset())
    assert masked.silence, "the sound holds the digits that the recogniser took back"
    assert not call.says("hello").silence


def test_the_sound_of_a_number_is_silenced_from_its_first_group() -> None:
    call = Call()
    call.says("my card number is 4111")
    assert call.masker.sensitive_from_ms == 2300
    call.says("hang on")
    masked = call.says("1111 1111 1111")
    assert masked.silence == (Span(from_ms=2300, to_ms=10400),)
    assert call.masker.sensitive_from_ms is None


# -- restricted -----------------------------------------------------------------------------------


def test_what_the_company_restricts_is_masked() -> None:
    known = Known.of(
        words=frozenset({"Medical-Advice"}),
        patterns=(re.compile(r"[A-Z]{2}\d{6}[A-Z]"), re.compile(r"\d{9}"), re.compile("x*")),
    )
    assert passed(
        "I want medical Advice",
        "AB123456C it is",
        "one two three four five six seven eight nine",
        known=known,
    ) == [
        "I want [restricted]",
        "[restricted] it is",
        "[restricted]",
    ]


def test_a_shape_that_fits_every_number_is_no_shape() -> None:
    assert [shape.pattern for shape in KNOWN.shapes] == [r"\d{4}"]
    assert Known.of(shapes=(r"7\d{15}",)).is_ours("7" * 16)


def test_a_tracking_number_of_a_known_shape_passes() -> None:
    known = Known.of(shapes=(r"99\d{14}",))
    assert passed("tracking number 9912345678901234", known=known) == ["tracking number 9912345678901234"]
    assert passed("9912345678901234", known=known) == [CARD]


# -- languages ------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", known_languages())
def test_every_language_has_its_words(language: str) -> None:
    words = masking_words_for(language)
    assert len({*words.labels.values(), words.held}) == 5
    assert all(word in words.digit_words.small for word in words.misheard.values())


def test_a_language_without_words_is_refused() -> None:
    with pytest.raises(LanguageUnknown, match="no words for masking"):
        masking_words_for("xx-YY")
    with pytest.raises(KeyError):
        parse_masking_words("[labels]\n[around_digits]", masking_words_for("en").digit_words)


def test_a_long_german_compound_is_read_at_once() -> None:
    said = f"hundert{'neunzehn' * 400}haft"
    assert Call(language="de").says(said).text == said


def test_german() -> None:
    call = Call(language="de")
    assert call.says("meine Bestellnummer ist vier sieben eins zwei").text.endswith("vier sieben eins zwei")
    assert (
        call.says("meine Kartennummer ist einundvierzig elf").text == "meine Kartennummer ist [Kartennummer]"
    )
    assert (
        call.says("eins eins äh eins eins eins eins eins eins eins eins eins eins").text == "[Kartennummer]"
    )
    assert call.says("die Prüfziffer ist eins zwei drei").text == "die Prüfziffer ist [Prüfziffer]"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("der Code auf der Karte ist 737", "der Code auf der Karte ist [Prüfziffer]"),
        ("die PIN ist 1234", "die PIN ist [Prüfziffer]"),
        ("die drei Ziffern sind 737", "die drei Ziffern sind [Prüfziffer]"),
        ("Sicherheitscode siebenhundertsiebenunddreißig", "Sicherheitscode [Prüfziffer]"),
        ("Prüfziffer siebenhundertundsieben", "Prüfziffer [Prüfziffer]"),
        (
            "meine Kartennummer ist viertausendfünfhundertneununddreißig vierzehnhundertachtundachtzig",
            "meine Kartennummer ist [Kartennummer]",
        ),
        (
            "viertausendfünfhundertneununddreißig vierzehnhundertachtundachtzig dreihundertdreiundvierzig"
            " sechstausendvierhundertsiebenundsechzig",
            "[Kartennummer]",
        ),
        *(
            (said, said)
            for said in (
                "das waren zweihundertfünfzig Euro im Jahr zweitausendsechsundzwanzig",
                "meine Bestellnummer ist viertausendsiebenhundertzwölf",
            )
        ),
    ],
)
def test_german_names_of_a_code_and_numbers_in_one_word(said: str, kept: str) -> None:
    assert Call(language="de").says(said).text == kept


@pytest.mark.parametrize("told", TOLD)
def test_each_announcement_counts_in_the_next_turn_too(told: str) -> None:
    assert passed(told, "four one one one") == [told, CARD]
