"""Reads the company's own systems: one operation, with the caller's own number where the company says so."""

from collections.abc import Sequence
from typing import Any

from domain.ports.back_office import BackOffice, BackOfficeFailed, Json
from tools.actions.errand import Errand, Result
from tools.permit import Permit

_NOT_FOUND = 404


class ReadBackOffice:
    """Runner of actions bound to an OpenAPI operation."""

    def __init__(self, back_office: BackOffice) -> None:
        self._back_office = back_office

    async def __call__(self, permit: Permit, errand: Errand) -> Result:
        errand.redeem(permit)
        given = await self._given(errand)
        if given is None:
            return Result(outcome="not_recognised")
        binding = errand.action.binding
        status, body = await self._back_office.read(binding.name, {**errand.arguments, **given})
        if status == _NOT_FOUND or (status == 200 and not body):
            return Result(outcome="not_found")
        if status != 200:
            raise BackOfficeFailed(f"{binding.name} answered {status}")
        answer = body if isinstance(body, dict) else {"results": body}
        return Result(outcome=_outcome(errand, answer), facts=_only(answer, errand.action.facts))

    async def _given(self, errand: Errand) -> dict[str, object] | None:
        """The facts of the call that the operation takes; None while we do not know who rings."""
        wanted = errand.action.binding.given
        known: dict[str, Json] = {"caller": {"number": errand.call.caller}}
        if any(source.startswith("customer.") for source in wanted.values()):
            customer = await self._customer(errand)
            if customer is None:
                return None
            known["customer"] = customer
        given = {name: _at(known, source.split(".")) for name, source in wanted.items()}
        return None if any(value in {None, ""} for value in given.values()) else given

    async def _customer(self, errand: Errand) -> Json:
        """The one customer of the calling number; two who share it are nobody."""
        recognise = errand.company.recognise
        if recognise is None or not errand.call.caller:
            return None
        status, body = await self._back_office.read(
            recognise.operation, {recognise.argument: errand.call.caller}
        )
        if status == _NOT_FOUND:
            return None
        if status != 200:
            raise BackOfficeFailed(f"{recognise.operation} answered {status}")
        if isinstance(body, list):
            return body[0] if len(body) == 1 else None
        return body


def _outcome(errand: Errand, answer: dict[str, Any]) -> str:
    by = errand.action.outcome_by
    named = _at(answer, by.split(".")) if by else None
    return named if isinstance(named, str) and named in errand.action.outcomes else "found"


def _at(record: Any, path: Sequence[str]) -> Any:
    for name in path:
        record = record.get(name) if isinstance(record, dict) else None
    return record


def _only(answer: Any, paths: Sequence[str]) -> Any:
    """The declared fields of a record, and of each record in a list; a path that ends keeps all below it."""
    if isinstance(answer, list):
        return [_only(item, paths) for item in answer]
    if not isinstance(answer, dict):
        return answer
    kept = {}
    for name, value in answer.items():
        if name in paths:
            kept[name] = value
        elif below := [path.removeprefix(f"{name}.") for path in paths if path.startswith(f"{name}.")]:
            kept[name] = _only(value, below)
    return kept
