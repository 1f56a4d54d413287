"""Reads an OpenAPI document from a file or an address, in JSON or YAML, within bounds."""

import json
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

LARGEST = 32 * 1024 * 1024
"""Bytes; the largest public documents have some 15 million."""
PATIENCE_S = 30.0


class SourceRefused(Exception):
    """The document could not be read; says why and what to do."""


def read_source(source: str) -> Any:
    """What the document says, as plain values. Raises `SourceRefused`."""
    content = _fetched(source) if "://" in source else _opened(Path(source))
    try:
        text = content.decode("utf-8-sig")
        return json.loads(text) if text.lstrip().startswith("{") else _yaml().load(text)
    except UnicodeDecodeError:
        raise SourceRefused(f"{source} is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise SourceRefused(f"{source}:{error.lineno}: not valid JSON: {error.msg}") from None
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f":{mark.line + 1}" if mark else ""
        raise SourceRefused(f"{source}{where}: neither JSON nor YAML") from None
    except (RecursionError, ValueError):
        raise SourceRefused(f"{source} is nested too deep, or holds values that cannot be read") from None


def _yaml() -> YAML:
    """Documents in the wild name a key twice; the first one counts."""
    reader = YAML(typ="safe", pure=True)
    reader.allow_duplicate_keys = True
    return reader


def _opened(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise SourceRefused(f"{path} is larger than {LARGEST} bytes")
        return path.read_bytes()
    except OSError as error:
        raise SourceRefused(f"{path} cannot be read: {error.strerror}") from None


def _fetched(url: str) -> bytes:
    """By https, or from this machine: what is drafted from is not left to whoever sits between."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname or "")):
        raise SourceRefused(f"{parts.scheme}://{parts.hostname}: only https, or http on this machine")
    content = bytearray()
    try:
        with httpx.stream("GET", url, timeout=PATIENCE_S, follow_redirects=False) as response:
            if response.is_redirect:
                raise SourceRefused(f"{url} leads on to another address; give that one")
            if response.status_code != 200:
                raise SourceRefused(f"{url} answered {response.status_code}")
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > LARGEST:
                    raise SourceRefused(f"{url} is larger than {LARGEST} bytes")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SourceRefused(f"{url} cannot be read: {type(error).__name__}") from None
    return bytes(content)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
