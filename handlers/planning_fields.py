"""What can be filled in about an info session, field by field: how it reads, how it is typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from bot.clock import BRUSSELS, spoken, spoken_time
from bot.info_sessions.drafts import Change, Planned
from bot.info_sessions.model import LARGEST_PARTY, PoolKind, SeatsShown, Track
from bot.info_sessions.plan import Group, Part, Plan, PlannedPool
from handlers.context import Context
from handlers.info_sessions_card import track_said
from handlers.language import own_name
from handlers.planning_reading import (
    Span,
    counted_lines,
    days_typed,
    moment,
    moment_in,
    number_in,
    one_line,
    pin_in,
    seats_until,
    several_lines,
    span_in,
)

Reading = Callable[[str, date], Change | None]
"""What typed words change; None: they cannot be read."""

PARTIES: Final = ("1", "2", "3", "4", "5", "10", str(LARGEST_PARTY))
HEAD_STARTS: Final = ("0", "24", "48", "72", "168")


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to fill in."""

    section: str
    value: Callable[[Context, Plan], str]
    """As it is now, in words; empty: nothing."""
    reads: Reading | None = None
    """Takes what is typed."""
    choices: Callable[[Context], Sequence[str]] | None = None
    """Or one of these, by tapping."""
    said: Callable[[Context, str], str] = lambda _, choice: choice
    """A choice, in words."""
    chosen: Callable[[str], Change] | None = None
    clears: Change | None = None
    """What «leave empty» does, where that can be."""
    written: Callable[[Plan], str] | None = None
    """What is there now, as one would type it: to copy and change."""
    is_quiet: bool = False
    """Whether it can still be changed once candidates see it, without asking them anew."""
    only_this: bool = False
    """It is never the same for all of a day."""


def _put(**values: Any) -> Change:
    return lambda plan: replace(plan, **values)


def _text(name: str, *, lines: bool = False) -> Reading:
    clean = several_lines if lines else one_line
    return lambda text, _: _put(**{name: clean(text)})


def _place(text: str, _: date) -> Change:
    """Another place: its room and its pin are no longer right."""
    typed = one_line(text)

    def change(plan: Plan) -> Plan:
        if typed == plan.place:
            return plan
        return replace(plan, place=typed, room=None, latitude=None, longitude=None)

    return change


def _day(text: str, today: date) -> Change | None:
    days = days_typed(text, today)
    return to_day(days[0]) if len(days) == 1 else None


def to_day(day: date) -> Change:
    """Each at its own hour, on another day."""
    return lambda plan: plan.moved(moment(day, _local(plan.starts_at).time()))


def _hours(text: str, _: date) -> Change | None:
    span = span_in(text)
    return None if span is None else to_hours(span)


def to_hours(span: Span) -> Change:
    def change(plan: Plan) -> Plan:
        day = _local(plan.starts_at).date()
        return plan.moved(moment(day, span[0]), moment(day, span[1]))

    return change


def _seats(text: str, _: date) -> Change | None:
    count = number_in(text)
    return None if count is None else lambda plan: replace(plan, seats=count)


def _pool(kind: PoolKind) -> Reading:
    def reads(text: str, today: date) -> Change | None:
        found = seats_until(text, today)
        return None if found is None else with_pool(kind, *found)

    return reads


def with_pool(kind: PoolKind, count: int, release_at: datetime | None = None) -> Change:
    """*count* seats set apart for *kind* beside the general ones; 0 takes them away."""

    def change(plan: Plan) -> Plan:
        others = tuple(pool for pool in plan.pools if pool.kind is not kind)
        mine = (PlannedPool(kind, count, release_at),) if count else ()
        return replace(plan, pools=others + mine)

    return change


def _moment(name: str, usual: time) -> Reading:
    def reads(text: str, today: date) -> Change | None:
        found = moment_in(text, today, usual)
        return None if found is None else _put(**{name: found})

    return reads


def _pin(text: str, _: date) -> Change | None:
    found = pin_in(text)
    return None if found is None else to_pin(*found)


def to_pin(north: float, east: float) -> Change:
    return lambda plan: replace(plan, latitude=round(north, 6), longitude=round(east, 6))


def _parts(name: str) -> Reading:
    def reads(text: str, _: date) -> Change | None:
        lines = counted_lines(text)
        if isinstance(lines, str):
            return None
        return _put(**{name: tuple(Part(title, minutes) for title, minutes in lines)})

    return reads


def _groups(text: str, _: date) -> Change | None:
    lines = counted_lines(text)
    if isinstance(lines, str):
        return None

    def change(plan: Plan) -> Plan:
        """Who guides a group at a meeting point goes on doing so."""
        guides = {group.meeting_point: group.guide for group in plan.groups}
        groups = tuple(Group(size, where, guides.get(where)) for where, size in lines)
        return replace(plan, groups=groups)

    return change


def _listed(parts: Sequence[tuple[str, int]]) -> str:
    return "\n".join(f"{title} {number}" for title, number in parts)


def _yes_no(context: Context, choice: str) -> str:
    return context.label("planning.yes" if choice == "yes" else "planning.no")


def _yes_no_field(section: str, name: str) -> Field:
    return Field(
        section,
        lambda context, plan: _yes_no(context, "yes" if getattr(plan, name) else "no"),
        choices=lambda _: ("yes", "no"),
        said=_yes_no,
        chosen=lambda choice: _put(**{name: choice == "yes"}),
    )


def _parts_field(section: str, name: str) -> Field:
    def pairs(plan: Plan) -> list[tuple[str, int]]:
        return [(part.title, part.minutes) for part in getattr(plan, name)]

    return Field(
        section,
        lambda _, plan: ", ".join(f"{title} ({minutes}')" for title, minutes in pairs(plan)),
        reads=_parts(name),
        clears=_put(**{name: ()}),
        written=lambda plan: _listed(pairs(plan)),
        is_quiet=True,
    )


def _note_field(section: str, name: str) -> Field:
    def value(plan: Plan) -> str:
        return str(getattr(plan, name) or "")

    return Field(
        section,
        lambda _, plan: value(plan),
        reads=_text(name, lines=True),
        clears=_put(**{name: None}),
        written=value,
        is_quiet=True,
    )


def _pool_value(kind: PoolKind) -> Callable[[Context, Plan], str]:
    def value(context: Context, plan: Plan) -> str:
        pool = next((each for each in plan.pools if each.kind is kind), None)
        if pool is None:
            return ""
        if pool.release_at is None:
            return str(pool.seats)
        until = spoken(pool.release_at, context.language)
        return context.label("planning.until", count=pool.seats, moment=until)

    return value


def _pool_written(kind: PoolKind) -> Callable[[Plan], str]:
    def written(plan: Plan) -> str:
        pool = next((each for each in plan.pools if each.kind is kind), None)
        return "" if pool is None else str(pool.seats)

    return written


def _head_start_said(context: Context, hours: str) -> str:
    return context.label("planning.hours", count=int(hours))


def _local(moment_: datetime) -> datetime:
    return moment_.astimezone(BRUSSELS)


def _opens(context: Context, plan: Plan) -> str:
    if plan.opens_at is None or plan.opens_at <= context.services.now():
        return context.label("planning.at_once")
    return spoken(plan.opens_at, context.language)


FIELDS: Final[dict[str, Field]] = {
    "title": Field(
        "basics",
        lambda _, plan: plan.title,
        reads=_text("title"),
        written=lambda plan: plan.title,
        is_quiet=True,
    ),
    "date": Field(
        "basics",
        lambda context, plan: spoken(_local(plan.starts_at).date(), context.language),
        reads=_day,
    ),
    "hours": Field(
        "basics",
        lambda context, plan: "–".join(
            spoken_time(each, context.language) for each in (plan.starts_at, plan.ends_at)
        ),
        reads=_hours,
        only_this=True,
    ),
    "track": Field(
        "basics",
        lambda context, plan: track_said(context, plan.track),
        choices=lambda _: tuple(Track),
        said=lambda context, choice: track_said(context, Track(choice)),
        chosen=lambda choice: lambda plan: replace(plan, track=Track(choice)),
    ),
    "language": Field(
        "basics",
        lambda _, plan: own_name(plan.language),
        choices=lambda context: context.services.languages,
        said=lambda _, choice: own_name(choice),
        chosen=lambda choice: lambda plan: replace(plan, language=choice),
    ),
    "place": Field(
        "where", lambda _, plan: plan.place, reads=_place, written=lambda plan: plan.place
    ),
    "room": Field(
        "where",
        lambda _, plan: plan.room or "",
        reads=_text("room"),
        clears=_put(room=None),
        written=lambda plan: plan.room or "",
    ),
    "pin": Field(
        "where",
        lambda _, plan: "" if plan.latitude is None else f"{plan.latitude}, {plan.longitude}",
        reads=_pin,
        clears=_put(latitude=None, longitude=None),
        is_quiet=True,
    ),
    "seats": Field("seats", lambda _, plan: str(plan.seats), reads=_seats),
    **{
        f"pool_{kind}": Field(
            "seats",
            _pool_value(kind),
            reads=_pool(kind),
            clears=with_pool(kind, 0),
            written=_pool_written(kind),
        )
        for kind in (PoolKind.UNIFORM, PoolKind.CIVILIAN, PoolKind.SCHOOL)
    },
    "party": Field(
        "seats",
        lambda _, plan: str(plan.party_max),
        choices=lambda _: PARTIES,
        chosen=lambda choice: lambda plan: replace(plan, party_max=int(choice)),
        is_quiet=True,
    ),
    "shown": Field(
        "seats",
        lambda context, plan: context.label(f"planning.shown_{plan.seats_shown}"),
        choices=lambda _: tuple(SeatsShown),
        said=lambda context, choice: context.label(f"planning.shown_{choice}"),
        chosen=lambda choice: lambda plan: replace(plan, seats_shown=SeatsShown(choice)),
        is_quiet=True,
    ),
    "opens": Field(
        "signing", _opens, reads=_moment("opens_at", time(9)), clears=_put(opens_at=None)
    ),
    "closes": Field(
        "signing",
        lambda context, plan: spoken(plan.closing_at, context.language),
        reads=_moment("closes_at", time(18)),
        clears=_put(closes_at=None),
    ),
    "head_start": Field(
        "signing",
        lambda context, plan: _head_start_said(
            context, str(int(plan.head_start / timedelta(hours=1)))
        ),
        choices=lambda _: HEAD_STARTS,
        said=_head_start_said,
        chosen=lambda choice: lambda plan: replace(plan, head_start=timedelta(hours=int(choice))),
    ),
    "waiting_list": _yes_no_field("signing", "waiting_list"),
    "must_confirm": _yes_no_field("signing", "must_confirm"),
    "parts": _parts_field("programme", "parts"),
    "stops": _parts_field("programme", "stops"),
    "groups": Field(
        "programme",
        lambda _, plan: ", ".join(f"{group.meeting_point} ({group.size})" for group in plan.groups),
        reads=_groups,
        clears=_put(groups=()),
        written=lambda plan: _listed([(group.meeting_point, group.size) for group in plan.groups]),
    ),
    "bring": _note_field("practical", "bring"),
    "accessibility": _note_field("practical", "accessibility"),
    "house_rules": _note_field("practical", "house_rules"),
}
"""In the order in which they stand on the screen of their section."""

SECTIONS: Final = tuple(dict.fromkeys(field.section for field in FIELDS.values()))

QUIET: Final = "quiet"
"""The section of what is published: what can be changed without asking people anew."""


def fields_of(section: str, planned: Planned) -> list[str]:
    """The names of the fields on the screen of *section*."""
    if not planned.is_draft:
        return [name for name, field in FIELDS.items() if field.is_quiet]
    return [name for name, field in FIELDS.items() if field.section == section]
