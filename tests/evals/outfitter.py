"""A benchmark's kind of domain, written for these tests: an outfitter's tools in plain Python."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from domain.actions import Limit
from domain.money import Money
from domain.policy import Rule
from evals.tenant import Tool

ID = {"type": "string", "description": "An id."}


class Order(BaseModel):
    """One order."""

    order_id: str
    user_id: str
    status: str
    total: float
    items: list[str]
    address: dict[str, str] = {}
    note: str = ""


def schema(name: str, properties: dict[str, Any], *optional: str, **more: Any) -> dict[str, Any]:
    required = [each for each in properties if each not in optional]
    parameters = {"type": "object", "properties": properties, "required": required, **more}
    return {
        "type": "function",
        "function": {"name": name, "description": f"{name}.", "parameters": parameters},
    }


class Outfitter:
    """Its records, its tools, and how often each tool has run."""

    def __init__(self) -> None:
        self.users = {"ada_1": "ada@example.com", "ben_2": "ben@example.com"}
        self.orders = {
            "#W1": Order(order_id="#W1", user_id="ada_1", status="pending", total=80.5, items=["10", "11"]),
            "#W2": Order(order_id="#W2", user_id="ada_1", status="delivered", total=700.0, items=["12"]),
            "#W3": Order(order_id="#W3", user_id="ben_2", status="pending", total=20.0, items=["10"]),
        }
        self.vouchers: list[tuple[str, float]] = []
        self.ran: list[str] = []

    # -- the tools -------------------------------------------------------------------------------

    def run(self, name: str, arguments: Mapping[str, Any]) -> Any:
        self.ran.append(name)
        return getattr(self, name)(**arguments)

    async def run_later(self, name: str, arguments: Mapping[str, Any]) -> Any:
        return self.run(name, arguments)

    def find_user(self, email: str) -> str:
        for user_id, known in self.users.items():
            if known == email.lower():
                return user_id
        raise ValueError("User not found")

    def get_order(self, order_id: str) -> Order:
        if order_id not in self.orders:
            raise ValueError("Order not found")
        return self.orders[order_id]

    def cancel_order(self, order_id: str, reason: str) -> Order:
        order = self.get_order(order_id)
        if order.status != "pending":
            raise ValueError("Non-pending order cannot be cancelled")
        order.status = "cancelled"
        return order

    def exchange_items(self, order_id: str, item_ids: list[str], new_item_ids: list[str]) -> Order:
        order = self.get_order(order_id)
        if len(item_ids) != len(new_item_ids):
            raise ValueError("The number of items must match")
        order.items = new_item_ids
        return order

    def change_address(
        self, order_id: str, street: str, extra: str, door: dict[str, Any] | None = None
    ) -> Order:
        order = self.get_order(order_id)
        order.address = {"street": street, "extra": extra, "floor": str((door or {}).get("floor"))}
        return order

    def send_voucher(self, user_id: str, amount: float) -> str:
        self.vouchers.append((user_id, amount))
        return f"Voucher of {amount} sent"

    def transfer_to_human(self, summary: str) -> str:
        return "Transferred"

    # -- what the gate is told of them -----------------------------------------------------------

    def tools(self, *, later: bool = False) -> list[Tool]:
        run = self.run_later if later else self.run
        of_order = {"order": ("get_order", {"order_id": "args.order_id"})}
        items = {"type": "array", "items": {"type": "string"}}
        door = {"anyOf": [{"$ref": "#/$defs/Door"}, {"type": "null"}], "default": None}
        defs = {"Door": {"type": "object", "properties": {"floor": {"type": "integer"}}}}
        reasons = {"type": "string", "enum": ["no longer needed", "ordered by mistake"]}

        def change(name: str, properties: dict[str, Any], *optional: str, **more: Any) -> Tool:
            shown = schema(name, {"order_id": ID, **properties}, *optional, **more)
            return Tool(schema=shown, run=run, writes=True, records=of_order, owner="order.user_id")

        return [
            Tool(schema=schema("find_user", {"email": ID}), run=run, writes=False, identifies="answer"),
            Tool(
                schema=schema("get_order", {"order_id": ID}),
                run=run,
                writes=False,
                records=of_order,
                owner="order.user_id",
            ),
            change("cancel_order", {"reason": reasons}),
            change("exchange_items", {"item_ids": items, "new_item_ids": items}),
            change("change_address", {"street": ID, "extra": ID, "door": door}, "door", **{"$defs": defs}),
            Tool(
                schema=schema("send_voucher", {"user_id": ID, "amount": {"type": "number"}}),
                run=run,
                writes=True,
                owner="args.user_id",
                money={"amount": "USD"},
                amount="args.amount",
                limits=(Limit(per="call", amount=Money.of("100.00", "USD")),),
            ),
            Tool(schema=schema("transfer_to_human", {"summary": ID}), run=run, writes=False),
        ]


POLICY = (
    Rule(
        id="only_pending",
        actions=("cancel_order", "change_address"),
        when="record.order.status != 'pending'",
        then="deny",
        reason="Only what was not sent.",
        say="That order was sent already.",
    ),
    Rule(
        id="dear_ones_are_looked_at",
        actions=("exchange_items",),
        when="record.order.total > 500.0",
        then="approve",
        reason="Dear.",
    ),
)
