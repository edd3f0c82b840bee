"""S9, T-05: people are checked in with a camera or by name, with one thumb; both languages."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.staff import Role
from bot.storage.database import Database
from tests.conversations.doors import (
    ROWS,
    STARTS,
    ChatOf,
    Evening,
    Hired,
    Transcript,
    comes_back,
    evening,
    hired,
)
from tests.handlers.roles.watching import state
from tests.support.clock import FakeClock

__all__ = ["evening", "hired"]

Making = Callable[..., Awaitable[Evening]]
BOTH = pytest.mark.parametrize("language", ["nl", "fr"])


@BOTH
async def test_s9_a_scan_shows_the_name_and_one_button_and_the_tap_checks_in(
    evening: Making, transcript: Transcript, language: str
) -> None:
    """The second scan says when and by whom; a tap takes it back."""
    night = await evening(language)
    lena, sofie, say = night.lena, night.sofie, night.say
    code = await night.code_of(0)

    await lena.types(code)
    one_button = lena.labels
    before = await night.inside()
    await lena.taps(say("button_in"))
    after = await night.inside()
    night.clock.advance(timedelta(minutes=4))
    await sofie.types(code)
    await sofie.taps(say("button_undo"))

    assert one_button == [say("button_in")]
    assert (before, after, await night.inside()) == ([], ["An Janssens"], [])
    assert "Lena" in "".join(sofie.screen.events)
    for chat in (lena, sofie):
        hide_codes(chat)
    transcript(f"door_scan_{language}_lena", lena)
    transcript(f"door_scan_{language}_sofie", sofie)


def hide_codes(chat: object) -> None:
    """Codes are new each time; in a transcript they would be noise."""
    events = chat.screen.events  # type: ignore[attr-defined]
    events[:] = [
        event.partition("/start c_")[0] + "/start c_…" if "/start c_" in event else event
        for event in events
    ]


@pytest.mark.parametrize("who", ["themselves", "another candidate", "a lead elsewhere", "editor"])
async def test_t05_whoever_else_scans_sees_what_an_unknown_code_shows(
    evening: Making,
    hired: Hired,
    chat_of: ChatOf,
    sqlite_database: Database,
    clock: FakeClock,
    who: str,
) -> None:
    night = await evening()
    code = await night.code_of(0)
    if who == "a lead elsewhere":
        chat = await hired(5, Role.SESSION_LEAD, name="Elders")
    elif who == "editor":
        chat = await hired(5, Role.EDITOR, name="Elders")
    else:
        chat = chat_of(4000 if who == "themselves" else 5, "nl", "Elders")
    await chat.types("/start zomaar")
    unknown = (chat.text, chat.labels)
    before = await state(sqlite_database)
    clock.advance(timedelta(seconds=1))
    await chat.types(code)

    assert (chat.text, chat.labels) == unknown
    assert await state(sqlite_database) == before


@pytest.mark.parametrize("payload", ["c_", "c_x", "c_" + "a" * 60, "c_ünïcode", "c_/../1"])
async def test_t23_a_code_that_is_none_is_a_greeting_for_a_lead_too(
    evening: Making, chat_of: ChatOf, payload: str
) -> None:
    night = await evening()
    await night.lena.types("/start zomaar")
    greeting = (night.lena.text, night.lena.labels)
    await night.lena.types(f"/start {payload}")

    assert (night.lena.text, night.lena.labels) == greeting


async def test_s9_a_scan_changes_nothing_until_the_tap(
    evening: Making, sqlite_database: Database
) -> None:
    night = await evening()
    await night.lena.types("/beheer")  # their first message of the day
    before = await state(sqlite_database)
    await night.lena.types(await night.code_of(0))

    assert await state(sqlite_database) == before


async def test_s9_the_day_before_a_scan_shows_who_it_is_and_nothing_to_press(
    evening: Making,
) -> None:
    night = await evening(early=True)
    night.clock.set(STARTS - timedelta(days=1))
    await night.lena.types(await night.code_of(0))
    shown = night.lena.labels
    number = await night.guest(9, "Zoë")
    await night.lena.presses(night.lena.last.number, f"door.in:{number}")

    assert shown == [night.say("button_names")]
    assert "begint op za 12 dec 10:00" in night.lena.text
    assert comes_back(night.lena)
    assert await night.inside() == []


async def test_s9_the_code_of_who_withdrew_says_so(evening: Making) -> None:
    night = await evening(early=True)
    code = await night.code_of(0)
    person = await night.services.people.of_account(5000)
    assert person is not None
    await night.services.info_sessions.withdraw(person.id, night.info_session)
    night.clock.set(STARTS)
    await night.lena.types(code)

    assert "Heeft geen plaats: zelf uitgeschreven" in night.lena.text
    assert night.lena.labels == [night.say("button_names")]


async def test_s9_who_waits_at_home_and_comes_all_the_same_has_no_seat(evening: Making) -> None:
    night = await evening(guests=1, seats=1)
    night.clock.set(STARTS - timedelta(days=3))
    await night.guest(1, "Bo")
    code = await night.code_of(1)
    night.clock.set(STARTS)
    await night.lena.types(code)

    assert "nummer 1 op de wachtlijst" in night.lena.text
    assert night.lena.labels == [night.say("button_names")]


@BOTH
async def test_s9_by_name_a_tap_and_they_are_in(
    evening: Making, transcript: Transcript, language: str
) -> None:
    """The list, some typed letters, who is not there yet, and the way back."""
    night = await evening(language)
    lena, say = night.lena, night.say

    await night.opens(lena)
    await lena.taps(say("button_check_in"))
    await lena.taps("⬜ An Janssens")
    await lena.taps("⬜ Bo De Smet +1")
    await lena.types("emile")
    await lena.taps(say("button_in"))
    await lena.types("de")
    await lena.taps("✅ Bo De Smet +1")
    await lena.taps(say("button_undo"))
    await lena.taps(say("button_names"))
    await lena.taps(say("button_only_out"))

    assert await night.inside() == ["An Janssens", "Émile Peeters"]
    assert all(not each.startswith("✅") for each in lena.labels)
    assert comes_back(lena)
    transcript(f"door_names_{language}", lena)


async def test_s9_a_second_tap_says_when_and_by_whom(evening: Making) -> None:
    """Two colleagues have the same list before them."""
    night = await evening()
    for chat in (night.lena, night.sofie):
        await night.opens(chat)
        await chat.taps(night.say("button_check_in"))
    await night.lena.taps("⬜ An Janssens")
    night.clock.advance(timedelta(minutes=2))
    await night.sofie.taps("⬜ An Janssens")

    assert night.lena.screen.toasts[-1] == "✅ An Janssens is binnen"
    assert night.sofie.screen.toasts[-1] == (
        "An Janssens was al binnen: za 12 dec 09:30, door Lena"
    )


async def test_s9_sixty_names_are_turned_like_pages_and_found_by_letters(evening: Making) -> None:
    night = await evening(guests=0, seats=60)
    night.clock.set(STARTS - timedelta(days=5))
    for number in range(60):
        await night.guest(number, f"Gast {number:02} {'Ümit' if number == 41 else 'De Wit'}")
    night.clock.set(STARTS)
    await night.opens(night.lena)
    await night.lena.taps(night.say("button_check_in"))
    seen: list[str] = []
    for _ in range(10):
        assert len(night.lena.last.buttons) <= ROWS
        seen += [each for each in night.lena.labels if each.startswith("⬜ Gast")]
        turn = [each for each in night.lena.labels if each.startswith("▶")]
        if turn:
            await night.lena.taps(turn[0])
    await night.lena.types("umit")
    one = night.lena.text
    await night.lena.types("gast wit")
    many = night.lena.text
    await night.lena.types("xyz")

    assert len(set(seen)) == 60
    assert "Gast 41 Ümit" in one
    assert "59 namen gevonden" in many
    assert "vind ik niet" in night.lena.text
    assert comes_back(night.lena)


async def test_names_are_shown_as_written_and_never_as_mark_up(evening: Making) -> None:
    night = await evening(guests=0)
    night.clock.set(STARTS - timedelta(days=5))
    await night.guest(0, "<b>Eve</b> & {name}")
    night.clock.set(STARTS)
    await night.lena.types(await night.code_of(0))
    await night.lena.taps(night.say("button_in"))
    await night.lena.types("<b>eve")

    assert "<b>Eve</b> & {name}" in night.lena.text
    assert await night.inside() == ["<b>Eve</b> & {name}"]


async def test_who_speaks_another_language_is_seen_in_the_list(evening: Making) -> None:
    night = await evening(guests=1)
    await night.services.door.walk_in(night.boss, night.info_session, "Zineb", language="fr")
    await night.opens(night.lena)
    await night.lena.taps(night.say("button_check_in"))

    assert night.lena.labels[:2] == ["⬜ An Janssens", "✅ Zineb · fr"]


async def test_s9_who_gave_no_name_can_be_checked_in_too(evening: Making) -> None:
    night = await evening(guests=0)
    night.clock.set(STARTS - timedelta(days=5))
    number = await night.guest(0, "")
    night.clock.set(STARTS)
    await night.opens(night.lena)
    await night.lena.taps(night.say("button_check_in"))
    await night.lena.taps(f"⬜ Zonder naam (nr. {number})")

    assert await night.inside() == [""]
    assert "1 van 1 binnen" in night.lena.text


@pytest.mark.parametrize("revoked", ["the list", "letters", "a scan"])
async def test_t08_revoked_in_the_middle_and_the_next_tap_is_refused(
    evening: Making, sqlite_database: Database, revoked: str
) -> None:
    night = await evening()
    lena = night.lena
    code = await night.code_of(0)
    await night.opens(lena)
    await lena.taps(night.say("button_check_in"))
    if revoked == "a scan":
        await lena.types(code)
    lead = await night.person(lena)
    await night.services.staff.revoke(night.boss, lead, Role.SESSION_LEAD)
    before = await state(sqlite_database)
    if revoked == "letters":
        await lena.types("an")
    else:
        await lena.taps("⬜ An Janssens" if revoked == "the list" else night.say("button_in"))
    after = await state(sqlite_database)

    assert await night.inside() == []
    assert "An Janssens" not in lena.text
    changed = {table for table in before if before[table] != after[table]}
    assert changed <= {"people", "dialogues", "unanswered"}
