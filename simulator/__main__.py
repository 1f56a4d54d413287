"""`python -m simulator rehearse`: calls being answered by the product, on one machine, with no keys."""

import asyncio
import contextlib
from typing import Annotated

import typer
from rich.console import Console

from simulator.rehearsal.command import Rehearsal
from simulator.rehearsal.programme import CALLS_AT_A_TIME
from simulator.rehearsal.scenes import chosen

program = typer.Typer(add_completion=False, no_args_is_help=True, help="The outside world on one machine.")


@program.callback()
def _several_commands() -> None:
    """The outside world on one machine: carrier, callers, brain and back office."""


@program.command()
def rehearse(
    every: Annotated[bool, typer.Option("--all", help="Play every scene, several calls at a time.")] = False,
    once: Annotated[
        bool, typer.Option(help="End after the scenes, with 0 only if each reached its end state.")
    ] = False,
    only: Annotated[
        list[str] | None, typer.Option(help="Play this scene; may be given several times.")
    ] = None,
    quiet: Annotated[bool, typer.Option(help="Show verdicts only.")] = False,
    at_a_time: Annotated[
        int | None, typer.Option(min=1, help="Calls at a time; one in the tour, two with --all.")
    ] = None,
) -> None:
    """Start the product and the world around it, and let scripted callers phone in."""
    console = Console()
    try:
        scenes = chosen(every=every, only=tuple(only or ()))
    except LookupError as unknown:
        raise typer.BadParameter(str(unknown)) from None
    together = at_a_time or (CALLS_AT_A_TIME if every else 1)
    rehearsal = Rehearsal(console, scenes, at_a_time=together, once=once, quiet=quiet)
    code = 130
    with contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):
        code = asyncio.run(rehearsal.run())
    raise typer.Exit(code)


if __name__ == "__main__":
    program()
