"""Info sessions asked for in words, with the index as it ships: it proposes, a tap decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.clock import brussels
from bot.info_sessions.tables import sign_ups
from bot.storage.database import Database
from faq.entry import Content
from faq.loader import load
from faq.matcher import Matcher
from tests.conversations.conftest import Chat
from tests.conversations.sessions import STARTS, Planned, coordinator, planned
from tests.support.index import shipped_matcher

__all__ = ["coordinator", "planned"]

ChatOf = Callable[..., Chat]
Transcript = Callable[[str, Chat], None]


@pytest.fixture(scope="module")
def answers() -> tuple[Content, Matcher]:
    return load(), shipped_matcher()


@pytest.mark.parametrize(
    ("typed", "opens"),
    [
        pytest.param("schrijf me in voor zaterdag", "12 december", id="the nearest Saturday"),
        pytest.param("inscrivez-moi pour samedi", "12 décembre", id="in French"),
        pytest.param("melden Sie mich für Samstag an", "12. Dezember", id="in German"),
        pytest.param("sign me up for Saturday", "12 December", id="in English"),
        pytest.param("schrijf me in voor de infosessie van 16/12", "16 december", id="a date"),
        pytest.param(
            "schrijf mij in voor de infosessie van 16 december", "16 december", id="a month"
        ),
    ],
)
async def test_the_day_in_the_words_opens_that_session(
    chat_of: ChatOf, planned: Planned, sqlite_database: Database, typed: str, opens: str
) -> None:
    await planned()
    await planned(starts_at=brussels(2026, 12, 16, 18))
    an = chat_of(1)

    await an.types(typed)

    assert opens in an.text
    assert "🟢" in an.text
    async with sqlite_database.reading() as reader:
        assert await reader.all(select(sign_ups)) == []


async def test_words_that_name_no_day_or_a_day_without_show_the_list(
    chat_of: ChatOf, planned: Planned, transcript: Transcript
) -> None:
    await planned()
    await planned(starts_at=STARTS + timedelta(hours=3))
    an = chat_of(1)

    await an.types("ik wil me inschrijven voor de infosessie")
    await an.types("schrijf me in voor de infosessie van zondag")
    await an.types("schrijf me in voor de infosessie van zaterdag")
    await an.types("hou me op de hoogte van de volgende infosessie")
    await an.types("ik wil mijn inschrijving voor de infosessie annuleren")

    transcript("info_sessions_words", an)
