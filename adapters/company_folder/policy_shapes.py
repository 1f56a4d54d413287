"""The shapes of `policy.yaml` and `messages.yaml`; a field's description is what one is told to write."""

from typing import Literal

from pydantic import Field

from adapters.company_folder.action_shapes import AMOUNT_HINT, AmountText, Language
from adapters.company_folder.shapes import Name, Shape, Text


class RuleShape(Shape):
    """One rule."""

    id: Name = Field(description="a short name in lower case, such as `gold_gets_express`")
    actions: list[Name] = Field(default=[], description="names of actions; all that write if left out")
    when: Text = Field(description="CEL, such as `record.order.state == 'delivered'`")
    then: Literal["allow", "confirm", "step_up", "approve", "draft", "hand_over", "deny"] = Field(
        description="one of allow, confirm, step_up, approve, draft, hand_over, deny"
    )
    reason: Text = Field(description="why, for people")
    say: str = Field(default="", description="what the caller is told")
    translations: dict[Language, Text] = Field(default={}, description="language: what the caller is told")


class AuthoritiesShape(Shape):
    """How much a role may decide alone, by action."""

    agent: dict[Name, AmountText] = Field(default={}, description=AMOUNT_HINT)
    supervisor: dict[Name, AmountText] = Field(default={}, description=AMOUNT_HINT)


class ApprovalShape(Shape):
    """How long a supervisor is waited for."""

    wait_s: int = Field(default=180, ge=10, le=1800, description="seconds on the telephone, from 10 to 1800")
    expires_s: int = Field(default=86_400, ge=60, description="seconds, at least 60")


class PolicyShape(Shape):
    """`policy.yaml`."""

    authorities: AuthoritiesShape = Field(
        default=AuthoritiesShape(), description="role: {action: amount}, such as `agent: {refund: 25.00 EUR}`"
    )
    approval: ApprovalShape = Field(default=ApprovalShape(), description="`wait_s` and `expires_s`")
    rules: list[RuleShape] = Field(default=[], description="a list of rules, or leave it out")


class WordsShape(Shape):
    """A message in another language."""

    subject: str = Field(default="", description="the subject, of an e-mail")
    text: Text = Field(description="what the message says")


class MessageShape(Shape):
    """One message template."""

    name: Name = Field(description="a name in lower case, such as `refund_done`")
    channel: Literal["sms", "email"] = Field(description="`sms` or `email`")
    subject: str = Field(default="", description="the subject, of an e-mail")
    text: Text = Field(description="what the message says; {path|form} is filled in")
    translations: dict[Language, WordsShape] = Field(default={}, description="language: subject and text")


class MessagesShape(Shape):
    """`messages.yaml`."""

    messages: list[MessageShape] = Field(default=[], description="a list of messages")

    def message(self, name: str) -> MessageShape | None:
        return next((message for message in self.messages if message.name == name), None)
