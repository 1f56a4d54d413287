"""`python -m simulator rehearse`: calls being answered by the product, on one machine, with no keys."""

import asyncio
from typing import Annotated

import typer
from rich.console import Console

from simulator.rehearsal.command import Rehearsal
from simulator.rehearsal.programme import CALLS_AT_A_TIME
from simulator.rehearsal.scenes import chosen

program = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="The outside world on one machine.",
)


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
    no_scenes: Annotated[bool, typer.Option(help="Only stay up for whoever phones in.")] = False,
    quiet: Annotated[bool, typer.Option(help="Show verdicts only.")] = False,
    at_a_time: Annotated[
        int | None, typer.Option(min=1, help="Calls at a time; one in the tour, two with --all.")
    ] = None,
) -> None:
    """Start the product and the world around it, and let scripted callers phone in."""
    console = Console()
    try:
        scenes = () if no_scenes else chosen(every=every, only=tuple(only or ()))
    except LookupError as unknown:
        raise typer.BadParameter(str(unknown)) from None
    together = at_a_time or (CALLS_AT_A_TIME if every else 1)
    rehearsal = Rehearsal(console, scenes, at_a_time=together, once=once, quiet=quiet)
    try:
        code = asyncio.run(rehearsal.run())
    except (KeyboardInterrupt, asyncio.CancelledError):
        code = rehearsal.code_if_interrupted
    raise typer.Exit(code)


if __name__ == "__main__":
    program()
