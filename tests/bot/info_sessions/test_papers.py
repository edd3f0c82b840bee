"""Papers: who gets which list, that it stands in the trail; the calendar entry and the picture."""

import csv
import io
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
import vobject
from PIL import Image
from sqlalchemy import select

from bot import audit
from bot.clock import brussels
from bot.info_sessions.door import Door
from bot.info_sessions.model import InfoSessionClosed, InfoSessionId, State
from bot.info_sessions.papers import NothingPlanned, Papers
from bot.info_sessions.plan import Group, Part, Plan
from bot.info_sessions.planning import Planning
from bot.info_sessions.service import InfoSessions
from bot.info_sessions.tables import info_session_fill
from bot.info_sessions.timers import InfoSessionTimers
from bot.notifications.delivery import Delivery
from bot.notifications.message import File
from bot.notifications.outbox import outbox
from bot.people.model import PersonId
from bot.staff import NotAllowed, Role, Staff
from bot.storage.database import Database
from tests.bot.info_sessions.conftest import Chat, Hired
from tests.support.clock import FakeClock
from tests.support.info_sessions import STARTS, an_info_session, somebodies


def rows_of(file: File) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.content.decode("utf-8-sig")), delimiter=";"))


def text_of(file: File) -> str:
    document = pypdfium2.PdfDocument(file.content)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def a_plan(**fields: Any) -> Plan:
    return Plan(
        **{
            "title": "Werken bij de politie",
            "starts_at": STARTS,
            "ends_at": STARTS + timedelta(hours=2),
            "place": "Markt 1, Aalst",
            "seats": 20,
            **fields,
        }
    )


@pytest.fixture
async def boss(hired: Hired) -> PersonId:
    return await hired(Role.COORDINATOR)


async def published(planning: Planning, boss: PersonId, **fields: Any) -> InfoSessionId:
    id_ = await planning.create(boss, a_plan(**fields))
    await planning.publish(boss, id_)
    return id_


async def actions(database: Database) -> list[str]:
    """The newest first; what happens at hiring is left out."""
    async with database.reading() as reader:
        found = [entry.action for entry in await audit.entries(reader, most=50)]
    return [action for action in found if action.partition(".")[0] == "info_sessions"]


async def promised(database: Database) -> int:
    async with database.reading() as reader:
        rows = await reader.all(select(outbox.c.id).where(outbox.c.document.is_not(None)))
    return len(rows)


# Lists.


async def test_s17_the_list_has_what_is_needed_at_the_door(
    papers: Papers, planning: Planning, door: Door, boss: PersonId, clock: FakeClock
) -> None:
    id_ = await published(planning, boss, seats=3, room="Zaal 2", party_max=2)
    here = await door.register_by_name(boss, id_, "Ça Va", party=2, language="fr")
    await door.register_by_name(boss, id_, "=Bo()")
    await door.register_by_name(boss, id_, "An")
    clock.set(STARTS - timedelta(minutes=5))
    await door.check_in(boss, here.sign_up.id)

    sheet = rows_of(await papers.list_file(boss, id_, "csv", "nl"))
    pdf = await papers.list_file(boss, id_, "pdf", "nl")

    assert sheet == [
        ["Nr", "Naam", "Aantal", "Taal", "Groep", "Stand", "Aanwezig"],
        ["1", "'=Bo()", "1", "", "", "heeft een plaats", "☐"],
        ["2", "Ça Va", "2", "FR", "", "heeft een plaats", "✓ 09:55"],
        ["3", "An", "1", "", "", "wacht", "☐"],
    ]
    assert pdf.name == "deelnemers-2026-12-12.pdf"
    for line in (
        "Werken bij de politie",
        "za 12 dec 10:00 · Markt 1, Aalst · Zaal 2",
        "3 van 3 plaatsen bezet · nog zonder plaats: 1",
        "2 Ça Va 2 FR heeft een plaats ✓ 09:55",
        "Vertrouwelijk · Collega 501 · 12 dec",
    ):
        assert line in text_of(pdf)


async def test_s14_a_guide_gets_the_own_groups_a_lead_everybody(
    papers: Papers, planning: Planning, door: Door, hired: Hired, boss: PersonId
) -> None:
    lead, guide = await hired(Role.SESSION_LEAD), await hired(Role.AMBASSADOR)
    groups = (Group(10, "Inkom", guide), Group(10, "Garage"))
    id_ = await published(planning, boss, groups=groups)
    await door.set_lead(boss, id_, lead, on=True)
    for name in ("An", "Bo", "Ça"):
        await door.register_by_name(boss, id_, name)
    await door.divide(boss, id_)

    everybody = rows_of(await papers.list_file(lead, id_, "csv", "nl"))
    own = rows_of(await papers.list_file(guide, id_, "csv", "nl"))
    own_pdf = text_of(await papers.list_file(guide, id_, "pdf", "nl"))

    assert [row[1] for row in everybody] == ["Naam", "An", "Bo", "Ça"]
    assert {row[4] for row in everybody[1:]} == {"1", "2"}
    assert [row[1] for row in own[1:]] == [row[1] for row in everybody[1:] if row[4] == "1"]
    assert "Alleen jouw groepen" in own_pdf
    assert "plaatsen bezet" not in own_pdf


@pytest.mark.parametrize("role", [Role.CONTACT_POINT, Role.EDITOR, Role.DPO, Role.SESSION_LEAD])
async def test_t5_nobody_gets_the_list_of_an_info_session_they_are_not_on(
    database: Database, papers: Papers, hired: Hired, boss: PersonId, role: Role
) -> None:
    other = await hired(role)
    id_ = await an_info_session(database)

    with pytest.raises(NotAllowed):
        await papers.send_list(other, id_, "pdf")
    with pytest.raises(NotAllowed):
        await papers.list_file(other, id_, "csv", "nl")

    assert await actions(database) == []
    assert await promised(database) == 0


async def test_t5_a_candidate_gets_no_list(database: Database, papers: Papers) -> None:
    (somebody,) = await somebodies(database, 1)
    id_ = await an_info_session(database)

    with pytest.raises(NotAllowed):
        await papers.send_list(somebody, id_, "csv")


async def test_t16_asking_making_and_sending_stand_in_the_trail_and_two_taps_are_one(
    database: Database, papers: Papers, delivery: Delivery, chat: Chat, boss: PersonId
) -> None:
    id_ = await an_info_session(database)
    await papers.send_list(boss, id_, "csv")
    await papers.send_list(boss, id_, "csv")
    await delivery.deliver_due()

    assert [file.name for file in chat.files.values()] == ["deelnemers-2026-12-12.csv"]
    assert "40 uur" in chat.said[0][1]
    assert await actions(database) == ["info_sessions.list_made", "info_sessions.list_asked"]


async def test_t8_who_is_no_colleague_any_more_does_not_get_what_they_asked_for(
    database: Database,
    papers: Papers,
    desk: Staff,
    planning: Planning,
    door: Door,
    delivery: Delivery,
    chat: Chat,
    hired: Hired,
    boss: PersonId,
) -> None:
    lead = await hired(Role.SESSION_LEAD)
    id_ = await published(planning, boss)
    await door.set_lead(boss, id_, lead, on=True)
    await papers.send_list(lead, id_, "pdf")
    await desk.revoke(boss, lead, Role.SESSION_LEAD)
    await delivery.deliver_due()

    assert chat.files == {}
    assert "info_sessions.list_made" not in await actions(database)


async def test_t8_lists_leave_the_chat_of_who_leaves_at_once(
    papers: Papers,
    desk: Staff,
    database: Database,
    delivery: Delivery,
    clock: FakeClock,
    hired: Hired,
    boss: PersonId,
) -> None:
    other = await hired(Role.COORDINATOR)
    id_ = await an_info_session(database)
    for person in (boss, other):
        await papers.send_list(person, id_, "csv")
    await delivery.deliver_due()
    clock.advance(timedelta(hours=1))
    await desk.revoke(boss, other, Role.COORDINATOR)

    async with database.reading() as reader:
        rows = await reader.all(
            select(outbox.c.person_id).where(
                outbox.c.document.is_not(None), outbox.c.remove_at <= clock()
            )
        )
    assert [row[0] for row in rows] == [other]


async def test_t16_a_list_of_people_who_are_forgotten_is_not_made(
    database: Database, papers: Papers, delivery: Delivery, chat: Chat, boss: PersonId
) -> None:
    id_ = await an_info_session(database, state=State.ANONYMISED)
    await papers.send_list(boss, id_, "pdf")
    await delivery.deliver_due()

    assert chat.files == {}
    with pytest.raises(InfoSessionClosed):
        await papers.list_file(boss, id_, "pdf", "nl")


async def test_t16_the_outbox_holds_no_name(
    database: Database, papers: Papers, planning: Planning, door: Door, boss: PersonId
) -> None:
    id_ = await published(planning, boss)
    await door.register_by_name(boss, id_, "Marleen Uniekenaam")
    await papers.send_list(boss, id_, "pdf")

    async with database.reading() as reader:
        rows = await reader.all(select(outbox))
    assert "Uniekenaam" not in str([tuple(row) for row in rows])


# Calendar entries.


async def test_s10_the_entry_follows_a_change_and_a_cancellation(
    papers: Papers, planning: Planning, boss: PersonId
) -> None:
    plan = {"bring": "je identiteitskaart", "parts": (Part("Welkom", 30), Part("Testen", 60))}
    id_ = await published(planning, boss, **plan, latitude=50.93, longitude=4.03)
    before = vobject.readOne((await papers.calendar(id_, "nl")).content.decode())
    later = STARTS + timedelta(hours=4)
    await planning.change(boss, id_, starts_at=later)
    changed = vobject.readOne((await papers.calendar(id_, "nl")).content.decode())
    await planning.cancel(boss, id_)
    file = await papers.calendar(id_, "nl")
    cancelled = vobject.readOne(file.content.decode())

    entries = [each.vevent for each in (before, changed, cancelled)]
    assert len({each.uid.value for each in entries}) == 1
    assert [each.sequence.value for each in entries] == ["0", "1", "2"]
    assert [each.dtstart.value for each in entries] == [STARTS, later, later]
    assert [each.method.value for each in (before, changed, cancelled)] == [
        *("PUBLISH", "PUBLISH", "CANCEL")
    ]
    assert before.vevent.description.value == (
        "Meebrengen: je identiteitskaart\n10:00 Welkom\n10:30 Testen"
    )
    assert before.vevent.organizer.value == "mailto:jobs@politie.example"
    assert file.name == "infosessie-2026-12-12.ics"


async def test_the_entry_names_nobody_who_goes_there(
    papers: Papers, planning: Planning, door: Door, boss: PersonId
) -> None:
    id_ = await published(planning, boss)
    await door.register_by_name(boss, id_, "Marleen Uniekenaam")

    assert b"Uniekenaam" not in (await papers.calendar(id_, "fr")).content


@pytest.mark.parametrize("state", [State.DRAFT, State.ANONYMISED])
async def test_what_candidates_may_not_see_has_no_entry(
    database: Database, papers: Papers, state: State
) -> None:
    id_ = await an_info_session(database, state=state)

    with pytest.raises(InfoSessionClosed):
        await papers.calendar(id_, "nl")


# The picture of how they fill.


async def test_how_full_it_is_is_noted_when_it_changes(
    database: Database, info_sessions: InfoSessions, timers: InfoSessionTimers, clock: FakeClock
) -> None:
    id_ = await an_info_session(database, seats=2)
    people = await somebodies(database, 3)
    start = clock.set(brussels(2026, 12, 1, 10, 3))
    for minutes, person in ((0, None), (4, people[0]), (6, people[1]), (30, None), (40, people[2])):
        clock.set(start + timedelta(minutes=minutes))
        if person is not None:
            await info_sessions.sign_up(person, id_)
        await timers.evening.note_fill()
        await timers.evening.note_fill()

    async with database.reading() as reader:
        rows = await reader.all(select(info_session_fill).order_by(info_session_fill.c.at))
    assert [(row.at, row.taken, row.waiting) for row in rows] == [
        (brussels(2026, 12, 1, 10, 0), 2, 0),
        (brussels(2026, 12, 1, 10, 40), 2, 1),
    ]


async def test_the_picture_shows_the_coming_ones(
    database: Database, papers: Papers, info_sessions: InfoSessions, boss: PersonId
) -> None:
    id_ = await an_info_session(database, seats=2)
    (an,) = await somebodies(database, 1)
    await info_sessions.sign_up(an, id_)

    image = Image.open(io.BytesIO(await papers.fill(boss, "fr")))
    assert image.format == "PNG"
    assert image.width == 1080


async def test_without_any_there_is_nothing_to_draw(papers: Papers, boss: PersonId) -> None:
    with pytest.raises(NothingPlanned):
        await papers.fill(boss, "nl")


@pytest.mark.parametrize("role", [Role.EDITOR, Role.DPO, Role.TECHNICAL])
async def test_t6_who_plans_nothing_sees_no_picture(
    papers: Papers, hired: Hired, boss: PersonId, role: Role
) -> None:
    other = await hired(role)

    with pytest.raises(NotAllowed):
        await papers.fill(other, "nl")
