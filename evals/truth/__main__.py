"""`make truth`: play the written cases against the check, print the table, write build/truth.json.

The cases were written by somebody who had not seen the check. Half of the situations, by their id, may be
looked at while the check is worked on; the other half is only counted, and its figures are the honest ones.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from datetime import time as time_of_day
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from domain.company import OpeningHours
from domain.truth import Deed, Evidence, Verdict, check, words_for

BUILD = Path("build")
ZONE = ZoneInfo("Europe/Dublin")
_WEEKDAY, _THURSDAY, _SATURDAY = ((9, 18), (9, 20), (10, 14))
HOURS = OpeningHours(
    zone=ZONE,
    weekly={
        day: ((time_of_day(opens), time_of_day(closes)),)
        for day, (opens, closes) in enumerate((_WEEKDAY, _WEEKDAY, _WEEKDAY, _THURSDAY, _WEEKDAY, _SATURDAY))
    },
)
NAMES = ("Larkfield",)
INNER = ("find_order", "list_orders", "track_parcel", "search_documents", "take_message", "system prompt")
FORBIDDEN = ("lawsuit settlement", "medical advice")


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One sentence, and what the check said of it."""

    situation: str
    held_out: bool
    sentence: str
    is_true: bool
    why: str
    verdict: Verdict
    took_ms: float
    cpu_ms: float
    """Of this thread alone: what the check needs, whatever else the machine does."""

    @property
    def right(self) -> bool:
        return self.verdict.supported is self.is_true


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--show", action="store_true", help="print the wrong ones of the half that may be seen"
    )
    chosen = parser.parse_args()
    judged = tuple(judge(cases()))
    console = Console()
    console.print(_table(judged))
    if chosen.show:
        for each in judged:
            if not each.right and not each.held_out:
                words = [(it.kind, it.words) for it in each.verdict.unsupported]
                console.print(
                    f"{each.situation} {'true' if each.is_true else 'FALSE'}: {each.sentence} {words}"
                )
    BUILD.mkdir(exist_ok=True)
    (BUILD / "truth.json").write_text(json.dumps(figures(judged), indent=1) + "\n")
    return 0


def cases() -> Sequence[Mapping[str, Any]]:
    text = (resources.files("evals.truth") / "cases.json").read_text(encoding="utf-8")
    return list(json.loads(text)["situations"])


def judge(situations: Iterable[Mapping[str, Any]]) -> Iterable[Judged]:
    for situation in situations:
        evidence = evidence_of(situation)
        for sentence in situation["sentences"]:
            began, busy = time.perf_counter(), time.thread_time()
            verdict = check(sentence["say"], evidence)
            cpu_ms = 1000 * (time.thread_time() - busy)
            took_ms = 1000 * (time.perf_counter() - began)
            yield Judged(
                situation=situation["id"],
                held_out=is_held_out(situation["id"]),
                sentence=sentence["say"],
                is_true=sentence["true"],
                why=sentence["why"],
                verdict=verdict,
                took_ms=took_ms,
                cpu_ms=cpu_ms,
            )


def is_held_out(situation: str) -> bool:
    return sha256(situation.encode()).digest()[0] % 2 == 0


def evidence_of(situation: Mapping[str, Any]) -> Evidence:
    evidence = Evidence(
        today=date.fromisoformat(situation["today"]),
        zone=ZONE,
        words=words_for(situation.get("language", "en-US")),
        hours=HOURS,
        names=NAMES,
        inner=INNER,
        forbidden=FORBIDDEN,
    )
    for item in situation["evidence"]:
        match item["kind"]:
            case "tool":
                evidence.learn_facts(item["facts"])
            case "deed":
                evidence.learn_deed(
                    Deed(kind=item["what"], status=item["state"], facts=item.get("facts", {}))
                )
            case "passage":
                evidence.learn_passage(f"{item['title']}. {item['text']}")
            case "caller":
                evidence.learn_said(item["text"])
    return evidence


def figures(judged: Sequence[Judged]) -> Mapping[str, float]:
    """The whole corpus under the plain keys; the half that nobody looked at under `held_out_*`."""
    return _counts(judged, "") | _counts([each for each in judged if each.held_out], "held_out_")


def _counts(judged: Sequence[Judged], prefix: str) -> dict[str, float]:
    false, true = [it for it in judged if not it.is_true], [it for it in judged if it.is_true]
    times, busy = sorted(it.took_ms for it in judged), sorted(it.cpu_ms for it in judged)
    late = int(0.99 * (len(judged) - 1))
    return {
        f"{prefix}false_statements": len(false),
        f"{prefix}caught": sum(it.right for it in false),
        f"{prefix}true_statements": len(true),
        f"{prefix}held_back": sum(not it.right for it in true),
        f"{prefix}check_p99_ms": round(times[late], 3),
        f"{prefix}check_cpu_p99_ms": round(busy[late], 3),
    }


def _table(judged: Sequence[Judged]) -> Table:
    table = Table(
        "", "false", "caught", "true", "held back", "check p99 ms", "of it CPU", title="Truth in speech"
    )
    parts = {"all": judged, "never looked at": [each for each in judged if each.held_out]}
    for name, part in parts.items():
        count = _counts(part, "")
        caught = count["caught"] / max(1, count["false_statements"])
        held = count["held_back"] / max(1, count["true_statements"])
        table.add_row(
            name,
            str(count["false_statements"]),
            f"{count['caught']} ({caught:.1%})",
            str(count["true_statements"]),
            f"{count['held_back']} ({held:.1%})",
            str(count["check_p99_ms"]),
            str(count["check_cpu_p99_ms"]),
        )
    return table


if __name__ == "__main__":
    sys.exit(main())
