"""What is true in one call: the gate's outcomes as evidence, and the check of each sentence against it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from loguru import logger

import prompts
from domain.company import Company, Line
from domain.language import plain
from domain.sentences import SentenceCutter
from domain.truth import Deed, Evidence, check, words_for
from domain.truth.deeds import DeedStatus
from tools.gate import Outcome

_STATUS: Mapping[str, DeedStatus] = {
    **dict.fromkeys(("done", "already", "taken", "sent", "proven", "ending"), "done"),
    **dict.fromkeys(("waiting", "drafted", "approval_later"), "waiting"),
    **dict.fromkeys(("denied", "declined", "lapsed", "withdrawn", "hand_over"), "refused"),
    **dict.fromkeys(("failed", "compensated", "partly_done"), "failed"),
    "undone": "undone",
}
"""What an outcome says of its deed. Of `unknown` nobody knows: it vouches for nothing."""
_COME_TO_NOTHING = frozenset(
    {
        *("denied", "declined", "lapsed", "withdrawn", "hand_over"),
        *("failed", "compensated", "partly_done", "unknown"),
    }
)
"""After these what was told of the action before, as "I have asked a colleague", holds no more."""


class TruthOfCall:
    """Implements `pipelines.call_sheet.Truth`."""

    def __init__(self, company: Company, line: Line, *, call_id: str, today: date) -> None:
        self._company = company
        self._call_id = call_id
        self._evidence = Evidence(
            today=today,
            zone=company.hours.zone,
            words=words_for(line.language),
            hours=company.hours,
            names=[company.name, *company.vocabulary],
            inner=[action.name for action in company.actions],
            forbidden=company.restricted_words,
        )
        self._evidence.learn_company(prompts.agent_instructions(company))
        self._own_words: dict[str, set[str]] = {}
        """By action, sentences of its outcomes, as `plain` writes them: the company's words over this call's
        facts."""

    def learn(self, outcome: Outcome) -> None:
        """An action's outcome: its words, its facts, and that it was done, or was not.

        A read-back proves nothing: what it says is only ever asked, and not by the model.
        """
        if outcome.name == "confirm":
            return
        self._learn_words(outcome)
        self._evidence.learn_facts(_as_records_write(outcome.facts))
        action = self._company.action(outcome.action)
        status = _STATUS.get(outcome.name)
        if status is None or action is None or action.tier == "lookup":
            return
        about = outcome.facts.get("action") if status == "undone" else outcome.action
        facts = _as_records_write({**outcome.arguments, **outcome.facts})
        self._evidence.learn_deed(Deed(kind=str(about), status=status, facts=facts))

    def _learn_words(self, outcome: Outcome) -> None:
        if outcome.name == "undone":
            self._own_words.clear()  # what was told of the deed is true no more
        action = self._company.action(outcome.action)
        if action and action.writes and outcome.name in _COME_TO_NOTHING:
            self._own_words.pop(outcome.action, None)
        words = self._own_words.setdefault(outcome.action, set())
        words |= {plain(sentence) for sentence in _sentences(outcome.say)}

    def learn_said(self, text: str) -> None:
        self._evidence.learn_said(text)

    def unsupported(self, sentence: str) -> Sequence[str]:
        """What cannot be checked is not said either."""
        if any(plain(sentence) in words for words in self._own_words.values()):
            return ()
        try:
            verdict = check(sentence, self._evidence)
        except Exception as error:
            logger.bind(call=self._call_id, error=type(error).__name__).error(
                "a sentence could not be checked and was held back"
            )
            return ("unchecked",)
        return tuple(dict.fromkeys(each.kind for each in verdict.unsupported))


def _as_records_write(facts: Any) -> Any:
    """The gate's own form of money, which says `minor` for short, as the records of systems say it."""
    match facts:
        case {"minor": int(minor), "currency": str(currency)}:
            return {"amount_minor": minor, "currency": currency}
        case Mapping():
            return {name: _as_records_write(value) for name, value in facts.items()}
        case list() | tuple():
            return [_as_records_write(value) for value in facts]
        case _:
            return facts


def _sentences(text: str) -> list[str]:
    """As they are cut from the model's words."""
    cutter = SentenceCutter()
    return [sentence for sentence in (*cutter.add(text), cutter.rest()) if sentence]
