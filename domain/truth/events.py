"""What a sentence says has happened, happens or will happen: events told from verbs and their helpers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from domain.truth.clauses import Clause
from domain.truth.words import Form, Words

Phase = Literal["done", "stands", "present", "coming", "failed", "open"]
"""`stands` is "is refunded", `present` is "we refund".

`failed` is "could not refund". `open` claims nothing: an offer, a possibility, a question, a condition."""
_AFTER_TO: Mapping[str, Phase] = {"going": "coming", "seeming": "stands"}
_AFTER_HAVING: Mapping[str, Phase] = {"possible": "open", "to": "open", "future": "coming"}
_TO_DO: Mapping[str, Phase] = {"going": "coming", "passive": "coming", "do_past": "done"}
_BY_MODAL: Mapping[str | None, Phase] = {"future": "coming", None: "present"}
_PARTICIPLE_BY_MODAL: Mapping[str | None, Phase] = {"future": "coming", None: "done"}
_REACH = 12
"""Words before a verb among which its helpers stand."""


@dataclass(frozen=True, kw_only=True)
class EventClaim:
    """One event that a clause speaks of."""

    family: str
    phase: Phase
    is_negated: bool
    at: int
    end: int
    """Words of the clause."""
    is_news: bool = False
    """Told as something that took place, not as what is usual."""
    by_me: bool = False
    """The one who speaks did it, in this call."""


def events_of(clause: Clause, before: Sequence[EventClaim], words: Words) -> list[EventClaim]:
    """`before` holds the events of the clause to which this one is joined, whose helpers it may share."""
    texts, places = _lightened(clause.words, words)
    taken = {at for found in words.harmless.all(clause.words) for at in range(found.start, found.end)}
    claims: list[EventClaim] = []
    spans: set[int] = set()
    failures = [found.end for found in words.phrases["clauses.failing"].starting(clause.words)]
    plain = [(found, range(len(clause.words))) for found in words.senses.all(clause.words)]
    light = [(found, places) for found in words.senses.all(texts)] if len(texts) < len(clause.words) else []
    for found, index in sorted((*plain, *light), key=lambda pair: pair[0].start - pair[0].end):
        start, end = index[found.start], index[found.end - 1] + 1
        span = set(range(start, end))
        if span & (taken | spans):
            continue
        spans |= span
        phase = _phase(clause.words, start, found.meaning.form, before, words)
        family = found.meaning.family
        is_offered = (
            clause.follows_offer and phase in {"coming", "present"} and words.families[family].is_ours
        )
        if is_offered or not clause.asserts(start):
            phase = "open"
        if any(failed <= start for failed in failures) and not clause.is_question:
            phase = "failed"
        claims.append(
            EventClaim(
                family=family,
                phase=phase,
                is_negated=not found.meaning.denies and _is_negated(clause.words, start, end, words),
                at=start,
                end=end,
                is_news=phase == "done" and found.meaning.form == "done",
                by_me=phase == "done"
                and found.meaning.form == "done"
                and _is_by_me(clause.words, start, words),
            )
        )
    return sorted(claims, key=lambda claim: claim.at)


def _is_by_me(texts: Sequence[str], start: int, words: Words) -> bool:
    """The nearest one who acts is the speaker, and nothing is done to him."""
    for text in reversed(texts[max(0, start - _REACH) : start]):
        if text in words.sets["clauses.passive_past"] | words.sets["clauses.passive"]:
            return False
        if text in words.sets["clauses.subjects"]:
            return text in words.sets["clauses.me"]
    return False


def _lightened(texts: Sequence[str], words: Words) -> tuple[list[str], list[int]]:
    """Without adverbs and negations, which stand in the middle of what belongs together."""
    light = words.sets["clauses.light"] | words.sets["clauses.negations"]
    places = [at for at, text in enumerate(texts) if text not in light]
    return [texts[at] for at in places], places


def _is_negated(texts: Sequence[str], start: int, end: int, words: Words) -> bool:
    negations = words.sets["clauses.negations"]
    first = max(0, start - _REACH)
    return sum(text in negations for text in texts[first:end]) % 2 == 1


def _phase(texts: Sequence[str], start: int, form: Form, before: Sequence[EventClaim], words: Words) -> Phase:
    helpers = _helpers(texts, start, words)
    shared = before[-1].phase if before else None
    match form:
        case "coming":
            return "open" if helpers[:1] == ["possible"] else "coming"
        case "says":
            near = helpers[:2]
            if "possible" in near:
                return "open"
            return "coming" if "future" in near or "going" in near else "done"
        case "done":
            if helpers[0] in {"subject", "noun"} and texts[start] in words.sets["clauses.two_forms"]:
                return _phase_of_base(helpers, shared)
            return _phase_of_participle(helpers, shared)
        case "base":
            if texts[start] in words.sets["clauses.nouns_too"] and "determiner" in helpers[:2]:
                return "open"
            return _phase_of_base(helpers, shared)
        case "doing":
            if helpers[:1] in (["passive"], ["start"]) or helpers[:2] == ["be", "future"]:
                return "coming" if helpers[:1] != ["start"] or shared == "coming" else "open"
            if helpers[:1] == ["passive_past"]:
                return "coming" if "perfect" in helpers[:2] else "open"
            return "open"


def _phase_of_participle(helpers: Sequence[str], shared: Phase | None) -> Phase:
    first, second = (*helpers, "start", "start")[:2]
    if first == "be":
        if second == "to":
            return _AFTER_TO.get(helpers[2], "open")
        return "coming" if second in {"future", "going", "soft"} else "open"
    if first == "passive_past" and second == "perfect" and "possible" in helpers[2:3]:
        return "open"
    if first == "perfect":
        return "open" if second == "possible" else "coming" if second == "future" else "done"
    if first == "passive":
        return "stands"
    if first == "subject" and second == "perfect":  # "I would have it cancelled"
        return _AFTER_HAVING.get(helpers[2], "done")
    if first == "passive_past":
        return "done"
    if first in {"subject", "noun"}:
        return _PARTICIPLE_BY_MODAL.get(_modal(helpers), "open")
    if first in {"future", "let"} or (first, second) == ("to", "going"):
        return "coming"
    if first in {"possible", "determiner", "to"}:
        return "open"
    return (shared or "done") if first == "start" else "open"


def _modal(helpers: Sequence[str]) -> str | None:
    """The helper that stands farther off, before the one who acts."""
    return next((kind for kind in helpers if kind in {"possible", "future", "let", "soft"}), None)


def _phase_of_base(helpers: Sequence[str], shared: Phase | None) -> Phase:
    first, second = (*helpers, "start", "start")[:2]
    if first in {"subject", "noun"}:
        # "I can have a colleague call": the helper stands before the one who acts.
        return _BY_MODAL.get(_modal(helpers), "open")
    if first == "to":
        return _TO_DO.get(second, "open")
    if first in {"future", "let", "going", "soft"}:
        return "coming"
    if first in {"do_past"}:
        return "done"
    if first == "do_now":
        return "present"
    if first == "start":
        return shared if shared in {"coming", "open"} else "present" if shared else "open"
    return "open"


_HELPERS = (
    ("possible", "clauses.possible"), ("perfect", "clauses.perfect"),
    ("passive_past", "clauses.passive_past"),
    ("passive", "clauses.passive"), ("future", "clauses.future"), ("going", "clauses.going"),
    ("soft", "clauses.soft"), ("to", "clauses.to"), ("seeming", "clauses.seeming"),
    ("let", "clauses.let"), ("do_now", "clauses.do_now"),
    ("do_past", "clauses.do_past"), ("subject", "clauses.subjects"), ("determiner", "clauses.determiners"),
)  # fmt: skip


def _helpers(texts: Sequence[str], start: int, words: Words) -> list[str]:
    """The kinds of the words before a verb, the nearest first; adverbs and negations are passed over."""
    kinds: list[str] = []
    for text in reversed(texts[max(0, start - _REACH) : start]):
        if text == "be":
            kinds.append("be")
        elif (
            text in words.sets["clauses.negations"]
            or text in words.sets["clauses.fillers"]
            or text in words.sets["clauses.light"]
            or text in words.sets["clauses.adverbs"]
        ):
            continue
        else:
            kinds.append(next((kind for kind, name in _HELPERS if text in words.sets[name]), "noun"))
        if len(kinds) == 6:
            break
    return [*kinds, "start"]
