"""S9, S15, S17, R-16, T4: my day, answers, lists on paper, who was not reminded; both languages."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot import audit
from bot.notifications.outbox import outbox
from bot.staff import Role
from bot.storage.database import Database
from tests.conversations.doors import (
    ASKED,
    ROWS,
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

__all__ = ["clockwork", "delivered", "evening", "hired"]

Making = Callable[..., Awaitable[Evening]]
BOTH = pytest.mark.parametrize("language", ["nl", "fr"])


async def test_my_day_shows_each_what_is_theirs(evening: Making, hired: Hired) -> None:
    night = await evening(groups=TOUR)
    gus = await hired(5, Role.AMBASSADOR, name="Gus")
    eva = await hired(6, Role.SESSION_LEAD, name="Eva")
    bram = await hired(7, Role.CONTACT_POINT, name="Bram")
    await night.services.door.set_guide(night.boss, night.info_session, 2, await night.person(gus))
    said = {}
    for name, chat in (
        ("lena", night.lena),
        ("gus", gus),
        ("eva", eva),
        ("bram", bram),
        ("sofie", night.sofie),
    ):
        await chat.types("/beheer")
        await chat.taps(night.say("button_day"))
        said[name] = chat.text
        assert comes_back(chat)

    assert "Jij leidt" in said["lena"]
    assert "Jij gidst groep 2" in said["gus"]
    assert "geen infosessie waar jij iets te doen hebt" in said["eva"]
    for name in ("bram", "sofie"):
        assert "6 van 20 plaatsen" in said[name]
        assert "Jij" not in said[name]


async def test_my_day_with_many_sessions_is_turned_like_pages(evening: Making) -> None:
    night = await evening()
    for days in range(1, 15):
        starts_at = STARTS + timedelta(days=days)
        copied = await night.services.planning.copy(night.boss, night.info_session, starts_at)
        await night.services.planning.publish(night.boss, copied)
    await night.sofie.types("/beheer")
    await night.sofie.taps(night.say("button_day"))
    assert len(night.sofie.last.buttons) == ROWS
    await night.sofie.taps(next(each for each in night.sofie.labels if each.startswith("▶")))

    assert len(night.sofie.last.buttons) <= ROWS


async def test_drafts_and_cancelled_sessions_are_nobodys_day(evening: Making) -> None:
    night = await evening()
    await night.services.planning.cancel(night.boss, night.info_session)
    await night.lena.types("/beheer")
    await night.lena.taps(night.say("button_day"))

    assert "geen infosessie waar jij iets te doen hebt" in night.lena.text


async def test_what_waits_is_there_on_the_day_and_gone_afterwards(evening: Making) -> None:
    night = await evening()
    await night.lena.types("/beheer")
    now = night.lena.labels[0]
    await night.lena.taps(now)
    assert night.say("button_check_in") in night.lena.labels
    night.clock.set(STARTS + timedelta(hours=6))
    await night.lena.types("/beheer")

    assert now == "📋 Vandaag 10:00: onthaal"
    assert now not in night.lena.labels


@BOTH
async def test_s15_answers_are_read_by_who_receives_people(
    evening: Making, transcript: Transcript, sqlite_database: Database, language: str
) -> None:
    night = await evening(language, guests=2, early=True, questions=ASKED)
    an = await night.services.people.of_account(5000)
    assert an is not None
    seen = await night.services.info_sessions.look(an.id, night.info_session)
    assert seen.place is not None
    await night.services.info_sessions.answer(
        an.id, seen.place.sign_up.id, seen.unanswered[0].id, "Een plaats vooraan, <graag>"
    )
    await night.opens(night.lena)
    await night.lena.taps(night.say("button_answers"))

    assert "An Janssens" in night.lena.text
    assert "Een plaats vooraan, <graag>" in night.lena.text
    assert comes_back(night.lena)
    async with sqlite_database.reading() as reader:
        noted = [entry.action for entry in await audit.entries(reader, most=1)]
    assert noted == ["info_sessions.answers_read"]
    transcript(f"door_answers_{language}", night.lena)


@BOTH
async def test_s17_the_lists_come_as_files(
    evening: Making, delivered: Delivered, transcript: Transcript, language: str
) -> None:
    night = await evening(language)
    lena, say = night.lena, night.say
    await night.opens(lena)
    await lena.taps(say("button_csv"))
    await delivered()
    table = (lena.last.content or b"").decode("utf-8-sig")
    await lena.taps(say("button_pdf"))
    await delivered()

    assert "An Janssens" in table
    assert ";" in table
    assert (lena.last.content or b"").startswith(b"%PDF")
    transcript(f"door_lists_{language}", lena)


async def test_the_picture_of_how_sessions_fill_is_for_coordinators(evening: Making) -> None:
    night = await evening()
    await night.sofie.types("/beheer")
    await night.sofie.taps(night.say("button_day"))
    await night.sofie.taps(night.say("button_fill"))
    assert (night.sofie.last.content or b"").startswith(b"\x89PNG")
    await night.sofie.taps("☰ Mijn menu")
    assert comes_back(night.sofie)
    await night.lena.types("/beheer")
    await night.lena.taps(night.say("button_day"))

    assert night.say("button_fill") not in night.lena.labels


@BOTH
async def test_r16_reminders_that_could_not_be_sent_are_listed_for_who_leads(
    evening: Making,
    clockwork: Clockwork,
    delivered: Delivered,
    transcript: Transcript,
    sqlite_database: Database,
    language: str,
) -> None:
    """We were down from the evening before until shortly before the start."""
    night = await evening(language, guests=3, early=True)
    await clockwork(STARTS - timedelta(days=6))  # all were reminded of it a week before
    night.clock.set(STARTS - timedelta(minutes=20))
    await night.lena.types({"nl": "/beheer", "fr": "/gestion"}[language])
    missed = next(each for each in night.lena.labels if each.startswith("⚠"))
    await night.lena.taps(missed)
    listed = night.lena.text
    await night.lena.taps(night.say("button_names"))
    await night.lena.taps("⬜ An Janssens")
    await night.opens(night.lena)

    assert all(name in listed for name in ("An Janssens", "Bo De Smet", "Chloé Dubois"))
    assert night.say("button_missed", count=2) in night.lena.labels
    transcript(f"door_missed_{language}", night.lena)


async def test_r16_a_reminder_that_reached_nobody_is_listed_too(
    evening: Making, clockwork: Clockwork, sqlite_database: Database
) -> None:
    night = await evening(guests=2, early=True)
    await clockwork(STARTS - timedelta(days=1) + timedelta(hours=9))
    before = await night.services.door.waits(await night.person(night.lena))
    async with sqlite_database.transaction() as tx:
        reminder = outbox.c.key.like("info_sessions.reminder:%")
        await tx.run(update(outbox).where(reminder).values(state="dropped"))
    missed = await night.services.door.unreminded(night.boss, night.info_session)
    await clockwork(STARTS - timedelta(hours=2))  # the next one arrives
    after = await night.services.door.unreminded(night.boss, night.info_session)

    assert before == []
    assert {each.name for each in missed} == {"An Janssens", "Bo De Smet"}
    assert after == []


async def test_r16_control_nobody_is_listed_when_all_were_reminded(
    evening: Making, clockwork: Clockwork
) -> None:
    night = await evening(guests=2, early=True)
    for moment in (timedelta(days=6), timedelta(hours=15), timedelta(hours=2)):
        await clockwork(STARTS - moment)
    night.clock.set(STARTS - timedelta(minutes=10))
    found = await night.services.door.unreminded(night.boss, night.info_session)

    assert found == []


async def test_t4_every_look_at_people_stands_in_the_trail(
    evening: Making, sqlite_database: Database
) -> None:
    night = await evening(early=True)
    await night.opens(night.lena)
    await night.lena.taps(night.say("button_names"))
    await night.lena.taps("An Janssens")
    await night.lena.types("chloe")
    await night.lena.taps(night.say("button_remove"))
    await night.lena.taps(night.say("button_remove_sure"))
    await night.lena.taps(night.say("button_names"))
    await night.lena.taps(night.say("staff.back"))
    await night.lena.taps(night.say("button_gone"))
    async with sqlite_database.reading() as reader:
        noted = [entry.action for entry in await audit.entries(reader, most=9)]

    assert [each.removeprefix("info_sessions.") for each in reversed(noted)] == [
        "list_read",
        "line_read",
        "searched",
        "line_read",
        "line_read",
        "removed",
        "line_read",
        "list_read",
        "departed_read",
    ]


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
async def test_every_screen_of_the_day_fits_a_phone_and_leads_somewhere(
    evening: Making, hired: Hired, language: str
) -> None:
    """Walk every button of every screen, but those that would leave it."""
    night = await evening(language, groups=TOUR, questions=ASKED)
    await hired(5, Role.SESSION_LEAD, language=language, name="Eva")
    chat = night.sofie
    await night.opens(chat)
    to_see, seen = [f"info_sessions.people:{night.info_session}"], set()
    away = night.say("menu.expired")
    while to_see:
        data = to_see.pop(0)
        action = data.partition(":")[0]
        if data in seen or len([each for each in seen if each.startswith(f"{action}:")]) > 3:
            continue
        seen.add(data)
        night.clock.advance(timedelta(seconds=1))
        await chat.presses(chat.last.number, data)
        assert 0 < len(chat.last.buttons) <= ROWS, data
        assert chat.text != away, data
        to_see += [
            found
            for row in chat.last.buttons
            for found in [each.get("callback_data", "") for each in row]
            if found.startswith(("door.", "info_sessions.people"))
        ]

    assert len({data.partition(":")[0] for data in seen}) >= 22
