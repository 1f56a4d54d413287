"""A secret argument is declared so that it can stay one, or the folder is refused with file and line."""

# ruff: noqa: E501 - a row of the table stays whole

import shutil
from pathlib import Path

import pytest

from adapters.company_folder import load_company
from tests.adapters.company_folder.test_load import SAMPLE, refused, replace
from tests.adapters.company_folder.test_load_deeds import SHOP, Change

PAY = """
  - name: pay_order
    purpose: Pay an order by card.
    tier: execute
    identity: recognised
    arguments:
      - {name: order_id, type: string, description: The order., pattern: '\\d{4}'}
      - {name: card_number, type: string, description: The card., secret: true, digits: 16}
    reads: [{name: order, openapi: getOrder, given: {order_id: args.order_id}}]
    owner: order.customer_id
    binding: {mcp: bank.pay, given: {reference: deed.id}}
    read_back: I would charge your card for order {order_id|digits}. Shall I?
    once_per: [args.order_id]
    facts: [receipt]
    reconcile: {mcp: bank.find_payment, given: {reference: deed.id}, done_when: "answer.found == true"}
    outcomes: {done: "It is paid, {order_id|digits}.", failed: It failed., unknown: I am finding out., already: That was paid before.}
    translations: {de: {read_back: "Bestellung {order_id|digits} per Karte bezahlen?"}}
"""
COMPANY = """
mcp_servers:
  - {name: bank, command: [bank-tools, --stdio]}
"""
A, P = "actions.yaml", "policy.yaml"
RULE = 'rules:\n  - {id: mine, actions: [pay_order], when: "WHEN", then: deny, reason: Because.}\n'
OTHERS = """
  - name: close_account
    purpose: Close it.
    tier: coordinate
    identity: recognised
    arguments: [{name: order_id, type: string, description: The order., pattern: '\\d{4}'}]
    read_back: I would close {order_id|digits}. Shall I?
    once_per: [args.order_id]
    steps: [{action: pay_order, arguments: {order_id: args.order_id}}]
    outcomes: {done: Done., failed: It failed., unknown: I am finding out., already: That was done before.}
    translations: {de: {read_back: "{order_id|digits} schliessen?"}}
"""


def ours(before: str, after: str) -> Change:
    return replace(A, before, after)


def rule(when: str) -> Change:
    return replace(P, "rules:\n", RULE.replace("WHEN", when))


def more(folder: Path) -> None:
    with (folder / A).open("a", encoding="utf-8") as file:
        file.write(OTHERS)


def by_name(folder: Path) -> None:
    """`refund_id` stands in the path of the operation."""
    ours("name: card_number", "name: refund_id")(folder)
    ours("{mcp: bank.pay, given: {reference: deed.id}}", "{openapi: cancelRefund}")(folder)


SECRET = "secret: true, digits: 16}"
BROKEN: dict[str, tuple[Change, str, str, str, str]] = {
    "how long": (ours(SECRET, "secret: true}"), A, "card_number", "nobody says how long", "digits: 16"),
    "too long": (ours(SECRET, "secret: true, digits: 99}"), A, "digits: 99", "less than or equal", "how many"),
    "digits of no secret": (ours(SECRET, "digits: 16}"), A, "card_number", "is not secret", "secret: true"),
    "of another type": (ours("name: card_number, type: string", "name: card_number, type: integer"), A, "card_number", "more than a number", "type: string"),
    "not required": (ours(SECRET, "secret: true, digits: 16, required: false}"), A, "card_number", "more than a number", "nothing else"),
    "with a pattern": (ours(SECRET, "secret: true, digits: 16, pattern: '[0-9]+'}"), A, "card_number", "more than a number", "nothing else"),
    "of a draft": (ours("purpose: Pay an order by card.\n    tier: execute", "purpose: Pay an order by card.\n    tier: draft"), A, "card_number", "a draft cannot ask", "tier: execute"),
    "for a message": (ours("{mcp: bank.pay, given: {reference: deed.id}}", "{message: one_time_code, given: {to: customer.phone}}"), A, "card_number", "no system of record", "openapi"),
    "once per": (ours("card for order {order_id|digits}. Shall I?\n    once_per: [args.order_id]", "card for order {order_id|digits}. Shall I?\n    once_per: [args.card_number]"), A, "once_per: [args.card", "is secret", "another fact"),
    "as the amount": (ours("    facts: [receipt]", "    amount: args.card_number\n    facts: [receipt]"), A, "amount: args.card", "is secret", "another fact"),
    "read back": (ours("charge your card for order", "charge {card_number|digits} for order"), A, "read_back: I would charge {card", "not among the facts", "args.card_number"),
    "read back by path": (ours("charge your card for order", "charge {args.card_number|digits} for order"), A, "read_back: I would charge {args", "is secret", "another fact"),
    "said afterwards": (ours("It is paid, {order_id|digits}", "It is paid, {card_number|digits}"), A, "{card_number|digits}", "not among the facts", "card_number"),
    "among the facts": (ours("facts: [receipt]", "facts: [receipt, payment.card_number]"), A, "payment.card_number", "give the secret", "remove"),
    "given elsewhere": (ours("{reference: deed.id}}\n    read_back", "{reference: args.card_number}}\n    read_back"), A, "reference: args.card", "is secret", "its own parameter"),
    "given from elsewhere": (ours("given: {reference: deed.id}}\n    read_back", "given: {card_number: args.order_id}}\n    read_back"), A, "card_number: args.order_id", "parameter of its own name", "remove"),
    "in what proves it": (ours("answer.found == true", "answer.card == args.card_number"), A, "done_when", "`done_when` looks at the secret", "deed.id"),
    "in a rule": (rule("args.card_number == 'x'"), P, "id: mine", "which no rule can see", "other facts"),
    "in a guarded rule": (rule("has(args.card_number)"), P, "id: mine", "which no rule can see", "other facts"),
    "as a step": (more, A, "action: pay_order", "only an action of its own", "another action"),
    "in the address": (ours("{mcp: bank.pay, given: {reference: deed.id}}", "{openapi: cancelRefund, given: {refund_id: deed.id}}"), A, "card_number", "no parameter", "refund_id"),
    "in the address by name": (by_name, A, "refund_id, type: string", "in the address", "body"),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shop, where an order can be paid by card."""
    folder = Path(shutil.copytree(SAMPLE, tmp_path / "sample", ignore=shutil.ignore_patterns("actions")))
    shutil.copytree(SHOP, folder, dirs_exist_ok=True)
    for name, text in ((A, PAY), ("company.yaml", COMPANY)):
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(text)
    return folder


def test_a_secret_that_is_declared_arrives(folder: Path) -> None:
    pay = load_company(folder).action("pay_order")
    assert pay is not None
    assert [(each.name, each.secret, each.digits) for each in pay.arguments] == [
        ("order_id", False, None),
        ("card_number", True, 16),
    ]


@pytest.mark.parametrize("name", BROKEN)
def test_a_secret_that_could_not_stay_one_is_refused(folder: Path, name: str) -> None:
    break_it, file, at, wrong, write = BROKEN[name]
    break_it(folder)
    found = refused(folder).problems
    problems = [problem for problem in found if wrong in problem.wrong and problem.file == file]
    assert problems, "\n".join(map(str, found))
    assert any(write in problem.write for problem in problems), problems
    lines = (folder / file).read_text(encoding="utf-8").splitlines()
    assert any(at in lines[problem.line - 1] for problem in problems), problems
