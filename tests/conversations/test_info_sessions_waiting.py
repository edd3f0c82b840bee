"""S2 to S8 and S10 on a phone: full, waiting, offers, moving, reminders, afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.clock import brussels
from bot.config import Links, Zone
from bot.config.zone import Material
from bot.info_sessions.model import Status, Track
from bot.info_sessions.tables import check_ins, info_session_counts, info_sessions, sign_ups
from bot.people.model import PersonId
from bot.services import Services
from bot.storage.database import Database
from tests.conversations.conftest import Chat
from tests.conversations.sessions import (
    EVERYTHING,
    STARTS,
    Clockwork,
    Delivered,
    Planned,
    clockwork,
    coordinator,
    delivered,
    fits,
    planned,
    taps_the_session,
    words,
)
from tests.support.clock import FakeClock
from tests.support.info_sessions import check_whole

__all__ = ["clockwork", "coordinator", "delivered", "planned"]

ChatOf = Callable[..., Chat]
Transcript = Callable[[str, Chat], None]

BOTH = pytest.mark.parametrize("language", ["nl", "fr"])


async def signs_up(chat: Chat, id_: int, button: str = "sign") -> None:
    """From a link, with one tap."""
    say = words(chat.language)
    await chat.types(f"/start s_{id_}")
    await chat.taps(say(button))


@BOTH
async def test_s2_a_full_session_stays_visible_and_leads_on(
    chat_of: ChatOf, planned: Planned, transcript: Transcript, language: str
) -> None:
    id_ = await planned(1)
    await planned(starts_at=STARTS + timedelta(days=4))
    say, bo = words(language), chat_of(2, language)
    await signs_up(chat_of(1), id_)

    await bo.types("/sessions")
    await taps_the_session(bo)
    offered = bo.labels
    await bo.taps(say("wait"))
    waits = bo.labels
    await bo.taps(say("list"))

    assert {say("wait"), say("notify"), say("list"), say("menu.human")} <= set(offered)
    assert {say("leave"), say("notify"), say("list"), say("menu.human")} <= set(waits)
    transcript(f"info_sessions_full_{language}", bo)


async def test_s2_full_without_a_waiting_list_leads_on(chat_of: ChatOf, planned: Planned) -> None:
    id_ = await planned(1, waiting_list=False)
    await signs_up(chat_of(1), id_)
    bo = chat_of(2)

    await bo.types(f"/start s_{id_}")
    await bo.presses(bo.last.number, f"info_sessions.sign:{id_}")

    assert "zonder wachtlijst" in bo.text
    assert {"🔔 Verwittig me", "📅 Alle infosessies"} <= set(bo.labels)
    assert "⏳ Zet me op de wachtlijst" not in bo.labels


async def test_s5_position_is_shown_and_leaving_is_one_tap(
    chat_of: ChatOf, planned: Planned, services: Services, sqlite_database: Database
) -> None:
    id_ = await planned(1)
    an, bo, cy = chat_of(1), chat_of(2), chat_of(3)
    await signs_up(an, id_)
    for chat in (bo, cy):
        await signs_up(chat, id_, "wait")
    second = cy.text
    await bo.taps("✖ Van de wachtlijst")
    await cy.types("/infosessies")

    assert "nummer 2" in second
    assert "niet meer op de wachtlijst" in bo.text
    assert fits(bo)
    assert cy.labels[0].endswith("⏳ wachtlijst nr. 1")
    await check_whole(sqlite_database)


async def test_s5_the_button_of_the_waiting_list_never_gives_up_a_seat(
    chat_of: ChatOf, planned: Planned
) -> None:
    id_ = await planned()
    an = chat_of(1)
    await signs_up(an, id_)

    await an.presses(an.last.number, f"info_sessions.leave:{id_}")

    assert an.text.startswith("✅ Je bent ingeschreven.")


@BOTH
async def test_s3_a_freed_seat_is_offered_and_taken(
    chat_of: ChatOf,
    planned: Planned,
    delivered: Delivered,
    transcript: Transcript,
    language: str,
) -> None:
    id_ = await planned(1, **EVERYTHING)
    say, an, bo = words(language), chat_of(1, language), chat_of(2, language)
    await signs_up(an, id_)
    await signs_up(bo, id_, "wait")
    an.screen.events.clear()

    await an.taps(say("withdraw"))
    await an.taps(say("withdraw_sure"))
    await delivered()
    await bo.taps(say("accept"))

    assert say("code") in bo.labels
    assert fits(bo)
    transcript(f"info_sessions_offer_{language}_an", an)
    transcript(f"info_sessions_offer_{language}_bo", bo)


@BOTH
async def test_s4_passing_and_refusing_say_what_happens_next(
    chat_of: ChatOf,
    planned: Planned,
    delivered: Delivered,
    transcript: Transcript,
    language: str,
) -> None:
    id_ = await planned(1)
    say = words(language)
    an, bo, cy = (chat_of(number, language) for number in (1, 2, 3))
    await signs_up(an, id_)
    for chat in (bo, cy):
        await signs_up(chat, id_, "wait")
        chat.screen.events.clear()
    await an.taps(say("withdraw"))
    await an.taps(say("withdraw_sure"))
    await delivered()

    await bo.taps(say("pass"))
    passed = bo.labels
    await delivered()
    await cy.taps(say("refuse"))
    await delivered()
    await cy.presses(cy.last.number, "info_sessions.accept:3")

    assert say("leave") in passed
    assert all(fits(chat) for chat in (bo, cy))
    transcript(f"info_sessions_pass_{language}_bo", bo)
    transcript(f"info_sessions_pass_{language}_cy", cy)


async def test_s3_an_offer_stands_on_the_screen_of_the_session_too(
    chat_of: ChatOf, planned: Planned, delivered: Delivered, clock: FakeClock
) -> None:
    id_ = await planned(1)
    an, bo = chat_of(1), chat_of(2)
    await signs_up(an, id_)
    await signs_up(bo, id_, "wait")
    await an.taps("✖ Uitschrijven")
    await an.taps("✖ Ja, schrijf me uit")

    await bo.types("/infosessies")
    label = bo.labels[0]
    await bo.taps(label)

    assert label == "za 12 dec 10:00 · 🎉 kies nu"
    assert "Kies vóór ma 23 nov 10:00" in bo.text
    await bo.taps("✅ Ja, ik neem de plaats")
    assert bo.text.startswith("✅ Je bent ingeschreven.")


@pytest.mark.parametrize("action", ["accept", "pass", "refuse", "coming", "withdrawn", "leave"])
async def test_r06_an_update_that_is_handled_twice_changes_nothing_more_and_leads_on(
    chat_of: ChatOf,
    planned: Planned,
    delivered: Delivered,
    services: Services,
    sqlite_database: Database,
    action: str,
) -> None:
    id_ = await planned(1)
    an, bo = chat_of(1), chat_of(2)
    await signs_up(an, id_)
    await signs_up(bo, id_, "wait")
    await an.taps("✖ Uitschrijven")
    await an.taps("✖ Ja, schrijf me uit")
    await delivered()
    about = id_ if action in ("withdrawn", "leave") else 2

    await bo.presses(bo.last.number, f"info_sessions.{action}:{about}")
    person = await services.people.of_account(bo.account)
    assert person is not None
    before = await services.info_sessions.mine(person.id)
    await bo.again()

    assert await services.info_sessions.mine(person.id) == before
    assert fits(bo)
    await check_whole(sqlite_database)


async def test_s3_an_offer_that_ran_out_leads_on(
    chat_of: ChatOf, planned: Planned, delivered: Delivered, clockwork: Clockwork
) -> None:
    id_ = await planned(1)
    an, bo = chat_of(1), chat_of(2)
    await signs_up(an, id_)
    await signs_up(bo, id_, "wait")
    await an.taps("✖ Uitschrijven")
    await an.taps("✖ Ja, schrijf me uit")
    await delivered()
    await clockwork(brussels(2026, 11, 23, 12))

    expired = bo.text
    await bo.taps("✅ Ja, ik neem de plaats")
    gone = bo.screen.messages[-2].text
    await bo.taps("🔁 Opnieuw op de wachtlijst")
    await bo.taps("✅ Schrijf me in")

    assert "De tijd om te kiezen is voorbij" in expired
    assert "Dit aanbod geldt niet meer." in gone
    assert bo.text.startswith("✅ Je bent ingeschreven.")


@BOTH
async def test_s7_moving_keeps_the_old_seat_until_the_new_one_is_certain(
    chat_of: ChatOf,
    planned: Planned,
    delivered: Delivered,
    services: Services,
    sqlite_database: Database,
    transcript: Transcript,
    language: str,
) -> None:
    morning = await planned(1, series="12 december")
    evening = await planned(1, series="12 december", starts_at=STARTS + timedelta(hours=8))
    say, an, bo = words(language), chat_of(1, language), chat_of(2)
    await signs_up(bo, evening)
    await signs_up(an, morning)
    an.screen.events.clear()

    await an.types("/sessions")
    await taps_the_session(an)
    await an.taps(say("move"))
    await an.taps(an.labels[0])
    waiting = an.text
    await bo.taps("✖ Uitschrijven")
    await bo.taps("✖ Ja, schrijf me uit")
    await delivered()
    person = await services.people.of_account(an.account)
    assert person is not None
    kept = [place.sign_up.status for place in await services.info_sessions.mine(person.id)]
    await an.taps(say("accept"))
    after = [place.info_session.id for place in await services.info_sessions.mine(person.id)]

    assert say("info_sessions.you_keep", starts="x")[:15] in waiting
    assert kept == [Status.CONFIRMED, Status.OFFERED]
    assert after == [evening]
    await check_whole(sqlite_database)
    transcript(f"info_sessions_move_{language}", an)


async def test_s7_a_move_with_room_is_one_tap(chat_of: ChatOf, planned: Planned) -> None:
    first, second = await planned(), await planned(starts_at=STARTS + timedelta(days=7))
    an = chat_of(1)
    await signs_up(an, first)

    await an.taps("🔁 Andere sessie")
    shown = fits(an)
    await an.taps("za 19 dec 10:00 · 20 vrij")
    moved = an.text
    await an.presses(an.last.number, f"info_sessions.move_to:{first}/{second}")

    assert shown
    assert moved.startswith("🔁 Je bent veranderd van infosessie.")
    assert "zaterdag 19 december" in moved
    assert an.text.startswith("✅ Je bent ingeschreven.")


async def test_s7_with_nowhere_to_go_the_seat_stays(chat_of: ChatOf, planned: Planned) -> None:
    await signs_up(an := chat_of(1), await planned())

    await an.taps("🔁 Andere sessie")

    assert "Je houdt je plaats op za 12 dec 10:00" in an.text
    assert fits(an)


@BOTH
async def test_a_seat_in_a_sister_session_offers_to_move(
    chat_of: ChatOf, planned: Planned, transcript: Transcript, language: str
) -> None:
    first = await planned(series="dag")
    second = await planned(series="dag", starts_at=STARTS + timedelta(hours=4))
    say, an = words(language), chat_of(1, language)
    await signs_up(an, first)
    an.screen.events.clear()

    await an.types(f"/start s_{second}")
    await an.presses(an.last.number, f"info_sessions.sign:{second}")
    await an.taps(say("move_here"))

    assert say("info_sessions.moved") in an.text
    transcript(f"info_sessions_sister_{language}", an)


@BOTH
async def test_s6_the_interest_list_goes_first_then_everybody(
    chat_of: ChatOf,
    planned: Planned,
    delivered: Delivered,
    clock: FakeClock,
    transcript: Transcript,
    language: str,
) -> None:
    say, an, bo = words(language), chat_of(1, language), chat_of(2, language)
    await an.types("/sessions")
    await an.taps(say("notify"))
    await an.taps("Jobs in uniform" if language == "nl" else "Emplois en uniforme")
    an.screen.events.clear()
    id_ = await planned(2, language=language, track=Track.UNIFORM)
    await delivered()

    await bo.types("/sessions")
    early = bo.text
    await taps_the_session(bo)
    closed = bo.labels
    await bo.presses(bo.last.number, f"info_sessions.sign:{id_}")
    await an.taps(say("show"))
    await an.taps(say("sign"))
    clock.advance(timedelta(hours=48))
    await bo.types(f"/start s_{id_}")
    await bo.taps(say("sign"))

    assert "23 nov" in early
    assert say("sign") not in closed
    assert fits(an)
    transcript(f"info_sessions_head_start_{language}_an", an)
    transcript(f"info_sessions_head_start_{language}_bo", bo)


@BOTH
async def test_s8_reminders_and_the_answers_to_them(
    chat_of: ChatOf,
    planned: Planned,
    clockwork: Clockwork,
    sqlite_database: Database,
    transcript: Transcript,
    language: str,
) -> None:
    id_ = await planned(2)
    say, an, bo = words(language), chat_of(1, language), chat_of(2, language)
    for chat in (an, bo):
        await signs_up(chat, id_)
        chat.screen.events.clear()

    await clockwork(brussels(2026, 12, 5, 12))
    await an.taps(say("coming"))
    await clockwork(brussels(2026, 12, 11, 12))
    await bo.taps(say("not_coming"))
    await bo.taps(say("after_all"))
    await bo.taps(say("sign"))
    await clockwork(brussels(2026, 12, 12, 8))
    await an.taps(say("coming"))

    assert fits(an)
    await check_whole(sqlite_database)
    transcript(f"info_sessions_reminders_{language}_an", an)
    transcript(f"info_sessions_reminders_{language}_bo", bo)


async def test_t21_where_seats_must_be_confirmed_it_is_said_and_one_tap_does_it(
    chat_of: ChatOf, planned: Planned, clockwork: Clockwork, transcript: Transcript
) -> None:
    id_ = await planned(1, must_confirm=True)
    an, bo = chat_of(1), chat_of(2)
    await signs_up(an, id_)
    await signs_up(bo, id_, "wait")
    asked = an.text
    await an.taps("✅ Ja, ik kom")
    confirmed = an.text
    await clockwork(brussels(2026, 12, 5, 12))
    await clockwork(brussels(2026, 12, 11, 12))
    kept = an.text
    await an.types(f"/start s_{id_}")

    assert "anders kan je plaats naar iemand gaan die wacht" in asked
    assert "anders kan je plaats" not in confirmed
    assert "ging naar iemand die wachtte" not in kept
    assert "🎫 Mijn code" in an.labels
    assert fits(an)
    transcript("info_sessions_must_confirm", an)


async def test_s10_who_waits_and_says_yes_to_a_change_still_waits(
    chat_of: ChatOf,
    planned: Planned,
    services: Services,
    coordinator: PersonId,
    delivered: Delivered,
) -> None:
    id_ = await planned(1)
    an, bo = chat_of(1), chat_of(2)
    await signs_up(an, id_)
    await signs_up(bo, id_, "wait")
    await services.planning.change(coordinator, id_, place="Erembodegem")
    await delivered()

    await bo.taps("✅ Ja, ik kom")

    assert bo.text.startswith("⏳ Je staat op de wachtlijst, nummer 1.")


async def test_s8_a_no_after_the_start_changes_nothing(
    chat_of: ChatOf, planned: Planned, clock: FakeClock
) -> None:
    id_ = await planned()
    an = chat_of(1)
    await signs_up(an, id_)
    clock.set(STARTS + timedelta(minutes=5))

    await an.presses(an.last.number, "info_sessions.notcoming:1")
    said = an.text
    await an.presses(an.last.number, f"info_sessions.withdrawn:{id_}")

    assert "al begonnen" in said
    assert fits(an)


@BOTH
async def test_s8_thanks_materials_next_step_and_one_tap_of_feedback(
    chat_of: ChatOf,
    planned: Planned,
    clockwork: Clockwork,
    services: Services,
    coordinator: PersonId,
    sqlite_database: Database,
    transcript: Transcript,
    language: str,
) -> None:
    services.zone = Zone(
        name="Zone",
        links=Links(jobpol="https://www.jobpol.be/nl"),
        materials=(
            Material(
                page="https://www.politie.be/5440/presentatie",
                title={"nl": "📎 De presentatie", "fr": "📎 La présentation"},
            ),
        ),
    )
    id_ = await planned()
    say, an = words(language), chat_of(1, language)
    await signs_up(an, id_)
    an.screen.events.clear()
    async with sqlite_database.transaction() as tx:
        number = await tx.scalar(select(sign_ups.c.id))
        values = {"sign_up_id": number, "at": STARTS, "by_id": coordinator}
        await tx.run(check_ins.insert().values(values))
    await clockwork(brussels(2026, 12, 12, 13))
    await clockwork(brussels(2026, 12, 13, 11))

    await an.taps(say("good"))
    links = [button["url"] for row in an.last.buttons for button in row if "url" in button]
    await an.presses(an.last.number, f"info_sessions.poor:{id_}")
    await an.presses(an.last.number, "info_sessions.next")

    async with sqlite_database.reading() as reader:
        marks = await reader.all(
            select(info_session_counts.c.what, info_session_counts.c.people).where(
                info_session_counts.c.what.startswith("feedback")
            )
        )
    assert [tuple(row) for row in marks] == [("feedback_good", 1)]
    assert links == ["https://www.politie.be/5440/presentatie", "https://www.jobpol.be/nl"]
    transcript(f"info_sessions_afterwards_{language}", an)


async def test_s11_feedback_when_the_names_are_gone_says_so(
    chat_of: ChatOf, planned: Planned, sqlite_database: Database
) -> None:
    id_ = await planned()
    async with sqlite_database.transaction() as tx:
        await tx.run(update(info_sessions).values(state="anonymised"))
    an = chat_of(1)
    await an.types("/start")

    await an.presses(an.last.number, f"info_sessions.good:{id_}")

    assert "al gewist" in an.text


@BOTH
async def test_s10_a_change_and_a_cancellation_are_told_asked_and_answered(
    chat_of: ChatOf,
    planned: Planned,
    services: Services,
    coordinator: PersonId,
    delivered: Delivered,
    transcript: Transcript,
    language: str,
) -> None:
    id_ = await planned(5)
    await planned(starts_at=STARTS + timedelta(days=30))
    say, an, bo = words(language), chat_of(1, language), chat_of(2, language)
    for chat in (an, bo):
        await signs_up(chat, id_)
        chat.screen.events.clear()

    await services.planning.change(coordinator, id_, starts_at=STARTS + timedelta(days=1))
    await delivered()
    await an.taps(say("calendar_new"))
    first = an.last.content
    await an.taps(say("coming"))
    await bo.taps(say("not_coming"))
    await services.planning.cancel(coordinator, id_)
    await delivered()
    await an.taps(say("calendar_new"))
    second = an.last.content
    await an.taps(say("others"))

    assert first is not None
    assert second is not None
    assert b"METHOD:PUBLISH" in first
    assert b"METHOD:CANCEL" in second
    transcript(f"info_sessions_change_{language}_an", an)
    transcript(f"info_sessions_change_{language}_bo", bo)


async def test_p17_who_wants_no_messages_is_told_what_that_means_for_the_queue(
    chat_of: ChatOf, planned: Planned
) -> None:
    id_ = await planned(1)
    await signs_up(chat_of(1), id_)
    bo = chat_of(2)
    await bo.types("/stop")

    await signs_up(bo, id_, "wait")

    assert "Typ /start om weer berichten te krijgen" in bo.text


async def test_still_interested_is_one_tap_either_way(
    chat_of: ChatOf, services: Services, clock: FakeClock, clockwork: Clockwork
) -> None:
    an = chat_of(1)
    await an.types("/infosessies")
    await an.taps("🔔 Verwittig me")
    await an.taps("Burgerjobs")
    await clockwork(clock() + timedelta(days=170))
    asked = an.text
    await an.taps("🔔 Verwittig me bij een nieuwe datum")
    kept = an.text
    await clockwork(clock() + timedelta(days=30))

    person = await services.people.of_account(an.account)
    assert person is not None
    assert "nog altijd weten" in asked
    assert "Ik verwittig je" in kept
    assert await services.info_sessions.interests_of(person.id) == [(Track.CIVILIAN, "nl")]


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
async def test_every_screen_fits_a_phone_and_has_a_way_on_in_every_language(
    chat_of: ChatOf,
    planned: Planned,
    delivered: Delivered,
    services: Services,
    coordinator: PersonId,
    language: str,
) -> None:
    say = words(language)
    full = await planned(1, **EVERYTHING, party_max=8)
    free = await planned(starts_at=STARTS + timedelta(days=2), track=Track.UNIFORM)
    an, bo = chat_of(1, language), chat_of(2, language)
    wrong: list[str] = []

    async def look(chat: Chat, label: str) -> None:
        await chat.taps(label)
        if not fits(chat) or "{" in chat.text:
            wrong.append(f"{label}: {chat.text[:80]}")

    await signs_up(an, full)
    await signs_up(bo, full, "wait")
    for name in ("party", "back", "name", "back", "move", "back", "withdraw", "stay"):
        await look(an, say(name))
    await look(bo, say("list"))
    await look(bo, say("mine"))
    await bo.types(f"/start s_{free}")
    await look(bo, say("sign"))
    await look(an, say("withdraw"))
    await look(an, say("withdraw_sure"))
    await delivered()
    await look(bo, say("pass"))
    await look(bo, say("leave"))
    await look(an, say("notify"))
    await services.planning.cancel(coordinator, free)
    await delivered()
    await bo.taps(say("interested"))

    assert wrong == []
    assert fits(bo)
