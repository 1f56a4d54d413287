"""Bodies of requests, read within a bound of size and of time, whoever sends them and however slowly."""

import asyncio

from fastapi import HTTPException, Request
from starlette.requests import ClientDisconnect

BODY_S = 5.0
CLOSE = {"Connection": "close"}
"""The rest of the body is not waited for."""


async def read_body(request: Request, *, longest: int) -> bytes:
    """Not `request.body()`, which reads without a bound. `longest`: bytes. Raises `HTTPException`."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > longest:
                    raise HTTPException(413, f"The body is longer than {longest} bytes.", CLOSE)
    except TimeoutError:
        raise HTTPException(408, f"The body did not come within {BODY_S:g} seconds.", CLOSE) from None
    except ClientDisconnect:
        raise HTTPException(400, "The body was cut off.", CLOSE) from None
    return bytes(body)
