"""P-14: a group of fewer than five people is said as «<5», so that nobody can be made out in it."""

import pytest

from bot.info_sessions.model import Track
from bot.services import Services
from bot.staff import Role
from bot.storage.database import Database
from tests.conversations.test_staff import Hired, hired
from tests.support.info_sessions import somebodies

__all__ = ["hired"]


@pytest.mark.parametrize(("people", "said"), [(1, "<5"), (4, "<5"), (5, "5"), (12, "12")])
async def test_p14_small_groups_of_the_interest_list_are_not_counted_out(
    hired: Hired, services: Services, sqlite_database: Database, people: int, said: str
) -> None:
    sofie = await hired(1, Role.COORDINATOR, name="Sofie")
    for person in await somebodies(sqlite_database, people):
        await services.info_sessions.interested(person, Track.UNIFORM, "nl")
    await sofie.types("/beheer")
    await sofie.presses(sofie.last.number, "planning.menu")

    assert f"Nederlands: {said}" in sofie.text.splitlines()[-1]
