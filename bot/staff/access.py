"""Who may do this: asked anew each time, inside the transaction that depends on it."""

from datetime import date, datetime

from bot.clock import BRUSSELS
from bot.people.model import PersonId
from bot.staff import store
from bot.staff.model import Colleague, NotAllowed, Role
from bot.storage.database import Reader


def today_of(now: datetime) -> date:
    """The day in Brussels: roles and absences begin and end there."""
    return now.astimezone(BRUSSELS).date()


async def colleague_of(reader: Reader, person: PersonId, today: date) -> Colleague | None:
    """*person* as a colleague, if any of their roles is in force today."""
    return await store.colleague_of(reader, person, today)


async def check(reader: Reader, person: PersonId, *roles: Role, now: datetime) -> Colleague:
    """*person* as a colleague with one of *roles*; with none named, any role will do.

    The transaction of a use case is lost when this refuses, and with it whatever it would have
    written: `Staff.acting` opens the transaction, checks, and notes a refusal afterwards. Whoever
    calls this by itself hands the refusal to `Staff.refused`.

    Raises:
        NotAllowed: say what is said when the thing does not exist.
    """
    colleague = await store.colleague_of(reader, person, today_of(now))
    if colleague is None or not colleague.has(*roles):
        raise NotAllowed(person, roles)
    return colleague


async def present(reader: Reader, role: Role, today: date) -> list[Colleague]:
    """Who has *role* and is not away, by name."""
    everybody = await store.colleagues(reader, today)
    return [each for each in everybody if role in each.roles and not each.is_absent]
