"""Keys: one master key, a key derived from it for each purpose, and data keys wrapped under those."""

import base64
import binascii
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from loguru import logger

Purpose = Literal["journal subjects", "journal heads", "recordings", "lookups", "deeds"]

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16


class KeyUnusable(Exception):
    """The master key is not what it must be, or not the one that sealed what is being opened."""


@dataclass(frozen=True)
class MasterKey:
    """The one secret from which all others follow; its representation shows nothing."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise KeyUnusable(
                f"The master key has {len(self.secret)} bytes and must have {KEY_BYTES}: make one with"
                " `openssl rand -base64 32`."
            )

    @classmethod
    def from_text(cls, text: str) -> "MasterKey":
        """Base64 of 32 bytes, as the setting holds it."""
        try:
            return cls(base64.b64decode(text.strip(), validate=True))
        except binascii.Error:
            raise KeyUnusable(
                "The master key is not base64: make one with `openssl rand -base64 32`."
            ) from None

    def derive(self, purpose: Purpose) -> bytes:
        """32 bytes that say nothing about the master key or the other purposes (HKDF, RFC 5869)."""
        kdf = HKDF(
            algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=f"callwright/{purpose}".encode()
        )
        return kdf.derive(self.secret)

    def wrapping(self, purpose: Purpose) -> "KeyWrap":
        return KeyWrap(self.derive(purpose))


class KeyWrap:
    """Makes data keys and hides them under a derived key, bound to what they belong to."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def new_key(self, belongs_to: bytes) -> tuple[bytes, bytes]:
        """(data key, the same wrapped for keeping)."""
        key = os.urandom(KEY_BYTES)
        nonce = os.urandom(NONCE_BYTES)
        return key, nonce + self._cipher.encrypt(nonce, key, belongs_to)

    def unwrap(self, wrapped: bytes, belongs_to: bytes) -> bytes:
        """Raises `KeyUnusable` under another master key, or where the wrapped key was moved or changed."""
        try:
            return self._cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], belongs_to)
        except (InvalidTag, ValueError):
            raise KeyUnusable(
                "A stored key does not open under this master key: set the master key it was made with."
            ) from None


def master_key(setting: str | None, home: Path) -> MasterKey:
    """The key from the setting, or else the one in `home`, made on the first start."""
    if setting:
        return MasterKey.from_text(setting)
    path = home / "master.key"
    if not path.exists():
        _create(path)
        logger.bind(path=str(path)).warning(
            "Made a master key beside the data; on a real line keep it in the setting, away from them."
        )
    return MasterKey.from_text(path.read_text("ascii"))


def _create(path: Path) -> None:
    """Complete before it has its name, so that two processes that start at once read the same key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(base64.b64encode(os.urandom(KEY_BYTES)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return
    finally:
        draft.unlink()
