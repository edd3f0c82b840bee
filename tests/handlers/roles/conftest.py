"""The assistant of the conversations, with a small team."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from bot.health import Health
from bot.people.model import PersonId
from bot.services import Services
from bot.staff import Role
from bot.staff.model import InvitationId
from handlers.application import Contactpunt
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

__all__ = ["answers", "assistant", "chat_of", "line", "messenger", "services", "telephone", "zone"]


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
    candidate: Member
    revoked: Member
    """Was a coordinator until a moment ago."""
    redeemed: InvitationId
    """Waits for the yes of the coordinator, and of nobody else."""
    open: InvitationId
    health: Health

    def with_role(self, role: Role) -> Member:
        return {
            Role.COORDINATOR: self.coordinator,
            Role.EDITOR: self.editor,
            Role.DPO: self.dpo,
        }[role]


@pytest.fixture
async def team(
    assistant: Contactpunt,
    services: Services,
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
    health = Health()
    assistant.bot_data.health = health
    return Team(
        coordinator=sofie,
        other_coordinator=tom,
        editor=await hired(4, "Bram", Role.EDITOR),
        dpo=await hired(5, "Dirk", Role.DPO),
        candidate=candidate,
        revoked=revoked,
        redeemed=waits.id,
        open=open_.id,
        health=health,
    )
