"""The answers as they ship: each can be shown in every language, within Telegram's limits."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache

import pytest

from bot.services import Services
from faq.entry import Content
from faq.loader import load
from faq.match import Candidate, Match, Outcome
from tests.conversations.browsing import three_taps_from_start
from tests.conversations.conftest import Chat
from tests.support.clock import FakeClock

ChatOf = Callable[..., Chat]
LANGUAGES = ["nl", "fr", "de", "en"]


class Unsure:
    """No index is needed to show answers."""

    def ask(self, text: str, *, language: str | None = None, context: str | None = None) -> Match:
        return Match(Outcome.NONE, (Candidate("none", 0.0),), language or "nl")


@cache
def shipped() -> Content:
    return load()


@pytest.fixture
def answers() -> tuple[Content, Unsure]:
    return shipped(), Unsure()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_f5_every_answer_is_within_three_taps_and_fits_a_message(
    chat_of: ChatOf, services: Services, clock: FakeClock, language: str
) -> None:
    an = chat_of(1, language)
    expected = {entry.id for entry in shipped().entries}

    reached = await three_taps_from_start(an, clock)

    assert reached == expected


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_answer_shows_in_every_language(
    chat_of: ChatOf, clock: FakeClock, language: str
) -> None:
    an = chat_of(1, language)

    for entry in shipped().entries:
        clock.advance(timedelta(seconds=10))
        await an.types(f"/start faq_{entry.id}")

        title = entry.languages[language if language in entry.languages else "nl"].question
        assert title in an.text, entry.id
        assert "{" not in an.text, entry.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_route_and_small_talk_has_a_text(services: Services, language: str) -> None:
    for route in shipped().routes:
        assert services.answers.route(route.id, language).text
    for talk in shipped().smalltalk:
        chat = services.answers.chat(talk.id, language)
        assert chat is not None
        assert chat.text
