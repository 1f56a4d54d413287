"""X-Twilio-Signature: proof to a product that a request comes from its carrier (reference/twilio.md A4)."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import urlsplit, urlunsplit

Form = list[tuple[str, str]]
"""Form fields in the order sent; a name may come twice."""


def sign(auth_token: str, url: str, form: Iterable[tuple[str, str]] = ()) -> str:
    """HMAC-SHA1 over the full public URL and every form field, sorted by name, duplicates counted once."""
    text = signed_url(url) + "".join(name + value for name, value in sorted(set(form)))
    return base64.b64encode(hmac.new(auth_token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def signed_url(url: str) -> str:
    """The URL as it is signed: no user, no fragment; the port dropped for https and wss, kept for http."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    if parts.scheme in ("https", "wss"):
        host = host.rpartition(":")[0] if ":" in host else host
    return urlunsplit((parts.scheme, host, parts.path, parts.query, ""))
