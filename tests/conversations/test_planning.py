"""S6, S10, S12 to S16, S18: a coordinator plans info sessions on a phone; both languages."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.clock import BRUSSELS, brussels
from bot.info_sessions.model import (
    InfoSessionId,
    PoolKind,
    SeatsShown,
    State,
    Status,
    Track,
)
from bot.info_sessions.plan import Group, Part, Plan, PlannedPool, Question
from bot.people.model import PersonId
from bot.services import Services
from bot.staff import Role
from bot.storage.database import Database
from tests.conversations.conftest import Chat
from tests.conversations.test_staff import ROWS, comes_back, delivered, hired
from tests.support.clock import FakeClock
from tests.support.info_sessions import holders, somebodies

__all__ = ["delivered", "hired"]

ChatOf = Callable[..., Chat]
Transcript = Callable[[str, Chat], None]
Hired = Callable[..., Awaitable[Chat]]
Delivered = Callable[[], Awaitable[int]]

STARTS = brussels(2026, 12, 12, 10)


async def person_of(services: Services, chat: Chat) -> PersonId:
    person = await services.people.of_account(chat.account)
    assert person is not None
    return person.id


async def plans_of(services: Services, chat: Chat) -> list[tuple[State, Plan]]:
    boss = await person_of(services, chat)
    return [
        await services.planning.plan_of(boss, each.info_session.id)
        for each in await services.planning.overview(boss)
    ]


FIRST = {
    "nl": {
        "name": "Sofie",
        "command": "/beheer",
        "entry": "📅 Infosessies",
        "new": "➕ Nieuwe sessie",
        "when": "12/12 10u-12u",
        "title": "Werken bij de politie",
        "place": "Politiehuis, Markt 1, Aalst",
        "seats": "25 plaatsen",
        "track": "jobs in uniform",
        "language": "✓ Nederlands",
        "preview": "👁 Voorbeeld",
        "back": "↩ Terug",
        "publish": "📣 Publiceren",
        "sure": "📣 Ja, publiceren",
        "share": "📢 Tekst om te delen",
        "website": "🌐 Website · Nederlands",
        "facebook": "📘 Facebook · Nederlands",
    },
    "fr": {
        "name": "Sophie",
        "command": "/gestion",
        "entry": "📅 Séances d'info",
        "new": "➕ Nouvelle séance",
        "when": "le 12 décembre de 10h à 12h",
        "title": "Travailler à la police",
        "place": "Maison de police, Grand-Place 1, Alost",
        "seats": "25",
        "track": "emplois en uniforme",
        "language": "Français",
        "preview": "👁 Aperçu",
        "back": "↩ Retour",
        "publish": "📣 Publier",
        "sure": "📣 Oui, publier",
        "share": "📢 Texte à partager",
        "website": "🌐 Site web · Français",
        "facebook": "📘 Facebook · Français",
    },
    "de": {
        "name": "Sofie",
        "command": "/verwaltung",
        "entry": "📅 Infotermine",
        "new": "➕ Neuer Termin",
        "when": "am 12. Dezember von 10 bis 12 Uhr",
        "title": "Arbeiten bei der Polizei",
        "place": "Polizeihaus, Markt 1, Aalst",
        "seats": "25 Plätze",
        "track": "Jobs in Uniform",
        "language": "Deutsch",
        "preview": "👁 Vorschau",
        "back": "↩ Zurück",
        "publish": "📣 Veröffentlichen",
        "sure": "📣 Ja, veröffentlichen",
        "share": "📢 Text zum Teilen",
        "website": "🌐 Website · Deutsch",
        "facebook": "📘 Facebook · Deutsch",
    },
    "en": {
        "name": "Sophie",
        "command": "/manage",
        "entry": "📅 Info sessions",
        "new": "➕ New session",
        "when": "12 December 10am-12pm",
        "title": "Working for the police",
        "place": "Police house, Markt 1, Aalst",
        "seats": "25 seats",
        "track": "jobs in uniform",
        "language": "English",
        "preview": "👁 Preview",
        "back": "↩ Back",
        "publish": "📣 Publish",
        "sure": "📣 Yes, publish",
        "share": "📢 Text to share",
        "website": "🌐 Website · English",
        "facebook": "📘 Facebook · English",
    },
}


@pytest.mark.parametrize("language", FIRST)
async def test_s6_six_answers_make_an_info_session_and_the_text_to_share(
    hired: Hired,
    services: Services,
    sqlite_database: Database,
    transcript: Transcript,
    language: str,
) -> None:
    say = FIRST[language]
    for person in await somebodies(sqlite_database, 6):
        await services.info_sessions.interested(person, Track.UNIFORM, language)
    sofie = await hired(1, Role.COORDINATOR, language=language, name=say["name"])
    await sofie.types(say["command"])
    await sofie.taps(say["entry"])
    await sofie.taps(say["new"])
    await sofie.types(say["when"])
    await sofie.taps(say["language"])
    await sofie.taps(say["track"])
    await sofie.types(say["title"])
    await sofie.types(say["place"])
    await sofie.types(say["seats"])
    await sofie.taps(say["preview"])
    await sofie.taps(say["back"])
    await sofie.taps(say["publish"])
    await sofie.taps(say["sure"])
    await sofie.taps(say["share"])
    await sofie.taps(say["website"])
    assert "t.me/contactpunt_bot?start=s_1" in sofie.text
    await sofie.taps(say["back"])
    await sofie.taps(say["facebook"])

    ((state, plan),) = await plans_of(services, sofie)
    assert (state, plan.title, plan.place) == (State.PUBLISHED, say["title"], say["place"])
    assert (plan.starts_at, plan.ends_at) == (STARTS, STARTS + timedelta(hours=2))
    assert (plan.seats, plan.track, plan.language) == (25, Track.UNIFORM, language)
    assert comes_back(sofie)
    if language in ("nl", "fr"):
        transcript(f"planning_first_{language}", sofie)


DAY = {
    "nl": {
        "command": "/beheer",
        "entry": "📅 Infosessies",
        "day": "➕ Meer op één dag",
        "wrong": "volgende zaterdag",
        "when": "12/12 9u-11u, 11u30-13u30 en 14u-16u",
        "language": "✓ Nederlands",
        "track": "✓ jobs in uniform en burgerjobs",
        "keep": "✓ Zo houden",
        "place": "Politiehuis",
        "later": "↩ De rest later",
        "practical": "ℹ Praktisch",
        "bring": "Meebrengen",
        "card": "Je identiteitskaart",
        "back": "↩ Terug",
        "alone": "1️⃣ Pas alleen deze aan",
        "where": "📍 Plaats",
        "room": "Zaal",
        "hall": "Zaal 1",
        "together": "🔗 Pas alle 3 samen aan",
        "publish": "📣 Publiceren",
        "sure": "📣 Ja, publiceren",
    },
    "fr": {
        "command": "/gestion",
        "entry": "📅 Séances d'info",
        "day": "➕ Plusieurs par jour",
        "wrong": "samedi prochain",
        "when": "12/12 9h-11h, 11h30-13h30 et 14h-16h",
        "language": "Français",
        "track": "✓ emplois en uniforme et civils",
        "keep": "✓ Garder ainsi",
        "place": "Maison de police",
        "later": "↩ Le reste plus tard",
        "practical": "ℹ Pratique",
        "bring": "À apporter",
        "card": "Votre carte d'identité",
        "back": "↩ Retour",
        "alone": "1️⃣ Changer seulement celle-ci",
        "where": "📍 Lieu",
        "room": "Salle",
        "hall": "Salle 1",
        "together": "🔗 Changer les 3 ensemble",
        "publish": "📣 Publier",
        "sure": "📣 Oui, publier",
    },
}


@pytest.mark.parametrize("language", DAY)
async def test_a_day_with_three_sessions_is_planned_in_one_go(
    hired: Hired,
    chat_of: ChatOf,
    services: Services,
    delivered: Delivered,
    transcript: Transcript,
    clock: FakeClock,
    language: str,
) -> None:
    say = DAY[language]
    an = chat_of(3, "nl", "An")
    await an.types("/start")
    await services.info_sessions.interested(await person_of(services, an), Track.BOTH, language)
    sofie = await hired(1, Role.COORDINATOR, language=language, name="Sofie")
    await sofie.types(say["command"])
    await sofie.taps(say["entry"])
    await sofie.taps(say["day"])
    await sofie.types(say["wrong"])
    await sofie.types(say["when"])
    await sofie.taps(say["language"])
    await sofie.taps(say["track"])
    await sofie.taps(say["keep"])
    await sofie.types(say["place"])
    await sofie.taps(say["later"])
    clock.advance(timedelta(minutes=1))  # nobody is a flood
    await sofie.taps(say["practical"])
    await sofie.taps(say["bring"])
    await sofie.types(say["card"])
    await sofie.taps(say["back"])
    await sofie.taps(say["alone"])
    await sofie.taps(say["where"])
    await sofie.taps(say["room"])
    await sofie.types(say["hall"])
    clock.advance(timedelta(minutes=1))  # nobody is a flood
    await sofie.taps(say["back"])
    await sofie.taps(say["together"])
    await sofie.taps(say["publish"])
    await sofie.taps(say["sure"])
    await delivered()
    plans = [plan for _, plan in await plans_of(services, sofie)]

    assert [plan.starts_at.astimezone(BRUSSELS).hour for plan in plans] == [9, 11, 14]
    assert [(plan.room, plan.bring, plan.seats) for plan in plans] == [
        (say["hall"], say["card"], 20),
        (None, say["card"], 20),
        (None, say["card"], 20),
    ]
    assert [state for state, _ in await plans_of(services, sofie)] == [State.PUBLISHED] * 3
    told = [each for each in an.listen() if "📣" in each.text]
    assert len(told) == 1
    assert [row[0]["text"] for row in told[0].buttons][:3] == [
        "📅 za 12 dec 09:00",
        "📅 za 12 dec 11:30",
        "📅 za 12 dec 14:00",
    ]
    await an.taps("📅 za 12 dec 11:30")
    assert "11:30–13:30" in an.text
    transcript(f"planning_day_{language}", sofie)


@pytest.fixture
async def sofie(hired: Hired) -> Chat:
    return await hired(1, Role.COORDINATOR, name="Sofie")


async def a_draft(services: Services, sofie: Chat, **fields: object) -> InfoSessionId:
    """A draft, and its screen before Sofie."""
    plan = Plan("Infosessie", STARTS, STARTS + timedelta(hours=2), "Politiehuis", 20)
    boss = await person_of(services, sofie)
    id_ = await services.planning.create(boss, replace(plan, **fields))  # type: ignore[arg-type]
    await sofie.types("/beheer")
    await sofie.taps("📅 Infosessies")
    await sofie.presses(sofie.last.number, f"planning.show:{id_}", "de sessie")
    return id_


async def published(services: Services, sofie: Chat, **fields: object) -> InfoSessionId:
    id_ = await a_draft(services, sofie, **fields)
    await services.planning.publish(await person_of(services, sofie), id_)
    await sofie.presses(sofie.last.number, f"planning.show:{id_}", "de sessie")
    return id_


async def plan_of(services: Services, sofie: Chat, id_: InfoSessionId) -> Plan:
    return (await services.planning.plan_of(await person_of(services, sofie), id_))[1]


TYPED = [
    pytest.param("✏ Titel en dag", "Titel", "Kom kijken", {"title": "Kom kijken"}, id="title"),
    pytest.param(
        "✏ Titel en dag",
        "Dag",
        "19/12",
        {"starts_at": STARTS + timedelta(days=7), "ends_at": STARTS + timedelta(days=7, hours=2)},
        id="day",
    ),
    pytest.param(
        "✏ Titel en dag",
        "Uren",
        "14h30 - 16h",
        {"starts_at": brussels(2026, 12, 12, 14, 30), "ends_at": brussels(2026, 12, 12, 16)},
        id="hours",
    ),
    pytest.param("📍 Plaats", "Plaats", "Stadhuis <b>", {"place": "Stadhuis <b>"}, id="place"),
    pytest.param("📍 Plaats", "Zaal", "Zaal 2", {"room": "Zaal 2"}, id="room"),
    pytest.param(
        "📍 Plaats",
        "Punt op de kaart",
        "https://www.google.com/maps/@50.938,4.039,17z",
        {"latitude": 50.938, "longitude": 4.039},
        id="pin",
    ),
    pytest.param("🪑 Plaatsen", "Plaatsen", "35", {"seats": 35}, id="seats"),
    pytest.param(
        "🪑 Plaatsen",
        "Apart: school",
        "10 tot 5/12",
        {"pools": (PlannedPool(PoolKind.SCHOOL, 10, brussels(2026, 12, 5, 18)),)},
        id="S12: seats for a school",
    ),
    pytest.param(
        "🕐 Inschrijven",
        "Inschrijven vanaf",
        "1/12 9u",
        {"opens_at": brussels(2026, 12, 1, 9)},
        id="opens",
    ),
    pytest.param(
        "🕐 Inschrijven",
        "Inschrijven tot",
        "11 december om 18u",
        {"closes_at": brussels(2026, 12, 11, 18)},
        id="closes",
    ),
    pytest.param(
        "📋 Programma",
        "Programma",
        "Welkom 10\nVoorwaarden 40 min",
        {"parts": (Part("Welkom", 10), Part("Voorwaarden", 40))},
        id="programme",
    ),
    pytest.param(
        "📋 Programma",
        "Rondleiding",
        "Meldkamer 15",
        {"stops": (Part("Meldkamer", 15),)},
        id="S14: tour",
    ),
    pytest.param(
        "📋 Programma",
        "Groepen",
        "Onthaal 10\nParking 12",
        {"groups": (Group(10, "Onthaal"), Group(12, "Parking"))},
        id="S14: groups",
    ),
    pytest.param("ℹ Praktisch", "Meebrengen", "Niets", {"bring": "Niets"}, id="bring"),
    pytest.param(
        "ℹ Praktisch",
        "Toegankelijkheid",
        "Lift\n\nParking",
        {"accessibility": "Lift\nParking"},
        id="access",
    ),
    pytest.param(
        "ℹ Praktisch", "Huisregels", "Geen foto's", {"house_rules": "Geen foto's"}, id="rules"
    ),
]


@pytest.mark.parametrize(("section", "field", "typed", "becomes"), TYPED)
async def test_everything_typed_can_be_changed_by_itself(
    services: Services,
    sofie: Chat,
    section: str,
    field: str,
    typed: str,
    becomes: dict[str, object],
) -> None:
    id_ = await a_draft(services, sofie)
    await sofie.taps(section)
    await sofie.taps(field)
    assert comes_back(sofie)
    await sofie.types(typed)
    plan = await plan_of(services, sofie, id_)

    assert {name: getattr(plan, name) for name in becomes} == becomes
    assert "✓ Genoteerd." in sofie.text
    assert comes_back(sofie)


CHOSEN = [
    pytest.param("✏ Titel en dag", "Voor wie", "burgerjobs", {"track": Track.CIVILIAN}, id="track"),
    pytest.param("✏ Titel en dag", "Taal", "Deutsch", {"language": "de"}, id="language"),
    pytest.param("🪑 Plaatsen", "Samen inschrijven", "5", {"party_max": 5}, id="S13: party"),
    pytest.param(
        "🪑 Plaatsen",
        "Vrije plaatsen tonen",
        "ongeveer",
        {"seats_shown": SeatsShown.VAGUE},
        id="S16: seats shown",
    ),
    pytest.param(
        "🕐 Inschrijven",
        "Voorsprong",
        "24 uur",
        {"head_start": timedelta(hours=24)},
        id="S6: head start",
    ),
    pytest.param("🕐 Inschrijven", "Wachtlijst", "nee", {"waiting_list": False}, id="waiting list"),
    pytest.param("🕐 Inschrijven", "Komst bevestigen", "ja", {"must_confirm": True}, id="confirm"),
]


@pytest.mark.parametrize(("section", "field", "choice", "becomes"), CHOSEN)
async def test_everything_chosen_can_be_changed_by_itself(
    services: Services,
    sofie: Chat,
    section: str,
    field: str,
    choice: str,
    becomes: dict[str, object],
) -> None:
    id_ = await a_draft(services, sofie)
    await sofie.taps(section)
    await sofie.taps(field)
    assert comes_back(sofie)
    await sofie.taps(choice)
    plan = await plan_of(services, sofie, id_)

    assert {name: getattr(plan, name) for name in becomes} == becomes


async def test_a_shared_place_is_the_pin_and_leaving_it_out_is_a_tap(
    services: Services, sofie: Chat
) -> None:
    id_ = await a_draft(services, sofie)
    await sofie.taps("📍 Plaats")
    await sofie.taps("Punt op de kaart")
    await sofie.sends(location={"latitude": 50.938, "longitude": 4.039})
    with_pin = await plan_of(services, sofie, id_)
    await sofie.taps("Punt op de kaart")
    await sofie.taps("🗑 Leeg laten")
    without = await plan_of(services, sofie, id_)
    await sofie.taps("Zaal")
    await sofie.sends(location={"latitude": 50.938, "longitude": 4.039})

    assert (with_pin.latitude, with_pin.longitude) == (50.938, 4.039)
    assert (without.latitude, without.longitude) == (None, None)
    assert await plan_of(services, sofie, id_) == without
    assert "Je hoeft" not in sofie.text


@pytest.mark.parametrize(
    ("section", "field", "typed", "why"),
    [
        ("✏ Titel en dag", "Dag", "morgen", "begrijp ik niet"),
        ("✏ Titel en dag", "Uren", "heel de dag", "begrijp ik niet"),
        ("✏ Titel en dag", "Titel", "x" * 121, "te lang"),
        ("📍 Plaats", "Punt op de kaart", "https://maps.app.goo.gl/abc", "begrijp ik niet"),
        ("🪑 Plaatsen", "Plaatsen", "0", "minstens één plaats"),
        ("🪑 Plaatsen", "Plaatsen", "veel", "begrijp ik niet"),
        ("🪑 Plaatsen", "Apart: school", "10 tot 24/12", "vrijkomen voor de sessie"),
        ("🕐 Inschrijven", "Inschrijven tot", "13/12", "voor de sessie begint"),
        ("🕐 Inschrijven", "Inschrijven vanaf", "12/12 9u30", "niet later beginnen"),
        ("📋 Programma", "Programma", "Welkom", "begrijp ik niet"),
        ("📋 Programma", "Rondleiding", "Meldkamer 9999", "aantal minuten"),
        ("ℹ Praktisch", "Meebrengen", "x" * 501, "te lang"),
    ],
)
async def test_what_cannot_be_is_said_with_what_to_type_and_asked_again(
    services: Services, sofie: Chat, section: str, field: str, typed: str, why: str
) -> None:
    id_ = await a_draft(services, sofie)
    before = await plan_of(services, sofie, id_)
    await sofie.taps(section)
    await sofie.taps(field)
    await sofie.types(typed)
    assert why in sofie.text
    assert comes_back(sofie)
    assert await plan_of(services, sofie, id_) == before
    good = {"Dag": "19/12", "Uren": "9u-10u", "Inschrijven tot": "10/12", "Programma": "Welkom 10"}
    await sofie.types(good.get(field, "1"))

    assert (await plan_of(services, sofie, id_) != before) == (
        field not in ("Punt op de kaart", "Inschrijven vanaf", "Rondleiding")
    )


async def test_s15_a_question_without_a_purpose_or_a_last_day_is_not_kept(
    services: Services, sofie: Chat, transcript: Transcript
) -> None:
    id_ = await a_draft(services, sofie)
    await sofie.taps("❓ Vragen")
    await sofie.taps("➕ Vraag toevoegen")
    await sofie.types("In welke taal wil je uitleg?")
    assert "waarom je het vraagt" in sofie.text
    await sofie.types("In welke taal wil je uitleg?\nOm de groepen te maken")
    assert "tot welke dag" in sofie.text
    assert (await plan_of(services, sofie, id_)).questions == ()
    await sofie.types("In welke taal wil je uitleg?\nOm de groepen te maken\n20/2")
    assert "30 dagen" in sofie.text
    assert (await plan_of(services, sofie, id_)).questions == ()
    await sofie.types(
        "In welke taal wil je uitleg?\nOm de groepen te maken\n20/12\nNederlands, Frans"
    )
    (question,) = (await plan_of(services, sofie, id_)).questions
    assert (question.purpose, question.delete_on) == ("Om de groepen te maken", date(2026, 12, 20))
    assert question.choices == ("Nederlands", "Frans")
    await sofie.taps("🗑 In welke taal wil je uitleg?")
    await sofie.again()

    assert (await plan_of(services, sofie, id_)).questions == ()
    assert comes_back(sofie)
    transcript("planning_questions_nl", sofie)


LIVE = {
    "nl": {
        "command": "/beheer",
        "entry": "📅 Infosessies",
        "session": "🟢 za 12 dec 10:00 · 2/2 ⏳1 · Infosessie",
        "seats": "🪑 Plaatsen",
        "more": "+1",
        "fewer": "−5",
        "back": "↩ Terug",
        "move": "📅 Verplaatsen",
        "when": "Andere dag",
        "day": "19/12 14u-16u",
        "yes": "✅ Ja, veranderen",
        "place": "Plaats",
        "elsewhere": "Stadhuis, Grote Markt, Aalst",
        "cancel": "✖ Afgelasten",
        "sure": "✖ Ja, afgelasten",
    },
    "fr": {
        "command": "/gestion",
        "entry": "📅 Séances d'info",
        "session": "🟢 sam. 12 déc. 10:00 · 2/2 ⏳1 · Infosessie",
        "seats": "🪑 Places",
        "more": "+1",
        "fewer": "−5",
        "back": "↩ Retour",
        "move": "📅 Déplacer",
        "when": "Autre jour",
        "day": "19/12 14h-16h",
        "yes": "✅ Oui, changer",
        "place": "Lieu",
        "elsewhere": "Hôtel de ville, Grand-Place, Alost",
        "cancel": "✖ Annuler la séance",
        "sure": "✖ Oui, annuler la séance",
    },
}


@pytest.mark.parametrize("language", LIVE)
async def test_s10_more_seats_another_day_another_place_and_called_off(
    hired: Hired,
    services: Services,
    sqlite_database: Database,
    delivered: Delivered,
    transcript: Transcript,
    language: str,
) -> None:
    say = LIVE[language]
    sofie = await hired(1, Role.COORDINATOR, language=language, name="Sofie")
    boss = await person_of(services, sofie)
    plan = Plan("Infosessie", STARTS, STARTS + timedelta(hours=2), "Politiehuis", 2)
    id_ = await services.planning.create(boss, plan)
    await services.planning.publish(boss, id_)
    people = await somebodies(sqlite_database, 3)
    for person in people:
        await services.info_sessions.sign_up(person, id_)
    await sofie.types(say["command"])
    await sofie.taps(say["entry"])
    await sofie.taps(say["session"])
    await sofie.taps(say["seats"])
    await sofie.taps(say["more"])
    assert await holders(sqlite_database, id_, Status.OFFERED) == [people[2]]
    await sofie.taps(say["back"])
    await sofie.taps(say["move"])
    await sofie.taps(say["when"])
    await sofie.types(say["day"])
    before = await services.planning.plan_of(boss, id_)
    await sofie.taps(say["yes"])
    await sofie.taps(say["move"])
    await sofie.taps(say["place"])
    await sofie.types(say["elsewhere"])
    _, after = await services.planning.plan_of(boss, id_)
    await sofie.taps(say["cancel"])
    await sofie.taps(say["sure"])

    assert before[1].starts_at == STARTS
    assert after.starts_at == brussels(2026, 12, 19, 14)
    assert after.place == say["elsewhere"]
    assert (await services.planning.plan_of(boss, id_))[0] is State.CANCELLED
    assert comes_back(sofie)
    transcript(f"planning_live_{language}", sofie)


async def test_s10_a_whole_day_moves_and_is_called_off_in_one_go(
    services: Services, sofie: Chat, sqlite_database: Database, clock: FakeClock
) -> None:
    boss = await person_of(services, sofie)
    plan = Plan("Infosessie", STARTS, STARTS + timedelta(hours=1), "Politiehuis", 20)
    spans = [(STARTS + timedelta(hours=n), STARTS + timedelta(hours=n + 1)) for n in (0, 2, 4)]
    made = await services.planning.create_day(boss, plan, spans)
    await services.planning.publish(boss, made[0], together=True)
    for person, id_ in zip(await somebodies(sqlite_database, 3), made, strict=True):
        await services.info_sessions.sign_up(person, id_)
    await sofie.types("/beheer")
    await sofie.taps("📅 Infosessies")
    await sofie.taps("🟢 za 12 dec 10:00 · 1/20 · Infosessie")
    await sofie.taps("🔗 Pas alle 3 samen aan")
    await sofie.taps("📅 Verplaatsen")
    assert "3 mensen" in sofie.text
    assert "Uren" not in sofie.labels
    await sofie.taps("Andere dag")
    await sofie.types("19/12")
    assert "zaterdag 19 december, 14:00–15:00" in sofie.text
    await sofie.taps("✅ Ja, veranderen")
    moved = [each.starts_at for _, each in await plans_of(services, sofie)]
    clock.advance(timedelta(minutes=1))  # nobody is a flood
    assert comes_back(sofie)
    await sofie.taps("✖ Afgelasten")
    assert "alle 3 sessies" in sofie.text
    await sofie.taps("✖ Ja, afgelasten")

    assert moved == [brussels(2026, 12, 19, hour) for hour in (10, 12, 14)]
    assert [state for state, _ in await plans_of(services, sofie)] == [State.CANCELLED] * 3
    assert "3 mensen" in sofie.text


async def test_s10_other_hours_and_another_room(
    services: Services, sofie: Chat, sqlite_database: Database
) -> None:
    id_ = await published(services, sofie)
    (an,) = await somebodies(sqlite_database, 1)
    await services.info_sessions.sign_up(an, id_)
    await sofie.taps("📅 Verplaatsen")
    await sofie.taps("Uren")
    await sofie.types("ergens in de namiddag")
    assert "begrijp ik niet" in sofie.text
    await sofie.types("14u-15u30")
    await sofie.taps("✅ Ja, veranderen")
    await sofie.taps("📅 Verplaatsen")
    await sofie.taps("Zaal")
    assert "krijgt 1 persoon bericht" in sofie.text
    await sofie.types("Zaal 2")
    plan = await plan_of(services, sofie, id_)

    assert (plan.starts_at, plan.room) == (brussels(2026, 12, 12, 14), "Zaal 2")
    assert plan.ends_at == brussels(2026, 12, 12, 15, 30)


async def test_there_are_never_fewer_seats_than_are_taken(
    services: Services, sofie: Chat, sqlite_database: Database
) -> None:
    id_ = await published(services, sofie, seats=8)
    for person in await somebodies(sqlite_database, 5):
        await services.info_sessions.sign_up(person, id_)
    await sofie.taps("🪑 Plaatsen")
    await sofie.taps("−5")
    await sofie.taps("✏ Ander aantal")
    await sofie.types("2")
    assert "5 plaatsen toegezegd" in sofie.text
    await sofie.types("12")

    assert (await plan_of(services, sofie, id_)).seats == 12
    assert comes_back(sofie)


async def test_closing_takes_two_taps_and_says_what_it_means(
    services: Services, sofie: Chat
) -> None:
    id_ = await published(services, sofie)
    await sofie.taps("🔒 Sluiten")
    assert "niet terugdraaien" in sofie.text
    assert (await services.info_sessions.get(id_)).info_session.is_open(services.now())
    await sofie.taps("🔒 Ja, sluiten")

    assert not (await services.info_sessions.get(id_)).info_session.is_open(services.now())
    assert "🔒 Sluiten" not in sofie.labels
    assert "✖ Afgelasten" in sofie.labels


COPIED = [
    pytest.param("16/1", brussels(2027, 1, 16, 10), id="the hours stay"),
    pytest.param("16/1 14u-15u", brussels(2027, 1, 16, 14), id="other hours"),
    pytest.param(
        "10/4/2027", brussels(2027, 4, 10, 10), id="on the other side of the clock change"
    ),
]


@pytest.mark.parametrize(("typed", "starts_at"), COPIED)
async def test_s18_the_same_again_on_another_day(
    services: Services, sofie: Chat, typed: str, starts_at: object
) -> None:
    id_ = await published(services, sofie, bring="Niets", party_max=3)
    await sofie.taps("📄 Kopie")
    await sofie.types("ooit")
    assert "begrijp ik niet" in sofie.text
    await sofie.types(typed)
    (_, first), (state, again) = await plans_of(services, sofie)

    assert (state, again.starts_at) == (State.DRAFT, starts_at)
    assert (again.title, again.bring, again.party_max) == (first.title, "Niets", 3)
    assert "Dit is de kopie" in sofie.text
    assert (await plan_of(services, sofie, id_)).starts_at == STARTS


async def test_s18_a_whole_day_again(services: Services, sofie: Chat) -> None:
    boss = await person_of(services, sofie)
    plan = Plan("Infosessie", STARTS, STARTS + timedelta(hours=1), "Politiehuis", 20)
    spans = [(STARTS + timedelta(hours=n), STARTS + timedelta(hours=n + 1)) for n in (0, 2, 4)]
    made = await services.planning.create_day(boss, plan, spans)
    await sofie.types("/beheer")
    await sofie.presses(sofie.last.number, f"planning.show:{made[0]}+", "de dag")
    await sofie.taps("📄 Kopie")
    await sofie.taps("📄 Alle 3 sessies van die dag")
    await sofie.types("16 januari")
    copied = (await plans_of(services, sofie))[3:]

    assert [each.starts_at for _, each in copied] == [
        brussels(2027, 1, 16, hour) for hour in (10, 12, 14)
    ]
    assert len({each.series for _, each in copied} | {plan.series}) == 2
    assert "alle 3 sessies" in sofie.text


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("12/12/2025 10u-12u", "al voorbij"),
        ("12/12 9u-11u, 10u-12u", "niet overlappen"),
        ("12/12", "begrijp ik niet"),
        ("10u-12u", "begrijp ik niet"),
    ],
)
async def test_a_day_that_cannot_be_is_asked_again(
    services: Services, sofie: Chat, typed: str, why: str
) -> None:
    await sofie.types("/beheer")
    await sofie.taps("📅 Infosessies")
    await sofie.taps("➕ Nieuwe sessie")
    await sofie.types(typed)
    assert why in sofie.text
    assert comes_back(sofie)
    assert await plans_of(services, sofie) == []
    await sofie.types("12/12 10u-12u")

    assert len(await plans_of(services, sofie)) == 1


async def test_a_draft_is_thrown_away_in_two_taps(services: Services, sofie: Chat) -> None:
    await a_draft(services, sofie)
    await sofie.taps("🗑 Weggooien")
    assert len(await plans_of(services, sofie)) == 1
    await sofie.taps("🗑 Ja, weggooien")

    assert await plans_of(services, sofie) == []
    assert comes_back(sofie)


async def test_an_old_button_of_what_is_gone_leads_back_to_the_list(
    services: Services, sofie: Chat
) -> None:
    id_ = await a_draft(services, sofie)
    await services.planning.discard(await person_of(services, sofie), id_)
    await sofie.taps("✏ Titel en dag")
    assert "niet (meer)" in sofie.text
    await sofie.taps("↩ Terug")

    assert "Er is nog niets gepland" in sofie.text


async def test_what_candidates_see_can_be_put_right_without_asking_them_anew(
    services: Services, sofie: Chat, sqlite_database: Database, delivered: Delivered
) -> None:
    id_ = await published(services, sofie)
    (an,) = await somebodies(sqlite_database, 1)
    await services.info_sessions.sign_up(an, id_)
    await delivered()
    await sofie.taps("✏ Tekst aanpassen")
    await sofie.taps("Meebrengen")
    await sofie.types("Niets")

    assert (await plan_of(services, sofie, id_)).bring == "Niets"
    assert await delivered() == 0
    assert "Uren" not in sofie.labels


async def test_the_preview_is_what_a_candidate_reads(
    hired: Hired, services: Services, sofie: Chat, chat_of: ChatOf
) -> None:
    await a_draft(
        services,
        sofie,
        room="Zaal 1",
        party_max=3,
        bring="Je <identiteitskaart>",
        parts=(Part("Welkom", 10), Part("Vragen", 20)),
        stops=(Part("Meldkamer", 15),),
        accessibility="Lift",
        house_rules="Geen foto's",
    )
    await sofie.taps("👁 Voorbeeld")
    seen_before = sofie.text.partition("\n\n")[2]
    await sofie.taps("↩ Terug")
    await sofie.taps("📣 Publiceren")
    await sofie.taps("📣 Ja, publiceren")
    an = chat_of(3, "nl", "An")
    await an.types("/start s_1")

    assert "Je <identiteitskaart>" in seen_before
    assert an.text.endswith(seen_before)


async def test_who_receives_at_one_session_receives_at_all_of_the_day_with_one_tap(
    hired: Hired, services: Services, sofie: Chat
) -> None:
    await hired(2, Role.SESSION_LEAD, name="Bram")
    boss = await person_of(services, sofie)
    groups = (Group(10, "Onthaal"),)
    plan = Plan("Infosessie", STARTS, STARTS + timedelta(hours=1), "Politiehuis", 20, groups=groups)
    spans = [(STARTS + timedelta(hours=n), STARTS + timedelta(hours=n + 1)) for n in (0, 2, 4)]
    made = await services.planning.create_day(boss, plan, spans)
    await sofie.types("/beheer")
    await sofie.presses(sofie.last.number, f"planning.show:{made[0]}+", "de dag")
    await sofie.taps("👤 Wie ontvangt")
    assert "Nog niemand" in sofie.text
    assert "Groep 1 · Onthaal · 10" in sofie.text
    await sofie.taps("👤 Wie ontvangt, kiezen")
    await sofie.taps("Bram · sessieleider")
    await sofie.presses(sofie.last.number, f"planning.crew:{made[0]}+", "terug")
    await sofie.taps("👥 Ook bij de 2 andere sessies")
    leads = [(await services.planning.look(boss, each)).leads for each in made]

    assert len(set(leads)) == 1
    assert len(leads[0]) == 1
    assert "Bram" in sofie.text


async def test_every_screen_of_planning_fits_a_phone_and_leads_somewhere(
    services: Services, sofie: Chat, sqlite_database: Database, clock: FakeClock
) -> None:
    """Walk every button of every screen of a rich day, a published one and one that is over."""
    boss = await person_of(services, sofie)
    questions = (Question("Taal?", "Groepen", date(2026, 12, 20), ("nl", "fr")),)
    rich = Plan(
        "Infosessie " + "x" * 109,
        STARTS,
        STARTS + timedelta(hours=1),
        "Politiehuis " + "y" * 148,
        20,
        room="z" * 80,
        party_max=30,
        pools=tuple(PlannedPool(kind, 5) for kind in PoolKind if kind is not PoolKind.GENERAL),
        parts=tuple(Part("p" * 120, 10) for _ in range(12)),
        stops=tuple(Part("s" * 120, 10) for _ in range(12)),
        groups=tuple(Group(5, "g" * 120) for _ in range(12)),
        bring="b" * 500,
        accessibility="a" * 500,
        house_rules="h" * 500,
        questions=questions * 5,
    )
    spans = [(STARTS + timedelta(hours=n), STARTS + timedelta(hours=n + 1)) for n in range(6)]
    await services.planning.create_day(boss, rich, spans)
    live = await services.planning.create(boss, rich)
    await services.planning.publish(boss, live)
    for person in await somebodies(sqlite_database, 3):
        await services.info_sessions.sign_up(person, live)
    over = await services.planning.create(
        boss, replace(rich, starts_at=STARTS - timedelta(days=20), ends_at=STARTS)
    )
    await services.planning.publish(boss, over)
    await services.planning.cancel(boss, over)
    await sofie.types("/beheer")
    ends = ("planning.discarded", "planning.published", "planning.closed", "planning.cancelled")
    to_see, seen = ["planning.menu"], set()
    while to_see:
        data = to_see.pop(0)
        if data in seen:
            continue
        seen.add(data)
        clock.advance(timedelta(seconds=1))
        await sofie.presses(sofie.last.number, data)
        assert 0 < len(sofie.last.buttons) <= ROWS, (data, sofie.labels)
        assert "verlopen" not in sofie.text, data
        assert "niet (meer)" not in sofie.text, data
        for found in (each.get("callback_data", "") for row in sofie.last.buttons for each in row):
            steps = found.partition(":")[0]
            changes = steps in (
                "planning.set",
                "planning.clear",
                "planning.unask",
                "planning.resize",
            )
            if steps.startswith("planning.") and steps not in ends and not changes:
                to_see.append(found)
        assert len(seen) < 1500

    assert len({data.partition(":")[0] for data in seen}) >= 18


async def test_the_way_out_of_a_question_works_and_a_question_in_between_is_answered(
    services: Services, sofie: Chat
) -> None:
    id_ = await a_draft(services, sofie)
    before = await plan_of(services, sofie, id_)
    await sofie.taps("📍 Plaats")
    await sofie.taps("Plaats")
    await sofie.types("/annuleer")
    await sofie.types("Stadhuis")

    assert await plan_of(services, sofie, id_) == before


async def test_t08_who_is_revoked_half_way_changes_nothing(
    hired: Hired, services: Services, sofie: Chat
) -> None:
    tom = await hired(2, Role.COORDINATOR, name="Tom")
    id_ = await a_draft(services, sofie)
    boss = await person_of(services, sofie)
    await sofie.taps("📍 Plaats")
    await sofie.taps("Zaal")
    tom_is = await person_of(services, tom)
    await services.staff.revoke(tom_is, boss)
    await sofie.types("Zaal 2")
    await sofie.presses(sofie.last.number, f"planning.discarded:{id_}")
    _, plan = await services.planning.plan_of(tom_is, id_)

    assert plan.room is None
    assert "verlopen" in sofie.text
