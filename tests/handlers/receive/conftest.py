"""A reception on a real inbox, whose processor only notes what it is given."""

from dataclasses import dataclass, field

import pytest
from markupsafe import Markup

from bot.health import Health
from bot.inbox import Arrival, Inbox
from bot.notifications.message import Message
from bot.storage.database import Database
from handlers.notices import Notices
from handlers.receive import Reception
from tests.bot.inbox.test_inbox import Flaky


def typed(update_id: int, account: int = 7) -> dict:
    person = {"id": account, "is_bot": False, "first_name": "An", "language_code": "nl"}
    chat = {"id": account, "type": "private"}
    message = {"message_id": 1, "date": 1, "chat": chat, "from": person, "text": "hoi"}
    return {"update_id": update_id, "message": message}


@dataclass
class Noted:
    """Stands in for the processor."""

    arrivals: list[Arrival] = field(default_factory=list)

    def submit(self, arrivals) -> None:
        self.arrivals += arrivals

    async def room(self) -> None:
        """There is always room."""

    @property
    def ids(self) -> list[int]:
        return [arrival.update_id for arrival in self.arrivals]


@dataclass
class Told:
    """Stands in for the messenger: who was told what."""

    notices: list[tuple[int, str]] = field(default_factory=list)

    async def say(self, account: int, message: Message) -> int:
        self.notices.append((account, str(message.text)))
        return 1


@pytest.fixture
def health() -> Health:
    return Health("polling")


@pytest.fixture
def flaky(sqlite_database: Database) -> Flaky:
    return Flaky(sqlite_database)


@pytest.fixture
def noted() -> Noted:
    return Noted()


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def notices(told: Told) -> Notices:
    return Notices(told, lambda key, language: Markup(f"{key} {language}"))


@pytest.fixture
def reception(flaky: Flaky, health: Health, noted: Noted, notices: Notices) -> Reception:
    return Reception(Inbox(flaky, health=health), noted, notices)
