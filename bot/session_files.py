"""`contactpunt sessions …`: info sessions from a file, and a list of them."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from bot.clock import BRUSSELS, Now, utc_now
from bot.config import Settings, Zone, load_zone
from bot.info_sessions.importing import Fate, Importing, Outcome
from bot.info_sessions.plan import Plan
from bot.info_sessions.plan_files import read
from bot.info_sessions.views import Fill
from bot.staff import Staff
from bot.storage.database import Database
from bot.storage.migrate import upgrade

WOULD: Final = {
    Fate.MADE: "would be made as a draft",
    Fate.KEPT: "is there already ({state}, number {id}, {when}) and would stay as it is",
}
DID: Final = {
    Fate.MADE: "was made (number {id})",
    Fate.PUBLISHED: "was a draft and is published (number {id})",
    Fate.KEPT: "was there already ({state}, number {id}, {when}) and stays as it is",
}


async def proposed(settings: Settings, file: Path) -> list[Outcome]:
    """What an import would do.

    Raises:
        WrongConfiguration: with everything that is wrong in the file.
    """
    wanted = read(file, _zone(settings).languages, utc_now())
    async with _importing(settings) as importing:
        return await importing.proposed(wanted)


async def bring_in(settings: Settings, file: Path, *, publish: bool) -> tuple[list[Outcome], int]:
    """Import it; also returns how many members of the interest list are told.

    Raises:
        WrongConfiguration: with everything that is wrong in the file; nothing was changed.
        BadPlan: meanwhile something in a draft cannot be any more; nothing was changed.
    """
    wanted = read(file, _zone(settings).languages, utc_now())
    async with _importing(settings) as importing:
        return await importing.bring_in(wanted, publish=publish)


async def listed(settings: Settings) -> list[tuple[Fill, str | None]]:
    """The info sessions of the last month and to come, each with its name in a file."""
    async with _importing(settings) as importing:
        return await importing.listed()


def foretold(outcomes: Sequence[Outcome]) -> str:
    """What an import would do, to the last field."""
    lines = []
    for each in outcomes:
        lines.append(f"{each.name}: {_about(WOULD, each)}")
        if each.fate is Fate.MADE:
            lines += [f"    {field}: {value}" for field, value in _fields(each)]
    how = "--go makes the drafts, --publish publishes them too"
    return "\n".join([*lines, f"Nothing was changed: {how}."])


def told(outcomes: Sequence[Outcome], members: int, *, publish: bool) -> str:
    """What an import did."""
    lines = [f"{each.name}: {_about(DID, each)}" for each in outcomes]
    if publish:
        lines.append(f"{members} members of the interest list are told.")
    elif any(each.fate is Fate.MADE for each in outcomes):
        lines.append("Candidates do not see drafts: --publish publishes them, or do it in chat.")
    return "\n".join(lines)


def show(found: Sequence[tuple[Fill, str | None]]) -> None:
    """Print them, one a line."""
    shown = Table(
        *("number", "state", "when", "title", "seats", "waiting", "offers", "name in a file"),
        box=None,
        pad_edge=False,
    )
    for each, name in found:
        info_session = each.info_session
        shown.add_row(
            str(info_session.id),
            info_session.state,
            _said(info_session.starts_at),
            info_session.title,
            f"{each.taken}/{each.seats}",
            str(info_session.waiting),
            str(each.offers),
            name or "",
        )
    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        console = Console(highlight=False, markup=False, width=200)
    console.print(shown)


def _about(sentences: Mapping[Fate, str], outcome: Outcome) -> str:
    when = "" if outcome.starts_at is None else _said(outcome.starts_at)
    return sentences[outcome.fate].format(state=outcome.state, id=outcome.id, when=when)


def _fields(outcome: Outcome) -> Iterator[tuple[str, str]]:
    """Everything of a plan that says something."""
    plan = outcome.plan
    yield "title", plan.title
    yield "when", f"{_said(plan.starts_at)} to {_said(plan.ends_at)}"
    yield "place", plan.place + (f", {plan.room}" if plan.room else "")
    if plan.latitude is not None:
        yield "pin", f"{plan.latitude}, {plan.longitude}"
    yield "for", f"{plan.track}, in {plan.language}"
    yield "seats", ", ".join(_seats(plan))
    opens = "as soon as it is published" if plan.opens_at is None else _said(plan.opens_at)
    yield "signing up", f"from {opens} until {_said(plan.closing_at)}"
    yield "rules", ", ".join(_rules(plan))
    for field, note in (
        ("bring", plan.bring),
        ("accessibility", plan.accessibility),
        ("house rules", plan.house_rules),
        ("series", plan.series),
    ):
        if note:
            yield field, note
    for field, parts in (("programme", plan.parts), ("tour", plan.stops)):
        if parts:
            yield field, "; ".join(f"{part.title} ({part.minutes} min)" for part in parts)
    for number, group in enumerate(plan.groups, start=1):
        guide = "" if group.guide is None else f", guided by colleague {group.guide}"
        yield f"group {number}", f"{group.size} people, {group.meeting_point}{guide}"
    for question in plan.questions:
        choices = f" ({' / '.join(question.choices)})" if question.choices else ""
        why = f"{question.purpose}; answers go on {question.delete_on}"
        yield "asked", f"{question.text}{choices}: {why}"
    if outcome.leads:
        yield "led by", ", ".join(lead.display_name for lead in outcome.leads)


def _seats(plan: Plan) -> Iterator[str]:
    yield f"{plan.seats} for everybody"
    for pool in plan.pools:
        until = "" if pool.release_at is None else f" until {_said(pool.release_at)}"
        yield f"{pool.seats} for {pool.kind}{until}"


def _rules(plan: Plan) -> Iterator[str]:
    yield "with a waiting list" if plan.waiting_list else "no waiting list"
    yield f"at most {plan.party_max} together"
    yield f"free seats shown: {plan.seats_shown}"
    yield f"head start {plan.head_start // timedelta(hours=1)} h"
    yield f"names kept {plan.kept_days} days"
    if plan.must_confirm:
        yield "must be confirmed"


def _said(moment: datetime) -> str:
    return f"{moment.astimezone(BRUSSELS):%a %Y-%m-%d %H:%M}"


def _zone(settings: Settings) -> Zone:
    return load_zone(settings.zone)


@asynccontextmanager
async def _importing(settings: Settings, now: Now = utc_now) -> AsyncIterator[Importing]:
    await upgrade(settings.database_url)
    database = await Database.open(settings.database_url, pool=1)
    try:
        yield Importing(database, Staff(database, now), now)
    finally:
        await database.close()
