"""A SQLite engine without its turns: for the controls that must go wrong."""

import asyncio
from typing import Any

import pytest

from bot.storage import sqlite


def without_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody writes on the one connection at once, and nobody waits for a common COMMIT."""

    async def no_turn(_: sqlite.SqliteEngine) -> None:
        return None

    def at_once(*_: Any) -> asyncio.Future[None]:
        told = asyncio.get_running_loop().create_future()
        told.set_result(None)
        return told

    monkeypatch.setattr(sqlite.SqliteEngine, "_turn", no_turn)
    monkeypatch.setattr(sqlite.SqliteEngine, "_release", lambda engine, group: None)
    monkeypatch.setattr(sqlite.SqliteEngine, "_committed", staticmethod(at_once))
