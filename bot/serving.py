"""HTTP inside this process: for webhooks, health and metrics. Signals stay with the process."""

import asyncio
import contextlib
import errno
import logging
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Final

import uvicorn
from starlette.types import ASGIApp

GRACE_SECONDS: Final = 3
LARGEST_HEADER: Final = 8 * 1024


class PortInUse(OSError):
    """Somebody else listens there."""


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens; taken early, so that a port in use is known before anything runs.

    Raises:
        PortInUse: somebody else listens there.
        OSError: the address is not one of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=512)
    except OSError as trouble:
        if trouble.errno == errno.EADDRINUSE:
            raise PortInUse(f"{host}:{port}") from trouble
        raise


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def serving(app: ASGIApp, at: socket.socket) -> AsyncIterator[asyncio.Task[None]]:
    """Serve *app* inside the block; the task ends early only when the server breaks."""
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level=logging.WARNING,
        access_log=False,
        server_header=False,
        ws="none",
        lifespan="off",
        h11_max_incomplete_event_size=LARGEST_HEADER,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[at]), name="http")
    try:
        yield task
    finally:
        server.should_exit = True
        with contextlib.suppress(asyncio.CancelledError):
            await task
        at.close()
