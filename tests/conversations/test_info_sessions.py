"""S1, S2, S9, S13 to S16: from the menu to the confirmation card, and what goes with a seat."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import vobject
from sqlalchemy import select

from bot.config import Links, Zone
from bot.info_sessions.model import PoolKind, SeatsShown, State, Status, Track
from bot.info_sessions.plan import Group, Part, PlannedPool
from bot.info_sessions.tables import info_session_answers, sign_ups
from bot.people.store import people
from bot.services import Services
from bot.storage.database import Database
from tests.conversations.conftest import Chat
from tests.conversations.sessions import (
    ASKED,
    EVERYTHING,
    STARTS,
    Planned,
    clockwork,
    coordinator,
    delivered,
    fits,
    planned,
    taps_the_session,
    words,
)
from tests.support.info_sessions import an_info_session, check_whole

__all__ = ["clockwork", "coordinator", "delivered", "planned"]

ChatOf = Callable[..., Chat]
Transcript = Callable[[str, Chat], None]

LANGUAGES = ("nl", "fr", "de", "en")


@pytest.mark.parametrize("language", ["nl", "fr"])
async def test_s1_three_taps_from_start_and_the_card_stands_there(
    chat_of: ChatOf, planned: Planned, transcript: Transcript, language: str
) -> None:
    await planned(**EVERYTHING, party_max=4)
    say, an = words(language), chat_of(1, language)

    await an.types("/start")
    await an.taps(say("menu.sessions"))
    await taps_the_session(an)
    await an.taps(say("sign"))

    assert fits(an)
    transcript(f"info_sessions_three_taps_{language}", an)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_s1_the_card_says_everything_in_the_language_of_who_reads_it(
    chat_of: ChatOf, planned: Planned, services: Services, language: str
) -> None:
    await planned(**EVERYTHING, party_max=4)
    say, an = words(language), chat_of(1, language)

    await an.types("/infosessies")
    await taps_the_session(an)
    before = an.text
    await an.taps(say("sign"))

    for part in (
        *(EVERYTHING[name] for name in ("title", "place", "room", "bring", "accessibility")),
        *("10:00", "10:15 Uitleg", "11:00 Rondleiding", "12:00", "Recherche → Interventie"),
        *("Foto's nemen mag niet.", say("info_sessions.card_group_later")),
    ):
        assert part in an.text, part
        assert part in before, part
    for name in ("map", "calendar", "code", "party", "move", "withdraw", "name"):
        assert say(name) in an.labels, name
    assert fits(an)


async def test_s14_group_and_meeting_point_stand_on_the_card(
    chat_of: ChatOf, planned: Planned, services: Services, coordinator: int
) -> None:
    id_ = await planned(**EVERYTHING)
    an = chat_of(1)
    await an.types(f"/start s_{id_}")
    await an.taps("✅ Schrijf me in")
    await services.door.divide(coordinator, id_)  # type: ignore[arg-type]

    await an.types("/infosessies")
    await taps_the_session(an)

    assert "Je bent in groep 1. Jullie verzamelen hier: aan de trap" in an.text


@pytest.mark.parametrize("language", ["nl", "fr"])
async def test_s1_calendar_map_and_code_go_with_a_seat(
    chat_of: ChatOf, planned: Planned, transcript: Transcript, language: str
) -> None:
    await planned(**EVERYTHING)
    say, an = words(language), chat_of(1, language)
    await an.types("/sessions")
    await taps_the_session(an)
    await an.taps(say("sign"))
    an.screen.events.clear()

    await an.taps(say("map"))
    await an.taps(say("calendar"))
    calendar = an.last.content
    await an.taps(say("code"))
    code = an.last.content

    assert calendar is not None
    event = vobject.readOne(calendar.decode()).vevent
    assert event.summary.value == EVERYTHING["title"]
    assert code is not None
    assert code.startswith(b"\x89PNG")
    transcript(f"info_sessions_files_{language}", an)


async def test_s9_the_code_opens_the_bot_and_holds_nothing_of_the_person(
    chat_of: ChatOf, planned: Planned, sqlite_database: Database
) -> None:
    from io import BytesIO

    import zxingcpp
    from PIL import Image

    await planned()
    an = chat_of(1)
    await an.types("/infosessies")
    await taps_the_session(an)
    await an.taps("✅ Schrijf me in")
    await an.taps("🎫 Mijn code")
    assert an.last.content is not None
    async with sqlite_database.reading() as reader:
        code = await reader.scalar(select(sign_ups.c.code))

    (read,) = zxingcpp.read_barcodes(Image.open(BytesIO(an.last.content)))

    assert read.text == f"https://t.me/contactpunt_bot?start=c_{code}"


async def test_p04_of_a_sign_up_only_what_is_needed_is_kept(
    chat_of: ChatOf, planned: Planned, sqlite_database: Database
) -> None:
    await planned()
    an = chat_of(1, name="An <b>Peeters</b> 👮\u202e")
    await an.types("/infosessies")
    await taps_the_session(an)
    told = an.text
    await an.taps("✅ Schrijf me in")

    async with sqlite_database.reading() as reader:
        row = await reader.one(select(sign_ups.c.name, sign_ups.c.language, sign_ups.c.source))
    assert tuple(row) == ("An <b>Peeters</b>", "nl", None)
    assert "bewaren we je voornaam" in told
    assert "/privacy" in told
    assert "An &lt;b&gt;Peeters&lt;/b&gt;" in an.last.text


async def test_p11_the_name_at_the_door_is_ones_own_choice(
    chat_of: ChatOf, planned: Planned, transcript: Transcript
) -> None:
    await planned()
    an = chat_of(1)
    await an.types("/infosessies")
    await taps_the_session(an)
    await an.taps("✅ Schrijf me in")
    an.screen.events.clear()

    await an.taps("✏ Naam")
    await an.types("🎉 1234")
    await an.types("Annelies <3")

    assert "Op de lijst aan de deur: Annelies <3" in an.text
    transcript("info_sessions_name", an)


@pytest.mark.parametrize("language", ["nl", "fr"])
async def test_s15_questions_say_why_and_until_when_and_can_be_skipped(
    chat_of: ChatOf,
    planned: Planned,
    sqlite_database: Database,
    transcript: Transcript,
    language: str,
) -> None:
    await planned(questions=ASKED)
    say, an = words(language), chat_of(1, language)
    await an.types("/sessions")
    await taps_the_session(an)
    await an.taps(say("sign"))
    an.screen.events.clear()

    await an.taps(say("questions", count=2))
    await an.types("Een plaats vooraan")
    await an.taps(say("skip"))
    await an.taps(say("questions", count=1))
    await an.taps("Met de auto")
    await an.taps(say("answers"))

    async with sqlite_database.reading() as reader:
        found = await reader.all(select(info_session_answers.c.text).order_by("question_id"))
    assert [row[0] for row in found] == ["Een plaats vooraan", "Met de auto"]
    assert "Een plaats vooraan" in an.text
    transcript(f"info_sessions_questions_{language}", an)


async def test_s15_an_answer_is_bounded_and_only_for_who_is_signed_up(
    chat_of: ChatOf, planned: Planned, sqlite_database: Database
) -> None:
    id_ = await planned(questions=ASKED)
    an, bo = chat_of(1), chat_of(2)
    await an.types(f"/start s_{id_}")
    await an.taps("✅ Schrijf me in")
    await an.taps("📝 Nog 2 vragen voor jou")

    await an.types("x" * 301)
    refused = an.text
    await bo.types("/start")
    await bo.presses(1, f"info_sessions.answer:{id_}/2/0")
    await bo.presses(1, f"info_sessions.questions:{id_}")
    await an.presses(1, f"info_sessions.answer:{id_}/2/9")
    await an.presses(1, f"info_sessions.answer:{id_}/77/0")

    async with sqlite_database.reading() as reader:
        assert await reader.all(select(info_session_answers)) == []
    assert "schrijf het korter" in refused


@pytest.mark.parametrize(
    ("shown", "seats", "free", "said", "briefly"),
    [
        pytest.param(SeatsShown.EXACT, 20, 20, "nog 20 plaatsen", "20 vrij", id="exactly"),
        pytest.param(SeatsShown.EXACT, 20, 1, "nog 1 plaats", "1 vrij", id="the last one"),
        pytest.param(
            SeatsShown.VAGUE, 20, 20, "nog plaatsen vrij", "nog plaatsen vrij", id="vaguely"
        ),
        pytest.param(SeatsShown.VAGUE, 20, 5, "bijna volzet", "bijna volzet", id="vaguely, few"),
        pytest.param(SeatsShown.HIDDEN, 20, 5, "inschrijven kan", "inschrijven kan", id="not"),
        pytest.param(SeatsShown.EXACT, 20, 0, "volzet", "volzet", id="full, exactly"),
        pytest.param(SeatsShown.VAGUE, 20, 0, "volzet", "volzet", id="full, vaguely"),
        pytest.param(SeatsShown.HIDDEN, 20, 0, "volzet", "volzet", id="full is always said"),
    ],
)
async def test_s16_seats_are_shown_exactly_vaguely_or_not(
    chat_of: ChatOf,
    sqlite_database: Database,
    services: Services,
    shown: SeatsShown,
    seats: int,
    free: int,
    said: str,
    briefly: str,
) -> None:
    id_ = await an_info_session(sqlite_database, seats, seats_shown=shown, party_max=30)
    somebody = (await services.people.arrived(77, "nl")).id
    if free < seats:
        await services.info_sessions.sign_up(somebody, id_, party=seats - free)
    an = chat_of(1)

    await an.types("/infosessies")

    assert f"jobs in uniform en burgerjobs · {said}" in an.text
    assert an.labels[0] == f"za 12 dec 10:00 · {briefly}"


async def test_s16_how_many_wait_is_said_too(
    chat_of: ChatOf, sqlite_database: Database, services: Services
) -> None:
    id_ = await an_info_session(sqlite_database, 1)
    for account in range(3):
        somebody = await services.people.arrived(100 + account, "nl")
        await services.info_sessions.sign_up(somebody.id, id_)
    an = chat_of(1)

    await an.types("/infosessies")
    label, listed = an.labels[0], an.text
    await an.taps(label)

    assert label == "za 12 dec 10:00 · volzet"
    assert "volzet, 2 wachten" in listed
    assert "Er wachten 2 anderen" in an.text


async def test_s12_seats_set_apart_have_a_button_of_their_own(
    chat_of: ChatOf, planned: Planned, services: Services, transcript: Transcript
) -> None:
    pools = (PlannedPool(PoolKind.UNIFORM, 5), PlannedPool(PoolKind.SCHOOL, 10))
    id_ = await planned(3, pools=pools, party_max=5)
    an, bo = chat_of(1), chat_of(2)

    await an.types("/infosessies")
    await taps_the_session(an)
    await an.taps("✅ Schrijf me in · job in uniform")
    await bo.types(f"/start s_{id_}")
    await bo.taps("👥 Ik kom met anderen")
    await bo.taps("4")
    await bo.taps("Met mijn school")

    person = await services.people.of_account(an.account)
    assert person is not None
    (place,) = await services.info_sessions.mine(person.id)
    assert (place.sign_up.status, place.sign_up.wish) == (Status.CONFIRMED, PoolKind.UNIFORM)
    assert "Jullie komen met 4" in bo.text
    transcript("info_sessions_sub_pools", bo)


@pytest.mark.parametrize("waiting_list", [True, False])
async def test_s12_seats_that_only_some_can_have_are_said_to_be_so(
    chat_of: ChatOf, planned: Planned, waiting_list: bool
) -> None:
    pools = (PlannedPool(PoolKind.SCHOOL, 2),)
    id_ = await planned(1, pools=pools, waiting_list=waiting_list)
    an, bo, cy = chat_of(1), chat_of(2), chat_of(3)
    await an.types(f"/start s_{id_}")
    await an.taps("✅ Schrijf me in")

    await bo.types(f"/start s_{id_}")
    said = bo.text
    can_wait = "⏳ Zet me op de wachtlijst" in bo.labels
    await bo.presses(bo.last.number, f"info_sessions.sign:{id_}")
    await cy.types(f"/start s_{id_}")
    await cy.taps("✅ Schrijf me in · met mijn school")

    assert can_wait is waiting_list
    assert "alleen nog plaatsen die apart gehouden zijn: met mijn school" in said
    assert bo.text.startswith("⏳ Je staat op de wachtlijst" if waiting_list else "Infosessie")
    assert cy.text.startswith("✅ Je bent ingeschreven.")


@pytest.mark.parametrize("language", ["nl", "fr"])
async def test_s13_a_party_comes_together_and_changes(
    chat_of: ChatOf, planned: Planned, transcript: Transcript, language: str
) -> None:
    await planned(4, party_max=6)
    say, an, bo = words(language), chat_of(1, language), chat_of(2)

    await an.types("/sessions")
    await taps_the_session(an)
    await an.taps(say("several"))
    await an.taps("3")
    await bo.types("/infosessies")
    await taps_the_session(bo)
    await bo.taps("✅ Schrijf me in")
    await an.taps(say("party"))
    await an.taps("4")
    refused = an.text
    await an.taps(say("party"))
    await an.taps("2")
    await an.taps(say("party"))
    await an.taps("6")

    assert words(language)("info_sessions.no_room") in refused
    transcript(f"info_sessions_party_{language}", an)


async def test_s13_no_more_than_may_come_together(chat_of: ChatOf, planned: Planned) -> None:
    id_ = await planned(2, party_max=3)
    an = chat_of(1)

    await an.types(f"/start s_{id_}")
    await an.taps("👥 Ik kom met anderen")
    offered = an.labels
    await an.presses(an.last.number, f"info_sessions.sign_party:{id_}/3")

    assert [label for label in offered if label.isdigit()] == ["1", "2"]
    assert "Kies ten hoogste 2." in an.text
    assert "✅ Schrijf me in" in an.labels
    assert fits(an)


async def test_s13_thirty_together_still_fit_a_phone(chat_of: ChatOf, planned: Planned) -> None:
    id_ = await planned(60, party_max=30)
    an = chat_of(1)

    await an.types(f"/start s_{id_}")
    await an.taps("👥 Ik kom met anderen")
    many = fits(an)
    await an.taps("30")

    assert many
    assert "Jullie komen met 30" in an.text


async def test_s1_twice_is_once_and_a_repeated_update_says_the_same(
    chat_of: ChatOf, planned: Planned, sqlite_database: Database
) -> None:
    await planned()
    an = chat_of(1)
    await an.types("/infosessies")
    await taps_the_session(an)
    await an.taps("✅ Schrijf me in")
    card = an.last.text

    await an.again()
    await an.presses(an.last.number, "info_sessions.sign:1")

    assert an.last.text == card
    async with sqlite_database.reading() as reader:
        assert len(await reader.all(select(sign_ups))) == 1


async def test_a_programme_too_long_for_the_card_stands_behind_a_button(
    chat_of: ChatOf, planned: Planned
) -> None:
    long = "Breng <b>dit</b> mee & dat. " * 17
    parts = tuple(Part(f"{number} {'Onderdeel ' * 11}", 10) for number in range(12))
    await planned(
        bring=long,
        house_rules=long,
        accessibility=long,
        parts=parts,
        stops=parts,
        groups=(Group(9, "trap"),),
    )
    an = chat_of(1)

    await an.types("/infosessies")
    await taps_the_session(an)
    card = an.text
    await an.taps("📋 Programma")
    apart = an.text
    await an.taps("↩ Terug")
    await an.taps("✅ Schrijf me in")

    assert "Onderdeel" not in card
    assert card.count("Breng <b>dit</b> mee & dat.") == 3 * 17
    assert apart.count("Onderdeel") == 2 * 12 * 11
    assert "📋 Programma" in an.labels
    assert fits(an)


async def test_the_list_is_by_language_and_track_and_fits(
    chat_of: ChatOf, planned: Planned, transcript: Transcript
) -> None:
    for week in range(6):
        starts = STARTS + timedelta(weeks=week)
        track = (Track.UNIFORM, Track.CIVILIAN, Track.BOTH)[week % 3]
        language = "fr" if week in (1, 4) else "nl"
        await planned(starts_at=starts, track=track, language=language)
    an = chat_of(1)

    await an.types("/infosessies")
    sizes = [len(an.last.buttons)]
    await an.taps("▶")
    sizes.append(len(an.last.buttons))
    await an.taps("💼 Burgerjobs")
    sizes.append(len(an.last.buttons))
    await an.taps("👮 In uniform")
    await an.taps("Alles")

    assert max(sizes) <= 8
    transcript("info_sessions_list", an)


@pytest.mark.parametrize("language", ["nl", "fr"])
async def test_s6_with_nothing_planned_there_is_the_interest_list_and_the_page(
    chat_of: ChatOf, services: Services, transcript: Transcript, language: str
) -> None:
    say, an = words(language), chat_of(1, language)

    await an.types("/start")
    await an.taps(say("menu.sessions"))
    links = [button.get("url") for row in an.last.buttons for button in row]
    await an.taps(say("notify"))
    await an.taps("Jobs in uniform" if language == "nl" else "Emplois en uniforme")
    await an.taps("In het Frans" if language == "nl" else "En néerlandais")
    await an.taps("Burgerjobs" if language == "nl" else "Emplois civils")
    await an.taps("✓ In het Nederlands" if language == "nl" else "✓ En français")
    person = await services.people.of_account(an.account)
    assert person is not None
    wanted = await services.info_sessions.interests_of(person.id)
    await an.taps(say("not_interested"))

    assert services.zone.links.sessions_page in links
    other = "fr" if language == "nl" else "nl"
    assert sorted(wanted) == [(Track.CIVILIAN, other), (Track.UNIFORM, other)]
    assert await services.info_sessions.interests_of(person.id) == []
    transcript(f"info_sessions_none_{language}", an)


async def test_s6_without_a_page_the_screen_stands_all_the_same(
    chat_of: ChatOf, services: Services
) -> None:
    services.zone = Zone(name="Zone", links=Links())
    an = chat_of(1)

    await an.types("/infosessies")

    assert fits(an)
    assert "🔔 Verwittig me" in an.labels


@pytest.mark.parametrize("which", ["1", "99", "x", "", "1/2", "²", "9" * 40])
async def test_t23_a_deep_link_only_proposes(
    chat_of: ChatOf, planned: Planned, sqlite_database: Database, which: str
) -> None:
    await planned()
    an = chat_of(1)

    await an.types(f"/start s_{which}")

    assert len(an.listen()) == 1
    assert "automatische assistent" in an.text
    assert an.labels
    async with sqlite_database.reading() as reader:
        assert await reader.all(select(sign_ups)) == []


async def test_f10_a_deep_link_opens_a_session_directly(
    chat_of: ChatOf, planned: Planned, transcript: Transcript
) -> None:
    id_ = await planned(**EVERYTHING)
    an = chat_of(1)

    await an.types(f"/start s_{id_}")
    await an.taps("✅ Schrijf me in")
    await an.types("/start s_4711")

    transcript("info_sessions_deep_link", an)


async def test_s11_the_poster_that_brought_somebody_counts_from_the_tap_on(
    chat_of: ChatOf, planned: Planned, sqlite_database: Database
) -> None:
    id_ = await planned(party_max=2)
    an, bo, cy = chat_of(1), chat_of(2), chat_of(3)
    await an.types(f"/start s_{id_}_facebook")
    await bo.types(f"/start s_{id_}_job-fair-2026")
    await cy.types(f"/start s_{id_}_{'x' * 21}")
    async with sqlite_database.reading() as reader:
        before = await reader.all(select(people.c.source).where(people.c.source.is_not(None)))
    await an.taps("✅ Schrijf me in")
    await bo.taps("👥 Ik kom met anderen")
    await bo.taps("2")
    await cy.taps("✅ Schrijf me in")

    assert before == []
    async with sqlite_database.reading() as reader:
        found = await reader.all(select(sign_ups.c.source).order_by(sign_ups.c.id))
    assert [row[0] for row in found] == ["facebook", "job-fair-2026", None]


@pytest.mark.parametrize(
    "state", [State.DRAFT, State.ANONYMISED, State.CANCELLED, State.HELD, State.CLOSED]
)
async def test_s2_what_is_not_open_leads_on(
    chat_of: ChatOf, sqlite_database: Database, state: State
) -> None:
    id_ = await an_info_session(sqlite_database, state=state)
    await an_info_session(sqlite_database, starts_at=STARTS + timedelta(days=1))
    an = chat_of(1)
    await an.types("/start")

    for action in ("show", "sign", "sign_party", "programme", "withdraw", "move", "party", "leave"):
        await an.presses(an.last.number, f"info_sessions.{action}:{id_}")
        assert "📅 Alle infosessies" in an.labels, action
        assert fits(an), action
    await an.types(f"/start s_{id_}")

    assert fits(an)
    async with sqlite_database.reading() as reader:
        assert await reader.all(select(sign_ups)) == []


async def test_s1_too_many_at_a_time_leads_to_ones_own(
    chat_of: ChatOf, planned: Planned, services: Services
) -> None:
    ids = [await planned(starts_at=STARTS + timedelta(days=day)) for day in range(4)]
    an = chat_of(1)
    for id_ in ids:
        await an.types(f"/start s_{id_}")
        await an.taps("✅ Schrijf me in")

    assert "Je bent al voor 3 infosessies ingeschreven" in an.text
    await an.taps("🎟 Mijn infosessies")
    assert sum("✅ ingeschreven" in label for label in an.labels) == 3
    assert fits(an)


@pytest.mark.parametrize("id_", ["", "0", "-1", "9" * 40, "1e3", "²", "a/b/c", "1/2/3", "/", "@fr"])
async def test_t05_made_up_data_is_an_old_button_or_nothing(
    chat_of: ChatOf, planned: Planned, sqlite_database: Database, id_: str
) -> None:
    from handlers.buttons import CLAIMS

    await planned()
    an = chat_of(1)
    await an.types("/start")
    mine = [
        action
        for action, claim in CLAIMS.items()
        if action.startswith("info_sessions.") and claim.for_.is_everybody
    ]

    for action in mine:
        an.telephone.screen(an.account).messages[-1].text = ""
        await an.presses(an.last.number, f"{action}:{id_}")
        assert an.last.buttons, action

    assert len(mine) > 30
    async with sqlite_database.reading() as reader:
        assert await reader.all(select(sign_ups)) == []


async def test_t05_a_sign_up_of_somebody_else_is_none(
    chat_of: ChatOf, planned: Planned, services: Services, sqlite_database: Database
) -> None:
    id_ = await planned(1)
    an, eve = chat_of(1), chat_of(2, name="Eve")
    await an.types(f"/start s_{id_}")
    await an.taps("✅ Schrijf me in")
    await eve.types("/start")

    for action in ("accept", "pass", "refuse", "coming", "notcoming"):
        await eve.presses(eve.last.number, f"info_sessions.{action}:1")
        assert fits(eve), action
    for action in ("withdrawn", "leave", "party_of", "name", "code", "good"):
        await eve.presses(eve.last.number, f"info_sessions.{action}:{id_}")

    person = await services.people.of_account(an.account)
    assert person is not None
    (place,) = await services.info_sessions.mine(person.id)
    assert (place.sign_up.status, place.sign_up.party) == (Status.CONFIRMED, 1)
    await check_whole(sqlite_database)
