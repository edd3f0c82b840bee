"""What the conversations of the day itself need: an info session with its colleagues and guests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from bot.clock import brussels
from bot.info_sessions.model import InfoSessionId, SignUpId
from bot.info_sessions.plan import Group, Plan, Question
from bot.info_sessions.timers import InfoSessionTimers
from bot.notifications.delivery import Delivery
from bot.notifications.pacing import Pacer
from bot.people.model import PersonId
from bot.services import Services
from bot.staff import Role
from bot.storage.database import Database
from bot.texts import Texts
from handlers.messenger import Messenger
from tests.conversations.conftest import Chat
from tests.conversations.test_staff import ROWS, comes_back, hired
from tests.support.clock import FakeClock

__all__ = ["ROWS", "clockwork", "comes_back", "delivered", "evening", "hired"]

ChatOf = Callable[..., Chat]
Hired = Callable[..., Awaitable[Chat]]
Transcript = Callable[[str, Chat], None]
Delivered = Callable[[], Awaitable[int]]
Clockwork = Callable[..., Awaitable[None]]

STARTS = brussels(2026, 12, 12, 10)
GUESTS = ("An Janssens", "Bo De Smet", "Chloé Dubois", "Dieter Claes", "Émile Peeters")


@pytest.fixture
def delivered(
    sqlite_database: Database, services: Services, messenger: Messenger, clock: FakeClock
) -> Delivered:
    """Brings what the outbox promised, files included."""
    delivery = Delivery(
        sqlite_database,
        messenger,
        Pacer(),
        services.texts,
        now=clock,
        language_of=services.enabled,
        documents=services.papers.documents,
    )
    return delivery.deliver_due


@pytest.fixture
def clockwork(sqlite_database: Database, clock: FakeClock, delivered: Delivered) -> Clockwork:
    """Sets the clock, lets what is due happen, and brings what was promised."""
    timers = InfoSessionTimers(sqlite_database, clock)

    async def until(moment: Any) -> None:
        clock.set(moment)
        await timers.tick()
        await delivered()

    return until


@dataclass
class Evening:
    """An info session, a coordinator, and who leads it."""

    services: Services
    clock: FakeClock
    info_session: InfoSessionId
    sofie: Chat
    """Coordinator."""
    boss: PersonId
    lena: Chat
    """Leads the info session, and nothing else."""
    language: str

    async def guest(self, number: int, name: str, party: int = 1) -> SignUpId:
        """Signs somebody up, as they would do it themselves."""
        person = await self.services.people.arrived(5000 + number, self.language)
        place = await self.services.info_sessions.sign_up(
            person.id, self.info_session, party, name=name
        )
        return place.sign_up.id

    async def code_of(self, number: int) -> str:
        """What the link in their personal code makes somebody type."""
        person = await self.services.people.of_account(5000 + number)
        assert person is not None
        (place,) = await self.services.info_sessions.mine(person.id)
        return f"/start c_{place.sign_up.code}"

    async def person(self, chat: Chat) -> PersonId:
        found = await self.services.people.of_account(chat.account)
        assert found is not None
        return found.id

    def say(self, key: str, **values: object) -> str:
        """A sentence, or what stands on a button."""
        texts: Texts = self.services.texts
        return texts.plain(key if "." in key else f"door.{key}", self.language, **values)

    async def opens(self, chat: Chat) -> None:
        """From the menu to the info session."""
        command = {"nl": "/beheer", "fr": "/gestion", "de": "/verwaltung", "en": "/manage"}
        await chat.types(command[self.language])
        await chat.taps(self.say("button_day"))
        await chat.taps(next(each for each in chat.labels if "12" in each and "·" in each))

    async def inside(self) -> list[str]:
        """Who is in, by name."""
        everybody = await self.services.door.participants(self.boss, self.info_session)
        return sorted(each.name or "" for each in everybody if each.checked_in_at is not None)


@pytest.fixture
def evening(
    hired: Hired, services: Services, clock: FakeClock
) -> Callable[..., Awaitable[Evening]]:
    """Makes it. The clock stands half an hour before the start, unless *early*."""

    async def make(
        language: str = "nl",
        *,
        guests: int = len(GUESTS),
        seats: int = 20,
        early: bool = False,
        **fields: Any,
    ) -> Evening:
        sofie = await hired(1, Role.COORDINATOR, language=language, name="Sofie")
        lena = await hired(2, Role.SESSION_LEAD, language=language, name="Lena")
        boss = await services.people.of_account(sofie.account)
        lead = await services.people.of_account(lena.account)
        assert boss is not None
        assert lead is not None
        title = {"nl": "Werken bij de politie", "fr": "Travailler à la police"}
        given = {
            "title": title.get(language, "Info"),
            "place": "Politiehuis Aalst",
            "language": language,
            "starts_at": STARTS,
            "ends_at": STARTS + timedelta(hours=2),
            "party_max": 4,
        }
        plan = Plan(seats=seats, **(given | fields))
        id_ = await services.planning.create(boss.id, plan)
        await services.planning.publish(boss.id, id_)
        await services.planning.lead(boss.id, id_, [lead.id])
        made = Evening(services, clock, id_, sofie, boss.id, lena, language)
        for number, name in enumerate(GUESTS[:guests]):
            await made.guest(number, name, party=2 if number == 1 else 1)
        if not early:
            clock.set(STARTS - timedelta(minutes=30))
        return made

    return make


TOUR = (Group(3, "onthaal"), Group(3, "parking"))
ASKED = (
    Question(
        "Heb je iets nodig om te kunnen volgen?", "dan zetten we het klaar", date(2026, 12, 13)
    ),
)
