"""How a resource declares what it offers: reads, and writes that are stamped, numbered and done once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Header, Request
from pydantic.json_schema import SkipJsonSchema

from simulator.company.access import Refusal, conflict, require_key, responses
from simulator.company.office import Office, look_up, office_of
from simulator.company.records.kept import Problem, Written
from simulator.company.watch import WatchedRoute

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
Kept = TypeVar("Kept", bound=Written)


class Desk(APIRouter):
    """The operations of one resource; they need the key."""

    def __init__(self, tag: str) -> None:
        super().__init__(
            tags=[tag],
            route_class=WatchedRoute,
            dependencies=[Depends(require_key)],
            responses=responses(401, 422),
        )

    def read(self, path: str, operation: str, summary: str) -> Callable[[Endpoint], Endpoint]:
        """404 is documented where the path names a record."""
        missing = responses(404) if "{" in path else None
        return self.get(path, operation_id=operation, summary=summary, responses=missing)

    def write(
        self, path: str, operation: str, summary: str, *codes: str, status: int = 200, method: str = "POST"
    ) -> Callable[[Endpoint], Endpoint]:
        """`codes` of its conflicts.

        The endpoint is a coroutine that awaits nothing once it looks at records: so no other write comes
        between its checks and its effect.
        """
        listed = ", ".join(("idempotency_key_reused", *codes))
        refusals = responses(404, 409, 412) | {
            409: {"model": Problem, "description": f"Conflict; `code` is one of: {listed}."}
        }
        return self.api_route(
            path,
            methods=[method],
            operation_id=operation,
            summary=summary,
            status_code=status,
            responses=refusals,
        )


@dataclass(frozen=True, kw_only=True)
class Write:
    """One write that is under way: whose key it bears, and how it changes records."""

    office: Office
    key: str | None
    expected_version: str | None
    now: datetime

    def find(self, records: dict[str, Kept], number: str, what: str) -> Kept:
        """The record that this write is about. Raises 404, or 412 if it has changed since it was read."""
        record = look_up(records, number, what)
        if self.expected_version is not None and self.expected_version.strip('W/"') != str(record.version):
            raise Refusal(412, "version_changed", f"The {what} is at version {record.version} now.")
        return record

    def change(self, records: dict[str, Kept], number: str, **changes: object) -> Kept:
        """A new version, with this write's key."""
        record = records[number]
        stamp = {"version": record.version + 1, "idempotency_key": self.key}
        records[number] = type(record).model_validate({**dict(record), **changes, **stamp})
        return records[number]

    def keep(self, records: dict[str, Kept], number: str, record: Kept) -> Kept:
        """A new record, with this write's key."""
        records[number] = record.model_copy(update={"idempotency_key": self.key})
        return records[number]


def write_of(
    request: Request,
    key: Annotated[
        str | SkipJsonSchema[None],
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=200,
            description="The same request with the same key is carried out once and answered alike.",
        ),
    ] = None,
    expected_version: Annotated[
        str | SkipJsonSchema[None],
        Header(alias="If-Match", description="The record's version; nothing is done if it has another."),
    ] = None,
) -> Write:
    office = office_of(request)
    return Write(office=office, key=key, expected_version=expected_version, now=office.now())


TheWrite = Annotated[Write, Depends(write_of)]


def next_number(prefix: str, records: dict[str, Any], first: int = 7001) -> str:
    """Such as R-7001: one more than the highest there is."""
    taken = [int(number.rpartition("-")[2]) for number in records]
    return f"{prefix}-{max([first - 1, *taken]) + 1}"


def require(holds: bool, code: str, detail: str) -> None:
    """Raises 409 unless it holds."""
    if not holds:
        raise conflict(code, detail)
