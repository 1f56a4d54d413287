"""What every request of the carrier goes through: its size, its signature, its account."""

from collections.abc import Awaitable, Callable

from fastapi import HTTPException, Request, Response
from loguru import logger

from adapters.carrier import twiml
from adapters.carrier.signature import Form, SignatureRefused, Signatures
from app.bodies import read_body
from app.metrics import Metrics
from app.telephony.lines import LineOf

LONGEST_FORM = 64 * 1024
_BODY_FAULTS = {400: "body_cut_off", 408: "body_too_slow", 413: "form_too_long"}
Answer = Callable[[Request, Form], Awaitable[str]]
Route = Callable[[Request], Awaitable[Response]]


class CarrierRequests:
    """Lets the carrier in, and nobody else."""

    def __init__(self, *, signatures: Signatures, account: str, line_of: LineOf, metrics: Metrics) -> None:
        self.account = account
        self._signatures = signatures
        self._line_of = line_of
        self._metrics = metrics

    async def form(self, request: Request) -> Form:
        """The form, proven to come from the carrier and to be of our account. Raises `HTTPException`."""
        scope = request.scope
        body = await self._body(request)
        try:
            form = self._signatures.form(
                scope["raw_path"], scope["query_string"], dict(scope["headers"]), body
            )
        except SignatureRefused as refused:
            raise self.refused(403, refused.fault) from refused
        if form.get("AccountSid") != self.account:
            raise self.refused(403, "wrong_account")
        if form.holds_nul:
            raise self.refused(400, "nul")
        return form

    async def _body(self, request: Request) -> bytes:
        try:
            return await read_body(request, longest=LONGEST_FORM)
        except HTTPException as refused:
            self._metrics.refused.labels("voice", _BODY_FAULTS[refused.status_code]).inc()
            raise

    def refused(self, status: int, reason: str) -> HTTPException:
        """Counted, and worded for whoever looks at the carrier's debugger."""
        self._metrics.refused.labels("voice", reason).inc()
        return HTTPException(status, reason)

    def instructing(self, answer: Answer) -> Route:
        """A route that always answers a proven carrier with a document, whatever breaks here."""

        async def route(request: Request) -> Response:
            form = await self.form(request)
            try:
                document = await answer(request, form)
            except HTTPException:
                raise
            except Exception as error:
                logger.bind(error=type(error).__name__).opt(exception=error).error("a call cannot be steered")
                reached = self._line_of(form.get("To"))
                document = twiml.last_resort(
                    reached.words if reached else twiml.Words(),
                    number=reached.line.fallback_number if reached else None,
                )
            return Response(document, media_type=twiml.CONTENT_TYPE)

        return route
