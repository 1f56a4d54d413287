"""Did Twilio send this? Signatures over the configured public address, in every form Twilio signs.

Source: twilio.com/docs/usage/security. `RequestValidator.validate` skips the body check for JSON,
raises on a missing header and mangles ports, so only its `compute_signature` is used here.
"""

import hmac
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

from twilio.request_validator import RequestValidator

SignatureFault = Literal["no_signature", "wrong_signature", "not_a_form", "wrong_body", "wrong_encoding"]
FORM = b"application/x-www-form-urlencoded"
MOST_FIELDS = 200
"""The carrier sends about thirty. Signing takes time in the square of them, for whoever may ask."""


class SignatureRefused(Exception):
    """The request cannot be shown to come from Twilio; `fault` is fit for a metric's label."""

    def __init__(self, fault: SignatureFault) -> None:
        super().__init__(f"request refused: {fault}")
        self.fault: SignatureFault = fault


class Form:
    """A form whose keys may repeat; Twilio signs every value."""

    def __init__(self, items: Sequence[tuple[str, str]]) -> None:
        self._items = items

    def __iter__(self) -> Iterator[str]:
        return iter(dict(self._items))

    def __len__(self) -> int:
        return len(self._items)

    @property
    def holds_nul(self) -> bool:
        """Whether anywhere in it stands a NUL, which no honest form holds and PostgreSQL does not take."""
        return any("\0" in text for item in self._items for text in item)

    def getlist(self, name: str) -> list[str]:
        return [value for key, value in self._items if key == name]

    def get(self, name: str, default: str = "") -> str:
        """The first value."""
        return next((value for key, value in self._items if key == name), default)


class Signatures:
    """Checks requests against the account's tokens: the primary, and the next one during a rotation."""

    def __init__(self, tokens: Sequence[str], public_url: str) -> None:
        """`public_url` is what Twilio dials, `https://host[:port][/prefix]`, whatever a proxy tells us."""
        self._validators = [RequestValidator(token) for token in tokens]
        parts = urlsplit(public_url)
        if parts.hostname is None or ":" in parts.hostname or "@" in parts.netloc:
            raise ValueError("public_url must be https://HOST[:PORT][/PREFIX], without brackets or a user")
        default_port = 443 if parts.scheme == "https" else 80
        self._hosts = dict.fromkeys(
            (parts.netloc, parts.hostname, f"{parts.hostname}:{parts.port or default_port}")
        )
        self._scheme = parts.scheme
        self._prefix = parts.path.rstrip("/")

    def form(self, raw_path: bytes, raw_query: bytes, headers: dict[bytes, bytes], body: bytes) -> Form:
        """The form that Twilio posted. Raises `SignatureRefused`; `headers` have lower-case names.

        With `bodySHA256` in the query the body is covered by its hash alone, whatever its type.
        """
        is_form = headers.get(b"content-type", b"").split(b";")[0].strip().lower() == FORM
        try:
            items = _fields(body.decode()) if is_form else []
            hashes = [value for key, value in parse_qsl(raw_query.decode()) if key == "bodySHA256"]
        except ValueError:
            raise SignatureRefused("wrong_encoding") from None
        if body and not is_form and not hashes:
            raise SignatureRefused("not_a_form")
        if hashes and not hmac.compare_digest(sha256(body).hexdigest().encode(), hashes[0].lower().encode()):
            raise SignatureRefused("wrong_body")
        form = Form(items)
        target = self._target(raw_path, raw_query)
        urls = [f"{self._scheme}://{host}{target}" for host in self._hosts]
        self._check(urls, Form(()) if hashes else form, headers)
        return form

    def socket(self, raw_path: bytes, raw_query: bytes, headers: dict[bytes, bytes]) -> None:
        """A WebSocket handshake; Twilio may sign its address with one more slash."""
        scheme = "wss" if self._scheme == "https" else "ws"
        target = self._target(raw_path, raw_query)
        variants = dict.fromkeys((target, target.rstrip("/"), target.rstrip("/") + "/"))
        self._check(
            [f"{scheme}://{host}{path}" for path in variants for host in self._hosts], Form(()), headers
        )

    def _target(self, raw_path: bytes, raw_query: bytes) -> str:
        query = f"?{raw_query.decode('latin-1')}" if raw_query else ""
        return f"{self._prefix}{raw_path.decode('latin-1')}{query}"

    def _check(self, urls: Sequence[str], form: Form, headers: dict[bytes, bytes]) -> None:
        given = headers.get(b"x-twilio-signature")
        if not given:
            raise SignatureRefused("no_signature")
        for validator in self._validators:
            for url in urls:
                if hmac.compare_digest(validator.compute_signature(url, form).encode(), given):
                    return
        raise SignatureRefused("wrong_signature")


def _fields(body: str) -> list[tuple[str, str]]:
    """Raises `ValueError`, before anything is counted in earnest, for more than `MOST_FIELDS`."""
    return parse_qsl(body, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
