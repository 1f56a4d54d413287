"""`python -m simulator.airline`: serves the airline's tools over HTTP, or on standard input and output."""

from datetime import UTC, datetime
from typing import Annotated

import typer
import uvicorn

from simulator.airline.seed import found
from simulator.airline.server import Airline


def main(
    host: str = "127.0.0.1",
    port: int = 8795,
    stdio: Annotated[bool, typer.Option(help="Speak on standard input and output instead.")] = False,
    key: Annotated[
        str, typer.Option(envvar="WINDHOVER_KEY", help="What clients must present; nothing if left out.")
    ] = "",
    today: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day of the records; the real one if left out."),
    ] = None,
) -> None:
    """The systems of Windhover, simulated: an airline that does not exist, behind real tools."""
    airline = Airline(found((today or datetime.now(UTC)).date()))
    if stdio:
        airline.run("stdio")
    else:
        typer.echo(f"Windhover, a stand-in for an airline: http://{host}:{port}/mcp")
        uvicorn.run(airline.app(key), host=host, port=port, log_level="warning")


if __name__ == "__main__":
    typer.run(main)
