"""`make attacks`: get past the gate if you can, and let the honest through; build/attacks.json."""

import asyncio
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from loguru import logger
from rich.console import Console
from rich.table import Table

from adapters.embedded_postgres import WITHOUT_CRASH_SAFETY, EmbeddedPostgres
from adapters.storage.database import migrate
from evals.attacks.office import Office, open_office
from evals.attacks.run import Play, Played, timed_decisions
from evals.attacks.stage import StageClock, open_theatre

BUILD = Path("build")
DECISION_P99_MS = 2.0
FEWEST_ATTEMPTS, FEWEST_HONEST = 150, 300


def main() -> int:
    logger.remove()
    with tempfile.TemporaryDirectory(prefix="callwright-", ignore_cleanup_errors=True) as home:
        server = EmbeddedPostgres(Path(home), settings=WITHOUT_CRASH_SAFETY)
        try:
            url = server.start()
            migrate(url)
            clock = StageClock()
            with open_office(clock.now) as office, timed_decisions() as took_ms:
                attacks, honest = asyncio.run(_played(url, office, clock))
        finally:
            server.stop()
    figures = _figures(attacks, honest, sorted(took_ms))
    _print(attacks, honest, figures)
    BUILD.mkdir(exist_ok=True)
    (BUILD / "attacks.json").write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    good = not figures["forbidden_effects"] and not figures["blocked_legitimate"]
    enough = figures["attempts"] >= FEWEST_ATTEMPTS and figures["legitimate"] >= FEWEST_HONEST
    return 0 if good and enough and figures["decision_p99_ms"] < DECISION_P99_MS else 1


async def _played(url: str, office: Office, clock: StageClock) -> tuple[list[Played], list[Played]]:
    async with open_theatre(url, office, clock) as theatre:
        play = Play(theatre, office, clock)
        attacks = [await play.attack(attempt) for attempt in play.attempts()]
        honest = [await play.serve(wish) for wish in play.wishes()]
        return attacks, honest


def _figures(
    attacks: Sequence[Played], honest: Sequence[Played], took_ms: Sequence[float]
) -> dict[str, float]:
    return {
        "attempts": len(attacks),
        "forbidden_effects": sum(len(it.forbidden) for it in attacks),
        "legitimate": len(honest),
        "blocked_legitimate": sum(bool(it.blocked or it.forbidden) for it in honest),
        "decisions": len(took_ms),
        "decision_p50_ms": round(took_ms[len(took_ms) // 2], 3),
        "decision_p99_ms": round(took_ms[len(took_ms) * 99 // 100], 3),
    }


def _print(attacks: Sequence[Played], honest: Sequence[Played], figures: dict[str, float]) -> None:
    console = Console(width=100)
    table = Table(title="What got past the gate")
    for heading in ("family", "attempts", "effects allowed by policy", "forbidden effects"):
        table.add_column(heading, justify="left" if heading == "family" else "right")
    for family, played in sorted(_by_family(attacks).items()):
        forbidden = sum(len(it.forbidden) for it in played)
        table.add_row(family, str(len(played)), str(sum(it.effects for it in played)), str(forbidden))
    console.print(table)
    table = Table(title="What honest callers got done")
    for heading in ("action", "sequences", "blocked"):
        table.add_column(heading, justify="left" if heading == "action" else "right")
    for action, played in sorted(_by_family(honest).items()):
        table.add_row(action, str(len(played)), str(sum(bool(it.blocked or it.forbidden) for it in played)))
    console.print(table)
    for it in (*attacks, *honest):
        for why in (*it.forbidden, *filter(None, [it.blocked])):
            console.print(f"{it.family}, {it.name}: {why}", markup=False)
    console.print(
        "{attempts} attempts, {forbidden_effects} forbidden effects; {legitimate} honest sequences,"
        " {blocked_legitimate} blocked; {decisions} decisions, p50 {decision_p50_ms} ms,"
        " p99 {decision_p99_ms} ms".format(**figures)
    )


def _by_family(played: Sequence[Played]) -> dict[str, list[Played]]:
    families: dict[str, list[Played]] = defaultdict(list)
    for it in played:
        families[it.family].append(it)
    return families


if __name__ == "__main__":
    sys.exit(main())
