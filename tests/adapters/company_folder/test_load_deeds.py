"""What may change a system of record is declared whole, or the folder is refused with file, line and what to write."""

# ruff: noqa: E501 - a row of the table stays whole

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.company_folder import load_company
from domain.actions import Identity, Limit
from domain.company import McpServer
from domain.money import Money
from tests.adapters.company_folder.test_load import SAMPLE, refused, replace
from tools.policy.rules import Rules, proofs

Change = Callable[[Path], None]
SHOP = Path(__file__).parent / "shop"
"""The sample with one deed, a refund, in the place of its many."""
COORDINATE = """
  - name: undo_everything
    purpose: Cancel the order and pay it back.
    tier: coordinate
    identity: recognised
    arguments:
      - {name: order_id, type: string, description: The order., pattern: '\\d{4}'}
      - {name: amount, type: money, currency: EUR, description: How much.}
    reads: [{name: order, openapi: getOrder, given: {order_id: args.order_id}}]
    owner: order.customer_id
    amount: args.amount
    limits: [{per: action, amount: 50.00 EUR}]
    read_back: I would cancel order {order_id|digits} and pay back {amount|money}. Shall I?
    once_per: [args.order_id]
    steps:
      - {action: cancel_order, arguments: {order_id: args.order_id, reason: args.order_id}}
      - {action: pay_back, arguments: {order_id: cancel_order.order_id, amount: args.amount}}
    undo: {action: undo_everything, within_s: 60}
    outcomes: {done: Done., failed: It failed., unknown: I am finding out., already: That was done before.}
    translations: {de: {read_back: "Bestellung {order_id|digits} stornieren und {amount|money} erstatten?"}}
  - name: cancel_order
    purpose: Cancel.
    tier: execute
    offered: false
    arguments:
      - {name: order_id, type: string, description: The order.}
      - {name: reason, type: string, description: Why.}
    binding: {openapi: cancelOrder}
    facts: [order_id]
    once_per: [args.order_id]
    undo: {action: reinstate_order, within_s: 60, arguments: {order_id: args.order_id}}
    outcomes: {done: Cancelled., failed: It failed.}
  - name: reinstate_order
    purpose: Take the cancellation back.
    tier: execute
    offered: false
    arguments: [{name: order_id, type: string, description: The order.}]
    binding: {openapi: reinstateOrder}
    once_per: [args.order_id]
    undo: {action: cancel_order, within_s: 60, arguments: {order_id: args.order_id, reason: args.order_id}}
    outcomes: {done: Back again., failed: It failed.}
  - name: pay_back
    purpose: Pay back.
    tier: execute
    offered: false
    arguments:
      - {name: order_id, type: string, description: The order.}
      - {name: amount, type: money, currency: EUR, description: How much.}
    binding: {mcp: bank.refund}
    amount: args.amount
    limits: [{per: action, amount: 50.00 EUR}]
    once_per: [args.order_id]
    undo: {action: take_back, within_s: 60, arguments: {order_id: args.order_id}}
    outcomes: {done: Paid., failed: It failed.}
  - name: take_back
    purpose: Take the money back.
    tier: execute
    offered: false
    arguments: [{name: order_id, type: string, description: The order.}]
    binding: {mcp: bank.take_back}
    once_per: [args.order_id]
    outcomes: {done: Taken back., failed: It failed.}
  - name: write_to_customer
    purpose: Confirm by SMS.
    tier: execute
    offered: false
    identity: recognised
    arguments: [{name: order_id, type: string, description: The order.}]
    binding: {message: confirmation, given: {to: customer.phone}}
    outcomes: {done: Sent., failed: It failed.}
"""
MESSAGE = """
  - name: confirmation
    channel: sms
    text: Order {order_id|digits} was cancelled for {customer.name}, from {call.line}.
"""
COMPANY = """
mcp_servers:
  - {name: bank, command: [bank-tools, --stdio]}
  - {name: crm, url: "https://crm.example/mcp", token_variable: CRM_TOKEN}
verification:
  facts: {postcode: customer.address.postcode, born: customer.born_on}
  needed: 2
  find: {openapi: getCustomer, given: {customer_id: args.customer_id}}
  code_template: one_time_code
  code_to: customer.phone
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shop, with one action over several systems, tools of an MCP server and a verification."""
    folder = Path(shutil.copytree(SAMPLE, tmp_path / "sample", ignore=shutil.ignore_patterns("actions")))
    shutil.copytree(SHOP, folder, dirs_exist_ok=True)
    for name, more in (("actions.yaml", COORDINATE), ("messages.yaml", MESSAGE), ("company.yaml", COMPANY)):
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(more)
    return folder


def test_everything_that_is_declared_arrives(folder: Path) -> None:
    company = load_company(folder)
    refund = company.action("refund_order")
    assert refund is not None
    assert refund.identity is Identity.RECOGNISED
    assert refund.limits[0] == Limit(per="customer_day", amount=Money.parse("150.00 EUR"), count=3)
    assert refund.binding.given == {"amount_minor": "args.amount.minor", "currency": "args.amount.currency"}
    assert refund.undo is not None
    assert refund.undo.arguments == {"refund_id": "result.refund_id"}
    assert (refund.read_back_in("de-DE") or "").startswith("Ich w\u00fcrde")
    everything = company.action("undo_everything")
    assert everything is not None
    assert [step.action for step in everything.steps] == ["cancel_order", "pay_back"]
    assert everything.binding.kind == "steps"
    bound = {action.name: action.binding.kind for action in company.actions}
    assert [bound["pay_back"], bound["write_to_customer"]] == ["mcp", "message"]
    assert company.verification is not None
    assert company.verification.code_to == "customer.phone"
    assert company.mcp_servers[0] == McpServer(name="bank", command=("bank-tools", "--stdio"))
    assert str(company.policy.authority("supervisor", "refund_order")) == "100.00 EUR"
    assert company.policy.rules[0].where.startswith("policy.yaml:")
    assert company.message("confirmation") is not None
    Rules(company.policy)
    assert list(proofs(company)) == ["refund_order"]


def test_a_company_that_only_answers_needs_neither_policy_nor_messages(folder: Path) -> None:
    text = (SHOP / "actions.yaml").read_text(encoding="utf-8")
    before, _, after = text.partition("  - name: refund_order")
    lookups = before + after[after.index("  - name: search_documents") :]
    (folder / "actions.yaml").write_text(lookups, encoding="utf-8")
    shutil.copy(SHOP / "company.yaml", folder)
    for name in ("policy.yaml", "messages.yaml"):
        (folder / name).unlink()
    company = load_company(folder)
    assert (company.policy.rules, company.messages) == ((), ())
    assert company.policy.authority("agent", "refund_order") is None


def gone(name: str) -> Change:
    return lambda folder: (folder / name).unlink()


A, P, M, C = "actions.yaml", "policy.yaml", "messages.yaml", "company.yaml"
ONE_RULE = 'rules:\n  - {id: mine, actions: [ACTION], when: "WHEN", then: THEN, reason: Because.}\n'


def ours(when: str, then: str = "deny", on: str = "refund_order") -> Change:
    return replace(P, "rules:\n", ONE_RULE.replace("WHEN", when).replace("THEN", then).replace("ACTION", on))


BROKEN: dict[str, tuple[Change, str, str | None, str, str]] = {
    "no read-back": (replace(A, "    read_back: I would pay back {amount|money} for order {order_id|digits}. Shall I do that?\n", ""), A, "- name: refund_order", "done without a yes", "read_back"),
    "read-back without the amount": (replace(A, "pay back {amount|money} for", "pay back for"), A, "read_back: I would", "leaves out `args.amount`", "{args.amount|money}"),
    "German read-back without the amount": (replace(A, "{amount|money} für die", "etwas für die"), A, "read_back: Ich w", "leaves out `args.amount`", "money"),
    "read-back without its subject": (replace(A, "money} for order {order_id|digits}.", "money}."), A, "read_back: I would", "leaves out `args.order_id`", "{args.order_id}"),
    "read-back that nobody can fill": (replace(A, "back {amount|money} for", "back {amount|money} to {name} for"), A, "read_back: I would", "`name` is not among the facts", "args.name"),
    "read-back of nothing": (replace(A, "I would pay back {amount|money} for order {order_id|digits}. Shall I do that?", "Shall I?"), A, "read_back: Shall", "names nothing", "{path|form}"),
    "read-back in no German": (replace(A, "        read_back: Ich würde {amount|money} für die Bestellung {order_id|digits} erstatten. Soll ich das tun?\n", ""), A, "read_back: I would", "not read back in `de`", "translations"),
    "no subject": (replace(A, "    once_per: [args.order_id]\n    limits:\n      - {per: customer_day", "    limits:\n      - {per: customer_day"), A, "- name: refund_order", "could be done twice", "once_per"),
    "a subject in many spellings": (replace(A, "    once_per: [args.order_id]\n    limits:\n      - {per: customer_day", "    once_per: [args.note]\n    limits:\n      - {per: customer_day"), A, "once_per: [args.note]", "no argument `note`", "one of"),
    "no words for the unknown": (replace(A, "      unknown: I do not know yet whether the refund", "      perhaps: I do not know yet whether the refund"), A, "outcomes:", "no words for `unknown`", "a sentence"),
    "no words for a repeat": (replace(A, "      already: That order", "      again: That order"), A, "outcomes:", "no words for `already`", "a sentence"),
    "limit without currency": (replace(A, "amount: 150.00 EUR", "amount: 150.00"), A, "amount: 150.00,", "valid string", "50.00 EUR"),
    "limit with half a currency": (replace(A, "amount: 150.00 EUR", "amount: 150.00 EU"), A, "amount: 150.00 EU,", "amount and its currency", "50.00 EUR"),
    "limit of too many places": (replace(A, "amount: 150.00 EUR", "amount: 150.001 EUR"), A, "amount: 150.001", "2 decimal places", "50.00 EUR"),
    "limit in another currency": (replace(A, "amount: 150.00 EUR", "amount: 150.00 USD"), A, "amount: 150.00 USD", "counts USD", "EUR"),
    "limit per week": (replace(A, "per: customer_day, amount: 150", "per: week, amount: 150"), A, "per: week", "Input should be", "customer_day"),
    "limit of nothing": (replace(A, "{per: customer_day, amount: 150.00 EUR, count: 3}", "{per: customer_day}"), A, "{per: customer_day}", "bounds nothing", "50.00 EUR"),
    "count of one deed": (replace(A, "{per: customer_day, amount: 150.00 EUR, count: 3}", "{per: action, count: 3}"), A, "{per: action", "one deed is one deed", "customer_day"),
    "money without bounds": (lambda folder: [replace(A, "    limits:\n      - {per: customer_day, amount: 150.00 EUR, count: 3}\n      - {per: company_day, amount: 5000.00 EUR}\n", "")(folder), replace(P, "  agent:\n    refund_order: 25.00 EUR\n", "")(folder)][0], A, "amount: args.amount", "nothing bounds the money", "limits"),
    "money that is not counted": (replace(A, "    amount: args.amount\n    binding:\n      openapi: createRefund", "    binding:\n      openapi: createRefund"), A, "- name: refund_order", "does not say where it stands", "amount: args.amount"),
    "money that is text": (replace(A, "    amount: args.amount\n    binding:\n      openapi: createRefund", "    amount: args.reason\n    binding:\n      openapi: createRefund"), A, "amount: args.reason", "no money", "type: money"),
    "money of nowhere": (replace(A, "    amount: args.amount\n    binding:\n      openapi: createRefund", "    amount: invoice.total\n    binding:\n      openapi: createRefund"), A, "amount: invoice.total", "no fact of a call", "`order.FIELD`"),
    "money without currency": (replace(A, "        currency: EUR\n        description: How much to pay", "        description: How much to pay"), A, "- name: amount", "money without a currency", "currency: EUR"),
    "owner of nothing": (replace(A, "owner: order.customer_id", "owner: args.customer_id"), A, "owner: args", "no fact of a call", "`order.FIELD`"),
    "field of the body unknown": (replace(A, "amount_minor: args.amount.minor", "amount_cents: args.amount.minor"), A, "amount_cents:", "no parameter `amount_cents`", "`amount_minor`?"),
    "field of the body missing": (replace(A, "given: {amount_minor: args.amount.minor, currency: args.amount.currency}", "given: {amount_minor: args.amount.minor}"), A, "binding:", "needs `currency`", "given"),
    "argument that the body does not take": (replace(A, "      - name: reason\n        type: string\n        description: Why.\n        choices", "      - name: why\n        type: string\n        description: Why.\n        choices"), A, "- name: why", "no parameter `why`", "one of"),
    "execute that reads": (replace(A, "openapi: createRefund", "openapi: listPlans"), A, "tier: execute", "only reads", "lookup"),
    "read that writes": (replace(A, "{name: order, openapi: getOrder,", "{name: order, openapi: reinstateOrder,"), A, "openapi: reinstateOrder", "a read cannot POST", "GET"),
    "read without its key": (replace(A, "openapi: getOrder, given: {order_id: args.order_id}}", "openapi: getOrder}"), A, "{name: order, openapi: getOrder}", "needs `order_id`", "given"),
    "read with a taken name": (replace(A, "{name: order, openapi: getOrder", "{name: result, openapi: getOrder"), A, "{name: result", "name result is taken", "another name"),
    "undo that is not there": (replace(A, "undo: {action: cancel_refund,", "undo: {action: cancel_refnd,"), A, "cancel_refnd", "no action `cancel_refnd`", "`cancel_refund`?"),
    "undo of itself": (replace(A, "undo: {action: cancel_refund,", "undo: {action: refund_order,"), A, "undo: {action: refund_order", "this action itself", "another action"),
    "undo with other arguments": (replace(A, "arguments: {refund_id: result.refund_id}", "arguments: {refund: result.refund_id}"), A, "{refund: result.refund_id}", "no argument of cancel_refund `refund`", "`refund_id`?"),
    "undo without an argument": (replace(A, ", arguments: {refund_id: result.refund_id}}", "}"), A, "undo: {action: cancel_refund", "takes `refund_id`, which nothing gives", "arguments"),
    "undo by an undeclared fact": (replace(A, "refund_id: result.refund_id", "refund_id: result.id"), A, "result.id", "`id` is not among the facts of refund_order", "facts"),
    "undo with another type": (replace(A, "refund_id: result.refund_id", "refund_id: args.amount"), A, "refund_id: args.amount", "`args.amount` is money", "string"),
    "undo that needs more identity": (replace(A, "    tier: execute\n    offered: false\n    arguments:\n      - name: refund_id", "    tier: execute\n    offered: false\n    identity: confirmed\n    arguments:\n      - name: refund_id"), A, "undo: {action: cancel_refund", "needs identity confirmed", "identity: confirmed"),
    "reconcile that does not compile": (replace(A, "refund.idempotency_key == deed.id)", "refund.idempotency_key = deed.id)"), A, "done_when", "`done_when` does not compile", "CEL"),
    "reconcile that looks elsewhere": (replace(A, "refund.idempotency_key == deed.id)", "refund.idempotency_key == call.id)"), A, "done_when", "undeclared reference to 'call.id'", "CEL"),
    "reconcile that writes": (replace(A, "openapi: listOrderRefunds", "openapi: reinstateOrder"), A, "openapi: reinstateOrder", "a reconciliation only reads", "GET"),
    "lookup that is agreed to": (replace(A, "    facts: [order_id, carrier,", "    read_back: Shall I look?\n    facts: [order_id, carrier,"), A, "read_back: Shall", "means nothing for a lookup", "execute"),
    "step that is not there": (replace(A, "{action: pay_back, arguments", "{action: pay_bak, arguments"), A, "pay_bak,", "no action `pay_bak`", "`pay_back`?"),
    "step with an unknown answer": (replace(A, "order_id: cancel_order.order_id", "order_id: cancel_order.id"), A, "cancel_order.id", "not among the facts of cancel_order", "facts"),
    "step before its answer": (replace(A, "arguments: {order_id: args.order_id, reason: args.order_id}}\n", "arguments: {order_id: pay_back.order_id, reason: args.order_id}}\n"), A, "pay_back.order_id", "no fact of a call", "args."),
    "step that cannot be undone": (replace(A, "    undo: {action: reinstate_order, within_s: 60, arguments: {order_id: args.order_id}}\n", ""), A, "{action: cancel_order", "cannot be undone", "undo"),
    "coordinate without steps": (replace(A, "    tier: execute\n    identity: recognised\n    arguments:\n      - name: order_id", "    tier: coordinate\n    identity: recognised\n    arguments:\n      - name: order_id"), A, "tier: coordinate", "coordinates nothing", "steps"),
    "steps that execute": (replace(A, "tier: coordinate", "tier: execute"), A, "tier: execute", "steps make it coordinate", "coordinate"),
    "no server of tools": (replace(A, "mcp: bank.refund", "mcp: bnk.refund"), A, "bnk.refund", "no server of tools `bnk`", "`bank`?"),
    "no tool": (replace(A, "mcp: bank.refund", "mcp: bank"), A, "mcp: bank}", "no server of tools", "bank"),
    "no such message": (replace(A, "message: confirmation", "message: confirmaton"), A, "confirmaton", "no message", "`confirmation`?"),
    "message to nobody": (replace(A, "given: {to: customer.phone}", "given: {}"), A, "message: confirmation", "nobody on record", "customer.FIELD"),
    "message to anybody": (replace(A, "given: {to: customer.phone}", "given: {to: args.order_id}"), A, "message: confirmation", "nobody on record", "customer.FIELD"),
    "message that nobody can fill": (replace(M, "{customer.name}", "{nickname}"), M, "{nickname}", "`nickname` is not among", "args.nickname"),
    "message in an unknown form": (replace(M, "{order_id|digits}", "{order_id|loud}"), M, "{order_id|loud}", "no spoken form", "one of"),
    "SMS with a subject": (replace(M, "    channel: sms\n    text: Order", "    channel: sms\n    subject: Yours\n    text: Order"), M, "- name: confirmation", "which has no subject", "remove"),
    "e-mail without a subject": (replace(M, "    channel: sms\n    text: Order", "    channel: email\n    text: Order"), M, "- name: confirmation", "has no subject", "subject"),
    "same message": (replace(M, "name: confirmation", "name: one_time_code"), M, "- name: one_time_code", "twice", "another name"),
    "channel": (replace(M, "channel: sms\n    text: Order", "channel: fax\n    text: Order"), M, "channel: fax", "Input should be", "`sms` or `email`"),
    "rule that does not compile": (ours("args.amount >"), P, "id: mine", "`when` of mine does not compile: column 14", "CEL"),
    "rule about an unknown fact": (ours("amount > 3"), P, "id: mine", "undeclared reference to 'amount'; there are action, args", "CEL"),
    "rule without yes or no": (ours("size(args)"), P, "id: mine", "gives int, not yes or no", "CEL"),
    "rule about an unknown action": (ours("true", on="refund_ordr"), P, "id: mine", "no action `refund_ordr`", "`refund_order`?"),
    "rule about an unknown argument": (ours("args.amont.minor > 3"), P, "id: mine", "refund_order has no `args.amont`", "has(args.amont)"),
    "rule about an unknown read": (ours("record.invoice.paid"), P, "id: mine", "no `record.invoice`", "has(record.invoice)"),
    "rule with an unknown verdict": (ours("true", "forbid"), P, "id: mine", "Input should be", "hand_over"),
    "rule that never ends": (ours("true", "step_up"), P, "id: mine", "can never be enough", "caller.identity"),
    "rule that confirms nothing": (ours("true", "confirm", on="find_order"), P, "id: mine", "no read-back", "read_back"),
    "rule against people": (ours("true", on="take_message"), P, "id: mine", "never refused", "remove the rule"),
    "rule of the same name": (replace(P, "id: refund_not_before_payment", "id: refund_only_what_was_paid"), P, "- id: refund_only", "twice", "another id"),
    "authority over nothing": (replace(P, "  agent:\n    refund_order:", "  agent:\n    find_order:"), P, "find_order:", "no action that moves money `find_order`", "refund_order"),
    "authority in another currency": (replace(P, "refund_order: 25.00 EUR", "refund_order: 25.00 USD"), P, "25.00 USD", "moves EUR", "EUR"),
    "authority without currency": (replace(P, "refund_order: 25.00 EUR", "refund_order: 25.00"), P, "refund_order: 25.00", "valid string", "50.00 EUR"),
    "no policy for what writes": (gone(P), P, None, "missing", "companies/sample"),
    "no messages for what sends": (gone(M), M, None, "missing", "companies/sample"),
    "server that is nothing": (replace(C, "{name: bank, command: [bank-tools, --stdio]}", "{name: bank}"), C, "{name: bank}", "a command or an address", "command"),
    "server with a token in the file": (replace(C, "token_variable: CRM_TOKEN", "token_variable: s3cret-token"), C, "s3cret", "pattern", "environment variable"),
    "verification by nothing": (replace(C, "born: customer.born_on", "born: born_on"), C, "born: born_on", "no field of a customer's record", "`customer.born_on`?"),
    "verification by too much": (replace(C, "needed: 2", "needed: 3"), C, "needed: 3", "3 facts are needed", "up to 2"),
    "verification by an unknown operation": (replace(C, "find: {openapi: getCustomer,", "find: {openapi: getCustmer,"), C, "getCustmer", "no operation", "`getCustomer`?"),
    "code in no message": (replace(C, "code_template: one_time_code", "code_template: one_time_cod"), C, "one_time_cod", "no message", "`one_time_code`?"),
    "code to nobody": (replace(C, "  code_to: customer.phone\n", ""), C, "verification:", "both a message and an address", "code_to"),
    "level": (replace("playbooks.yaml", "    resolved_when: find_order.found", "    identity: sure\n    resolved_when: find_order.found"), "playbooks.yaml", "identity: sure", "Input should be", "verified"),
    "goal with a hidden action": (replace("playbooks.yaml", "[find_order, list", "[cancel_refund, find_order, list"), "playbooks.yaml", "[cancel_refund", "not offered", "another action"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_declaration_is_refused(folder: Path, name: str) -> None:
    break_it, file, at, wrong, write = BROKEN[name]
    break_it(folder)
    found = refused(folder).problems
    problems = [problem for problem in found if wrong in problem.wrong]
    assert problems, "\n".join(map(str, found))
    problem = problems[0]
    assert problem.file == file
    assert write in problem.write
    if at is not None:
        assert at in (folder / file).read_text(encoding="utf-8").splitlines()[problem.line - 1]


LOOK_AT_IT = """    once_per: [args.refund_id]
    reconcile: {openapi: listOrderRefunds, given: {order_id: order.order_id}, done_when: answer.size() == 0}
    reads: [{name: order, openapi: getOrder, given: {order_id: args.refund_id}}]
"""


def test_an_undo_can_be_looked_up_or_takes_a_key(folder: Path) -> None:
    document = folder / "backoffice.openapi.json"
    tree = json.loads(document.read_text(encoding="utf-8"))
    for path in tree["paths"].values():
        if path.get("post", {}).get("operationId") == "cancelRefund":
            found = path["post"]["parameters"]
            path["post"]["parameters"] = [it for it in found if it["name"] != "Idempotency-Key"]
    document.write_text(json.dumps(tree), encoding="utf-8")
    [problem] = refused(folder).problems
    assert "cancelRefund takes no idempotency key" in problem.wrong
    assert "`reconcile:` under cancel_refund" in problem.write
    replace(A, "    once_per: [args.refund_id]\n", LOOK_AT_IT)(folder)
    load_company(folder)
