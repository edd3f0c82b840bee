"""The control API: be a person, cause trouble, look at what happened.

The chat page and the end-to-end tests use the same calls; `people` has those for a person.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, fields
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.simulator import people
from bot.simulator.faults import KINDS, Fault
from bot.simulator.people import CannotDo
from bot.simulator.simulator import Simulator

Json = dict[str, Any]
Action = Callable[[Simulator, Request, Json], Awaitable[Any]]


def routes() -> list[Route]:
    found = [
        _route("/people", "GET", _people),
        _route("/people", "POST", _add_person),
        _route("/people/{id:int}", "POST", _change_person),
        _route("/people/{id:int}/chat", "GET", _chat),
        _route("/changes", "GET", _changes),
        _route("/groups", "POST", _add_group),
        _route("/updates", "POST", _updates),
        _route("/updates", "GET", _pending),
        _route("/faults", "GET", _faults),
        _route("/faults", "POST", _add_fault),
        _route("/faults", "DELETE", _clear_faults),
        _route("/calls", "GET", _calls),
        _route("/calls", "DELETE", _clear_calls),
        _route("/limits", "GET", _limits),
        _route("/limits", "POST", _set_limits),
        _route("/clock", "POST", _clock),
        _route("/reset", "POST", _reset),
    ]
    for name, action in people.ACTIONS.items():
        found.append(_route(f"/people/{{id:int}}/{name}", "POST", _of_a_person(action)))
    return [*found, Route("/files/{file_id}", _file)]


def _route(path: str, http_method: str, action: Action) -> Route:
    async def endpoint(request: Request) -> Response:
        simulator: Simulator = request.app.state.simulator
        try:
            given = await _given(request)
            return JSONResponse(await action(simulator, request, given))
        except CannotDo as problem:
            return JSONResponse({"error": str(problem)}, problem.status)

    return Route(path, endpoint, methods=[http_method], name=f"{http_method} {path}")


async def _given(request: Request) -> Json:
    """The JSON object of a request. Another content type is refused: a form of a foreign page
    can be sent here, JSON cannot."""
    if request.method != "POST" or not await request.body():
        return {}
    if request.headers.get("content-type", "").split(";")[0] != "application/json":
        raise CannotDo("the body must be application/json", 415)
    try:
        given = await request.json()
    except ValueError:
        raise CannotDo("the body is not JSON", 400) from None
    if not isinstance(given, dict):
        raise CannotDo("the body must be a JSON object", 400)
    return given


def _of_a_person(action: people.Action) -> Action:
    async def act(simulator: Simulator, request: Request, given: Json) -> Any:
        return action(simulator, people.get(simulator, request.path_params["id"]), given)

    return act


async def _people(simulator: Simulator, request: Request, given: Json) -> Any:
    return {"people": [people.shown(simulator, one) for one in simulator.world.people.values()]}


async def _add_person(simulator: Simulator, request: Request, given: Json) -> Any:
    return people.shown(simulator, people.add(simulator, given))


async def _change_person(simulator: Simulator, request: Request, given: Json) -> Any:
    person = people.get(simulator, request.path_params["id"])
    return people.shown(simulator, people.change(simulator, person, given))


async def _add_group(simulator: Simulator, request: Request, given: Json) -> Any:
    return people.add_group(simulator, given)


async def _chat(simulator: Simulator, request: Request, given: Json) -> Any:
    """Everything since a version; waits up to `wait` seconds for something newer."""
    person = people.get(simulator, request.path_params["id"])
    since = _number(request, "since", 0)
    until = asyncio.get_running_loop().time() + min(_number(request, "wait", 0), 50)
    chat = simulator.world.chats[person.id]
    while 0 < since == chat.version and not simulator.closing:
        left = until - asyncio.get_running_loop().time()
        if left <= 0 or simulator.world.chats.get(person.id) is not chat:
            break
        await asyncio.wait({chat.changed.next()}, timeout=left)
    return people.chat_since(simulator, person, since if since <= chat.version else 0)


async def _changes(simulator: Simulator, request: Request, given: Json) -> Any:
    """Whose chats changed: one waiting request for all people, where a browser allows only six."""
    world, since = simulator.world, _number(request, "since", 0)
    until = asyncio.get_running_loop().time() + min(_number(request, "wait", 0), 50)
    while since == world.changes and not simulator.closing:
        left = until - asyncio.get_running_loop().time()
        if left <= 0:
            break
        await asyncio.wait({world.changed.next()}, timeout=left)
    since = since if since <= world.changes else 0
    return {
        "version": world.changes,
        "people": [people.shown(simulator, person) for person in world.people.values()],
        "changed": [chat.id for chat in world.chats.values() if chat.touched > since],
    }


async def _updates(simulator: Simulator, request: Request, given: Json) -> Any:
    """Raw updates, ids and all: repeated, shuffled or malformed as the caller likes."""
    updates = given.get("updates")
    if not isinstance(updates, list) or not all(isinstance(one, dict) for one in updates):
        raise CannotDo("updates must be a list of objects", 400)
    return {"update_ids": [simulator.updates.inject(one) for one in updates]}


async def _pending(simulator: Simulator, request: Request, given: Json) -> Any:
    waiting = simulator.updates.pending()
    return {
        "pending": len(waiting),
        "handed_out": sum(update.handed_out for update in waiting),
        "last_update_id": simulator.updates.last_id,
    }


async def _faults(simulator: Simulator, request: Request, given: Json) -> Any:
    return {"faults": [asdict(fault) for fault in simulator.faults.active]}


async def _add_fault(simulator: Simulator, request: Request, given: Json) -> Any:
    known = {field.name for field in fields(Fault)} - {"used"}
    if set(given) - known or str(given.get("kind")) not in KINDS:
        raise CannotDo(f"a fault has {', '.join(sorted(known))}; kind: {', '.join(KINDS)}", 400)
    fault = Fault(**{**given, "kind": str(given["kind"])})
    simulator.faults.add(fault)
    return asdict(fault)


async def _clear_faults(simulator: Simulator, request: Request, given: Json) -> Any:
    simulator.faults.clear()
    return {}


async def _calls(simulator: Simulator, request: Request, given: Json) -> Any:
    """The calls since a number, of one method or account; `wait` for at least one."""
    since, account = _number(request, "since", 0), _number(request, "account", 0)
    name = request.query_params.get("method", "").lower()
    until = asyncio.get_running_loop().time() + min(_number(request, "wait", 0), 50)
    while True:
        change = simulator.called.next()
        found = [
            call
            for call in simulator.calls
            if call["number"] > since
            and (not name or call["method"].lower() == name)
            and (not account or call["account"] == account)
        ]
        left = until - asyncio.get_running_loop().time()
        if found or left <= 0 or simulator.closing:
            return {"calls": found}
        await asyncio.wait({change}, timeout=left)


async def _clear_calls(simulator: Simulator, request: Request, given: Json) -> Any:
    simulator.calls.clear()
    return {}


async def _limits(simulator: Simulator, request: Request, given: Json) -> Any:
    flood = simulator.flood
    return {"enforce": flood.enforce, "refused": flood.refused, "hammered": flood.hammered}


async def _set_limits(simulator: Simulator, request: Request, given: Json) -> Any:
    simulator.flood.clear()
    simulator.flood.enforce = bool(given.get("enforce", True))
    return await _limits(simulator, request, given)


async def _clock(simulator: Simulator, request: Request, given: Json) -> Any:
    """Move the simulator's time on, so that taps get too old and messages undeletable."""
    seconds = given.get("advance", 0)
    if not isinstance(seconds, int | float) or seconds < 0:
        raise CannotDo("advance must be a number of seconds", 400)
    simulator.world.skew += seconds
    return {"now": simulator.world.now()}


async def _reset(simulator: Simulator, request: Request, given: Json) -> Any:
    await simulator.reset()
    return {}


async def _file(request: Request) -> Response:
    simulator: Simulator = request.app.state.simulator
    file = simulator.world.files.get(request.path_params["file_id"])
    if file is None:
        return JSONResponse({"error": "no such file"}, 404)
    headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
    # Only pictures are shown in the page; everything else is downloaded, never rendered.
    picture = file.media_type in ("image/png", "image/jpeg", "image/gif", "image/webp")
    media_type = file.media_type if picture else "application/octet-stream"
    return Response(file.content, media_type=media_type, headers=headers)


def _number(request: Request, name: str, default: int) -> int:
    try:
        return int(float(request.query_params.get(name, default)))
    except (ValueError, OverflowError):
        raise CannotDo(f"{name} must be a number", 400) from None
