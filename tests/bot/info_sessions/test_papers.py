"""Papers: who gets which list, that it is noted, that nothing stays; calendars and the picture."""

import csv
import io
from datetime import timedelta

import pytest
from markupsafe import Markup
from sqlalchemy import select

from bot import audit
from bot.config import Contact, Zone
from bot.info_sessions.door import Door
from bot.info_sessions.papers import Papers
from bot.info_sessions.plan import Group, Plan
from bot.info_sessions.planning import Planning
from bot.notifications.delivery import Delivery
from bot.notifications.message import File, Message
from bot.notifications.outbox import outbox
from bot.notifications.pacing import Pacer
from bot.staff import NotAllowed, Role, Staff
from bot.storage.database import Database
from bot.texts import Texts
from tests.bot.info_sessions.conftest import Hired
from tests.support.clock import FakeClock
from tests.support.info_sessions import STARTS, an_info_session


def rows_of(file: File) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.content.decode("utf-8-sig")), delimiter=";"))


def a_plan(**fields: object) -> Plan:
    return Plan(
        **{  # type: ignore[arg-type]
            "title": "Werken bij de politie",
            "starts_at": STARTS,
            "ends_at": STARTS + timedelta(hours=2),
            "place": "Markt 1, Aalst",
            "seats": 20,
            **fields,
        }
    )


class Chat:
    """A messenger that keeps what arrived, and takes away what it is told to."""

    def __init__(self) -> None:
        self.files: dict[int, File] = {}
        self.texts: list[Markup] = []
        self.removed: list[int] = []

    async def send(self, account: int, message: Message) -> int:
        self.texts.append(message.text)
        number = len(self.texts)
        if message.file is not None:
            self.files[number] = message.file
        return number

    async def remove(self, account: int, message_id: int) -> None:
        self.removed.append(message_id)


class NoHurry(Pacer):
    async def turn(self, chat: int) -> None:
        return


@pytest.fixture
def papers(database: Database, clock: FakeClock, desk: Staff) -> Papers:
    made = Papers(database, desk, Texts.load(), clock)
    made.zone = Zone(name="Politie Aalst", contact=Contact(mail="jobs@politie.example"))
    return made


@pytest.fixture
def chat() -> Chat:
    return Chat()


@pytest.fixture
def delivery(database: Database, clock: FakeClock, papers: Papers, chat: Chat) -> Delivery:
    return Delivery(database, chat, NoHurry(), Texts.load(), now=clock, documents=papers.documents)


async def actions(database: Database) -> list[str]:
    async with database.reading() as reader:
        return [entry.action for entry in await audit.entries(reader, most=50)]


async def test_s14_a_guide_gets_the_own_groups_a_lead_everybody(
    database: Database, papers: Papers, planning: Planning, door: Door, hired: Hired
) -> None:
    boss, lead, guide = [
        await hired(role) for role in (Role.COORDINATOR, Role.SESSION_LEAD, Role.AMBASSADOR)
    ]
    plan = a_plan(groups=(Group(10, "Inkom", guide), Group(10, "Garage")))
    id_ = await planning.create(boss, plan)
    await planning.publish(boss, id_)
    await planning.lead(boss, id_, [lead])
    for name in ("An", "Bo", "Ça"):
        await door.register_by_name(boss, id_, name, language="fr")
    await planning.divide(boss, id_)

    everybody = rows_of(await papers.list_file(lead, id_, "csv", "nl"))
    own = rows_of(await papers.list_file(guide, id_, "csv", "nl"))

    assert [row[1] for row in everybody] == ["Naam", "An", "Bo", "Ça"]
    assert {row[4] for row in everybody[1:]} == {"1", "2"}
    assert [row[1] for row in own[1:]] == [row[1] for row in everybody[1:] if row[4] == "1"]


@pytest.mark.parametrize("role", [Role.CONTACT_POINT, Role.EDITOR, Role.DPO, Role.SESSION_LEAD])
async def test_t5_nobody_gets_the_list_of_an_info_session_they_are_not_on(
    database: Database, papers: Papers, hired: Hired, role: Role
) -> None:
    await hired(Role.COORDINATOR)
    other = await hired(role)
    id_ = await an_info_session(database)

    with pytest.raises(NotAllowed):
        await papers.send_list(other, id_, "pdf")
    with pytest.raises(NotAllowed):
        await papers.list_file(other, id_, "csv", "nl")

    assert await actions(database) == [*["staff.not_allowed"] * 2, *(await actions(database))[2:]]
    async with database.reading() as reader:
        assert not await reader.all(select(outbox.c.id).where(outbox.c.document.is_not(None)))
