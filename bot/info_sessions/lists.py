"""What stands on a list of participants, and in a calendar entry: words only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from babel.dates import format_datetime

from bot.clock import BRUSSELS, spoken
from bot.files.sheets import Sheet
from bot.info_sessions.model import InfoSession, Status
from bot.info_sessions.plan import Plan
from bot.info_sessions.views import Participant
from bot.texts import Texts

_STATES: Final = {
    Status.CONFIRMED: "papers.confirmed",
    Status.OFFERED: "papers.offered",
    Status.WAITING: "papers.waiting",
}


@dataclass(frozen=True, slots=True)
class List:
    """What a list is made of, read in one go."""

    info_session: InfoSession
    plan: Plan
    people: list[Participant]
    asked_by: str
    only_groups: bool
    """It holds the groups of the guide who asked for it, not everybody."""


def sheet_of(found: List, texts: Texts, now: datetime, language: str) -> Sheet:
    """The list in words, without what people answered: that is looked up one by one."""

    def said(key: str, **values: object) -> str:
        return texts.plain(key, language, **values)

    plan, people = found.plan, found.people
    seated = [each for each in people if each.status is Status.CONFIRMED]
    where = [spoken(plan.starts_at, language), plan.place, plan.room or ""]
    lines = [
        " · ".join(each for each in where if each),
        said(
            "papers.totals",
            people=sum(each.party for each in seated),
            seats=plan.all_seats,
            waiting=sum(each.status is not Status.CONFIRMED for each in people),
        ),
    ]
    if found.only_groups:
        lines[1:] = [said("papers.own_groups")]
    lines += [
        said("papers.group", number=number, meeting_point=group.meeting_point)
        for number, group in enumerate(plan.groups, start=1)
    ]
    return Sheet(
        title=plan.title,
        columns=[
            said("papers.column_number"),
            said("papers.column_name"),
            said("papers.column_party"),
            said("papers.column_language"),
            said("papers.column_group"),
            said("papers.column_state"),
            said("papers.column_here"),
        ],
        rows=[
            [
                str(number),
                each.name or said("papers.no_name"),
                str(each.party),
                (each.language or "").upper(),
                "" if each.group is None else str(each.group),
                said(_STATES[each.status]),
                _here(each, language),
            ]
            for number, each in enumerate(people, start=1)
        ],
        lines=lines,
        mark=said("papers.mark", name=found.asked_by, when=_in_full(now, language)),
        widths=(1, 5, 1.6, 1.2, 1.4, 4, 1.8),
        language=language,
    )


def described(plan: Plan, texts: Texts, language: str) -> str:
    """What a calendar entry says beside date and place."""
    lines = []
    if plan.bring:
        lines.append(texts.plain("papers.bring", language, bring=plan.bring))
    at = plan.starts_at
    for part in plan.parts:
        lines.append(f"{_in_full(at, language, 'HH:mm')} {part.title}")
        at += timedelta(minutes=part.minutes)
    if plan.accessibility:
        lines.append(texts.plain("papers.accessibility", language, note=plan.accessibility))
    return "\n".join(lines)


def _here(each: Participant, language: str) -> str:
    if each.checked_in_at is None:
        return "☐"
    return f"✓ {_in_full(each.checked_in_at, language, 'HH:mm')}"


def _in_full(moment: datetime, language: str, form: str = "d MMM y HH:mm") -> str:
    return format_datetime(moment, form, tzinfo=BRUSSELS, locale=language)
