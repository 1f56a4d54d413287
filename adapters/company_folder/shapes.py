"""The shapes of a company's YAML files; a field's description is what a person is told to write there."""

import re
from datetime import date, time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

_HOURS = re.compile(r"(\d\d:\d\d)\s*-\s*(\d\d:\d\d)")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Text = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Level = Literal["unknown", "recognised", "verified", "confirmed"]
LEVEL_HINT = "one of unknown, recognised, verified, confirmed"


def _e164(number: str) -> str:
    if not re.fullmatch(r"\+[1-9]\d{6,14}", number):
        raise ValueError(f"{number!r} is no E.164 number")
    return number


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{name!r} is no time zone") from None
    return name


Number = Annotated[str, AfterValidator(_e164)]


class Shape(BaseModel):
    """A misspelt key is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class VoiceShape(Shape):
    """A voice and its names at the providers."""

    id: Name = Field(description="a short name in lower case, such as `ada`")
    names: dict[Literal["deepgram", "openai", "cartesia", "elevenlabs", "local"], Text] = Field(
        min_length=1, description="provider: that provider's voice, such as `deepgram: aura-2-thalia-en`"
    )


class LineShape(Shape):
    """A telephone number."""

    id: Name = Field(description="a short name in lower case, such as `main`")
    number: Number = Field(description='E.164 in quotes, such as "+14155550100"')
    language: str = Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", description="BCP 47, such as `en-US`")
    voice: Name = Field(description="the id of one of `voices`")
    greeting: Text = Field(description="what is spoken after the notices")
    disclosure: Text = Field(description="a sentence that tells the caller that a machine speaks")
    recording_notice: str = Field(default="", description="a sentence that says that the call is recorded")
    recording: bool = Field(default=True, description="`true` or `false`")
    fallback_number: Number | None = Field(
        default=None, description='E.164 in quotes, such as "+14155550199"'
    )


class RecogniseShape(Shape):
    """How a caller's number leads to a customer."""

    operation: Text | None = Field(
        default=None, description="the operationId that finds a customer by number, or `mcp: server.tool`"
    )
    mcp: Text | None = Field(default=None, description="`server.tool`")
    argument: Text = Field(description="the operation's parameter that takes the number")
    id_field: Text = Field(
        default="customer_id", description="the field of a customer's record that holds their id"
    )


class FindShape(Shape):
    """An operation that finds the record that a caller names."""

    openapi: str | None = Field(default=None, description="an operationId of backoffice.openapi.json")
    mcp: str | None = Field(default=None, description="`server.tool`")
    given: dict[str, str] = Field(default={}, description="parameter: a path, such as `email: args.email`")


class VerificationShape(Shape):
    """How callers prove who they are."""

    facts: dict[Name, Text] = Field(
        min_length=1, description="argument of verify_identity: field of the customer's record"
    )
    needed: int = Field(ge=1, description="how many of the facts must be right, such as `2`")
    attempts: int = Field(default=3, ge=1, le=10, description="wrong attempts allowed, such as `3`")
    find: FindShape | None = Field(default=None, description="`openapi:` and `given:`, or leave it out")
    code_template: Name | None = Field(default=None, description="the name of a message in messages.yaml")
    code_to: Text | None = Field(
        default=None, description="the field of the customer's record with the address, such as `phone`"
    )
    code_valid_s: int = Field(default=600, ge=60, le=3600, description="seconds, from 60 to 3600")


class McpServerShape(Shape):
    """A server of tools: a command, or an address."""

    name: Name = Field(description="a short name in lower case, such as `bank`")
    command: list[Text] = Field(default=[], description="the program and its arguments, one a line")
    url: str = Field(
        default="",
        pattern=r"^(https?://\S+)?$",
        description="an address that begins with http:// or https://",
    )
    token_variable: str = Field(
        default="", pattern=r"^([A-Z][A-Z0-9_]*)?$", description="the name of an environment variable"
    )


class CompanyShape(Shape):
    """`company.yaml`."""

    id: Name = Field(description="a short name in lower case, such as `larkfield`")
    name: Text = Field(description="the company's name as it is spoken")
    zone: Annotated[str, AfterValidator(_zone)] = Field(
        description="an IANA time zone, such as `Europe/Dublin`"
    )
    hours: dict[Literal[DAYS], list[str]] = Field(  # type: ignore[valid-type]  # the literal is built from DAYS
        description='day: a list of spans, such as `monday: ["09:00-18:00"]`; a day left out is closed'
    )
    closed_on: list[date] = Field(default=[], description="days as 2026-12-25")
    voices: list[VoiceShape] = Field(min_length=1, description="at least one voice")
    lines: list[LineShape] = Field(min_length=1, description="at least one line")
    recognise: RecogniseShape | None = Field(
        default=None, description="`operation` and `argument`, or leave it out"
    )
    verification: VerificationShape | None = Field(
        default=None, description="`facts` and `needed`, or leave it out"
    )
    mcp_servers: list[McpServerShape] = Field(default=[], description="a list of servers, or leave it out")
    vocabulary: list[Text] = Field(default=[], description="names and products, one a line")
    restricted_words: list[Text] = Field(default=[], description="words, one a line")
    restricted_patterns: list[Text] = Field(
        default=[], description=r"regular expressions, one a line, such as '[A-Z]{2}\d{6}[A-Z]'"
    )

    @field_validator("hours")
    @classmethod
    def _spans(cls, hours: dict[str, list[str]]) -> dict[str, list[str]]:
        for spans in hours.values():
            for span in spans:
                parse_span(span)
        return hours


def parse_span(span: str) -> tuple[time, time]:
    found = _HOURS.fullmatch(span.strip())
    if found is None:
        raise ValueError(f"{span!r} is no span of hours")
    opens, closes = time.fromisoformat(found[1]), time.fromisoformat(found[2])
    if opens >= closes:
        raise ValueError(f"{span!r} closes before it opens")
    return opens, closes


class GoalShape(Shape):
    """One goal of `playbooks.yaml`."""

    id: Name = Field(description="a short name in lower case, such as `order_status`")
    title: Text = Field(description="what a person would call it")
    phrases: list[Text] = Field(min_length=3, description="how callers say it: at least three phrases")
    actions: list[Name] = Field(default=[], description="names of actions in actions.yaml")
    instructions: Text = Field(description="how the agent works through it")
    resolved_when: Text = Field(
        description="`action.outcome`, such as `find_order.found`, or an event's name"
    )
    identity: Level = Field(default="unknown", description=LEVEL_HINT)


class PlaybooksShape(Shape):
    """`playbooks.yaml`."""

    goals: list[GoalShape] = Field(min_length=1, description="at least one goal")


class FrontMatter(Shape):
    """The head of a knowledge document."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")] = Field(
        description="a short name, such as `returns`"
    )
    version: str = Field(min_length=1, coerce_numbers_to_str=True, description='in quotes, such as "2"')
    title: Text = Field(description="the document's title")
    effective_from: date = Field(description="the first day, such as 2026-01-01")
    effective_until: date | None = Field(
        default=None, description="the last day, such as 2026-12-31, or leave it out"
    )
    tags: list[Text] = Field(default=[], description="a list of words")
