"""Every sentence we give a model, as versioned text; code fills in the facts."""

import hashlib
from datetime import datetime
from functools import cache
from importlib import resources

from babel.dates import format_date, format_time

from domain.company import Company, Line

TEXTS = ("agent.md", "facts.md", "summary.md")


@cache
def text(name: str) -> str:
    """One of `TEXTS`, as it stands."""
    return (resources.files("prompts") / name).read_text(encoding="utf-8").strip()


@cache
def version() -> str:
    """Changes whenever any word does: twelve hex digits of a digest over all texts."""
    whole = "\0".join(text(name) for name in TEXTS)
    return hashlib.sha256(whole.encode()).hexdigest()[:12]


def agent_instructions(company: Company) -> str:
    """The stable prefix: the same for every call of a company, so that providers can cache it."""
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
            opening="open now" if company.hours.is_open(now) else "closed now",
            caller=caller or "a hidden number",
            language=line.language,
            summary=f"What was said so far, shortened: {summary}" if summary else "",
        )
        .strip()
    )


def keypad_entry(digits: str) -> str:
    """How a keypad entry stands in the conversation, as the caller's turn."""
    return f"(The caller pressed {' '.join(digits)} on the keypad.)"
