"""Info sessions written down in a file: read it, and say everything that is wrong with it.

Problems name the file, the line and the field; nothing here touches the database.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bot.clock import brussels
from bot.config.problems import Problem, WrongConfiguration
from bot.info_sessions.model import LARGEST_PARTY, LONGEST_KEPT, PoolKind, SeatsShown, Track
from bot.info_sessions.plan import (
    LONGEST_CHOICE,
    LONGEST_NOTE,
    LONGEST_PART,
    MOST_CHOICES,
    MOST_LINES,
    MOST_QUESTIONS,
    MOST_SEATS,
    Group,
    Part,
    Plan,
    PlannedPool,
    Question,
)
from faq.yaml_reader import Located, Steps, YamlProblem, read_yaml

_CLOCK: Final = re.compile(r"([01]?[0-9]|2[0-3])(?:[:.uhU]([0-5][0-9])?)")
_DAY: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")

FIELDS: Final = {
    "starts_at": ("date", "lies in the past"),
    "ends_at": ("end", "must be later than the start"),
    "closes_at": ("closes", "must lie in the future, and not after the start"),
    "opens_at": ("opens", "must not be later than the close"),
    "pin": ("pin", "is not a place on the globe"),
    "seats": ("seats", "there must be at least one seat in all"),
    "pools": ("pools", "each kind stands there once, and is released before the start"),
    "questions": (
        "questions",
        "delete_on must be the day of the session, or at most 30 days later",
    ),
}
"""What `Plan.problems` calls a field, how it is called in a file, and what is wrong with it."""


def _day(value: object) -> object:
    found = _DAY.fullmatch(str(value))
    try:
        return date(*map(int, found.groups())) if found else value
    except ValueError:
        raise ValueError("is not a day such as 2027-03-20") from None


def _clock(value: object) -> object:
    found = _CLOCK.fullmatch(str(value))
    if found is None:
        raise ValueError("is not a time such as 10:00")
    return int(found[1]), int(found[2] or 0)


def _moment(value: object) -> object:
    day, _, clock = str(value).partition(" ")
    found, time = _day(day), _CLOCK.fullmatch(clock.strip())
    if not isinstance(found, date) or time is None:
        raise ValueError("is not a moment such as 2027-03-01 18:00")
    return brussels(found.year, found.month, found.day, int(time[1]), int(time[2] or 0))


def _one_line(value: object) -> object:
    return " ".join(str(value).split()) if isinstance(value, str | int | float) else value


def _text(longest: int) -> Any:
    return Annotated[str, BeforeValidator(_one_line), Field(min_length=1, max_length=longest)]


Day = Annotated[date, BeforeValidator(_day)]
Clock = Annotated[tuple[int, int], BeforeValidator(_clock)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Note = Annotated[str, Field(min_length=1, max_length=LONGEST_NOTE)]
Name = Annotated[
    str, BeforeValidator(_one_line), Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=80)
]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Pool(_Part):
    kind: PoolKind = Field(alias="for")
    seats: int = Field(ge=1, le=MOST_SEATS)
    release: Moment | None = None


class _Item(_Part):
    title: _text(120)  # type: ignore[valid-type]
    minutes: int = Field(ge=1, le=LONGEST_PART)


class _Group(_Part):
    size: int = Field(ge=1, le=MOST_SEATS)
    meeting_point: _text(120)  # type: ignore[valid-type]
    guide: _text(40) | None = None  # type: ignore[valid-type]


class _Question(_Part):
    text: _text(200)  # type: ignore[valid-type]
    purpose: _text(200)  # type: ignore[valid-type]
    delete_on: Day
    choices: tuple[_text(LONGEST_CHOICE), ...] = Field(  # type: ignore[valid-type]
        default=(), max_length=MOST_CHOICES
    )


class _Entry(_Part):
    """One info session as it stands in the file."""

    name: Name
    title: _text(120)  # type: ignore[valid-type]
    track: Track = Track.BOTH
    language: str = "nl"
    date: Day
    start: Clock
    end: Clock
    place: _text(160)  # type: ignore[valid-type]
    room: _text(80) | None = None  # type: ignore[valid-type]
    pin: tuple[float, float] | None = None
    seats: int = Field(ge=0, le=MOST_SEATS)
    pools: tuple[_Pool, ...] = ()
    opens: Moment | None = None
    closes: Moment | None = None
    waiting_list: bool = True
    must_confirm: bool = False
    party_max: int = Field(default=1, ge=1, le=LARGEST_PARTY)
    seats_shown: SeatsShown = SeatsShown.EXACT
    head_start_hours: int = Field(default=48, ge=0, le=336)
    kept_days: int = Field(default=LONGEST_KEPT.days, ge=1, le=LONGEST_KEPT.days)
    series: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=40)] | None = None
    bring: Note | None = None
    accessibility: Note | None = None
    house_rules: Note | None = None
    programme: tuple[_Item, ...] = Field(default=(), max_length=MOST_LINES)
    tour: tuple[_Item, ...] = Field(default=(), max_length=MOST_LINES)
    groups: tuple[_Group, ...] = Field(default=(), max_length=MOST_LINES)
    questions: tuple[_Question, ...] = Field(default=(), max_length=MOST_QUESTIONS)
    leads: tuple[_text(40), ...] = ()  # type: ignore[valid-type]

    def plan(self) -> Plan:
        """Without the guides: only the database knows who they are."""
        day = (self.date.year, self.date.month, self.date.day)
        return Plan(
            title=self.title,
            starts_at=brussels(*day, *self.start),
            ends_at=brussels(*day, *self.end),
            place=self.place,
            seats=self.seats,
            track=self.track,
            language=self.language,
            opens_at=self.opens,
            closes_at=self.closes,
            room=self.room,
            latitude=self.pin and self.pin[0],
            longitude=self.pin and self.pin[1],
            series=self.series,
            party_max=self.party_max,
            waiting_list=self.waiting_list,
            must_confirm=self.must_confirm,
            seats_shown=self.seats_shown,
            head_start=timedelta(hours=self.head_start_hours),
            kept_days=self.kept_days,
            bring=self.bring,
            accessibility=self.accessibility,
            house_rules=self.house_rules,
            pools=tuple(PlannedPool(each.kind, each.seats, each.release) for each in self.pools),
            parts=tuple(Part(each.title, each.minutes) for each in self.programme),
            stops=tuple(Part(each.title, each.minutes) for each in self.tour),
            groups=tuple(Group(each.size, each.meeting_point) for each in self.groups),
            questions=tuple(
                Question(each.text, each.purpose, each.delete_on, each.choices)
                for each in self.questions
            ),
        )


@dataclass(frozen=True)
class Wanted:
    """One info session of a file."""

    name: str
    """What the file calls it: twice the same name is once the same info session."""
    plan: Plan
    guides: tuple[str | None, ...]
    """Name or number of the colleague who guides each group."""
    leads: tuple[str, ...]
    _located: Located
    _index: int

    def problem(self, message: str, *steps: str | int) -> Problem:
        """A problem that only others can find, at its place in the file."""
        return self._located.problem(message, _place(self._located, self._index, steps))


def read(path: Path, languages: tuple[str, ...], now: datetime) -> list[Wanted]:
    """What stands in the file; *languages* are those of the zone.

    Raises:
        WrongConfiguration: with everything that is wrong in it.
    """
    try:
        located = read_yaml(path)
    except YamlProblem as trouble:
        raise WrongConfiguration([trouble.problem]) from None
    entries = located.data.get("sessions") if isinstance(located.data, dict) else None
    if not isinstance(entries, list) or not entries:
        raise WrongConfiguration([located.problem("must have a list under `sessions:`")])
    problems = [
        located.problem("is not a field here; there are `common` and `sessions`", (field,))
        for field in located.data
        if field not in ("common", "sessions")
    ]
    common = located.data.get("common") or {}
    if not isinstance(common, dict):
        problems.append(located.problem("must be a list of `field: value`", ("common",)))
        common = {}
    found: list[Wanted] = []
    for index, entry in enumerate(entries):
        wanted = _wanted(located, index, common, entry, problems)
        if wanted is not None:
            problems += _together(wanted, found, languages, now)
            found.append(wanted)
    if problems:
        raise WrongConfiguration(sorted(set(problems)))
    return found


def _wanted(
    located: Located,
    index: int,
    common: Mapping[str, object],
    entry: object,
    problems: list[Problem],
) -> Wanted | None:
    if not isinstance(entry, dict):
        problems.append(located.problem("must be `field: value`", ("sessions", index)))
        return None
    try:
        read_entry = _Entry.model_validate({**common, **entry})
    except ValidationError as invalid:
        problems += [
            located.problem(_said(error), _place(located, index, error["loc"]))
            for error in invalid.errors(include_url=False)
        ]
        return None
    guides = tuple(group.guide for group in read_entry.groups)
    plan = read_entry.plan()
    return Wanted(read_entry.name, plan, guides, read_entry.leads, located, index)


def _together(
    wanted: Wanted, before: list[Wanted], languages: tuple[str, ...], now: datetime
) -> list[Problem]:
    """What is wrong with the fields of one together, and with those of the others."""
    problems = []
    for what in wanted.plan.problems(now):
        field, message = FIELDS.get(what, (what, "cannot be as it is"))
        problems.append(wanted.problem(message, field))
    if wanted.plan.language not in languages:
        known = ", ".join(languages)
        problems.append(wanted.problem(f"is not a language of the zone: {known}", "language"))
    for other in before:
        if other.name == wanted.name:
            problems.append(wanted.problem(f"{wanted.name!r} stands here twice", "name"))
        elif _overlap(wanted.plan, other.plan):
            problems.append(wanted.problem(f"is at the same time as {other.name!r}", "start"))
    return problems


def _overlap(one: Plan, other: Plan) -> bool:
    """In one series nobody could choose between them, in one room nobody could sit."""
    same = (one.series is not None and one.series == other.series) or (
        one.room is not None and (one.place, one.room) == (other.place, other.room)
    )
    return same and one.starts_at < other.ends_at and other.starts_at < one.ends_at


def _place(located: Located, index: int, steps: Steps) -> Steps:
    """Where a field stands: with the session itself, or with what they have in common."""
    own: Steps = ("sessions", index, *steps)
    if steps and own[:3] not in located.places and ("common", steps[0]) in located.places:
        return ("common", *steps)
    return own


def _said(error: Mapping[str, Any]) -> str:
    kind, message = error["type"], str(error["msg"]).removeprefix("Value error, ")
    if kind == "extra_forbidden":
        return "is not a field of an info session"
    if kind == "missing":
        return "is missing"
    if kind in ("too_short", "string_too_short"):
        return "is empty"
    if kind == "string_pattern_mismatch":
        return "may have small letters, digits and dashes, such as march-morning"
    if kind.startswith("date"):
        return "is not a day such as 2027-03-20"
    return message[:1].lower() + message[1:]
