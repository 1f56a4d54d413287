"""Proving who calls: facts that only the customer should know, or a one-time code sent to them.

Facts are compared by code and never read out; which one was wrong is nobody's to know.
"""

from collections.abc import Mapping
from typing import Any

from domain.actions import Identity
from domain.company import Verification
from domain.gate_events import IdentityChecked, MessageQueued
from domain.identity import facts_match
from domain.ports.identity import IdentityRecords
from domain.ports.messages import Messages
from tools.actions.errand import Errand, Result
from tools.case import Case
from tools.paths import given
from tools.permit import Permit
from tools.policy.scope import at
from tools.records import Records
from tools.words import Words


class VerifyIdentity:
    """The built-in `verify_identity`."""

    def __init__(self, records: Records, kept: IdentityRecords) -> None:
        self._records = records
        self._kept = kept

    async def __call__(self, permit: Permit, errand: Errand) -> Result:
        errand.redeem(permit)
        case, rules = errand.case, errand.company.verification
        if case is None or rules is None:
            return Result(outcome="failed", done=False)
        if case.standing.wrong >= rules.attempts:
            return Result(outcome="too_many", events=(_checked(case, "facts", passed=False),), done=False)
        customer_id, customer = await self._candidate(errand, case, rules)
        if customer is None or not await self._proves(errand, rules, customer_id, customer):
            case.standing = case.standing.failed()
            return Result(outcome="not_proven", events=(_checked(case, "facts", passed=False),), done=False)
        case.standing = case.standing.proven(Identity.VERIFIED, customer_id, customer)
        return Result(outcome="proven", events=(_checked(case, "facts", passed=True),))

    async def _proves(
        self, errand: Errand, rules: Verification, customer_id: str, customer: Mapping[str, Any]
    ) -> bool:
        """Never where the customer's attempts of the day are gone.

        That sounds like any other wrong answer: else callers could find out who is a customer.
        """
        day, company = errand.today.isoformat(), errand.company.id
        if not await self._kept.take_attempt(company, customer_id, day, most=rules.attempts):
            return False
        told = {name: str(errand.arguments[name]) for name in rules.facts if name in errand.arguments}
        known = {name: at({"customer": customer}, path) for name, path in rules.facts.items()}
        if not facts_match(told, known, rules.needed):
            return False
        await self._kept.give_back(company, customer_id, day)
        return True

    async def _candidate(
        self, errand: Errand, case: Case, rules: Verification
    ) -> tuple[str, Mapping[str, Any] | None]:
        """Whom the caller says they are: the one they name, or else the one whose number it is."""
        recognise = errand.company.recognise
        id_field = recognise.id_field if recognise else "customer_id"
        if rules.find is not None and any(
            at(errand.scope, path) for path in rules.find.given.values() if path.startswith("args.")
        ):
            record = await self._records.read(rules.find, given(rules.find, errand.scope))
            found = record[0] if isinstance(record, list) and len(record) == 1 else record
            if isinstance(found, Mapping) and at(found, id_field):
                return str(at(found, id_field)), found
            return "", None
        return case.standing.customer_id, case.standing.customer


class SendCode:
    """The built-in `send_code`: only ever to an address on record, never to one that the caller names."""

    def __init__(self, kept: IdentityRecords, messages: Messages, words: Words) -> None:
        self._kept = kept
        self._messages = messages
        self._words = words

    async def __call__(self, permit: Permit, errand: Errand) -> Result:
        errand.redeem(permit)
        case, rules = errand.case, errand.company.verification
        template = errand.company.message(rules.code_template) if rules and rules.code_template else None
        if case is None or rules is None or template is None or case.standing.customer is None:
            return Result(outcome="not_recognised", done=False)
        address = at({"customer": case.standing.customer}, rules.code_to or "")
        if not address:
            return Result(outcome="no_address", done=False)
        company, customer, day = errand.company.id, case.standing.customer_id, errand.today.isoformat()
        if not case.standing.may_try(await self._kept.attempts(company, customer, day), rules.attempts):
            return Result(outcome="too_many", done=False)
        code = await self._kept.make_code(
            company, customer, case.call_id, day=day, valid_s=rules.code_valid_s
        )
        if code is None:
            return Result(outcome="too_many", done=False)
        message = self._words.message(
            template,
            {"code": code},
            case.language,
            message_id=errand.key,
            call_id=case.call_id,
            to=str(address),
        )
        await self._messages.send(message)
        queued = MessageQueued(message_id=errand.key, template=template.name, channel=template.channel)
        return Result(outcome="sent", facts={"last_two": str(address)[-2:]}, events=(queued,))


class CheckCode:
    """The built-in `check_code`."""

    def __init__(self, kept: IdentityRecords) -> None:
        self._kept = kept

    async def __call__(self, permit: Permit, errand: Errand) -> Result:
        errand.redeem(permit)
        case, rules = errand.case, errand.company.verification
        if case is None or rules is None or case.standing.customer is None:
            return Result(outcome="not_recognised", done=False)
        company, customer = errand.company.id, case.standing.customer_id
        day = errand.today.isoformat()
        if case.standing.wrong >= rules.attempts or not await self._kept.take_attempt(
            company, customer, day, most=rules.attempts
        ):
            return Result(outcome="too_many", events=(_checked(case, "code", passed=False),), done=False)
        checked = await self._kept.check_code(company, customer, case.call_id, str(errand.arguments["code"]))
        if checked in {"right", "expired"}:
            await self._kept.give_back(company, customer, day)
        if checked == "right":
            case.standing = case.standing.proven(Identity.CONFIRMED, customer, case.standing.customer)
            return Result(outcome="proven", events=(_checked(case, "code", passed=True),))
        if checked != "expired":
            case.standing = case.standing.failed()
        outcome = {"wrong": "not_proven", "expired": "expired", "too_many": "too_many"}[checked]
        return Result(outcome=outcome, events=(_checked(case, "code", passed=False),), done=False)


def _checked(case: Case, method: str, *, passed: bool) -> IdentityChecked:
    return IdentityChecked(
        method="code" if method == "code" else "facts",
        passed=passed,
        level=int(case.standing.level),
        customer=case.standing.customer_id if passed else "",
    )
