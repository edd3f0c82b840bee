"""The way to the Bot API: PTB's requests over aiohttp.

PTB's own transport slows down quadratically with its open connections. This one keeps connections
alive, and says of every fault whether the request can have reached Telegram: a repeat of one that
did is a second message on somebody's phone.

No message of an error names the address: the token is in it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final, TypeVar
from urllib.request import getproxies

import aiohttp
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import BaseRequest, RequestData
from yarl import URL

from bot.errors import MaybeSent, TryLater, Undeliverable
from bot.notifications.errors import MessengerClosed, Rejected

T = TypeVar("T")

# PTB warns at every 429 unless one opts in to spans of time that are a timedelta.
os.environ.setdefault("PTB_TIMEDELTA", "1")

CONNECT_WITHIN: Final = 5.0
READ_WITHIN: Final = 10.0
"""Seconds."""

CONNECTIONS: Final = 512
KEPT_ALIVE: Final = 20.0
"""Seconds; shorter than servers keep theirs, so that we seldom write to a closed one."""


class NotSent(NetworkError):
    """There was no connection: Telegram never saw the request. A repeat is safe."""


class LostContact(NetworkError):
    """The connection broke after the request went out: Telegram may have acted on it."""


class TokenRefused(MessengerClosed):
    """Telegram does not know this token (any more)."""

    def __init__(self) -> None:
        super().__init__(
            "Telegram refuses the bot token: check CONTACTPUNT_BOT_TOKEN with @BotFather."
        )


class AiohttpRequest(BaseRequest):
    """What PTB uses instead of its HTTPXRequest; one of these serves any number of callers."""

    __slots__ = ("_connections", "_read_timeout", "_session")

    def __init__(
        self, *, connections: int = CONNECTIONS, read_timeout: float = READ_WITHIN
    ) -> None:
        self._connections = connections
        self._read_timeout = read_timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        return self._read_timeout

    async def initialize(self) -> None:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._connections, keepalive_timeout=KEPT_ALIVE, ttl_dns_cache=300
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT, "Accept-Encoding": "identity"},
                # Looking for a proxy costs more than the request: only where there is one.
                trust_env=bool(getproxies()),
            )

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """PTB calls this. *write_timeout* and *pool_timeout* have no counterpart of their own.

        Raises:
            NotSent: it never left.
            TimedOut: no answer in time; Telegram may have acted on it.
            LostContact: the same, because the connection broke.
        """
        if self._session is None:
            raise NotSent("the transport was not started")
        connect = _given(connect_timeout, CONNECT_WITHIN)
        timeout = aiohttp.ClientTimeout(
            connect=connect,
            sock_connect=connect,
            sock_read=_given(read_timeout, self._read_timeout),
        )
        data, headers = _body(request_data)
        try:
            async with self._session.request(
                method, url, data=data, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                return response.status, await response.read()
        except (
            aiohttp.ConnectionTimeoutError,
            aiohttp.ClientConnectorError,
            aiohttp.InvalidURL,
        ) as fault:
            raise NotSent(f"no connection ({type(fault).__name__})") from None
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError) as fault:
            raise LostContact(f"the connection broke ({type(fault).__name__})") from None

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """As PTB's, but an answer that cannot be read is not written to the log."""
        try:
            answer = json.loads(payload.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            raise TelegramError("the answer is not JSON") from None
        if not isinstance(answer, dict):
            raise TelegramError("the answer is not a JSON object")
        return answer


def _given(timeout: Any, default: float | None) -> float | None:
    if timeout is BaseRequest.DEFAULT_NONE:
        return default
    return None if timeout is None else float(timeout)


def _body(request_data: RequestData | None) -> tuple[Any, dict[str, str] | None]:
    if request_data is None:
        return None, None
    if not request_data.contains_files:
        # Six times as fast as urllib's urlencode, which costs as much as the rest of the call.
        body = URL.build(query=request_data.json_parameters).raw_query_string.encode()
        return body, {"Content-Type": "application/x-www-form-urlencoded"}
    form = aiohttp.FormData()
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form, None


_NOBODY_THERE: Final = ("chat not found", "user not found", "peer_id_invalid", "user_is_deleted")


async def translated(
    call: Callable[[], Awaitable[T]], silenced: Callable[[timedelta], None] | None = None
) -> T:
    """The result of *call*, with PTB's errors in our own words.

    *silenced* is told when Telegram wants no call at all for a while. The order of the clauses
    matters: BadRequest and TimedOut are NetworkErrors to PTB.

    Raises:
        Undeliverable: this account cannot be reached.
        Rejected: Telegram refuses the request itself; the mistake is ours.
        TryLater: it was not done.
        MaybeSent: it may have been done.
        TokenRefused: nothing works any more.
        ChatMigrated: as PTB has it, for who knows what to do about it.
    """
    try:
        return await call()
    except ChatMigrated:
        raise
    except Forbidden as gone:
        raise Undeliverable(gone.message) from gone
    except RetryAfter as flood:
        span = flood._retry_after
        if silenced is not None:
            silenced(span)
        raise TryLater("too fast", after=span) from flood
    except InvalidToken:
        raise TokenRefused from None
    except BadRequest as refused:
        if any(sign in refused.message.lower() for sign in _NOBODY_THERE):
            raise Undeliverable(refused.message) from refused
        raise Rejected(refused.message) from refused
    except (TimedOut, LostContact) as unclear:
        raise MaybeSent(unclear.message) from unclear
    except NetworkError as trouble:
        bug = trouble.__cause__
        if bug is not None and not isinstance(bug, TelegramError):
            # PTB wraps whatever breaks inside a transport; waiting would not mend that.
            raise Rejected(f"the call broke: {type(bug).__name__}") from None
        raise TryLater(trouble.message) from trouble
    except TelegramError as unreadable:
        # Accepted (2xx), but what it says cannot be read.
        raise MaybeSent(unreadable.message) from unreadable
