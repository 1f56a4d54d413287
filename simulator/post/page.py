"""The page that shows what would have gone out: SMS and e-mail, newest first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment, FileSystemLoader

MOST = 200
_PAGES = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One message as a person looks at it."""

    kind: str
    """SMS or e-mail."""
    sender: str
    to: str
    subject: str
    text: str
    state: str
    at: datetime


Outbox = Callable[[], Sequence[Piece]]


def create_app(outbox: Outbox) -> FastAPI:
    """`outbox` gives the pieces in any order."""
    app = FastAPI(title="Stand-in post", docs_url=None, redoc_url=None)

    def newest() -> list[Piece]:
        return sorted(outbox(), key=lambda piece: piece.at, reverse=True)[:MOST]

    @app.get("/", response_class=HTMLResponse)
    async def page() -> str:
        return _PAGES.get_template("page.html").render(pieces=newest())

    @app.get("/messages.json")
    async def listed() -> JSONResponse:
        return JSONResponse([{**vars(piece), "at": piece.at.isoformat()} for piece in newest()])

    return app
