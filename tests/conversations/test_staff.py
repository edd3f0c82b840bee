"""T1 to T3: colleagues in chat, from the first link to the last day; both sides, on a phone."""

import csv
import io
import re
from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import pytest

from bot.notifications.delivery import Delivery
from bot.notifications.pacing import Pacer
from bot.services import Services
from bot.staff import Role
from bot.staff.model import OPENING, WRONG_CODES, Stage, fresh_code
from bot.storage.database import Database
from handlers.messenger import Messenger
from tests.conversations.conftest import Chat
from tests.support.clock import FakeClock
from tests.support.telephone import Telephone

ChatOf = Callable[..., Chat]
Transcript = Callable[[str, Chat], None]
Hired = Callable[..., Awaitable[Chat]]
Delivered = Callable[[], Awaitable[int]]

ROWS = 8
"""What a phone shows without scrolling."""


@pytest.fixture
def delivered(
    sqlite_database: Database, services: Services, messenger: Messenger, clock: FakeClock
) -> Delivered:
    """Brings what the outbox promised."""
    delivery = Delivery(
        sqlite_database,
        messenger,
        Pacer(),
        services.texts,
        now=clock,
        language_of=services.enabled,
    )
    return delivery.deliver_due


@pytest.fixture
def hired(chat_of: ChatOf, services: Services) -> Hired:
    """Makes the phone of a colleague, whose roles came from the command line."""

    async def hire(number: int, *roles: Role, language: str = "nl", name: str = "") -> Chat:
        chat = chat_of(number, language, name or None)
        person = await services.people.arrived(chat.account, language)
        for role in roles:
            invited = await services.staff.invite(None, role, name=chat.name)
            redeemed = await services.staff.redeem(person.id, invited.code)
            if redeemed.stage is Stage.CONFIRMED:
                second = next(
                    each.person
                    for each in await services.staff.colleagues(None)
                    if Role.COORDINATOR in each.roles and each.person != person.id
                )
                await services.staff.confirm(second, invited.id, yes=True)
        return chat

    return hire


def link_in(chat: Chat) -> str:
    """What the link on the screen makes somebody type; the code is secret, so it is hidden."""
    found = re.search(r"\?start=([A-Za-z0-9_-]+)", chat.text)
    assert found is not None, chat.text
    return f"/start {found[1]}"


def hide_codes(*chats: Chat) -> None:
    """Codes are new each time; in a transcript they would be noise."""
    for chat in chats:
        chat.screen.events[:] = [
            re.sub(rf"{OPENING}[a-z2-7]{{26}}", f"{OPENING}…", event)
            for event in chat.screen.events
        ]


def comes_back(chat: Chat) -> bool:
    """Whether the newest message fits a phone and leads somewhere."""
    return 0 < len(chat.last.buttons) <= ROWS


FIRST = {
    "nl": ("Sofie", "✅ Ja, dat ben ik", "☰ Mijn menu", "/beheer"),
    "fr": ("Sophie", "✅ Oui, c'est moi", "☰ Mon menu", "/gestion"),
}


@pytest.mark.parametrize("language", FIRST)
async def test_t1_the_first_coordinator_comes_with_a_link_from_the_command_line(
    chat_of: ChatOf, services: Services, transcript: Transcript, language: str
) -> None:
    name, yes, menu, command = FIRST[language]
    invited = await services.staff.invite(None, Role.COORDINATOR, name=name)
    sofie = chat_of(1, language, name)

    await sofie.types(f"/start {OPENING}{invited.code}")
    before = await services.staff.colleagues(None)
    await sofie.taps(yes)
    await sofie.taps(menu)
    await sofie.types(command)

    (colleague,) = await services.staff.colleagues(None)
    assert before == []
    assert (colleague.display_name, colleague.roles) == (name, {Role.COORDINATOR})
    assert comes_back(sofie)
    hide_codes(sofie)
    transcript(f"staff_first_{language}", sofie)


INVITING = {
    "nl": {
        "command": "/beheer",
        "invite": "✉ Uitnodigen",
        "role": "Contactpunt",
        "redeem": "✅ Ja, dat ben ik",
        "yes": "Ja",
        "no": "Nee",
        "menu": "/beheer",
    },
    "fr": {
        "command": "/gestion",
        "invite": "✉ Inviter",
        "role": "Point de contact",
        "redeem": "✅ Oui, c'est moi",
        "yes": "Oui",
        "no": "Non",
        "menu": "/gestion",
    },
}


async def invite(chat: Chat, says: dict[str, str], name: str) -> str:
    """Through the menu to the link."""
    await chat.types(says["command"])
    await chat.taps(says["invite"])
    await chat.taps(says["role"])
    await chat.types(name)
    return link_in(chat)


@pytest.mark.parametrize("language", INVITING)
async def test_t1_a_contact_point_is_invited_in_chat(
    chat_of: ChatOf,
    hired: Hired,
    services: Services,
    delivered: Delivered,
    transcript: Transcript,
    language: str,
) -> None:
    says = INVITING[language]
    sofie = await hired(1, Role.COORDINATOR, language=language, name="Sofie")
    bram = chat_of(2, language, "Bram")

    link = await invite(sofie, says, "Bram Peeters")
    await bram.types(link)
    await bram.taps(says["redeem"])
    await delivered()
    waiting = await services.staff.colleagues(None)
    await sofie.taps(says["yes"])
    await delivered()
    await bram.types(says["menu"])

    assert [each.display_name for each in waiting] == ["Sofie"]
    names = {each.display_name: each.roles for each in await services.staff.colleagues(None)}
    assert names["Bram Peeters"] == {Role.CONTACT_POINT}
    assert comes_back(bram)
    hide_codes(sofie, bram)
    transcript(f"staff_invited_{language}_sofie", sofie)
    transcript(f"staff_invited_{language}_bram", bram)


@pytest.mark.parametrize("language", INVITING)
async def test_t07_a_wrong_person_gets_nothing(
    chat_of: ChatOf,
    hired: Hired,
    services: Services,
    delivered: Delivered,
    transcript: Transcript,
    language: str,
) -> None:
    says = INVITING[language]
    sofie = await hired(1, Role.COORDINATOR, language=language, name="Sofie")
    eve, late = chat_of(2, language, "Eve"), chat_of(3, language, "Bram")

    link = await invite(sofie, says, "Bram Peeters")
    await eve.types(link)
    await eve.taps(says["redeem"])
    await delivered()
    await sofie.taps(says["no"])
    await delivered()
    await eve.types(says["menu"])
    await late.types(link)
    await late.taps(says["redeem"])

    assert [each.display_name for each in await services.staff.colleagues(None)] == ["Sofie"]
    hide_codes(sofie, eve, late)
    transcript(f"staff_wrong_person_{language}_sofie", sofie)
    transcript(f"staff_wrong_person_{language}_eve", eve)
    transcript(f"staff_wrong_person_{language}_bram", late)


REVOKING = {
    "nl": ("/beheer", "👥 Collega's", "Bram · coördinator", "⏹ Stopzetten", "⏹ Ja, stopzetten"),
    "fr": ("/gestion", "👥 Collègues", "Bram · coordinateur", "⏹ Mettre fin", "⏹ Oui, mettre fin"),
}


@pytest.mark.parametrize("language", REVOKING)
async def test_t08_revoked_in_the_middle_of_a_dialogue_and_the_next_step_is_refused(
    hired: Hired,
    services: Services,
    delivered: Delivered,
    transcript: Transcript,
    language: str,
) -> None:
    command, colleagues, line, end, sure = REVOKING[language]
    sofie = await hired(1, Role.COORDINATOR, language=language, name="Sofie")
    bram = await hired(2, Role.COORDINATOR, language=language, name="Bram")
    await bram.types(command)
    await bram.taps(INVITING[language]["invite"])
    await bram.taps(INVITING[language]["role"])  # asked for a name

    await sofie.types(command)
    await sofie.taps(colleagues)
    await sofie.taps(line)
    await sofie.taps(end)
    await sofie.taps(sure)
    await delivered()
    await bram.types("Eve")
    await bram.taps({"nl": "↩ Terug", "fr": "↩ Retour"}[language])
    await bram.types(command)

    (left,) = await services.staff.colleagues(None)
    person = await services.people.of_account(sofie.account)
    assert person is not None
    assert left.person == person.id
    assert await services.staff.invitations(person.id) == []
    transcript(f"staff_revoked_{language}_sofie", sofie)
    transcript(f"staff_revoked_{language}_bram", bram)


ABSENCE = {
    "nl": (
        "/beheer",
        "🏖 Afwezig",
        "Volgende week",
        "✅ Ja",
        "📅 Andere dagen",
        "👋 Terug vanaf vandaag",
        "🗑 Iets schrappen",
        "do 10 dec tot en met za 12 dec",
        "↩ Toch afwezig",
    ),
    "fr": (
        "/gestion",
        "🏖 Absence",
        "Semaine prochaine",
        "✅ Oui",
        "📅 Autres jours",
        "👋 De retour aujourd'hui",
        "🗑 Supprimer une absence",
        "jeu. 10 déc. jusqu'au sam. 12 déc. inclus",
        "↩ Rétablir l'absence",
    ),
}


@pytest.mark.parametrize("language", ABSENCE)
async def test_t3_absence_with_dates_hides_and_ends_by_itself(
    hired: Hired,
    services: Services,
    clock: FakeClock,
    transcript: Transcript,
    language: str,
) -> None:
    command, absence, next_week, yes, other, present, remove, december_10, undo = ABSENCE[language]
    await hired(1, Role.COORDINATOR)
    bram = await hired(2, Role.CONTACT_POINT, language=language, name="Bram")
    person = await services.people.of_account(bram.account)
    assert person is not None

    async def is_away() -> bool:
        me = await services.staff.me(person.id)
        return me is not None and me.is_absent

    await bram.types(command)
    await bram.taps(absence)
    await bram.taps(next_week)
    await bram.taps(yes)
    today = await is_away()
    await bram.taps(other)
    await bram.types("ergens in december")
    await bram.types("10/12 - 12/12")
    await bram.taps(yes)
    await bram.taps(remove)
    await bram.taps(december_10)
    left = await services.staff.absences(person.id)
    await bram.taps(undo)
    clock.advance(timedelta(days=2))  # monday
    monday = await is_away()
    await bram.types(command)
    await bram.taps(absence)
    await bram.taps(present)
    back = await is_away()
    clock.advance(timedelta(days=17))
    december = await is_away()
    clock.advance(timedelta(days=4))

    assert (today, monday, back, december, await is_away()) == (False, True, False, True, False)
    assert [each.from_on for each in left] == [date(2026, 11, 23)]
    transcript(f"staff_absence_{language}", bram)


async def test_t3_a_coordinator_speaks_for_who_cannot(hired: Hired, services: Services) -> None:
    sofie = await hired(1, Role.COORDINATOR, name="Sofie")
    bram = await hired(2, Role.CONTACT_POINT, name="Bram")
    person = await services.people.of_account(bram.account)
    assert person is not None

    await sofie.types("/beheer")
    await sofie.taps("👥 Collega's")
    await sofie.taps("Bram · contactpunt")
    await sofie.taps("🏖 Afwezig")
    await sofie.taps("Vandaag")
    await sofie.taps("✅ Ja")
    me = await services.staff.me(person.id)
    assert me is not None
    assert me.is_absent
    assert comes_back(sofie)

    await sofie.taps("👋 Terug vanaf vandaag")
    me = await services.staff.me(person.id)
    assert me is not None
    assert not me.is_absent


async def test_t1_a_far_reaching_role_takes_two_coordinators(
    chat_of: ChatOf, hired: Hired, services: Services, delivered: Delivered
) -> None:
    sofie = await hired(1, Role.COORDINATOR, name="Sofie")
    tom = await hired(2, Role.COORDINATOR, name="Tom")
    bram = chat_of(3, "nl", "Bram")
    await sofie.types("/beheer")
    await sofie.taps("✉ Uitnodigen")
    await sofie.taps("Technisch beheerder")
    await sofie.types("Bram")
    await bram.types(link_in(sofie))
    await bram.taps("✅ Ja, dat ben ik")
    await delivered()
    await sofie.taps("Ja")
    assert "tweede coördinator" in sofie.text
    await tom.types("/beheer")
    await tom.taps("❗ Uitnodiging van Bram")
    await tom.taps("Ja")
    await delivered()

    names = [each.display_name for each in await services.staff.colleagues(None)]
    assert "Bram" in names
    assert "Welkom!" in bram.text


async def test_t07_wrong_and_old_codes_get_one_sentence_and_count(
    chat_of: ChatOf, hired: Hired, services: Services, clock: FakeClock
) -> None:
    await hired(1, Role.COORDINATOR)
    old = await services.staff.invite(None, Role.EDITOR, name="Bram")
    clock.advance(timedelta(hours=24))
    eve = chat_of(2, "nl", "Eve")
    said = []
    for code in (old.code, *(fresh_code() for _ in range(WRONG_CODES - 1))):
        await eve.types(f"/start {OPENING}{code}")
        proposed = eve.text
        await eve.taps("✅ Ja, dat ben ik")
        said.append((proposed, eve.text, tuple(eve.labels)))
    right = await services.staff.invite(None, Role.EDITOR, name="Eve")
    await eve.types(f"/start {OPENING}{right.code}")
    await eve.taps("✅ Ja, dat ben ik")

    assert len(set(said)) == 1
    assert "Deze code werkt niet" in said[0][1]
    assert "te veel foute codes" in eve.text
    assert comes_back(eve)


@pytest.mark.parametrize("payload", ["staff_", "staff_x", "staff_" + "ü" * 26, "staff_" + "a" * 58])
async def test_t23_a_payload_that_is_no_code_is_a_greeting(chat_of: ChatOf, payload: str) -> None:
    an, bo = chat_of(1), chat_of(2, "nl", "An")
    await an.types("/start zomaar")
    await bo.types(f"/start {payload}")

    assert (an.text, an.labels) == (bo.text, bo.labels)


async def test_t1_a_name_without_a_letter_is_asked_again(hired: Hired, services: Services) -> None:
    sofie = await hired(1, Role.COORDINATOR, name="Sofie")
    await sofie.types("/beheer")
    await sofie.taps("✉ Uitnodigen")
    await sofie.taps("Redacteur")
    await sofie.types("123")
    assert "minstens één letter" in sofie.text
    assert comes_back(sofie)
    await sofie.types("Bram")

    assert "?start=staff_" in sofie.text


@pytest.mark.parametrize("way_out", ["/annuleer", "annuleer", "/start", "tap", "an hour"])
async def test_r18_what_was_asked_is_let_go(
    hired: Hired, services: Services, clock: FakeClock, way_out: str
) -> None:
    sofie = await hired(1, Role.COORDINATOR, name="Sofie")
    await sofie.types("/beheer")
    await sofie.taps("✉ Uitnodigen")
    await sofie.taps("Redacteur")
    if way_out == "tap":
        await sofie.taps("↩ Terug")
    elif way_out == "an hour":
        clock.advance(timedelta(hours=1))
    else:
        await sofie.types(way_out)
    await sofie.types("hoe oud moet je zijn")

    assert "17" in sofie.text
    person = await services.people.of_account(sofie.account)
    assert person is not None
    assert await services.staff.invitations(person.id) == []


async def test_danger_is_heard_whatever_was_asked(hired: Hired, services: Services) -> None:
    sofie = await hired(1, Role.COORDINATOR, name="Sofie")
    await sofie.types("/beheer")
    await sofie.taps("✉ Uitnodigen")
    await sofie.taps("Redacteur")
    await sofie.types("help iemand heeft een mes en valt mij aan")
    assert "112" in sofie.text
    await sofie.types("Bram")

    assert "?start=staff_" in sofie.text


async def test_t1_an_invitation_can_be_taken_back(
    chat_of: ChatOf, hired: Hired, services: Services
) -> None:
    sofie = await hired(1, Role.COORDINATOR, name="Sofie")
    link = await invite(sofie, INVITING["nl"], "Bram")
    await sofie.taps("🗑 Uitnodiging intrekken")
    await sofie.taps("🗑 Ja, intrekken")
    bram = chat_of(2, "nl", "Bram")
    await bram.types(link)
    await bram.taps("✅ Ja, dat ben ik")

    assert "Deze code werkt niet" in bram.text


async def test_t1_an_end_date_and_back(hired: Hired, services: Services) -> None:
    sofie = await hired(1, Role.COORDINATOR, name="Sofie")
    await hired(2, Role.CONTACT_POINT, name="Bram")
    await sofie.types("/beheer")
    await sofie.taps("👥 Collega's")
    await sofie.taps("Bram · contactpunt")
    await sofie.taps("Contactpunt")
    await sofie.taps("31 januari 2027")
    assert "tot en met 31 januari 2027" in sofie.text
    await sofie.taps("📅 Andere dag")
    await sofie.types("gisteren")
    assert "begrijp ik niet" in sofie.text
    await sofie.types("1 november 2026")
    assert "toekomst" in sofie.text
    await sofie.types("28/2/2027")
    assert "tot en met 28 februari 2027" in sofie.text
    await sofie.taps("Zonder einddatum")

    assert "zonder einddatum" in sofie.text
    assert comes_back(sofie)


async def test_t1_the_last_coordinator_stays(hired: Hired, services: Services) -> None:
    sofie = await hired(1, Role.COORDINATOR, name="Sofie")
    await sofie.types("/beheer")
    await sofie.taps("🪪 Mijn profiel")
    await sofie.taps("🚪 Stoppen als collega")
    await sofie.taps("🚪 Ja, ik stop")

    assert "dan blijft er geen coördinator" in sofie.text
    assert comes_back(sofie)


async def test_t08_who_leaves_of_their_own_will_is_gone_at_once(
    hired: Hired, services: Services
) -> None:
    await hired(1, Role.COORDINATOR)
    bram = await hired(2, Role.EDITOR, name="Bram")
    await bram.types("/beheer")
    await bram.taps("🪪 Mijn profiel")
    await bram.taps("🚪 Stoppen als collega")
    await bram.taps("🚪 Ja, ik stop")
    assert "geen collega meer" in bram.text
    await bram.types("/beheer")

    assert "Dat commando ken ik niet" in bram.text


@pytest.mark.parametrize("language", ["nl", "fr"])
async def test_the_profile_is_their_own_choice_field_by_field(
    hired: Hired, services: Services, transcript: Transcript, language: str
) -> None:
    await hired(1, Role.COORDINATOR)
    bram = await hired(2, Role.CONTACT_POINT, language=language, name="Bram")
    say = {
        "nl": ("/beheer", "🪪 Mijn profiel", "✏ Naam", "✏ Dienst", "✏ Talen", "↩ Terug"),
        "fr": ("/gestion", "🪪 Mon profil", "✏ Nom", "✏ Service", "✏ Langues", "↩ Retour"),
    }[language]
    show = {"nl": "Niet getoond: {}", "fr": "Pas montré : {}"}[language]
    fields = {"nl": ("naam", "dienst", "talen"), "fr": ("nom", "service", "langues")}[language]
    yes = {"nl": "✅ Ja, dat mag", "fr": "✅ Oui, d'accord"}[language]
    hide = {"nl": "✓ Getoond: dienst (verbergen)", "fr": "✓ Montré : service (cacher)"}[language]

    await bram.types(say[0])
    await bram.taps(say[1])
    await bram.taps(show.format(fields[1]))  # not filled in yet
    await bram.taps(say[2])
    await bram.types("Bram P.")
    await bram.taps(say[3])
    await bram.types("Wijkdienst")
    await bram.taps(say[4])
    await bram.taps("Nederlands")
    await bram.taps("Français")
    await bram.taps("✓ Nederlands")
    await bram.taps(say[5])
    for field in fields:
        await bram.taps(show.format(field))
        await bram.taps(yes)
    await bram.taps(hide)

    person = await services.people.of_account(bram.account)
    assert person is not None
    me = await services.staff.me(person.id)
    assert me is not None
    assert (me.shown_name, me.shown_service, me.shown_languages) == ("Bram P.", None, ("fr",))
    transcript(f"staff_profile_{language}", bram)


async def test_the_dpo_takes_the_data_inventory_along(hired: Hired, services: Services) -> None:
    await hired(1, Role.COORDINATOR)
    guard = await hired(2, Role.DPO, name="Dirk")
    await guard.types("/beheer")
    await guard.taps("🗂 Register")
    content = (guard.last.content or b"").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content), delimiter=";"))
    person = await services.people.of_account(guard.account)
    assert person is not None

    assert guard.last.document == "inventory.csv"
    assert {"people", "staff_roles", "audit"} <= {row["table"] for row in rows}
    assert len(rows) == len(list(services.privacy.inventory()))
    assert (await services.staff.trail(person.id))[0].action == "inventory.read"


async def test_lists_are_turned_like_pages(hired: Hired, services: Services) -> None:
    sofie = await hired(1, Role.COORDINATOR, name="Sofie")
    person = await services.people.of_account(sofie.account)
    assert person is not None
    for number in range(14):
        await services.staff.invite(person.id, Role.EDITOR, name=f"Collega {chr(65 + number)}")
    await sofie.types("/beheer")
    await sofie.taps("✉ Uitnodigen")
    await sofie.taps("📨 Open uitnodigingen")
    seen = []
    for turn in ("▶", "▶", None):
        assert len(sofie.last.buttons) <= ROWS
        seen += [label for label in sofie.labels if label.startswith("Collega")]
        if turn is not None:
            await sofie.taps(turn)

    assert len(set(seen)) == 14
    assert seen[0].startswith("Collega N")


async def test_p5_a_colleague_who_is_erased_is_gone_from_the_team_and_so_are_their_commands(
    hired: Hired, services: Services, telephone: Telephone
) -> None:
    await hired(1, Role.COORDINATOR, name="Sofie")
    bram = await hired(2, Role.EDITOR, name="Bram")
    an = await hired(3)
    await bram.types("/wissen ja")
    await an.types("/wissen ja")

    removed = [given["scope"]["chat_id"] for n, given in telephone.calls if n == "deleteMyCommands"]
    assert [each.display_name for each in await services.staff.colleagues(None)] == ["Sofie"]
    assert removed == [bram.account]


async def test_every_screen_of_a_coordinator_fits_a_phone_and_leads_somewhere(
    hired: Hired, services: Services, clock: FakeClock
) -> None:
    """Walk every button of every screen, but those that end one's own role."""
    sofie = await hired(1, Role.COORDINATOR, Role.TECHNICAL, Role.EDITOR, name="Sofie")
    await hired(2, *Role, name="Bram")
    await sofie.types("/beheer")
    to_see, seen = ["staff.menu"], set()
    while to_see:
        data = to_see.pop(0)
        if data in seen:
            continue
        seen.add(data)
        clock.advance(timedelta(seconds=1))
        await sofie.presses(sofie.last.number, data)
        shown = [button for row in sofie.last.buttons for button in row]
        assert 0 < len(sofie.last.buttons) <= ROWS, data
        assert "verlopen" not in sofie.text, data
        for button in shown:
            found = button.get("callback_data", "")
            steps = found.partition(":")[0]
            if steps.startswith("staff.") and steps not in ("staff.left", "staff.ended"):
                to_see.append(found)
        assert len(seen) < 400

    assert len({data.partition(":")[0] for data in seen}) >= 25
