"""What the conversations about info sessions need: a zone at work, and words by their key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import pytest

from bot.clock import brussels
from bot.info_sessions.model import InfoSessionId
from bot.info_sessions.plan import Group, Part, Plan, Question
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
from tests.support.clock import FakeClock

__all__ = ["clockwork", "coordinator", "delivered", "planned"]

Planned = Callable[..., Awaitable[InfoSessionId]]
Delivered = Callable[[], Awaitable[int]]
Clockwork = Callable[..., Awaitable[None]]

STARTS = brussels(2026, 12, 12, 10)
"""Saturday, three weeks after the moment at which the fake clock stands."""

ROWS = 8
"""What a phone shows without scrolling."""

EVERYTHING: dict[str, Any] = {
    "title": "Infosessie Lokale Politie Aalst",
    "place": "Politiehuis, Markt 1, 9300 Aalst",
    "room": "vergaderzaal 2",
    "latitude": 50.9378,
    "longitude": 4.0403,
    "bring": "je identiteitskaart",
    "accessibility": "Er is een lift. De rondleiding is 600 meter stappen.",
    "house_rules": "Meld je aan het onthaal. Foto's nemen mag niet.",
    "parts": (Part("Onthaal met koffie", 15), Part("Uitleg", 45), Part("Rondleiding", 60)),
    "stops": (Part("Recherche", 15), Part("Interventie", 15), Part("Dispatching", 15)),
    "groups": (Group(10, "aan de trap"), Group(10, "bij de kapstok")),
}

ASKED = (
    Question(
        "Heb je iets nodig om goed te kunnen volgen?",
        "dan kunnen we dat klaarzetten",
        date(2026, 12, 12),
    ),
    Question(
        "Hoe kom je?",
        "dan weten we hoeveel parkeerplaatsen er nodig zijn",
        date(2026, 12, 12),
        ("Te voet of met de fiets", "Met de auto"),
    ),
)


@pytest.fixture
async def coordinator(services: Services) -> PersonId:
    person = await services.people.arrived(999, "nl")
    invited = await services.staff.invite(None, Role.COORDINATOR, name="Sofie")
    await services.staff.redeem(person.id, invited.code)
    return person.id


@pytest.fixture
def planned(services: Services, coordinator: PersonId) -> Planned:
    """Plans and publishes an info session, as a coordinator would."""

    async def plan(seats: int = 20, publish: bool = True, **fields: Any) -> InfoSessionId:
        given = {"title": "Infosessie", "place": "Aalst", "starts_at": STARTS} | fields
        given.setdefault("ends_at", given["starts_at"] + timedelta(hours=2))
        id_ = await services.planning.create(coordinator, Plan(seats=seats, **given))
        if publish:
            await services.planning.publish(coordinator, id_)
        return id_

    return plan


@pytest.fixture
def delivered(
    sqlite_database: Database, services: Services, messenger: Messenger, clock: FakeClock
) -> Delivered:
    """Brings what the outbox promised."""
    delivery = Delivery(
        sqlite_database,
        messenger,
        Pacer(),
        services.texts,
        now=clock,
        language_of=services.enabled,
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


def words(language: str) -> Callable[..., str]:
    """What a button says in *language*: `say("mine")`, `say("menu.open")`."""
    texts = Texts.load()

    def say(name: str, **values: object) -> str:
        key = name if "." in name else f"info_sessions.button_{name}"
        return texts.plain(key, language, **values)

    return say


def fits(chat: Chat) -> bool:
    """Whether the newest message fits a phone, leads back, and has a person one tap away."""
    rows = chat.last.buttons
    data = [button.get("callback_data", "") for row in rows for button in row]
    human = any("human." in each or "menu." in each for each in data)
    return 0 < len(rows) <= ROWS and human


async def taps_the_session(chat: Chat, day: str = "12") -> None:
    """The first button of the list for a session on that day of the month."""
    for label in chat.labels:
        if f" {day} " in f" {label.replace('.', ' ')} " and "·" in label:
            await chat.taps(label)
            return
    raise AssertionError(chat.labels)
