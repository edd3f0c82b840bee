"""The HTTP side: the Bot API, the files, the control API and the chat page on one address."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from bot.simulator import control
from bot.simulator.faults import Fault, HalfBody, NoAnswer, ResetConnection, hung_up
from bot.simulator.parameters import Parameters, read
from bot.simulator.refusals import NOT_FOUND, UNAUTHORIZED, Refused
from bot.simulator.simulator import Simulator

PAGE = Path(__file__).parent / "page"

ONLY_OUR_OWN = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'"
)


def create(
    token: str | None = None,
    *,
    enforce_limits: bool = True,
    retry_scale: float = 1.0,
    clock: Callable[[], float] = time.time,
) -> Starlette:
    """The whole simulator as an application; the object behind it is `app.state.simulator`.

    With a *token* every other one is answered 401; without, any well-formed one is taken.
    """
    simulator = Simulator(
        token, enforce_limits=enforce_limits, retry_scale=retry_scale, clock=clock
    )

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await simulator.close()

    app = Starlette(
        routes=[
            Route("/bot{token}/{method}", _bot_api, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", _download),
            Mount("/sim", routes=control.routes()),
            Route("/", _page),
            Mount("/page", StaticFiles(directory=PAGE)),
        ],
        middleware=[
            # A foreign web page must not reach us through a name that points to loopback.
            Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost", "::1"]),
        ],
        lifespan=lifespan,
    )
    app.state.simulator = simulator
    return app


async def _page(_: Request) -> Response:
    headers = {"Content-Security-Policy": ONLY_OUR_OWN, "Cache-Control": "no-cache"}
    return FileResponse(PAGE / "index.html", headers=headers)


def _check_token(simulator: Simulator, token: str) -> None:
    if not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", token):
        raise Refused(*NOT_FOUND)
    if simulator.world.token is None:
        simulator.world.token = token
    if not hmac.compare_digest(simulator.world.token, token):
        raise Refused(*UNAUTHORIZED)


async def _download(request: Request) -> Response:
    simulator: Simulator = request.app.state.simulator
    try:
        _check_token(simulator, request.path_params["token"])
        file = simulator.world.files.get(request.path_params["path"].rpartition("/")[2])
        if file is None:
            raise Refused(*NOT_FOUND)
    except Refused as refused:
        return _answer(refused.code, refused.as_json())
    return Response(file.content, media_type="application/octet-stream")


async def _bot_api(request: Request) -> ASGIApp:
    simulator: Simulator = request.app.state.simulator
    name = request.path_params["method"]
    body = await request.body()
    gone = asyncio.ensure_future(hung_up(request.receive))
    try:
        _check_token(simulator, request.path_params["token"])
        media_type = request.headers.get("content-type", "")
        parameters = read(request.url.query, media_type, body)
    except Refused as refused:
        simulator.note(name, Parameters(), refused.as_json(), "")
        return _answer(refused.code, refused.as_json())
    else:
        fault = simulator.faults.take(name, parameters.integer("chat_id") or None)
        if fault is not None:
            return await _with_fault(simulator, name, parameters, gone, fault)
        return _answer(*await _carry_out(simulator, name, parameters, gone))
    finally:
        gone.cancel()


async def _carry_out(
    simulator: Simulator,
    name: str,
    parameters: Parameters,
    gone: asyncio.Future[Any],
    fault: str = "",
) -> tuple[int, dict[str, Any]]:
    try:
        result = await simulator.call(name, parameters, gone)
        status, answer = 200, {"ok": True, "result": result}
    except Refused as refused:
        status, answer = refused.code, refused.as_json()
    simulator.note(name, parameters, answer, fault)
    return status, answer


async def _with_fault(
    simulator: Simulator,
    name: str,
    parameters: Parameters,
    gone: asyncio.Future[Any],
    fault: Fault,
) -> ASGIApp:
    kind = fault.kind
    if kind == "slow_before":
        await asyncio.wait({gone}, timeout=fault.delay)
        if gone.done():
            return _not_delivered(simulator, name, parameters, kind, NoAnswer())
        return _answer(*await _carry_out(simulator, name, parameters, gone, kind))
    if not fault.delivers:
        if kind not in ("drop", "slow_after", "reset", "half_body", "invalid_json"):
            refused = fault.refusal()
            simulator.note(name, parameters, refused.as_json(), kind)
            return _answer(refused.code, refused.as_json())
        status, answer = 200, {"ok": True, "result": True}
        _not_delivered(simulator, name, parameters, kind, NoAnswer())
    else:
        status, answer = await _carry_out(simulator, name, parameters, gone, kind)
    if kind == "drop":
        return NoAnswer()
    if kind == "reset":
        return ResetConnection()
    if kind == "half_body":
        return HalfBody(_as_bytes(answer))
    if kind == "invalid_json":
        return Response(b'{"ok": tru', status, media_type="application/json")
    await asyncio.wait({gone}, timeout=fault.delay)
    return _answer(status, answer)


def _not_delivered(
    simulator: Simulator, name: str, parameters: Parameters, kind: str, answer: ASGIApp
) -> ASGIApp:
    lost = {"ok": False, "error_code": 0, "description": "not delivered"}
    simulator.note(name, parameters, lost, kind)
    return answer


def _answer(status: int, answer: dict[str, Any]) -> Response:
    return Response(_as_bytes(answer), status, media_type="application/json")


def _as_bytes(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )
