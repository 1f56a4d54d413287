"""The shape of `actions.yaml`; a field's description is what a person is told to write there."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from adapters.company_folder.shapes import LEVEL_HINT, Level, Name, Shape, Text
from domain.money import Money, NotMoney

Outcomes = dict[Name, Text]
Paths = dict[str, Text]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]


def _amount(written: str) -> str:
    try:
        Money.parse(written)
    except NotMoney as error:
        raise ValueError(str(error)) from error
    return written


AmountText = Annotated[str, AfterValidator(_amount)]
AMOUNT_HINT = "an amount and its currency, such as `50.00 EUR`"


class ArgumentShape(Shape):
    """One argument of an action."""

    name: Name = Field(description="a name in lower case, such as `order_number`")
    type: Literal["string", "integer", "number", "boolean", "date", "money"] = Field(
        description="one of string, integer, number, boolean, date, money"
    )
    description: Text = Field(description="what it is, for the model")
    required: bool = Field(default=True, description="`true` or `false`")
    pattern: str | None = Field(default=None, description="a regular expression for the whole value")
    choices: list[str] = Field(default=[], description="the allowed values")
    currency: str | None = Field(
        default=None, pattern=r"^[A-Z]{3}$", description="three capital letters, such as `EUR`"
    )
    secret: bool = Field(default=False, description="`true` for a number that the caller types unheard")
    digits: int | None = Field(default=None, ge=3, le=32, description="how many digits a secret has, `16`")


class OperationShape(Shape):
    """An operation of a system of record, and what fills it."""

    openapi: str | None = Field(default=None, description="an operationId of backoffice.openapi.json")
    mcp: str | None = Field(default=None, description="`server.tool`, the server from company.yaml")
    given: Paths = Field(
        default={}, description="operation parameter: a path, such as `order_id: args.order_id`"
    )


class BindingShape(OperationShape):
    """What an action reaches: exactly one thing."""

    builtin: str | None = Field(default=None, description="a part of the product, such as `search_documents`")
    message: str | None = Field(default=None, description="the name of a message in messages.yaml")


class ReadShape(OperationShape):
    """A record fetched before the decision."""

    name: Name = Field(description="what paths call it, such as `order`")


class LimitShape(Shape):
    """At most so much, or so many."""

    per: Literal["action", "call", "customer_day", "company_day"] = Field(
        description="one of action, call, customer_day, company_day"
    )
    amount: AmountText | None = Field(default=None, description=AMOUNT_HINT)
    count: int | None = Field(default=None, ge=1, description="a number of deeds, such as `3`")

    @model_validator(mode="after")
    def _bounds_something(self) -> "LimitShape":
        if self.amount is None and self.count is None:
            raise ValueError("the limit bounds nothing")
        if self.per == "action" and self.count is not None:
            raise ValueError("one deed is one deed: a count needs call, customer_day or company_day")
        return self


class UndoShape(Shape):
    """How a deed is taken back."""

    action: Name = Field(description="the name of another action")
    within_s: int = Field(ge=1, le=7 * 86_400, description="seconds, up to a week")
    arguments: Paths = Field(default={}, description="its argument: a path, such as `result.refund_id`")


class ReconcileShape(OperationShape):
    """How to find out whether a deed was done."""

    done_when: Text = Field(description="CEL over `answer`, `args`, `deed`: `answer.state == 'paid'`")
    result: str | None = Field(default=None, description="where the deed's own answer stands, as `answer`")


class StepShape(Shape):
    """One part of a coordinate action."""

    action: Name = Field(description="the name of another action")
    arguments: Paths = Field(default={}, description="its argument: a path, such as `args.order_id`")


class ActionShape(Shape):
    """One action of `actions.yaml`."""

    name: Name = Field(description="a name in lower case, such as `find_order`")
    purpose: Text = Field(description="what it is for and when to use it, for the model")
    tier: Literal["lookup", "draft", "execute", "coordinate"] = Field(
        description="one of lookup, draft, execute, coordinate"
    )
    arguments: list[ArgumentShape] = Field(default=[], description="a list of arguments, or leave it out")
    binding: BindingShape = Field(
        default=BindingShape(),
        description="`openapi: operationId`, `mcp: server.tool`, `message: name` or `builtin: name`",
    )
    outcomes: Outcomes = Field(min_length=1, description="outcome: what the agent may say of it")
    translations: dict[Language, Outcomes] = Field(
        default={}, description="language: its outcomes, such as `de: {found: ...}`"
    )
    outcome_by: str | None = Field(default=None, description="a field of the answer, such as `state`")
    facts: list[Text] = Field(default=[], description="fields of the answer that the model may see")
    timeout_s: float = Field(default=8.0, gt=0, le=60, description="seconds, up to 60")
    filler: str | None = Field(default=None, description="a sentence said while the caller waits")
    offered: bool = Field(default=True, description="`false` for what only steps and undos use")
    identity: Level = Field(default="unknown", description=LEVEL_HINT)
    reads: list[ReadShape] = Field(
        default=[],
        description="records to look at first, such as `{name: order, openapi: getOrder}`",
    )
    owner: Text | None = Field(default=None, description="a path into a read, such as `order.customer_id`")
    amount: Text | None = Field(default=None, description="a path, such as `args.amount`")
    read_back: Text | None = Field(default=None, description="a sentence that ends in a question")
    once_per: list[Text] = Field(default=[], description="paths, such as `[args.order_id]`")
    limits: list[LimitShape] = Field(default=[], description="`{per: customer_day, amount: 50.00 EUR}`")
    undo: UndoShape | None = Field(default=None, description="`action`, `within_s` and `arguments`")
    reconcile: ReconcileShape | None = Field(default=None, description="`openapi`, `given` and `done_when`")
    steps: list[StepShape] = Field(default=[], description="a list of `action` and `arguments`")

    def argument(self, name: str) -> ArgumentShape | None:
        return next((argument for argument in self.arguments if argument.name == name), None)

    @property
    def secrets(self) -> list[ArgumentShape]:
        return [argument for argument in self.arguments if argument.secret]

    @property
    def plain(self) -> list[ArgumentShape]:
        """Those that the model gives, and that may be said again."""
        return [argument for argument in self.arguments if not argument.secret]

    @property
    def writes(self) -> bool:
        return self.tier in {"execute", "coordinate"}


class ActionsShape(Shape):
    """`actions.yaml`."""

    actions: list[ActionShape] = Field(min_length=1, description="at least one action")

    def action(self, name: str) -> ActionShape | None:
        return next((action for action in self.actions if action.name == name), None)
