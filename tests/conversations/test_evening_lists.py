"""S17, T-16, R-16: what comes by the clock to who leads: lists the evening before, who to call."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.clock import brussels
from bot.notifications.removal import Removal
from bot.storage.database import Database
from handlers.messenger import Messenger
from tests.conversations.doors import (
    STARTS,
    Clockwork,
    Evening,
    Transcript,
    clockwork,
    delivered,
    evening,
    hired,
)
from tests.support.clock import FakeClock

__all__ = ["clockwork", "delivered", "evening", "hired"]

Making = Callable[..., Awaitable[Evening]]
BOTH = pytest.mark.parametrize("language", ["nl", "fr"])
AT_SIX = brussels(2026, 12, 11, 18)


@BOTH
async def test_s17_t16_both_lists_come_the_evening_before_and_go_again(
    evening: Making,
    clockwork: Clockwork,
    transcript: Transcript,
    sqlite_database: Database,
    messenger: Messenger,
    clock: FakeClock,
    language: str,
) -> None:
    night = await evening(language, early=True)
    await clockwork(AT_SIX - timedelta(minutes=1))
    before = len(night.lena.listen())
    await clockwork(AT_SIX)
    pdf, csv = night.lena.listen()
    removal = Removal(sqlite_database, messenger, clock)
    clock.set(AT_SIX + timedelta(hours=39))
    await removal.remove_due()
    still_there = len([message for message in night.lena.screen.messages if message.document])
    clock.set(AT_SIX + timedelta(hours=40))
    await removal.remove_due()

    assert before == 0
    assert (pdf.content or b"").startswith(b"%PDF")
    assert all(name in (csv.content or b"").decode() for name in ("An Janssens", "Émile Peeters"))
    assert still_there == 2
    assert [message for message in night.lena.screen.messages if message.document] == []
    transcript(f"evening_lists_{language}", night.lena)


@BOTH
async def test_r16_who_leads_hears_whom_no_reminder_reached(
    evening: Making, clockwork: Clockwork, transcript: Transcript, language: str
) -> None:
    """Contactpunt was down from the day before until twenty minutes before the start."""
    night = await evening(language, guests=3, early=True)
    await clockwork(AT_SIX - timedelta(hours=1))
    await clockwork(STARTS - timedelta(minutes=20))
    heard = [message for message in night.lena.listen() if not message.document]

    assert len(heard) == 1
    assert "3" in night.lena.text
    await night.lena.taps(night.say("info_sessions.button_participants"))
    transcript(f"evening_call_{language}", night.lena)
