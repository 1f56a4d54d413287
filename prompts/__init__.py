"""Every sentence we give a model, as versioned text; code fills in the facts."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from importlib import resources

from babel.dates import format_date, format_time

from domain.company import Company, Line

TEXTS = (
    "agent.md",
    "facts.md",
    "goals_begun.md",
    "goes_on.md",
    "from_the_facts.md",
    "keypad_entry.md",
    "kept_words.md",
    "summary.md",
    "summary_so_far.md",
)
OPEN_NOW, CLOSED_NOW, HIDDEN_NUMBER = "open now", "closed now", "a hidden number"


@cache
def text(name: str) -> str:
    """One of `TEXTS`, as it stands."""
    return (resources.files("prompts") / name).read_text(encoding="utf-8").strip()


@cache
def version(instructions: str = "") -> str:
    """Changes whenever any word does: twelve hex digits of a digest over all texts.

    `instructions`: of `agent_instructions`, with a company's own goals and persona in them.
    """
    whole = "\0".join((*map(text, TEXTS), OPEN_NOW, CLOSED_NOW, HIDDEN_NUMBER, instructions))
    return hashlib.sha256(whole.encode()).hexdigest()[:12]


def agent_instructions(company: Company) -> str:
    """The stable prefix: the same for every call of a company, so that providers can cache it."""
    if any(action.binding.name == "begin_goal" for action in company.actions):
        titles = "\n".join(f"- {goal.id}: {goal.title}" for goal in company.goals)
        goals = f"{text('goals_begun.md')}\n{titles}"
    else:
        goals = "\n".join(f"- {goal.title}: {' '.join(goal.instructions.split())}" for goal in company.goals)
    return text("agent.md").format(company=company.name, goals=goals, persona=company.persona.strip())


def call_facts(company: Company, line: Line, *, caller: str, now: datetime, summary: str = "") -> str:
    """What code knows about this call; changes from call to call, so it follows the prefix."""
    local = now.astimezone(company.hours.zone)
    locale = line.language.replace("-", "_")
    return (
        text("facts.md")
        .format(
            company=company.name,
            today=format_date(local, "full", locale=locale),
            time=format_time(local, "short", locale=locale),
            opening=OPEN_NOW if company.hours.is_open(now) else CLOSED_NOW,
            caller=caller or HIDDEN_NUMBER,
            language=line.language,
            summary=text("summary_so_far.md").format(summary=summary) if summary else "",
        )
        .strip()
    )


def keypad_entry(digits: str) -> str:
    """How a keypad entry stands in the conversation, as the caller's turn; also what stands in its place."""
    digits = " ".join(digits) if digits.isalnum() else digits
    return text("keypad_entry.md").format(digits=digits)


def from_the_facts(kinds: Sequence[str]) -> str:
    """For a model whose sentence was held back."""
    return text("from_the_facts.md").format(kinds=", ".join(kinds))


def summary_kept(summary: str, words: Sequence[str]) -> str:
    """A model's summary and, behind it, what it left out: the call's own words, a line each."""
    if not words:
        return summary
    lines = "\n".join(f"- {said}" for said in dict.fromkeys(words))
    return text("kept_words.md").format(summary=summary, words=lines)
