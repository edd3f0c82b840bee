"""S1, S3, S9: who phones, writes or walks in is signed up by name, on the same seats."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.info_sessions.model import PoolKind, Status
from bot.info_sessions.plan import PlannedPool
from bot.staff import Role
from bot.storage.database import Database
from tests.conversations.doors import (
    STARTS,
    TOUR,
    Clockwork,
    Delivered,
    Evening,
    Hired,
    Transcript,
    clockwork,
    comes_back,
    delivered,
    evening,
    hired,
)
from tests.support.info_sessions import check_whole

__all__ = ["clockwork", "delivered", "evening", "hired"]

Making = Callable[..., Awaitable[Evening]]
BOTH = pytest.mark.parametrize("language", ["nl", "fr"])


async def lines(night: Evening) -> list[tuple[str | None, Status, int, str | None]]:
    everybody = await night.services.door.participants(night.boss, night.info_session)
    return [(each.name, each.status, each.party, each.language) for each in everybody]


@BOTH
async def test_somebody_phones_and_is_signed_up_by_name(
    evening: Making, hired: Hired, transcript: Transcript, language: str
) -> None:
    """A contact point has the name in two taps and a word; the choices stand ready."""
    night = await evening(language, guests=0, early=True)
    bram = await hired(5, Role.CONTACT_POINT, language=language, name="Bram")
    say = night.say
    other = {"nl": "Français", "fr": "Deutsch"}[language]

    await night.opens(bram)
    await bram.taps(say("button_register"))
    await bram.taps("2")
    await bram.taps(other)
    await bram.types("123")
    await bram.types("Mevrouw Van den Broeck")
    await bram.taps(say("button_another"))
    await bram.taps(say("channel_mail"))
    await bram.types("Youssef")

    assert await lines(night) == [
        ("Mevrouw Van den Broeck", Status.CONFIRMED, 2, {"nl": "fr", "fr": "de"}[language]),
        ("Youssef", Status.CONFIRMED, 1, language),
    ]
    assert comes_back(bram)
    transcript(f"door_phone_{language}", bram)


async def test_r06_the_same_message_handled_twice_signs_up_once(
    evening: Making, sqlite_database: Database
) -> None:
    """After a crash the update comes again."""
    night = await evening(guests=0, early=True)
    await night.opens(night.lena)
    await night.lena.taps(night.say("button_register"))
    await night.lena.types("Mevrouw Claes")
    person = await night.person(night.lena)
    asked = f"door.name:{night.info_session}/1/nl/p/g"
    await night.services.people.asked(person, asked)  # the crash came before this was let go
    await night.lena.again()
    once = await lines(night)
    await night.services.people.asked(person, asked)
    await night.lena.types("Mevrouw Claes")  # somebody else of that name

    assert len(once) == 1
    assert len(await lines(night)) == 2
    await check_whole(sqlite_database)


@BOTH
async def test_s3_a_full_session_a_place_in_the_queue_and_a_colleague_calls(
    evening: Making,
    hired: Hired,
    delivered: Delivered,
    transcript: Transcript,
    sqlite_database: Database,
    language: str,
) -> None:
    night = await evening(language, guests=1, seats=1, early=True)
    bram = await hired(5, Role.CONTACT_POINT, language=language, name="Bram")
    lena, say = night.lena, night.say
    await night.opens(bram)
    await bram.taps(say("button_register"))
    await bram.types("Karel")
    an = await night.services.people.of_account(5000)
    assert an is not None
    await night.services.info_sessions.withdraw(an.id, night.info_session)
    await delivered()
    await lena.taps(say("button_note_answer"))
    await lena.taps(say("button_comes"))

    ((name, status, _, _),) = await lines(night)
    assert (name, status) == ("Karel", Status.CONFIRMED)
    await check_whole(sqlite_database)
    transcript(f"door_call_{language}_bram", bram)
    transcript(f"door_call_{language}_lena", lena)


async def test_s3_somebody_must_be_called_stands_in_the_menu_until_it_is_answered(
    evening: Making, hired: Hired
) -> None:
    night = await evening(guests=1, seats=1, early=True)
    bram = await hired(5, Role.CONTACT_POINT, name="Bram")
    await night.services.door.register_by_name(night.boss, night.info_session, "Karel")
    an = await night.services.people.of_account(5000)
    assert an is not None
    await night.services.info_sessions.withdraw(an.id, night.info_session)
    for chat in (bram, night.sofie):
        await chat.types("/beheer")
        assert chat.labels[0].startswith("☎ Bel voor een vrije plaats (tot ")
    await bram.taps(bram.labels[0])
    assert "Karel" in bram.text
    await bram.taps(night.say("button_comes_not"))
    await bram.types("/beheer")

    assert not bram.labels[0].startswith("☎")
    assert await lines(night) == []


async def test_s3_who_is_offered_a_seat_stands_first_on_the_waiting_list(evening: Making) -> None:
    night = await evening(guests=1, seats=1, early=True)
    for name in ("Karel", "Lies"):
        await night.services.door.register_by_name(night.boss, night.info_session, name)
    an = await night.services.people.of_account(5000)
    assert an is not None
    await night.services.info_sessions.withdraw(an.id, night.info_session)
    await night.opens(night.lena)
    await night.lena.taps(night.say("button_waiting"))

    assert night.lena.labels[:2] == ["☎ Karel", "⏳ Lies"]


async def test_who_is_offered_a_seat_by_name_where_nobody_leads_coordinators_hear_it(
    evening: Making, delivered: Delivered
) -> None:
    night = await evening(guests=1, seats=1, early=True)
    lead = await night.person(night.lena)
    await night.services.door.set_lead(night.boss, night.info_session, lead, False)
    await night.services.door.register_by_name(night.boss, night.info_session, "Karel")
    an = await night.services.people.of_account(5000)
    assert an is not None
    await night.services.info_sessions.withdraw(an.id, night.info_session)
    await delivered()

    assert "Bel vóór" in night.sofie.text
    assert night.lena.screen.messages == []


@BOTH
async def test_s9_walk_ins_while_seats_are_left(
    evening: Making, transcript: Transcript, sqlite_database: Database, language: str
) -> None:
    night = await evening(language, guests=1, seats=2, groups=TOUR)
    lena, say = night.lena, night.say
    await night.opens(lena)
    await lena.taps(say("button_register"))
    await lena.types("Fatima")
    await lena.taps(say("button_another"))
    await lena.types("Nog iemand")

    assert await night.inside() == ["Fatima"]
    assert comes_back(lena)
    await check_whole(sqlite_database)
    transcript(f"door_walk_in_{language}", lena)


async def test_s12_a_sub_pool_can_be_chosen(evening: Making) -> None:
    night = await evening(
        guests=0, seats=1, early=True, pools=(PlannedPool(PoolKind.SCHOOL, 30),), party_max=30
    )
    await night.opens(night.lena)
    await night.lena.taps(night.say("button_register"))
    await night.lena.taps(night.say("wish_school"))
    await night.lena.taps("25")
    await night.lena.types("Atheneum Aalst")

    assert await lines(night) == [("Atheneum Aalst", Status.CONFIRMED, 25, "nl")]
    assert len(night.lena.last.buttons) <= 8


@BOTH
async def test_withdrawn_for_somebody_who_phones(
    evening: Making,
    hired: Hired,
    delivered: Delivered,
    transcript: Transcript,
    sqlite_database: Database,
    language: str,
) -> None:
    """A contact point who receives nobody there finds a name, and sees no list."""
    night = await evening(language, early=True)
    bram = await hired(5, Role.CONTACT_POINT, language=language, name="Bram")
    say = night.say
    await night.opens(bram)
    shown = bram.labels
    await bram.taps(say("button_search"))
    await bram.types("d")
    await bram.types("chloe")
    await bram.taps(say("button_remove"))
    await bram.taps(say("button_remove_sure"))
    await delivered()

    assert set(shown) == {say("button_register"), say("button_search"), say("staff.back")}
    assert "Chloé Dubois" not in [name for name, *_ in await lines(night)]
    await check_whole(sqlite_database)
    transcript(f"door_withdrawn_{language}", bram)


async def test_a_contact_point_finds_a_handful_and_never_the_list(
    evening: Making, hired: Hired
) -> None:
    night = await evening(guests=0, seats=40, early=True)
    for number in range(20):
        await night.guest(number, f"De Wit {number:02}")
    bram = await hired(5, Role.CONTACT_POINT, name="Bram")
    await night.opens(bram)
    await bram.taps(night.say("button_search"))
    await bram.types("de")
    found = [each for each in bram.labels if each.startswith("De Wit")]
    before = len(bram.screen.events)
    await bram.presses(bram.last.number, f"door.list:{night.info_session}/all/0")

    assert len(found) == 6
    assert "De Wit" not in "".join(bram.screen.events[before:])


@BOTH
async def test_s13_they_come_with_more_or_with_fewer(
    evening: Making, transcript: Transcript, sqlite_database: Database, language: str
) -> None:
    night = await evening(language, seats=7, early=True)
    lena, say = night.lena, night.say
    await night.opens(lena)
    await lena.taps(say("button_names"))
    await lena.taps("An Janssens")
    await lena.taps(say("button_party"))
    await lena.taps("4")  # there is one seat left, not three
    await lena.taps(say("staff.back"))
    await lena.taps(say("button_party"))
    await lena.taps("2")
    await lena.taps(say("button_names"))

    assert "An Janssens +1" in lena.labels
    await check_whole(sqlite_database)
    transcript(f"door_party_{language}", lena)


@BOTH
async def test_who_withdrew_and_who_waits_are_visible_to_the_lead(
    evening: Making, transcript: Transcript, language: str
) -> None:
    night = await evening(language, guests=2, seats=3, early=True)
    await night.guest(7, "Wouter", party=2)
    await night.guest(8, "Xander")
    an = await night.services.people.of_account(5000)
    assert an is not None
    night.clock.set(STARTS - timedelta(days=1, hours=2))
    await night.services.info_sessions.withdraw(an.id, night.info_session)
    lena, say = night.lena, night.say
    await night.opens(lena)
    await lena.taps(say("button_waiting"))
    await lena.taps("⏳ Xander")
    await lena.taps(say("button_names"))
    await lena.taps(say("staff.back"))
    await lena.taps(say("button_gone"))

    assert "An Janssens" in lena.text
    assert comes_back(lena)
    transcript(f"door_waiting_{language}", lena)


async def test_after_the_close_nobody_is_registered_any_more_but_at_the_door(
    evening: Making, clockwork: Clockwork
) -> None:
    night = await evening(guests=1)
    await clockwork(STARTS - timedelta(minutes=40))
    await night.opens(night.lena)
    await night.lena.taps(night.say("button_register"))
    await night.lena.taps(night.say("channel_phone"))
    await night.lena.types("Te laat")
    assert "inschrijven is gedaan" in night.lena.text
    assert comes_back(night.lena)
    await night.lena.taps(night.say("staff.back"))
    await night.lena.taps(night.say("button_register"))
    await night.lena.types("Aan de deur")

    assert await night.inside() == ["Aan de deur"]
