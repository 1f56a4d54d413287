"""The public addresses that the carrier is told to use."""

from urllib.parse import urlsplit, urlunsplit

from domain.call import Call


class CarrierAddresses:
    """All below the configured public address; the paths are those of the doors beside this file."""

    def __init__(self, public_url: str) -> None:
        self._base = public_url.rstrip("/")

    def stream(self, path: str) -> str:
        parts = urlsplit(self._base)
        scheme = "wss" if parts.scheme == "https" else "ws"
        return urlunsplit((scheme, parts.netloc, f"{parts.path}/twilio/media/{path}", "", ""))

    def stream_ended(self, call: Call) -> str:
        """Names the stream it refers to, so that a repeated request is known for one."""
        return f"{self._base}/twilio/stream-ended/{call.id}?stream={call.stream_number}"

    @property
    def stream_status(self) -> str:
        return f"{self._base}/twilio/stream-status"

    @property
    def message_status(self) -> str:
        return f"{self._base}/twilio/message-status"

    def fallback(self, call: Call) -> str:
        return f"{self._base}/twilio/fallback/{call.id}"

    def dialled(self, call: Call) -> str:
        return f"{self._base}/twilio/fallback/{call.id}/dialled"

    def recorded(self, call: Call) -> str:
        return f"{self._base}/twilio/fallback/{call.id}/recorded"
