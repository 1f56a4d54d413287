"""Stories of numbers that come in groups by key, and of secrets named beside something else."""

import pytest

from domain.masking import Masked
from tests.domain.masking.masked_call import CARD, CODE, Call, passed

GROUPS = ("4539", "1488", "0343", "6467")


def keyed(*entries: str, asked: str = "") -> list[Masked]:
    """Entries with pauses between; one that has letters is said."""
    call = Call()
    if asked:
        call.hears(asked)
    return [
        call.says(entry) if any(map(str.isalpha, entry)) else call.masker.keypad(entry, at, at + 1)
        for at, entry in enumerate(entries)
    ]


@pytest.mark.parametrize(
    ("entries", "asked", "passes_first"),
    [
        (GROUPS, "", 1),
        (GROUPS, "Please type your order number on the keypad.", 3),
        (("45391488", "03436467"), "", 1),
        (("453914880343", "6467"), "", 1),
        (("four five three nine one four eight eight", "03436467"), "", 1),
        (("4539", "one four eight eight", "0343", "six four six seven"), "", 1),
        (("4111*1111", "1111*1111"), "", 1),
    ],
)
def test_keys_in_groups_are_recalled_as_words_are(
    entries: tuple[str, ...], asked: str, passes_first: int
) -> None:
    masked = keyed(*entries, asked=asked)
    passes, betrayed = masked[:passes_first], masked[passes_first:]
    assert [it.text for it in passes] == list(entries[:passes_first])
    assert [it.text for it in betrayed] == [CARD] * len(betrayed)
    assert [(it.was, it.now) for it in betrayed[0].recall] == [(it.text, CARD) for it in passes]


def test_a_star_parts_no_number() -> None:
    assert [it.text for it in keyed("4111*1111*1111*1111", "*")] == [CARD, "*"]
    assert [it.text for it in keyed("4111*1111", asked="What is your card number?")] == [CARD]


def test_our_question_between_two_groups_hides_no_card_number() -> None:
    call, masked = Call(), []
    for group in GROUPS:
        call.hears("What is your order number, please?")
        masked.append(call.says(group))
    assert [it.text for it in masked] == [*GROUPS[:3], CARD]
    assert [it.was for it in masked[3].recall] == list(GROUPS[:3])


def test_answers_to_several_questions_are_no_card_number() -> None:
    call = Call()
    asked = {
        "4712": "What is your order number?",
        "90210": "And the zip code?",
        "415 555 0100": "Your phone?",
    }
    for answer, question in asked.items():
        call.hears(question)
        assert call.says(answer) == Masked(text=answer)


# -- another name in the same turn ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (
            "my card number is a visa, 4539, hang on the kids are shouting, 1488, one moment, 0343",
            f"my card number is a visa, {CARD}, hang on the kids are shouting, {CARD}",
        ),
        ("the card number on my order is 4539 1488", f"the card number on my order is {CARD}"),
        ("the card number on my order is 4539", f"the card number on my order is {CARD}"),
        (
            "my card number, for the order from last week, is 4539 1488 0343",
            f"my card number, for the order from last week, is {CARD}",
        ),
        ("and the CVV for my order is 737", f"and the CVV for my order is {CODE}"),
        (
            "the security code for the order 4712 is 737",
            f"the security code for the order 4712 is {CODE}",
        ),
        ("the number at the back of my visa is 737", f"the number at the back of my visa is {CODE}"),
        ("the code on the card is 737", f"the code on the card is {CODE}"),
        ("the three digits are 737", f"the three digits are {CODE}"),
        ("my pin is 1234", f"my pin is {CODE}"),
        ("the pin of the card is 1234", f"the pin of the card is {CODE}"),
        (
            "I gave you my card number and my order number is 4712",
            "I gave you my card number and my order number is 4712",
        ),
        (
            "my card number was declined, call me on 086 123 4567",
            "my card number was declined, call me on 086 123 4567",
        ),
    ],
)
def test_a_secret_s_name_outranks_another_beside_it(said: str, kept: str) -> None:
    assert passed(said) == [kept]


@pytest.mark.parametrize(
    ("turns", "kept"),
    [
        (("sure, reference is 4539 1488 0343",), [f"sure, reference is {CARD}"]),
        (("for the order", "4539", "1488"), ["for the order", CARD, CARD]),
        (("it's on my visa 4539",), [f"it's on my visa {CARD}"]),
        (("my order number is 4712",), ["my order number is 4712"]),
        (("I would rather ask about my order", "4712"), ["I would rather ask about my order", "4712"]),
    ],
)
def test_a_card_number_that_was_asked_for_outranks_another_name(
    turns: tuple[str, ...], kept: list[str]
) -> None:
    assert passed(*turns, asked="Please tell me your card number.") == kept


def test_our_question_for_the_card_number_of_an_order_asks_for_the_card_s() -> None:
    assert passed("4539", asked="What is the card number for the order?") == [CARD]
