"""What the gate answers: an outcome with the company's words, facts filled in as they are spoken."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from loguru import logger

from domain.actions import Action
from domain.clock import Clock
from domain.company import Company
from domain.language import language_for
from domain.messaging import MessageTemplate
from domain.ports.messages import Outgoing
from tools import written
from tools.case import Case

STANDS_FOR = {"already": "done"}
"""Where a company has no words for an outcome, those of its nearest kin do."""


class Wording(Protocol):
    """Fills a company's sentence with facts in their spoken form; `LookupError` where one is missing."""

    def __call__(self, sentence: str, facts: Mapping[str, Any], language: str, today: date) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How an action ended, or what it waits for."""

    name: str
    """An outcome that the company declared, or one of the gate's: `confirm` (read `say` out as it stands and
    listen), `identify`, `waiting` (a supervisor was asked), `hand_over`, `denied`, `invalid`, `failed`,
    `unknown`, `declined` (the caller said no), `lapsed` (the question is off the table)."""
    say: str
    """The company's words, facts filled in as they are spoken; may be empty."""
    facts: dict[str, Any] = field(default_factory=dict)
    """JSON that the model may know."""
    action: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """Of the deed that it is about, where that is not what the model asked for just now."""
    deed_id: str = ""
    """While `waiting`: what is asked about."""

    def for_model(self) -> dict[str, Any]:
        return {"outcome": self.name, "say": self.say, "facts": self.facts}


class Words:
    """One company's sentences."""

    def __init__(self, company: Company, wording: Wording, clock: Clock) -> None:
        self._company = company
        self._wording = wording
        self._clock = clock

    def outcome(
        self,
        case: Case,
        action: Action | None,
        name: str,
        facts: Mapping[str, Any] | None = None,
        *,
        say: str = "",
        arguments: Mapping[str, Any] | None = None,
    ) -> Outcome:
        """`say` stands for the company's own words where a rule or a supervisor has better ones."""
        known = dict(facts or {})
        return Outcome(
            name=name,
            say=say or self.of(action, name, known, case.language),
            facts=known,
            action=action.name if action else "",
            arguments=arguments or {},
        )

    def of(self, action: Action | None, outcome: str, facts: Mapping[str, Any], language: str) -> str:
        """A sentence that lacks its fact falls back to the plain `found`, and that to silence of ours."""
        plain = language_for(language).gate_words
        for name in filter(None, (outcome, STANDS_FOR.get(outcome), "found" if facts else None)):
            sentence = (action.words(name, language) if action else None) or plain.get(name)
            if sentence is None:
                continue
            try:
                return self.filled(sentence, facts, language)
            except LookupError:
                logger.bind(action=action.name if action else "", outcome=name).warning(
                    "A sentence lacks a fact"
                )
        return ""

    def filled(self, sentence: str, facts: Mapping[str, Any], language: str) -> str:
        """As it is spoken. Raises `LookupError` where a fact is missing."""
        return self._wording(sentence, facts, language, self._today())

    def written(self, sentence: str, facts: Mapping[str, Any], language: str) -> str:
        """As it is read. Raises `LookupError` where a fact is missing."""
        return written.fill(sentence, facts, language, self._today())

    def message(
        self,
        template: MessageTemplate,
        facts: Mapping[str, Any],
        language: str,
        *,
        message_id: str,
        call_id: str,
        to: str,
    ) -> Outgoing:
        """Filled in. Raises `LookupError` where a fact is missing."""
        subject, text = template.words(language)
        return Outgoing(
            id=message_id,
            company=self._company.id,
            call_id=call_id,
            template=template.name,
            channel=template.channel,
            to=to,
            subject=self.written(subject, facts, language),
            text=self.written(text, facts, language),
        )

    def _today(self) -> date:
        return self._clock.now().astimezone(self._company.hours.zone).date()

    def read_back(self, action: Action, facts: Mapping[str, Any], language: str) -> tuple[str, int]:
        """The sentence, and the index behind its last fact, or its end without one. Raises `LookupError`."""
        template = action.read_back_in(language) or ""
        upto_last_fact = template[: template.rfind("}") + 1] or template
        return (
            self.filled(template, facts, language),
            len(self.filled(upto_last_fact, facts, language)),
        )
