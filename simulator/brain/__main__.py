"""`python -m simulator.brain --port N`: the stand-in brain as a program of its own."""

import argparse
from pathlib import Path

import uvicorn

from simulator.brain.dialogue import load, sample
from simulator.brain.script import Script, load_script
from simulator.brain.server import Pace, create_app


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m simulator.brain", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8093)
    parser.add_argument("--dialogues", type=Path, help="a TOML file; the sample company's by default")
    parser.add_argument("--script", type=Path, help="a TOML file of canned replies, tried first")
    parser.add_argument("--ttft-ms", type=float, default=Pace.ttft_ms, help="time to the first token")
    parser.add_argument("--token-ms", type=float, default=Pace.token_ms, help="time from token to token")
    chosen = parser.parse_args()
    app = create_app(
        load(chosen.dialogues) if chosen.dialogues else sample(),
        script=load_script(chosen.script) if chosen.script else Script(),
        pace=Pace(ttft_ms=chosen.ttft_ms, token_ms=chosen.token_ms),
    )
    uvicorn.run(app, host=chosen.host, port=chosen.port, log_level="warning")


if __name__ == "__main__":
    main()
