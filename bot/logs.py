"""What Contactpunt writes about itself: one event, one line, on stderr, and nothing about anybody.

A log is read by more people than the database. So it never holds the token, what somebody wrote,
a name, a phone number or an address; people appear as a pseudonym (`person`), and an error as its
type and place, because messages of exceptions quote their input.
"""

import hashlib
import logging
import re
import secrets
import sys
import traceback
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, Final, Literal, TextIO

import structlog

Level = Literal["info", "warning", "error"]
"""Debug is not offered: the libraries print whole updates there."""

_TOKEN: Final = re.compile(r"(?<!\d)\d{6,20}:[A-Za-z0-9_-]{20,}")
_IN_AN_ADDRESS: Final = re.compile(r"(?<=/bot)\d+:[^/\s]+")
_PASSWORD: Final = re.compile(r"(?<=://)([^:/@\s]*):[^@\s]+@")
_MAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE: Final = re.compile(r"(?<![\w.:-])(?:(?:\+|00)\d|0[1-9])(?:[ ./-]?\d){7,12}(?![\w:])")

_WITHHELD: Final = frozenset(
    {
        *("text", "caption", "body", "answer", "question", "message", "payload", "parameters"),
        *("name", "first_name", "last_name", "username", "phone", "phone_number", "mail", "email"),
        *("token", "secret", "password", "key", "authorization"),
    }
)
_HIDDEN: Final[set[str]] = set()
_LIBRARIES: Final = ("telegram", "httpx", "httpcore", "aiohttp", "asyncio", "uvicorn", "alembic")

_key = secrets.token_bytes(16)


def configure(
    level: Level = "info", hide: Iterable[str] = (), key: bytes = b"", out: TextIO | None = None
) -> None:
    """Send every log of this process, the libraries' too, through the same filter.

    *hide*: secrets that must not appear whatever their form. *key* keeps the pseudonyms of
    `person` the same over restarts.
    """
    global _key
    _key = key or _key
    _HIDDEN.update(secret for secret in hide if len(secret) >= 4)
    stream = out or sys.stderr

    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _errors_by_place,
        _redacted,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _renderer(stream),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for library in _LIBRARIES:
        logger = logging.getLogger(library)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(logging.WARNING)


def get(name: str) -> structlog.stdlib.BoundLogger:
    """The log of one module: `log = logs.get(__name__)`, then `log.info("parked", tries=3)`."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def person(account: int) -> str:
    """A pseudonym for an account: always the same, and not to be traced back without the key."""
    return hashlib.blake2b(str(account).encode(), key=_key[:64], digest_size=5).hexdigest()


def redact(text: str) -> str:
    """*text* on one line, without tokens, secrets, passwords, mail addresses and phone numbers."""
    for secret in _HIDDEN:
        text = text.replace(secret, "[secret]")
    text = _IN_AN_ADDRESS.sub("[token]", _TOKEN.sub("[token]", text))
    text = _PASSWORD.sub(r"\1:[secret]@", text)
    text = _PHONE.sub("[phone]", _MAIL.sub("[mail]", text))
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )


def place_of(error: BaseException) -> str:
    """The types of *error* and its causes, and where: `KeyError at bot/x.py:12 in f < g`.

    Never the message: it may quote what somebody wrote.
    """
    parts: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen and len(parts) < 5:
        seen.add(id(current))
        frames = traceback.extract_tb(current.__traceback__)[-6:]
        where = ""
        if frames:
            last = frames[-1]
            callers = " < ".join(frame.name for frame in reversed(frames))
            where = f" at {'/'.join(last.filename.split('/')[-2:])}:{last.lineno} in {callers}"
        parts.append(type(current).__name__ + where)
        current = current.__cause__ or current.__context__
    return " because of ".join(parts)


def _errors_by_place(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    raised = event.pop("exc_info", None)
    event.pop("stack_info", None)
    error = sys.exc_info()[1] if raised is True else raised
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error"] = place_of(error)
    return event


def _redacted(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for name, value in event.items():
        if not name.startswith("_") and name != "timestamp":
            event[name] = "[withheld]" if name in _WITHHELD else _clean(value)
    return event


def _clean(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, BaseException):
        return place_of(value)
    if isinstance(value, Mapping):
        return {
            str(name): "[withheld]" if name in _WITHHELD else _clean(item)
            for name, item in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(item) for item in value]
    return redact(str(value))


def _renderer(stream: TextIO) -> Any:
    if stream.isatty():
        return structlog.processors.LogfmtRenderer(
            key_order=["timestamp", "level", "logger", "event"]
        )
    return structlog.processors.JSONRenderer(sort_keys=False, ensure_ascii=False)
