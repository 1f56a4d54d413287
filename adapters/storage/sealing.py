"""How an event lies in the database: its words under the person's key, its digest beside them."""

import json
import os
from dataclasses import asdict

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapters.secrets import NONCE_BYTES
from domain.events import Event
from domain.journal import SALT_BYTES, UnknownEvent, digest_of, event_from


def payload_of(event: Event) -> bytes:
    """The event's fields as JSON. What orjson refuses (a lone surrogate, a huge number) is escaped."""
    try:
        return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:
        return json.dumps(asdict(event), default=str, separators=(",", ":")).encode()


def event_of(kind: str, payload: bytes) -> Event | UnknownEvent:
    return event_from(kind, json.loads(payload))


def seal(cipher: AESGCM, call_id: str, seq: int, payload: bytes) -> tuple[bytes, bytes]:
    """(digest for the chain, sealed bytes); the seal is bound to the event's place."""
    chance = os.urandom(NONCE_BYTES + SALT_BYTES)
    nonce, salt = chance[:NONCE_BYTES], chance[NONCE_BYTES:]
    sealed = nonce + cipher.encrypt(nonce, salt + payload, _place(call_id, seq))
    return digest_of(salt, payload), sealed


def unseal(cipher: AESGCM, call_id: str, seq: int, sealed: bytes) -> tuple[bytes, bytes] | None:
    """(salt, payload), or None where this is not what was sealed for this place."""
    try:
        opened = cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _place(call_id, seq))
    except (InvalidTag, ValueError):
        return None
    return opened[:SALT_BYTES], opened[SALT_BYTES:]


def _place(call_id: str, seq: int) -> bytes:
    return f"{call_id}\0{seq}".encode()
