"""Templates into pages, each under a content policy that runs only our own scripts and styles."""

import hashlib
import secrets
from collections.abc import Mapping
from functools import cache
from importlib import resources

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from app.api import wording

STATIC_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
NOTHING: Mapping[str, object] = {}


def page(template: str, *, status: int = 200, values: Mapping[str, object] = NOTHING) -> HTMLResponse:
    nonce = secrets.token_urlsafe(18)
    content = _templates().get_template(template).render(nonce=nonce, **values)
    return HTMLResponse(content, status, headers={**HEADERS, "Content-Security-Policy": _policy(nonce)})


def fragment(template: str, *, headers: Mapping[str, str], values: Mapping[str, object]) -> HTMLResponse:
    """A part of a page, for a script that puts it in place; nothing in it may run."""
    content = _templates().get_template(template).render(**values)
    policy = {"Content-Security-Policy": "default-src 'none'"}
    return HTMLResponse(content, headers={**HEADERS, **policy, **headers})


@cache
def static_file(name: str) -> tuple[bytes, str] | None:
    """(content, media type) of one of our own files, by its bare name."""
    known = {entry.name: entry for entry in resources.files(__package__).joinpath("static").iterdir()}
    suffix = name[name.rfind(".") :] if "." in name else ""
    if name not in known or suffix not in STATIC_TYPES:
        return None
    return known[name].read_bytes(), STATIC_TYPES[suffix]


def static_address(name: str) -> str:
    """Changes with the content, so that a browser may keep it for ever."""
    found = static_file(name)
    assert found is not None, name
    return f"/static/{name}?v={hashlib.sha256(found[0]).hexdigest()[:12]}"


def _policy(nonce: str) -> str:
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src 'self'; "
        "media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader("app.api.pages", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals.update(static=static_address)
    templates.filters.update(
        minutes=wording.minutes, wait=wording.wait, words=wording.spoken_name, masked=wording.masked
    )
    return templates
