"""S1, S2, S13, S16 and the rest of what a candidate does with info sessions, on a phone."""

from __future__ import annotations

from collections.abc import Callable

from bot.storage.database import Database
from tests.conversations.conftest import Chat
from tests.support.info_sessions import an_info_session

ChatOf = Callable[..., Chat]
Transcript = Callable[[str, Chat], None]

ROWS = 8
"""What a phone shows without scrolling."""


async def test_s1_three_taps_from_start_and_the_card_stands_there(
    chat_of: ChatOf, sqlite_database: Database, transcript: Transcript
) -> None:
    await an_info_session(sqlite_database, 20, title="Infosessie politie Aalst")
    an = chat_of(1)

    await an.types("/start")
    await an.taps("📅 Infosessies")
    await an.taps("za 12 dec 10:00 · nog 20 plaatsen")
    await an.taps("✅ Schrijf me in")

    assert an.text.startswith("✅ Je bent ingeschreven.")
    transcript("info_sessions_three_taps_nl", an)
