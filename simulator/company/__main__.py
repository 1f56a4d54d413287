"""`python -m simulator.company`: serves the back office, or writes its OpenAPI document."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from simulator.company.access import DEMO_KEY
from simulator.company.app import app


def main(
    host: str = "127.0.0.1",
    port: int = 8790,
    key: Annotated[
        str, typer.Option(envvar="LARKFIELD_API_KEY", help="What callers must present.")
    ] = DEMO_KEY,
    today: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="The day on which the records stand; the real one if left out."
        ),
    ] = None,
    write_document: Annotated[
        Path | None, typer.Option(help="Write the OpenAPI document to this file and end.")
    ] = None,
) -> None:
    """The back office of Larkfield, simulated: records that do not exist, over real HTTP."""
    service = app(key=key, today=today.date() if today else None)
    if write_document is not None:
        text = json.dumps(service.openapi(), indent=1, ensure_ascii=False)
        write_document.write_text(f"{text}\n", "utf-8")
        return
    uvicorn.run(service, host=host, port=port, log_level="warning")


if __name__ == "__main__":
    typer.run(main)
