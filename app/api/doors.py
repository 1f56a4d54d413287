"""The dependencies of every route: who knocks, and by which of the two ways."""

import re
from typing import Annotated, NoReturn
from urllib.parse import urlsplit

from fastapi import Depends, HTTPException, Path, Request, Response

from app.api.access import SIGNED_IN_S, Access, Refused, Visitor
from app.metrics import Metrics

COOKIE = "callwright"
BEARER = re.compile(r"bearer +(\S+) *", re.IGNORECASE)
PAGE = re.compile(r"/calls(/[0-9a-f]{32})?")

CallId = Annotated[
    str,
    Path(pattern="^[0-9a-f]{32}$", description="The call's id: 32 hexadecimal digits", examples=["0" * 32]),
]

_WORDS = {
    "no_key_set": "This installation has no API key. Set CALLWRIGHT_API_KEY and start it again.",
    "no_key_given": "Send the API key as `Authorization: Bearer KEY`, or sign in with a browser.",
    "wrong_key": "This is not the API key.",
    "too_many_guesses": "Too many wrong keys from this address. Wait a minute.",
    "signed_out": "The sign-in has ended. Sign in again.",
}
_STATUS = {"no_key_set": 503, "too_many_guesses": 429}


def visitor_of(request: Request) -> Visitor:
    """Whom the router's own dependency let in."""
    visitor: Visitor = request.state.visitor
    return visitor


Visiting = Annotated[Visitor, Depends(visitor_of)]


class Doors:
    """Lets visitors in or raises what the framework answers with; a router depends on one of them."""

    def __init__(self, access: Access, metrics: Metrics) -> None:
        self._access = access
        self._metrics = metrics

    def api(self, request: Request, response: Response) -> None:
        """For programs by their key, for our own pages by their cookie."""
        response.headers["Cache-Control"] = "no-store"
        came = self.knock(request)
        if isinstance(came, Refused):
            self._refuse(came)
        request.state.visitor = came

    def by_key_only(self, request: Request) -> None:
        """What makes new ways in is for those who hold the key itself."""
        came = self._by_key(request)
        if isinstance(came, Refused):
            self._refuse(came)
        request.state.visitor = came

    def page(self, request: Request) -> None:
        """For people: whoever is not signed in is sent to do so, and comes back."""
        came = self.knock(request)
        if isinstance(came, Visitor):
            request.state.visitor = came
            return
        path = request.url.path
        back = f"?to={path}" if PAGE.fullmatch(path) else ""
        raise HTTPException(303, headers={"Location": f"/sign-in{back}", "Cache-Control": "no-store"})

    def knock(self, request: Request) -> Visitor | Refused:
        cookie = request.cookies.get(COOKIE)
        if "authorization" not in request.headers and cookie:
            return self._access.by_cookie(cookie)
        return self._by_key(request)

    def _refuse(self, refused: Refused) -> NoReturn:
        self.count(refused)
        headers = {"Cache-Control": "no-store"}
        status = _STATUS.get(refused.reason, 401)
        if status == 401:
            headers["WWW-Authenticate"] = 'Bearer realm="callwright"'
        if refused.retry_after_s:
            headers["Retry-After"] = str(refused.retry_after_s)
        raise HTTPException(status, detail=words_for(refused), headers=headers)

    def count(self, refused: Refused) -> None:
        self._metrics.refused.labels("api", refused.reason).inc()

    def _by_key(self, request: Request) -> Visitor | Refused:
        given = BEARER.fullmatch(request.headers.get("authorization", ""))
        if given is None:
            return Refused(reason="no_key_given" if self._access.is_open else "no_key_set")
        return self._access.by_key(given[1], address_of(request))


def words_for(refused: Refused) -> str:
    return _WORDS[refused.reason]


def is_call_id(given: str) -> bool:
    """A page's address is typed by people: what is none is a page of its own, not an error."""
    return re.fullmatch("[0-9a-f]{32}", given) is not None


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


def comes_from_elsewhere(request: Request) -> bool:
    """Whether another site made the browser send this form (browsers say so themselves)."""
    if (said := request.headers.get("sec-fetch-site")) is not None:
        return said not in {"same-origin", "none"}
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host")


def keep_signed_in(response: Response, request: Request, cookie: str) -> None:
    """Out of scripts' reach, and never sent along when another site links here."""
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=SIGNED_IN_S,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
