"""T3: away on some days; and what candidates see of a colleague is that colleague's choice."""

from datetime import date, datetime

import pytest

from bot.clock import brussels
from bot.people.model import PersonId
from bot.staff import Field, NotAllowed, Role, Staff, present
from bot.staff.model import Absence, AbsenceImpossible, NameMissing
from bot.storage.database import Database, Transaction
from tests.bot.staff.conftest import Hired, Somebody
from tests.support.clock import FakeClock

COORDINATOR, EDITOR, CONTACT_POINT = Role.COORDINATOR, Role.EDITOR, Role.CONTACT_POINT


async def there(database: Database, today: date) -> list[PersonId]:
    async with database.reading() as reader:
        return [each.person for each in await present(reader, CONTACT_POINT, today)]


@pytest.fixture
def released(staff: Staff) -> list[PersonId]:
    seen: list[PersonId] = []

    async def release(_: Transaction, person: PersonId, now: datetime) -> None:
        seen.append(person)

    staff.on_leaving.append(release)
    return seen


async def test_t3_absence_hides_and_ends_by_itself(
    staff: Staff, database: Database, hired: Hired, clock: FakeClock, released: list[PersonId]
) -> None:
    bram, els = await hired(CONTACT_POINT), await hired(CONTACT_POINT)
    await staff.absent(bram, date(2026, 12, 24), date(2026, 12, 31))
    seen = []
    for moment in (
        brussels(2026, 12, 23, 23, 59),
        brussels(2026, 12, 24, 0, 1),
        brussels(2026, 12, 31, 23, 59),
        brussels(2027, 1, 1, 0, 1),
    ):
        clock.set(moment)
        await staff.tidy()
        await staff.tidy()
        colleague = await staff.me(bram)
        assert colleague is not None
        today = (await staff.absences(bram))[:1]
        seen.append((await there(database, staff._today()), colleague.is_absent, len(today)))

    assert seen == [
        ([bram, els], False, 1),
        ([els], True, 1),
        ([els], True, 1),
        ([bram, els], False, 0),
    ]
    assert released == [bram]


async def test_t3_from_today_on_the_work_is_handed_over_at_once(
    staff: Staff, hired: Hired, released: list[PersonId]
) -> None:
    bram = await hired(CONTACT_POINT)
    await staff.absent(bram, date(2026, 11, 21), date(2026, 11, 25))
    colleague = await staff.me(bram)
    await staff.tidy()

    assert colleague is not None
    assert colleague.absent_until == date(2026, 11, 25)
    assert released == [bram]


def days(absences: list[Absence]) -> list[tuple[date, date]]:
    return [(each.from_on, each.until_on) for each in absences]


async def test_t3_back_early_ends_the_absence_they_are_in_and_no_other(
    staff: Staff, hired: Hired, clock: FakeClock
) -> None:
    bram = await hired(CONTACT_POINT)
    later = (date(2026, 12, 24), date(2026, 12, 31))
    await staff.absent(bram, date(2026, 11, 21), date(2026, 11, 25))
    await staff.absent(bram, *later)
    await staff.absent(bram, *later)  # twice is once
    clock.set(brussels(2026, 11, 22, 9))
    await staff.back(bram)
    await staff.back(bram)
    colleague = await staff.me(bram)

    assert days(await staff.absences(bram)) == [later]
    assert colleague is not None
    assert not colleague.is_absent


async def test_t3_exactly_one_absence_is_called_off(
    staff: Staff, hired: Hired, clock: FakeClock
) -> None:
    bram, els = await hired(CONTACT_POINT), await hired(CONTACT_POINT)
    spans = [
        (date(2026, 11, 21), date(2026, 11, 25)),
        (date(2026, 11, 23), date(2026, 11, 27)),
        (date(2026, 12, 24), date(2026, 12, 31)),
    ]
    for span in spans:
        await staff.absent(bram, *span)
    clock.set(brussels(2026, 11, 24, 9))
    first, second, third = await staff.absences(bram)
    left = []
    for absence in (second, third, first):
        gone = await staff.call_off(bram, absence.id)
        again = await staff.call_off(bram, absence.id)
        assert (gone, again) == (absence, None)
        me = await staff.me(bram)
        assert me is not None
        left.append((days(await staff.absences(bram)), me.is_absent))

    assert left == [([spans[0], spans[2]], True), ([spans[0]], True), ([], False)]
    assert await staff.call_off(els, third.id) is None


async def test_t05_the_absence_of_somebody_else_is_no_absence(staff: Staff, hired: Hired) -> None:
    sofie, bram, els = await hired(COORDINATOR), await hired(CONTACT_POINT), await hired(EDITOR)
    await staff.absent(bram, date(2026, 12, 1), date(2026, 12, 2))
    (absence,) = await staff.absences(bram)

    assert await staff.call_off(els, absence.id) is None
    assert await staff.call_off(sofie, absence.id, whom=els) is None
    with pytest.raises(NotAllowed):
        await staff.call_off(els, absence.id, whom=bram)
    assert await staff.absences(bram) == [absence]
    assert await staff.call_off(sofie, absence.id, whom=bram) == absence


async def test_t3_a_coordinator_says_so_for_somebody_who_is_ill(
    staff: Staff, hired: Hired, somebody: Somebody
) -> None:
    sofie, bram, els = await hired(COORDINATOR), await hired(CONTACT_POINT), await hired(EDITOR)
    an = await somebody()
    today, tomorrow = date(2026, 11, 21), date(2026, 11, 22)
    await staff.absent(sofie, today, tomorrow, whom=bram)
    colleague = await staff.me(bram)

    for attempt in (
        staff.absent(els, today, tomorrow, whom=bram),
        staff.back(els, whom=bram),
        staff.absent(an, today, tomorrow),
        staff.absent(sofie, today, tomorrow, whom=an),
    ):
        with pytest.raises(NotAllowed):
            await attempt
    assert colleague is not None
    assert colleague.is_absent


@pytest.mark.parametrize(
    ("from_on", "until_on"),
    [
        pytest.param(date(2026, 12, 2), date(2026, 12, 1), id="ends before it begins"),
        pytest.param(date(2026, 11, 1), date(2026, 11, 20), id="is over"),
    ],
)
async def test_t3_impossible_days(
    staff: Staff, hired: Hired, from_on: date, until_on: date
) -> None:
    bram = await hired(CONTACT_POINT)

    with pytest.raises(AbsenceImpossible):
        await staff.absent(bram, from_on, until_on)


async def test_p26_candidates_see_what_the_colleague_agreed_to(staff: Staff, hired: Hired) -> None:
    bram = await hired(CONTACT_POINT)
    await staff.rename(bram, "  Bram \u202e✅ V. ")
    await staff.work_for(bram, "Interventie")
    await staff.speak(bram, ["nl", "fr", "nl"])
    seen = []
    for field, on in [(None, True), *((each, True) for each in Field), (Field.NAME, False)]:
        if field is not None:
            await staff.show(bram, field, on=on)
            await staff.show(bram, field, on=on)
        colleague = await staff.me(bram)
        assert colleague is not None
        seen.append((colleague.shown_name, colleague.shown_service, colleague.shown_languages))

    assert seen == [
        (None, None, ()),
        ("Bram V.", None, ()),
        ("Bram V.", "Interventie", ()),
        ("Bram V.", "Interventie", ("nl", "fr")),
        (None, "Interventie", ("nl", "fr")),
    ]


async def test_p26_what_was_told_can_be_taken_back(staff: Staff, hired: Hired) -> None:
    bram = await hired(CONTACT_POINT)
    await staff.work_for(bram, "Interventie")
    await staff.speak(bram, ["nl"])
    await staff.work_for(bram, " ")
    await staff.speak(bram, [])
    colleague = await staff.me(bram)

    assert colleague is not None
    assert (colleague.service, colleague.languages) == (None, ())
    with pytest.raises(NameMissing):
        await staff.rename(bram, "🤖")
    with pytest.raises(ValueError, match="languages"):
        await staff.speak(bram, ["Nederlands, en ik woon in Aalst"])


async def test_t08_only_colleagues_have_own_affairs(staff: Staff, somebody: Somebody) -> None:
    an = await somebody()

    for attempt in (
        staff.rename(an, "Sofie"),
        staff.work_for(an, "Interventie"),
        staff.speak(an, ["nl"]),
        staff.show(an, Field.NAME, on=True),
        staff.back(an),
    ):
        with pytest.raises(NotAllowed):
            await attempt
