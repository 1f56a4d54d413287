"""`make bench`: run the rig at rising levels for both servers, print the table, write build/bench.json."""

import argparse
import json
import os
import sys
from pathlib import Path

from evals.bench.call_start import call_start_block_ms
from evals.bench.levels import Level, Rig, RigMissing
from evals.bench.report import Report, print_report
from evals.bench.servers import PEER, Product, idle_memory_mb

BUILD = Path("build")
OURS = (1, 20, 30, 40, 60, 80)
PEERS = (1, 5, 10, 20, 30, 40)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=45, help="length of each level")
    parser.add_argument("--levels", help="ours, comma separated; default 1,20,30,40,60,80")
    parser.add_argument("--peer-levels", help="the stock bot's; default 1,5,10,20,30,40")
    chosen = parser.parse_args()
    try:
        rig = Rig.from_environment(os.environ, out=BUILD / "bench", seconds=chosen.seconds)  # noqa: TID251  # a tool of its own, not the product
    except RigMissing as missing:
        print(missing, file=sys.stderr)  # noqa: T201
        return 2
    call_starts = call_start_block_ms(rig)
    with Product.running_database(BUILD / "bench") as product:
        idle = idle_memory_mb(product, rig)
        ours = _climb(rig, product.command(), product.target(), _levels(chosen.levels, OURS), "ours")
        clear_by_vad = rig.run("ours-nova", product.command(nova=True), product.target(), 1)
    peer = _climb(rig, PEER.command(), PEER.target(), _levels(chosen.peer_levels, PEERS), "peer")
    report = Report(ours=ours, peer=peer, by_vad=clear_by_vad, idle_mb=idle, call_starts_ms=call_starts)
    print_report(report)
    (BUILD / "bench.json").write_text(json.dumps(report.keys(), indent=1) + "\n")
    return 0


def _levels(text: str | None, default: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(",")) if text else default


def _climb(
    rig: Rig, command: str, target: tuple[str, ...], levels: tuple[int, ...], name: str
) -> list[Level]:
    """Every level is run, also above one that did not hold: the table shows where it breaks."""
    return [rig.run(name, command, target, calls) for calls in levels]


if __name__ == "__main__":
    sys.exit(main())
