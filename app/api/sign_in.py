"""How a browser comes in: with the key on a page, or by a link that works once; and how it leaves."""

from urllib.parse import parse_qs, quote

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from loguru import logger

from app.api.access import LINK_S, Access, Refused, Visitor
from app.api.doors import (
    COOKIE,
    PAGE,
    Doors,
    Visiting,
    address_of,
    comes_from_elsewhere,
    keep_signed_in,
    words_for,
)
from app.api.pages import render
from app.api.shapes import SignInLink
from app.bodies import read_body

FORM_BYTES = 4096
HOME = "/calls"


class SignIn:
    """`/sign-in`, `/sign-out` and `/api/sign-in-links`."""

    def __init__(self, access: Access, doors: Doors) -> None:
        self._access = access
        self._doors = doors

    @property
    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/sign-in", self._page)
        router.add_api_route("/sign-in", self._with_key, methods=["POST"])
        router.add_api_route("/sign-in/{token}", self._with_link)
        router.add_api_route("/sign-out", self._out, methods=["POST"])
        return router

    def add_links_to(self, router: APIRouter) -> None:
        router.add_api_route(
            "/sign-in-links",
            self._new_link,
            methods=["POST"],
            status_code=201,
            tags=["access"],
            summary="An address that signs one browser in, once, within ten minutes",
        )

    async def _new_link(self, request: Request, visitor: Visiting) -> SignInLink:
        logger.bind(audit=True, who=visitor.name).info("somebody made a sign-in link")
        token = quote(self._access.new_link())
        return SignInLink(url=f"{request.base_url}sign-in/{token}", expires_in_s=LINK_S)

    async def _page(self, request: Request, to: str = HOME) -> Response:
        if isinstance(self._doors.knock(request), Visitor):
            return RedirectResponse(_within(to), 303)
        return self._form(_within(to))

    async def _with_key(self, request: Request) -> Response:
        if comes_from_elsewhere(request):
            raise HTTPException(403, detail="This form came from another site.")
        form = await _short_form(request)
        to = _within(form.get("to", HOME))
        came = self._access.by_key(form.get("key", "").strip(), address_of(request))
        if isinstance(came, Refused):
            return self._refused(came, to)
        return self._signed_in(request, RedirectResponse(to, 303), self._access.new_cookie())

    async def _with_link(self, request: Request, token: str) -> Response:
        """A page and no redirect: a strict cookie does not go along where another site's link led here."""
        cookie = self._access.by_link(token, address_of(request))
        if isinstance(cookie, Refused):
            return self._refused(cookie, HOME, by_link=True)
        return self._signed_in(request, render.page("signed_in.html", values={"to": HOME}), cookie)

    async def _out(self, request: Request) -> Response:
        if comes_from_elsewhere(request):
            raise HTTPException(403, detail="This form came from another site.")
        response = RedirectResponse("/sign-in", 303)
        response.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=request.url.scheme == "https")
        return response

    def _signed_in(self, request: Request, response: Response, cookie: str) -> Response:
        who = self._access.by_cookie(cookie)
        assert isinstance(who, Visitor)
        logger.bind(audit=True, who=who.name).info("a browser signed in")
        keep_signed_in(response, request, cookie)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _refused(self, refused: Refused, to: str, *, by_link: bool = False) -> Response:
        self._doors.count(refused)
        stale = by_link and refused.reason == "wrong_key"
        problem = "This link was used before, or is older than ten minutes." if stale else words_for(refused)
        status = 429 if refused.reason == "too_many_guesses" else 401
        response = self._form(to, problem=problem, status=status)
        if refused.retry_after_s:
            response.headers["Retry-After"] = str(refused.retry_after_s)
        return response

    def _form(self, to: str, *, problem: str = "", status: int = 200) -> Response:
        return render.page(
            "sign_in.html",
            status=status,
            values={"to": to, "problem": problem, "is_open": self._access.is_open},
        )


def _within(to: str) -> str:
    """A page of ours; nobody is sent elsewhere."""
    return to if PAGE.fullmatch(to) else HOME


async def _short_form(request: Request) -> dict[str, str]:
    """No more than a form of ours can be, whoever sends it."""
    body = await read_body(request, longest=FORM_BYTES)
    return {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
