"""`make crash`: kill -9 at every step of every writing action, print the table, write build/crash.json."""

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
from adapters.storage.database import engine_for, migrate
from adapters.storage.ledger import PostgresLedger
from evals.attacks.office import Office, open_office
from evals.attacks.stage import StageClock
from evals.crash.nursery import MASTER
from evals.crash.run import Crashes, Judged, Nursery, open_nursery

BUILD = Path("build")


def main() -> int:
    logger.remove()
    only = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="callwright-", ignore_cleanup_errors=True) as home:
        server = EmbeddedPostgres(Path(home), settings=WITHOUT_CRASH_SAFETY)
        try:
            url = server.start()
            migrate(url)
            clock = StageClock()
            with open_nursery() as nursery, open_office(clock.now) as office:
                judged = asyncio.run(_played(url, office, clock, nursery, only))
        finally:
            server.stop()
    figures = {
        "cases": len(judged),
        "double_effects": sum(len(it.double) for it in judged),
        "lost_outcomes": sum(len(it.lost) for it in judged),
        "not_killed": sum(not it.killed for it in judged),
    }
    _print(judged, figures)
    BUILD.mkdir(exist_ok=True)
    (BUILD / "crash.json").write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    return 1 if figures["double_effects"] or figures["lost_outcomes"] or figures["not_killed"] else 0


async def _played(
    url: str, office: Office, clock: StageClock, nursery: Nursery, only: list[str]
) -> list[Judged]:
    engine = engine_for(url, connections=2)
    try:
        crashes = Crashes(url, office, clock, nursery, PostgresLedger(engine, MASTER))
        return [
            await crashes.play(wish, case)
            for wish in crashes.deeds()
            if not only or wish.action in only
            for case in list(crashes.cases(wish))
        ]
    finally:
        await engine.dispose()


def _print(judged: Sequence[Judged], figures: dict[str, int]) -> None:
    rows: dict[tuple[str, str], list[Judged]] = defaultdict(list)
    for it in judged:
        rows[it.case.action, it.case.what].append(it)
    console = Console(width=110)
    table = Table(title="Killed at every step")
    for heading in ("action", "while", "points of death", "double effects", "lost outcomes"):
        table.add_column(heading, justify="left" if heading in {"action", "while"} else "right")
    for (action, what), cases in sorted(rows.items()):
        doubles, lost = sum(len(it.double) for it in cases), sum(len(it.lost) for it in cases)
        table.add_row(action, what, str(len(cases)), str(doubles), str(lost))
    console.print(table)
    for it in judged:
        why = "; ".join((*it.double, *it.lost, *(() if it.killed else ("was not killed",))))
        if why:
            where = f"{it.case.action}, {it.case.what}, {it.case.how} {it.case.step} ({it.case.at})"
            console.print(f"{where}: {why}", markup=False, highlight=False)
    console.print(
        "{cases} deaths, {double_effects} double effects, {lost_outcomes} lost outcomes".format(**figures)
    )


if __name__ == "__main__":
    sys.exit(main())
