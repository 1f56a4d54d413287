"""What is asked at start of the systems behind a company's gate."""

from dataclasses import replace

from app.gates import calls_of
from domain.actions import Binding, Read, Reconcile
from domain.company import Recognition, Verification
from tests.tools.shop import SHOP


def operation(name: str) -> Binding:
    return Binding(kind="openapi", name=name)


def test_every_operation_that_a_folder_names_is_looked_at() -> None:
    first = SHOP.actions[0]
    refund = replace(
        first,
        binding=operation("refund"),
        reads=(Read(name="order", binding=operation("read_order")),),
        reconcile=Reconcile(binding=operation("find_refund"), done_when="true"),
    )
    steps = replace(refund, binding=Binding(kind="steps", name=""), reads=(), reconcile=None)
    company = replace(
        SHOP,
        actions=(refund, steps),
        recognise=Recognition(operation="by_number", argument="number"),
        verification=Verification(facts={"zip": "customer.zip"}, needed=1, find=operation("by_email")),
    )
    assert [binding.name for binding in calls_of(company)] == [
        "refund",
        "read_order",
        "find_refund",
        "by_email",
        "by_number",
    ]
    assert calls_of(replace(company, actions=(steps,), recognise=None, verification=None)) == []
