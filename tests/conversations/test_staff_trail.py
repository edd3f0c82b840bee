"""T4, T-06, T-26: the trail in sentences, for who watches; what was refused, in one line."""

import re
from datetime import timedelta

import pytest

from bot.services import Services
from bot.staff import Role
from tests.conversations.conftest import Chat
from tests.conversations.test_staff import (
    ChatOf,
    Hired,
    Transcript,
    comes_back,
    delivered,
    hired,
)
from tests.support.clock import FakeClock

__all__ = ["delivered", "hired"]


def hide_people(chat: Chat) -> None:
    """Keyed names are new in every run; in a transcript each becomes a number."""
    names: dict[str, str] = {}

    def hide(found: re.Match[str]) -> str:
        return f"<code>{names.setdefault(found[1], f'person{len(names) + 1}')}</code>"

    chat.screen.events[:] = [
        re.sub(r"<code>([0-9a-f]{6})</code>", hide, event) for event in chat.screen.events
    ]


READING = {
    "nl": {
        "command": "/beheer",
        "trail": "📜 Logboek",
        "kind": "🔎 Soort kiezen",
        "refused": "Geweigerde pogingen",
        "roles": "Rollen en uitnodigingen",
        "older": "◀ Ouder",
        "newest": "⏮ Nieuwste",
        "gave": "gaf een rol aan",
    },
    "fr": {
        "command": "/gestion",
        "trail": "📜 Journal",
        "kind": "🔎 Choisir le type",
        "refused": "Tentatives refusées",
        "roles": "Rôles et invitations",
        "older": "◀ Plus ancien",
        "newest": "⏮ Plus récent",
        "gave": "a donné un rôle à",
    },
}


@pytest.mark.parametrize("language", READING)
async def test_t4_the_trail_is_read_in_sentences_by_kind_and_page(
    chat_of: ChatOf,
    hired: Hired,
    services: Services,
    transcript: Transcript,
    clock: FakeClock,
    language: str,
) -> None:
    says = READING[language]
    sofie = await hired(1, Role.COORDINATOR, name="Sofie")
    guard = await hired(2, Role.DPO, language=language, name="Dirk")
    for number in range(3, 9):
        await hired(number, Role.EDITOR, name="Bram")
    eve = chat_of(9, "nl", "Eve")
    await eve.presses(1, "staff.colleagues")
    clock.advance(timedelta(minutes=1))

    await guard.types(says["command"])
    await guard.taps(says["trail"])
    assert comes_back(guard)
    await guard.taps(says["older"])
    await guard.taps(says["newest"])
    await guard.taps(says["kind"])
    assert comes_back(guard)
    await guard.taps(says["refused"])
    refused = guard.text
    await guard.taps(says["kind"])
    await guard.taps(says["roles"])
    await guard.taps(says["older"])

    assert len([each for each in refused.splitlines() if each.startswith("•")]) == 1
    assert says["gave"] in guard.text
    for name in ("Sofie", "Bram", "Eve"):
        assert not any(name in event for event in guard.screen.events)
    person = await services.people.of_account(sofie.account)
    assert person is not None
    read = await services.staff.trail(person.id, most=50)
    assert [each.action for each in read].count("audit.read") == 6
    hide_people(guard)
    transcript(f"staff_trail_{language}", guard)


async def test_t4_the_menu_of_the_dpo_holds_oversight_and_their_own_affairs_only(
    hired: Hired, services: Services
) -> None:
    await hired(1, Role.COORDINATOR)
    guard = await hired(2, Role.DPO, name="Dirk")
    await guard.types("/beheer")

    own = {"🏖 Afwezig", "🪪 Mijn profiel", "↩ Menu"}
    assert set(guard.labels) == {"📜 Logboek", "🗂 Register", *own}


@pytest.mark.parametrize("data", ["staff.trail:nonsense/", "staff.trail:roles/x", "staff.trail:5"])
async def test_t05_made_up_pages_of_the_trail_are_none(hired: Hired, data: str) -> None:
    sofie = await hired(1, Role.COORDINATOR, name="Sofie")
    await sofie.types("/beheer")
    await sofie.presses(sofie.last.number, data)

    assert "verlopen" in sofie.text or "Kies hieronder" in sofie.text


async def test_t06_coordinators_see_in_one_line_what_was_refused(
    chat_of: ChatOf, hired: Hired, clock: FakeClock
) -> None:
    sofie = await hired(1, Role.COORDINATOR, name="Sofie")
    bram = await hired(2, Role.EDITOR, name="Bram")
    await sofie.types("/beheer")
    before = sofie.text
    for number in (3, 4):
        eve = chat_of(number, "nl", "Eve")
        for _ in range(2):
            await eve.types("/beheer")
    await sofie.types("/beheer")
    during = sofie.text
    await bram.types("/beheer")
    clock.advance(timedelta(days=7, seconds=1))
    await sofie.types("/beheer")

    line = "De voorbije week werden 4 pogingen geweigerd van wie iets niet mag (accounts: 2)."
    assert [line in text for text in (before, during, bram.text, sofie.text)] == [
        False,
        True,
        False,
        False,
    ]
