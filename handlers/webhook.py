"""The webhook: Telegram brings one update per request, and brings it again until we say 200.

What cannot be an update is stored, parked and answered 200 all the same: Telegram would repeat
it for a day and hold back everything else of that chat.
"""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from hmac import compare_digest
from typing import Final

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from bot.errors import StorageTrouble
from bot.health import Health
from handlers.receive import Reception

log = structlog.get_logger(__name__)

LARGEST_BODY: Final = 1024 * 1024
"""Bytes; an update is a few thousand."""

READ_WITHIN: Final = timedelta(seconds=10)
ROOM_WITHIN: Final = timedelta(seconds=20)
"""Telegram cuts the request after 60 s and repeats it."""

SECRET_HEADER: Final = b"x-telegram-bot-api-secret-token"


class Webhook:
    """Answers 200 once the update is on the disk, and 503 while it cannot be.

    An endpoint for POST: `Route(path, webhook.__call__, methods=["POST"])`; Starlette would take
    the object itself for an application.
    """

    def __init__(
        self,
        reception: Reception,
        secret: str,
        *,
        health: Health | None = None,
        read_within: timedelta = READ_WITHIN,
        room_within: timedelta = ROOM_WITHIN,
    ) -> None:
        if not secret:
            raise ValueError("a webhook without a secret would take updates from anybody")
        self._reception = reception
        self._secret = secret.encode()
        self._health = health or Health()
        self._read_within = read_within.total_seconds()
        self._room_within = room_within.total_seconds()

    async def __call__(self, request: Request) -> Response:
        if not self._knows_the_secret(request):
            return self._refused(403)
        try:
            async with asyncio.timeout(self._read_within):
                body = await _read(request)
        except TimeoutError:
            return self._refused(408)
        except ClientDisconnect:
            return self._refused(400)
        if body is None:
            return self._refused(413)
        try:
            async with asyncio.timeout(self._room_within):
                await self._reception.room()
            await self._reception.take([_parsed(body)])
        except (StorageTrouble, TimeoutError):
            return Response(status_code=503)
        self._health.webhooked()
        return Response(status_code=200)

    def _knows_the_secret(self, request: Request) -> bool:
        """Exactly one header, compared in constant time, before anything of the body is read."""
        given = [value for name, value in request.scope["headers"] if name == SECRET_HEADER]
        return len(given) == 1 and compare_digest(given[0], self._secret)

    def _refused(self, status: int) -> Response:
        self._health.count("webhooks_refused")
        log.warning("webhook call refused", status=status)
        # The rest of the body, if any, is not worth reading.
        return Response(status_code=status, headers={"Connection": "close"})


async def _read(request: Request) -> bytes | None:
    """The body; None when it is too large, said or found."""
    said = request.headers.get("content-length", "0")
    if not said.isdecimal() or int(said) > LARGEST_BODY:
        return None
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_BODY:
            return None
        parts.append(part)
    return b"".join(parts)


def _parsed(body: bytes) -> object:
    """The update, or the bare text of what is none (which `arrival_of` parks)."""
    text = body.decode("utf-8", "replace")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
