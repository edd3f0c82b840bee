"""Run the simulator on loopback, inside this process."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.simulator.faults import ABORT

LINGER_NOT = struct.pack("ii", 1, 0)
"""SO_LINGER that makes closing a socket a reset."""


class _CuttableProtocol(H11Protocol):
    """Lets the application cut its own connection, which ASGI has no word for."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        application = self.app

        async def cuttable(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[ABORT] = {"cut": self._cut}
            await application(scope, receive, send)

        self.app = cuttable

    def _cut(self, politely: bool) -> None:
        if politely:
            self.transport.close()
            return
        connection = self.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
        self.transport.abort()


class _Server(uvicorn.Server):
    """Says when it has started, and leaves the signals to whoever runs us."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield


@contextlib.asynccontextmanager
async def running(app: Starlette, port: int = 0, host: str = "127.0.0.1") -> AsyncIterator[str]:
    """Serve *app* while the block runs; gives its address. Port 0: any free one.

    Raises:
        OSError: the port is taken.
    """
    with socket.create_server((host, port), backlog=512) as listening:
        config = uvicorn.Config(
            app,
            http=_CuttableProtocol,
            ws="none",
            log_level="error",
            access_log=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=1,
        )
        server = _Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            await server.ready.wait()
            yield f"http://{host}:{listening.getsockname()[1]}"
        finally:
            await app.state.simulator.close()
            server.should_exit = True
            await serving
