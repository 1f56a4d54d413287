"""What a tool's result means: content as JSON, and an error of the tool as a refusal or a failure."""

import json
from typing import Any

from mcp_types import CallToolResult, TextContent

from domain.ports.systems import Answered

LARGEST_ANSWER = 1024 * 1024
"""Characters; more than a telephone call can use."""
REFUSED = 422
FAILED = 500
_WORDS = "text"


class TooLarge(Exception):
    """The result is larger than a call can use."""


def answered(result: CallToolResult, *, reads: bool) -> Answered:
    """An error that a tool puts into JSON is its own word that it did not do it: 422, or its `status`.

    Libraries answer with words where a tool crashed: of a write that is a 500, since nobody knows how far it
    came. Raises `TooLarge`.
    """
    body = _body(result)
    if not result.is_error:
        return Answered(status=200, body=body)
    if not isinstance(body, dict) or body.keys() == {_WORDS}:
        return Answered(status=REFUSED if reads else FAILED, body=body)
    stated = body.get("status")
    if isinstance(stated, int) and not isinstance(stated, bool) and 400 <= stated < 600:
        return Answered(status=stated, body=body)
    return Answered(status=REFUSED, body=body)


def _body(result: CallToolResult) -> Any:
    texts = [block.text for block in result.content if isinstance(block, TextContent)]
    if sum(map(len, texts)) > LARGEST_ANSWER:
        raise TooLarge
    if result.structured_content is not None:
        if not texts and len(json.dumps(result.structured_content)) > LARGEST_ANSWER:
            raise TooLarge
        return result.structured_content
    read = [_read(text) for text in texts]
    return read[0] if len(read) == 1 else read or None


def _read(text: str) -> Any:
    """JSON where it is; words otherwise."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return {_WORDS: text}
