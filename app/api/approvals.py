"""`/api/approvals`: what waits for a supervisor, with its whole case, and the decision."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Path, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.api.audit import Audit
from app.api.doors import Visiting, comes_from_elsewhere
from app.bodies import read_body
from app.supervision import CannotDecide, Supervision
from domain.money import Money, NotMoney
from domain.ports.ledger import Approval

BODY_BYTES = 4096
ApprovalId = Annotated[
    str, Path(pattern=r"^[0-9a-f]{32}[0-9a-z.]{1,60}$", description="As the list shows it")
]


class ApprovalRow(BaseModel):
    """One deed that waits for a supervisor, and everything that a decision needs."""

    id: str
    company: str
    call_id: str
    action: str
    arguments: dict[str, Any]
    amount: str | None = Field(description="Such as `80.00 EUR`; null where the deed has none")
    customer_id: str
    customer_name: str
    caller: str = Field(description="E.164; empty where the number is hidden")
    rules: list[str]
    reason: str
    read_back: str = Field(description="The sentence that the caller agreed to")
    asked_at: datetime
    expires_at: datetime


class ApprovalList(BaseModel):
    """Who waits longest is first."""

    approvals: list[ApprovalRow]


class DecisionWish(BaseModel):
    """What a supervisor decides."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    decision: Literal["approve", "deny"]
    by: str = Field(min_length=1, max_length=100, description="Who decides; kept with how you were let in")
    amount: str | None = Field(
        default=None, max_length=40, description="Less than was asked, such as `50.00 EUR`"
    )
    words: str = Field(default="", max_length=500, description="For the caller, with a denial")


class Decided(BaseModel):
    """The approval as it stands now."""

    id: str
    state: Literal["approved", "denied"]


class ApprovalsApi:
    """Supervisors' two doors."""

    def __init__(self, supervision: Supervision, audit: Audit) -> None:
        self._supervision = supervision
        self._audit = audit

    def add_to(self, router: APIRouter) -> None:
        router.add_api_route(
            "/approvals", self._approvals, tags=["approvals"], summary="What waits for a supervisor"
        )
        shape = {"application/json": {"schema": DecisionWish.model_json_schema()}}
        router.add_api_route(
            "/approvals/{approval_id}",
            self._decide,
            methods=["POST"],
            tags=["approvals"],
            summary="Allow it, allow less, or refuse it; the first decision counts",
            responses={409: {"description": "It cannot be decided so; the detail says why"}},
            openapi_extra={"requestBody": {"content": shape, "required": True}},
        )

    async def _approvals(self, visitor: Visiting) -> ApprovalList:
        waiting = await self._supervision.waiting()
        self._audit.looked(visitor, "approvals")
        return ApprovalList(approvals=[_row(it) for it in waiting])

    async def _decide(self, request: Request, visitor: Visiting, approval_id: ApprovalId) -> Decided:
        if comes_from_elsewhere(request):
            raise HTTPException(403, detail="This request came from another site.")
        try:
            wish = DecisionWish.model_validate_json(await read_body(request, longest=BODY_BYTES))
            amount = None if wish.amount is None else Money.parse(wish.amount)
        except ValidationError as wrong:
            raise HTTPException(
                422, detail=wrong.errors(include_url=False, include_context=False, include_input=False)
            ) from None
        except NotMoney as wrong:
            raise HTTPException(422, detail=str(wrong)) from None
        by = f"{wish.by} ({visitor.name})"  # who it says it is, and by what it was let in
        try:
            if wish.decision == "approve":
                decided = await self._supervision.approve(approval_id, by=by, amount=amount)
            else:
                decided = await self._supervision.deny(approval_id, by=by, words=wish.words)
        except CannotDecide as refused:
            raise HTTPException(409, detail=str(refused)) from None
        if wish.decision == "approve":
            self._audit.did(visitor, "approval granted", decided.deed.call_id)
            return Decided(id=decided.id, state="approved")
        self._audit.did(visitor, "approval denied", decided.deed.call_id)
        return Decided(id=decided.id, state="denied")


def _row(approval: Approval) -> ApprovalRow:
    deed = approval.deed
    return ApprovalRow(
        id=approval.id,
        company=deed.company,
        call_id=deed.call_id,
        action=deed.action,
        arguments=dict(deed.arguments),
        amount=None if deed.amount is None else str(deed.amount),
        customer_id=deed.customer,
        customer_name=str((deed.scope.get("customer") or {}).get("name") or ""),
        caller=str((deed.scope.get("caller") or {}).get("number") or ""),
        rules=list(approval.rules),
        reason=approval.reason,
        read_back=approval.read_back,
        asked_at=approval.asked_at,
        expires_at=approval.expires_at,
    )
