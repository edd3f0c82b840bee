from collections.abc import Awaitable, Callable
from itertools import count

import pytest

from bot.config import Contact, Zone
from bot.info_sessions.door import Door
from bot.info_sessions.papers import Papers
from bot.info_sessions.planning import Planning
from bot.info_sessions.service import InfoSessions
from bot.info_sessions.timers import InfoSessionTimers
from bot.notifications.delivery import Delivery
from bot.notifications.message import File, Message
from bot.notifications.pacing import Pacer
from bot.people.model import PersonId
from bot.people.service import People
from bot.staff import Role, Staff
from bot.storage.database import Database
from bot.texts import Texts
from tests.support.clock import FakeClock


class Chat:
    """A messenger that keeps what arrived: for whom, the words, and files by message number."""

    def __init__(self) -> None:
        self.files: dict[int, File] = {}
        self.said: list[tuple[int, str]] = []

    async def send(self, account: int, message: Message) -> int:
        self.said.append((account, str(message.text)))
        if message.file is not None:
            self.files[len(self.said)] = message.file
        return len(self.said)


class NoHurry(Pacer):
    """Everybody may go at once."""

    def wait_for(self, chat: int) -> float:
        return 0


Hired = Callable[[Role], Awaitable[PersonId]]


@pytest.fixture
def info_sessions(database: Database, clock: FakeClock) -> InfoSessions:
    return InfoSessions(database, clock)


@pytest.fixture
def timers(database: Database, clock: FakeClock) -> InfoSessionTimers:
    return InfoSessionTimers(database, clock)


@pytest.fixture
def desk(database: Database, clock: FakeClock) -> Staff:
    return Staff(database, clock)


@pytest.fixture
def planning(database: Database, clock: FakeClock, desk: Staff) -> Planning:
    return Planning(database, desk, clock)


@pytest.fixture
def door(database: Database, clock: FakeClock, desk: Staff) -> Door:
    return Door(database, desk, clock)


@pytest.fixture
def papers(database: Database, clock: FakeClock, desk: Staff) -> Papers:
    made = Papers(database, desk, Texts.load(), clock)
    desk.on_leaving.append(made.left)
    made.zone = Zone(name="Politie Aalst", contact=Contact(mail="jobs@politie.example"))
    return made


@pytest.fixture
def chat() -> Chat:
    return Chat()


@pytest.fixture
def delivery(database: Database, clock: FakeClock, papers: Papers, chat: Chat) -> Delivery:
    return Delivery(database, chat, NoHurry(), Texts.load(), now=clock, documents=papers.documents)


@pytest.fixture
def hired(database: Database, clock: FakeClock, desk: Staff) -> Hired:
    """Makes a colleague with a role."""
    people, accounts = People(database, clock), count(501)

    async def hire(role: Role) -> PersonId:
        account = next(accounts)
        person = (await people.arrived(account, "nl")).id
        invited = await desk.invite(None, role, name=f"Collega {account}", ends_on=None)
        await desk.redeem(person, invited.code)
        return person

    return hire
