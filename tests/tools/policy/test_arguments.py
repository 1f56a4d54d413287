"""What a model writes becomes a typed value in exactly one form, or nothing."""

# ruff: noqa: E501 - a row of a table stays whole

import json
import math
import string
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.actions import Action, Argument, ArgumentType, Binding
from domain.money import Money
from tools.policy.arguments import Refused, canonical, check
from tools.policy.snapshot import Value


def one(kind: ArgumentType, **more: Any) -> Action:
    return Action(
        name="act",
        purpose="",
        tier="execute",
        arguments=(Argument(name="it", type=kind, description="", **more),),
        binding=Binding(kind="openapi", name="act"),
        outcomes={},
    )


def taken(action: Action, raw: object, *, by_code: bool = False) -> Any:
    """The value, or the rule that refused it."""
    checked = check(action, {"it": raw}, by_code=by_code)
    return checked.rule.partition(":")[0] if isinstance(checked, Refused) else checked["it"]


MONEY = one("money", currency="EUR")
TYPE, VALUE, MISSING = "argument.type", "argument.value", "argument.missing"
ZERO_WIDTH, RIGHT_TO_LEFT, SOFT_HYPHEN = "\u200b", "\u202e", "\u00ad"
FULL_WIDTH_4712, ARABIC_25 = "\uff14\uff17\uff11\uff12", "\u0662\u0665"


@pytest.mark.parametrize("raw", [25, 25.0, "25", "25.0", "25.00", "25.00 EUR"])
def test_the_ways_to_write_an_amount(raw: object) -> None:
    assert taken(MONEY, raw) == Money(minor=2500, currency="EUR")


@pytest.mark.parametrize(
    "raw",
    [
        "25,00", "1,000.00", "25.001", 25.001, 0.1 + 0.2, -25, "-25", "+25", "25.00 USD", "USD 25.00", "\u20ac25",
        "25.00EUR", "25 eur", " 25 ", "2e1", "1E3", 1e300, math.nan, math.inf, -math.inf, "NaN", "inf", 10**15,
        "9" * 20, True, ["25.00"], {"minor": 2500, "currency": "EUR"}, {"amount": 25}, ARABIC_25,
        f"25{ZERO_WIDTH}.00", "25.00\n", "0x19", "2_5", "25.", ".25",
    ],
)  # fmt: skip
def test_what_is_no_amount(raw: object) -> None:
    assert taken(MONEY, raw) == TYPE


@pytest.mark.parametrize("kind", ["string", "integer", "number", "boolean", "date", "money"])
def test_a_number_too_long_to_be_written_is_refused(kind: ArgumentType) -> None:
    assert taken(one(kind, currency="EUR"), 10**5000) == TYPE
    assert taken(one(kind, currency="EUR"), -(10**5000)) == TYPE


def test_only_code_hands_over_money_as_a_record() -> None:
    for record in (
        {"minor": 2500, "currency": "EUR"},
        {"amount_minor": 2500, "currency": "EUR"},
        Money.parse("25.00 EUR"),
    ):
        assert taken(MONEY, record, by_code=True) == Money.parse("25.00 EUR")
    for wrong in (
        {"minor": 2500, "currency": "USD"},
        {"minor": -1, "currency": "EUR"},
        {"minor": True, "currency": "EUR"},
        Money.parse("25.00 USD"),
    ):
        assert taken(MONEY, wrong, by_code=True) == TYPE


def test_places_are_the_currencys() -> None:
    assert taken(one("money", currency="JPY"), "25") == Money(minor=25, currency="JPY")
    assert taken(one("money", currency="JPY"), "25.5") == TYPE
    assert taken(one("money", currency="KWD"), "1.234") == Money(minor=1234, currency="KWD")


@given(minor=st.integers(0, 10**12))
def test_an_amount_is_the_same_as_number_and_as_text(minor: int) -> None:
    written = f"{Decimal(minor).scaleb(-2):f}"
    expected = Money(minor=minor, currency="EUR")
    assert taken(MONEY, written) == taken(MONEY, f"{written} EUR") == expected
    assert taken(MONEY, float(written)) in {expected, TYPE}  # a float whose text has an exponent is refused


@given(raw=st.floats(allow_nan=True, allow_infinity=True))
def test_a_float_is_exact_or_refused(raw: float) -> None:
    found = taken(MONEY, raw)
    if found != TYPE:
        assert Decimal(found.minor).scaleb(-2) == Decimal(repr(raw))


CODE = one("string", pattern=r"[A-Z]-\d{4}")
ORDER = one("string", pattern=r"\d{4}")
SIZE = one("string", choices=("small", "large"))


@pytest.mark.parametrize(
    ("action", "raw", "value"),
    [
        (ORDER, 4712, "4712"),
        (ORDER, " 4712 ", "4712"),
        (ORDER, "4 7 1 2", "4712"),
        (ORDER, "47-12", "4712"),
        (ORDER, "47120", VALUE),
        (ORDER, FULL_WIDTH_4712, TYPE),
        (ORDER, f"4712{ZERO_WIDTH}", TYPE),
        (ORDER, f"{RIGHT_TO_LEFT}2174", TYPE),
        (ORDER, "4712\x00", TYPE),
        (ORDER, "47\n12", "4712"),
        (ORDER, "4" * 501, TYPE),
        (ORDER, 4712.0, TYPE),
        (ORDER, True, TYPE),
        (ORDER, {"id": "4712"}, TYPE),
        (ORDER, ["4712"], TYPE),
        (CODE, "a-4712", "A-4712"),
        (CODE, "A-47 12", "A-4712"),
        (CODE, "\u0410-4712", VALUE),  # a Cyrillic A
        (SIZE, "small", "small"),
        (SIZE, "Small", "small"),
        (SIZE, "sm\u0430ll", VALUE),  # a Cyrillic a
        (SIZE, f"small{SOFT_HYPHEN}", TYPE),
        (SIZE, "\u017fmall", VALUE),  # a long s, whose capital is S
        (SIZE, "medium", VALUE),
        (one("string"), "The  tent\tis torn.\r\nPlease call.", "The tent is torn. Please call."),
        (one("string"), "Zoe\u0308", "Zo\u00eb"),
        (one("string"), "   ", TYPE),
        (one("string"), "a\ud800b", TYPE),
        (one("string"), "bell\x07", TYPE),
        (one("string"), "", MISSING),
        (one("string"), None, MISSING),
        (one("integer"), "007", 7),
        (one("integer"), 3.0, 3),
        (one("integer"), 3.5, TYPE),
        (one("integer"), "3.0", TYPE),
        (one("integer"), math.nan, TYPE),
        (one("integer"), 1e300, TYPE),
        (one("integer"), 10**15, TYPE),
        (one("integer"), "1e3", TYPE),
        (one("integer"), ARABIC_25, TYPE),
        (one("integer"), True, TYPE),
        (one("number"), "2.50", 2.5),
        (one("number"), math.inf, TYPE),
        (one("number"), math.nan, TYPE),
        (one("boolean"), True, True),
        (one("boolean"), "true", TYPE),
        (one("boolean"), 1, TYPE),
        (one("date"), "2026-11-21", "2026-11-21"),
        (one("date"), "20261121", TYPE),
        (one("date"), "2026-W47-6", TYPE),
        (one("date"), "2026-02-30", TYPE),
        (one("date"), "0001-01-01", TYPE),
        (one("date"), "9999-12-31", TYPE),
        (one("date"), "tomorrow", TYPE),
        (one("date"), f"2026-11-2{ARABIC_25[0]}", TYPE),
    ],
)
def test_a_value(action: Action, raw: object, value: object) -> None:
    found = taken(action, raw)
    assert (type(found), found) == (type(value), value)


def test_nothing_undeclared_is_taken() -> None:
    assert check(ORDER, {"it": "4712", "customer_id": "C-2"}) == Refused(rule="argument.undeclared")


def test_the_canonical_form_is_json_in_one_order() -> None:
    arguments: dict[str, Value] = {
        "size": "large",
        "amount": Money.parse("25.00 EUR"),
        "count": 2.0,
        "gift": True,
    }
    assert list(canonical(arguments).items()) == [
        ("amount", {"minor": 2500, "currency": "EUR"}),
        ("count", 2),
        ("gift", True),
        ("size", "large"),
    ]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["4712", "25.00"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
KINDS: tuple[ArgumentType, ...] = ("string", "integer", "number", "boolean", "date")


@given(raw=ANYTHING, kind=st.sampled_from(KINDS))
@example(raw="\ud800", kind="string")
def test_whatever_is_written_is_refused_or_keeps_its_form(raw: object, kind: ArgumentType) -> None:
    for action in (one(kind), MONEY, SIZE, ORDER):
        checked = check(action, {"it": raw})
        if isinstance(checked, Refused):
            continue
        form = canonical(checked)
        assert json.loads(json.dumps(form, allow_nan=False)) == form
        again = check(action, form, by_code=True)
        assert not isinstance(again, Refused)
        assert canonical(again) == form


@given(digits=st.text(string.digits, min_size=4, max_size=4), gaps=st.lists(st.sampled_from(["", " ", "-", "  "]), min_size=3, max_size=3))  # fmt: skip
def test_a_number_said_in_groups_is_the_same_number(digits: str, gaps: list[str]) -> None:
    grouped = "".join(digit + gap for digit, gap in zip(digits, [*gaps, ""], strict=True))
    assert taken(ORDER, grouped) == digits
