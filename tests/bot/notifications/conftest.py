"""People, texts and a messenger of our own making for the tests of the outbox."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from markupsafe import Markup

from bot.notifications.delivery import Delivery
from bot.notifications.message import Message
from bot.notifications.outbox import Promise, promise
from bot.notifications.pacing import Pacer
from bot.people.model import PersonId
from bot.people.service import People
from bot.storage.database import Database
from tests.support.clock import FakeClock


class Words:
    """Stands in for the texts: the key, the language and what goes in."""

    def __call__(self, key: str, language: str, **values: object) -> Markup:
        if key == "missing.sentence":
            raise KeyError(key)
        said = "".join(f" {name}={value}" for name, value in values.items())
        return Markup(f"{language}:{key}{said}")

    def plain(self, key: str, language: str, **values: object) -> str:
        return str(self(key, language, **values))


Behaviour = Callable[[int, Message], Awaitable[None]]


@dataclass
class Phone:
    """A messenger that notes what arrived; *behaviour* may raise before or after that."""

    arrived: list[tuple[int, str]] = field(default_factory=list)
    tried: Counter[int] = field(default_factory=Counter)
    before: Behaviour | None = None
    after: Behaviour | None = None

    async def send(self, account: int, message: Message) -> int:
        self.tried[account] += 1
        if self.before is not None:
            await self.before(account, message)
        self.arrived.append((account, str(message.text)))
        if self.after is not None:
            await self.after(account, message)
        return len(self.arrived)


class NoHurry(Pacer):
    """Everybody may go at once; pacing has tests of its own."""

    def wait_for(self, chat: int) -> float:
        return 0


@pytest.fixture
def phone() -> Phone:
    return Phone()


@pytest.fixture
def pacer() -> Pacer:
    return NoHurry()


@pytest.fixture
def delivery(database: Database, phone: Phone, pacer: Pacer, clock: FakeClock) -> Delivery:
    return Delivery(database, phone, pacer, Words(), now=clock)


@pytest.fixture
def somebody(database: Database, clock: FakeClock) -> Callable[[int], Awaitable[PersonId]]:
    people = People(database, now=clock)

    async def make(account: int, language: str = "nl") -> PersonId:
        return (await people.arrived(account, language)).id

    return make


@pytest.fixture
def promised(database: Database, clock: FakeClock) -> Callable[..., Awaitable[bool]]:
    """Promise something in a transaction of its own."""

    async def make(key: str, person: PersonId, text_key: str = "test.news", **more) -> bool:
        async with database.transaction() as tx:
            return await promise(tx, Promise(key, person, text_key, **more), now=clock())

    return make
