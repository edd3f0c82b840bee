"""The assistant of the conversations, with a small team."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

import pytest
from sqlalchemy import insert

from bot.health import Health
from bot.info_sessions.model import InfoSessionId, SignUpId
from bot.info_sessions.tables import sign_ups, tour_groups
from bot.people.model import PersonId
from bot.services import Services
from bot.staff import Role
from bot.staff.model import AbsenceId, InvitationId
from bot.storage.database import Database
from handlers import access, typed
from handlers.application import Contactpunt
from handlers.audience import Audience
from handlers.context import Context
from tests.conversations.conftest import (
    Chat,
    answers,
    assistant,
    chat_of,
    line,
    messenger,
    services,
    telephone,
    zone,
)
from tests.support.clock import FakeClock
from tests.support.info_sessions import an_info_session

__all__ = ["answers", "assistant", "chat_of", "line", "messenger", "services", "telephone", "zone"]


NAME_OF_THE_OTHER: Final = "Bo Anders"
"""What the other candidate is called on the lists; nobody else is."""

OVER: Final = {
    "id": 900,
    "status": "ended",
    "party": 1,
    "wish": "general",
    "signed_up_at": FakeClock()(),
    "ended_at": FakeClock()(),
    "ended_how": "withdrawn",
}
"""A sign-up that ended before anything begins; those of the tests get higher numbers."""


@dataclass
class Member:
    """Somebody with a phone."""

    chat: Chat
    person: PersonId


@dataclass
class Team:
    """A zone at work; what a button may be about stands here."""

    coordinator: Member
    other_coordinator: Member
    editor: Member
    dpo: Member
    lead: Member
    """Receives people at `info_session`, and at no other."""
    candidate: Member
    other_candidate: Member
    """Signed up for both info sessions."""
    revoked: Member
    """Was a coordinator until a moment ago."""
    redeemed: InvitationId
    """Waits for the yes of the coordinator, and of nobody else."""
    open: InvitationId
    withdrawn: InvitationId
    absence: AbsenceId
    """Of the editor."""
    other_absence: AbsenceId
    """Of the data protection officer."""
    info_session: InfoSessionId
    other_session: InfoSessionId
    draft: InfoSessionId
    sign_up: SignUpId
    """Of the other candidate, for `info_session`."""
    other_sign_up: SignUpId
    """Of the other candidate, for `other_session`."""
    code: str
    """What the other candidate's personal code for `info_session` holds."""
    other_code: str
    """The same for `other_session`."""
    health: Health

    def with_role(self, role: Role) -> Member:
        return {
            Role.COORDINATOR: self.coordinator,
            Role.EDITOR: self.editor,
            Role.DPO: self.dpo,
            Role.SESSION_LEAD: self.lead,
        }[role]


@pytest.fixture
async def team(
    assistant: Contactpunt,
    services: Services,
    sqlite_database: Database,
    chat_of: Callable[..., Chat],
) -> Team:
    people, staff = services.people, services.staff

    async def member(number: int, name: str) -> Member:
        chat = chat_of(number, "nl", name)
        return Member(chat, (await people.arrived(chat.account, "nl")).id)

    async def hired(number: int, name: str, role: Role) -> Member:
        made = await member(number, name)
        invited = await staff.invite(None, role, name=name)
        await staff.redeem(made.person, invited.code)
        if role is Role.COORDINATOR and number > 2:
            await staff.confirm(1, invited.id, yes=True)  # type: ignore[arg-type]
        return made

    sofie = await hired(1, "Sofie", Role.COORDINATOR)
    tom = await hired(2, "Tom", Role.COORDINATOR)
    revoked = await hired(3, "Rik", Role.COORDINATOR)
    await staff.revoke(sofie.person, revoked.person)
    candidate, eve = await member(6, "An"), await member(7, "Eve")
    waits = await staff.invite(sofie.person, Role.SESSION_LEAD, name="Eva")
    await staff.redeem(eve.person, waits.code)
    open_ = await staff.invite(sofie.person, Role.EDITOR, name="Nog iemand")
    lena = await hired(8, "Lena", Role.SESSION_LEAD)
    bo = await member(9, "Bo")
    # Numbers apart from each other, so that none is taken for one of another kind.
    mine = await an_info_session(sqlite_database, seats=3, id=501)
    other = await an_info_session(sqlite_database, seats=3, id=601)
    draft = await an_info_session(sqlite_database, id=701, state="draft")
    await services.planning.lead(sofie.person, mine, [lena.person])
    async with sqlite_database.transaction() as tx:
        await tx.run(insert(sign_ups).values(OVER | {"info_session_id": other}))
        group = {"number": 1, "size": 3, "meeting_point": "Onthaal"}
        await tx.run(insert(tour_groups).values(group | {"info_session_id": mine}))
    first = await services.info_sessions.sign_up(bo.person, mine, name=NAME_OF_THE_OTHER)
    second = await services.info_sessions.sign_up(bo.person, other, name=NAME_OF_THE_OTHER)
    assert first.sign_up.code is not None
    assert second.sign_up.code is not None
    bram, dirk = await hired(4, "Bram", Role.EDITOR), await hired(5, "Dirk", Role.DPO)
    for away in (bram, dirk):
        await staff.absent(away.person, date(2026, 12, 20), date(2026, 12, 21))
    taken_back = await staff.invite(sofie.person, Role.EDITOR, name="Niet meer")
    await staff.withdraw(sofie.person, taken_back.id)
    health = Health()
    assistant.bot_data.health = health
    return Team(
        coordinator=sofie,
        other_coordinator=tom,
        editor=bram,
        dpo=dirk,
        lead=lena,
        candidate=candidate,
        other_candidate=bo,
        revoked=revoked,
        redeemed=waits.id,
        open=open_.id,
        withdrawn=taken_back.id,
        absence=(await staff.absences(bram.person))[0].id,
        other_absence=(await staff.absences(dirk.person))[0].id,
        info_session=mine,
        other_session=other,
        draft=draft,
        sign_up=first.sign_up.id,
        other_sign_up=second.sign_up.id,
        code=first.sign_up.code,
        other_code=second.sign_up.code,
        health=health,
    )


@pytest.fixture
async def open_door(
    team: Team, services: Services, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], None]:
    """The first check is gone: whoever presses is taken for the coordinator."""
    coordinator = await services.staff.me(team.coordinator.person)
    assert coordinator is not None

    async def everybody(context: Context, _: Audience) -> bool:
        context.colleague = coordinator
        return True

    def open_it() -> None:
        for module in (access, typed):
            monkeypatch.setattr(module, "admitted", everybody)

    return open_it
