"""T-08: the roles looked through on a phone; T1: an end date with the invitation, and a crash."""

from datetime import date

import pytest

from bot.clock import brussels
from bot.errors import MaybeSent, TryLater
from bot.services import Services
from bot.staff import Role
from tests.conversations.test_staff import (
    ROWS,
    ChatOf,
    Delivered,
    Hired,
    Transcript,
    comes_back,
    delivered,
    hide_codes,
    hired,
    link_in,
)
from tests.support.clock import FakeClock
from tests.support.telephone import Telephone

__all__ = ["delivered", "hired"]

JANUARY = brussels(2027, 1, 4, 9)

REVIEWING = {
    "nl": {
        "names": ("Sofie", "Bram", "Els"),
        "look": "🔑 Rollen nakijken",
        "keep": "✅ {} houden",
        "end": "⏹ {} stoppen",
        "sure": "⏹ Ja, stopzetten",
        "menu": "/beheer",
        "waits": "🔑 1 rol na te kijken",
    },
    "fr": {
        "names": ("Sophie", "Bruno", "Elsa"),
        "look": "🔑 Vérifier les rôles",
        "keep": "✅ Garder {}",
        "end": "⏹ Mettre fin à {}",
        "sure": "⏹ Oui, mettre fin",
        "menu": "/gestion",
        "waits": "🔑 1 rôle à vérifier",
    },
}


@pytest.mark.parametrize("language", REVIEWING)
async def test_t08_each_quarter_a_coordinator_keeps_or_ends_each_role(
    hired: Hired,
    services: Services,
    delivered: Delivered,
    clock: FakeClock,
    transcript: Transcript,
    language: str,
) -> None:
    says = REVIEWING[language]
    first, second, third = says["names"]
    sofie = await hired(1, Role.COORDINATOR, language=language, name=first)
    bram = await hired(2, Role.CONTACT_POINT, language=language, name=second)
    els = await hired(3, Role.EDITOR, language=language, name=third)
    await els.types("/beheer")
    clock.set(JANUARY)
    await services.staff.tidy()
    await delivered()

    await sofie.taps(says["look"])
    assert comes_back(sofie)
    await sofie.taps(says["keep"].format(1))
    await sofie.taps(says["end"].format(2))
    await sofie.taps(says["sure"])
    await delivered()
    await sofie.types(says["menu"])
    await sofie.taps(says["waits"])
    await sofie.taps(says["keep"].format(2))
    await bram.types(says["menu"])
    await sofie.types(says["menu"])

    left = {each.display_name: each.roles for each in await services.staff.colleagues(None)}
    assert set(left) == {first, second}
    assert says["waits"] not in sofie.labels
    person = await services.people.of_account(sofie.account)
    assert person is not None
    trail = [each.action for each in await services.staff.trail(person.id, most=50)]
    assert trail.count("staff.role_kept") == 2
    assert trail.count("staff.role_ended") == 1
    transcript(f"staff_review_{language}", sofie)


async def test_t08_the_roles_can_be_looked_through_at_any_time(
    hired: Hired, clock: FakeClock
) -> None:
    sofie = await hired(1, Role.COORDINATOR, name="Sofie")
    for number in range(2, 10):
        await hired(number, Role.EDITOR, name=f"Collega {number}")
    await sofie.types("/beheer")
    await sofie.taps("👥 Collega's")
    assert len(sofie.last.buttons) <= ROWS
    await sofie.taps("🔑 Rollen nakijken")
    seen = set()
    for turn in ("▶", "▶", None):
        assert len(sofie.last.buttons) <= ROWS
        seen |= {name for name in ("Sofie", "Collega 2", "Collega 9") if name in sofie.text}
        if turn is not None:
            await sofie.taps(turn)

    assert seen == {"Sofie", "Collega 2", "Collega 9"}
    assert "sinds 21 november 2026" in sofie.text


OFFERING = {
    "nl": ("/beheer", "✉ Uitnodigen", "Contactpunt", "📅 Einddatum kiezen", "31 oktober 2027"),
    "fr": (
        "/gestion",
        "✉ Inviter",
        "Point de contact",
        "📅 Choisir une date de fin",
        "31 octobre 2027",
    ),
}


@pytest.mark.parametrize("language", OFFERING)
async def test_t1_an_invitation_with_an_end_date_gives_a_role_with_an_end_date(
    chat_of: ChatOf,
    hired: Hired,
    services: Services,
    delivered: Delivered,
    transcript: Transcript,
    language: str,
) -> None:
    command, invite, role, to_end, day = OFFERING[language]
    sofie = await hired(1, Role.COORDINATOR, language=language, name="Sofie")
    bram = chat_of(2, language, "Bram")
    await sofie.types(command)
    await sofie.taps(invite)
    await sofie.taps(role)
    await sofie.types("Bram")
    link = link_in(sofie)
    await sofie.taps(to_end)
    await sofie.taps(day)
    assert comes_back(sofie)
    await bram.types(link)
    await bram.taps({"nl": "✅ Ja, dat ben ik", "fr": "✅ Oui, c'est moi"}[language])
    await delivered()
    await sofie.taps({"nl": "Ja", "fr": "Oui"}[language])

    person = await services.people.of_account(bram.account)
    assert person is not None
    me = await services.staff.me(person.id)
    assert me is not None
    assert [term.ends_on for term in me.terms] == [date(2027, 11, 1)]
    hide_codes(sofie)
    transcript(f"staff_offer_{language}", sofie)


async def crashes_before_the_link(sofie: object, telephone: Telephone) -> None:
    """The name is typed, the invitation is made, and the answer does not go out."""
    telephone.refusals["sendMessage"] = [(502, "Bad Gateway")] * 3
    with pytest.raises((MaybeSent, TryLater)):
        await sofie.types("Bram")  # type: ignore[attr-defined]
    telephone.refusals.clear()


@pytest.mark.parametrize("numbered", [True, False], ids=["as it is", "negative control"])
async def test_r06_a_crash_before_the_link_is_shown_leaves_one_invitation(
    hired: Hired,
    services: Services,
    telephone: Telephone,
    monkeypatch: pytest.MonkeyPatch,
    numbered: bool,
) -> None:
    sofie = await hired(1, Role.COORDINATOR, name="Sofie")
    if not numbered:
        invite = services.staff.invite

        async def unnumbered(*given: object, **named: object) -> object:
            return await invite(*given, **named | {"asked_in": None})  # type: ignore[arg-type]

        monkeypatch.setattr(services.staff, "invite", unnumbered)
    await sofie.types("/beheer")
    await sofie.taps("✉ Uitnodigen")
    await sofie.taps("Redacteur")
    await crashes_before_the_link(sofie, telephone)
    await sofie.again()

    person = await services.people.of_account(sofie.account)
    assert person is not None
    open_ = await services.staff.invitations(person.id)
    assert len(open_) == (1 if numbered else 2)
    assert "?start=staff_" in sofie.text
