"""A2, A3: no moment breaks a rule and none is forgotten, in both nights of the clock too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.appointments.model import Kind, RosterImpossible, Track, Wanted
from bot.appointments.offer import offered_on
from bot.appointments.roster import (
    Absence,
    Hours,
    Receiving,
    Roster,
    Rules,
    packed,
    public_holidays,
    unpacked,
)
from bot.appointments.slots import (
    Busy,
    Reason,
    Span,
    beginnings,
    busy_around,
    is_bookable,
    local_day,
    moment_of,
)
from bot.clock import BRUSSELS, brussels
from bot.people.model import PersonId
from tests.bot.appointments.reference import bookable
from tests.support.figures import figure

SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)
AN = PersonId(1)
DAYS = (SPRING, AUTUMN, date(2027, 3, 29), date(2027, 4, 5), date(2027, 7, 21), date(2027, 12, 31))


def every_day(*hours: Hours, **fields: object) -> Receiving:
    return Receiving(AN, Roster(weekly=dict.fromkeys(range(7), hours), **fields))  # type: ignore[arg-type]


def walls(receiving: Receiving, day: date, kind: Kind = Kind.PLACE) -> list[str]:
    return [f"{moment.astimezone(BRUSSELS):%H:%M}" for moment in beginnings(receiving, day, kind)]


def free_on(
    receiving: Receiving,
    day: date,
    kind: Kind,
    *,
    rules: Rules,
    now: datetime,
    taken: Sequence[Busy],
    mine: Sequence[Span] = (),
) -> list[datetime]:
    """What is offered of a day."""
    offered = offered_on(
        day,
        [receiving],
        Wanted("selection", Track.UNIFORM, "nl", kind),
        rules=rules,
        now=now,
        taken={receiving.person: taken},
        load={},
        mine=mine,
    )
    return [each.starts_at for each in offered]


fives = st.integers(0, 288).map(lambda number: number * 5)
kinds = st.frozensets(st.sampled_from(Kind), min_size=1)
hours = (
    st.tuples(fives, fives, kinds)
    .filter(lambda found: found[0] < found[1])
    .map(lambda found: Hours(*found))
)
several = st.lists(hours, max_size=3).map(tuple)


@st.composite
def situations(draw: st.DrawFn) -> dict[str, object]:
    day = draw(st.sampled_from(DAYS))
    near = st.integers(-3, 3).map(lambda number: day + timedelta(days=number))
    weekly = draw(several)
    roster = Roster(
        weekly=dict.fromkeys(range(7), weekly),
        other=draw(st.dictionaries(near, several, max_size=2)),
        lengths=draw(st.dictionaries(st.sampled_from(Kind), st.sampled_from([5, 15, 30, 50, 180]))),
        before=draw(st.sampled_from([0, 0, 5, 15, 60])),
        after=draw(st.sampled_from([0, 0, 10, 30])),
        step=draw(st.sampled_from([5, 15, 30, 45, 60])),
        per_day=draw(st.sampled_from([None, None, 1, 2])),
        per_week=draw(st.sampled_from([None, None, 1, 3])),
    )
    absences = draw(
        st.lists(st.tuples(near, near).filter(lambda found: found[0] <= found[1]), max_size=1).map(
            lambda found: tuple(Absence(*each) for each in found)
        )
    )
    receiving = Receiving(
        AN, roster, absences=absences, until=draw(st.sampled_from([None, None, day]))
    )
    rules = Rules(
        notice_hours=draw(st.sampled_from([0, 1, 4, 48])),
        notice_days=draw(st.sampled_from([0, 0, 1, 3])),
        window_days=draw(st.sampled_from([1, 5, 42])),
        own_days=draw(st.frozensets(near, max_size=1)),
        on_holidays=draw(st.booleans()),
    )
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    minutes = st.integers(-4 * 288, 2 * 288).map(lambda five: timedelta(minutes=5 * five))
    taken = [
        Busy(starts, starts - timedelta(minutes=before), starts + timedelta(minutes=length))
        for starts, before, length in draw(
            st.lists(
                st.tuples(
                    minutes.map(lambda passed: midnight + passed),
                    st.sampled_from([0, 15]),
                    st.sampled_from([15, 60]),
                ),
                max_size=3,
            )
        )
    ]
    mine = [
        Span(starts, starts + timedelta(minutes=30))
        for starts in draw(st.lists(minutes.map(lambda passed: midnight + passed), max_size=1))
    ]
    back = draw(st.sampled_from([0, 1, 2, 6, 40]))
    now = midnight - timedelta(days=back) + timedelta(minutes=draw(st.integers(0, 1439)))
    return {
        "receiving": receiving,
        "day": day,
        "kind": draw(st.sampled_from(Kind)),
        "rules": rules,
        "now": now,
        "taken": taken,
        "mine": mine,
    }


@settings(max_examples=figure(5_000, 50), deadline=None)
@given(situations())
def test_a2_exactly_what_the_rules_allow_is_free(situation: dict[str, object]) -> None:
    found = free_on(**situation)  # type: ignore[arg-type]

    assert found == bookable(**situation)  # type: ignore[arg-type]
    day = situation.pop("day")
    for moment in found:
        assert local_day(moment) == day
        assert is_bookable(starts_at=moment, **situation) is None  # type: ignore[arg-type]


@settings(max_examples=figure(5_000, 50), deadline=None)
@given(situations(), st.integers(-300, 300))
def test_a2_everything_else_is_refused_with_a_reason(
    situation: dict[str, object], shift: int
) -> None:
    allowed = bookable(**situation)  # type: ignore[arg-type]
    day = situation.pop("day")
    assert isinstance(day, date)
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=shift)
    if local_day(moment) == day and moment not in allowed:
        assert is_bookable(starts_at=moment, **situation) in set(Reason)  # type: ignore[arg-type]


def test_a3_a_time_that_does_not_exist_is_skipped() -> None:
    night = every_day(Hours(60, 300))

    assert walls(night, SPRING) == ["01:00", "01:30", "03:00", "03:30", "04:00", "04:30"]
    assert moment_of(SPRING, 150) is None
    assert walls(every_day(Hours(60, 150)), SPRING) == ["01:00", "01:30"]
    assert beginnings(night, SPRING, Kind.PLACE)[2] == datetime(2027, 3, 28, 1, tzinfo=UTC)


def test_a3_a_time_that_occurs_twice_is_the_first_never_two() -> None:
    night = every_day(Hours(60, 240))

    assert walls(night, AUTUMN) == ["01:00", "01:30", "02:00", "02:30", "03:00", "03:30"]
    assert beginnings(night, AUTUMN, Kind.PLACE)[2] == datetime(2027, 10, 31, 0, tzinfo=UTC)


@pytest.mark.parametrize("year", range(2026, figure(2039, 2029)))
def test_a3_stored_moments_convert_back_to_the_clock_of_the_roster(year: int) -> None:
    evening = every_day(Hours(18 * 60, 20 * 60))
    day = date(year, 1, 1)
    while day.year == year:
        assert walls(evening, day) == ["18:00", "18:30", "19:00", "19:30"]
        day += timedelta(days=1)


def test_a2_belgian_holidays_and_the_days_of_the_zone() -> None:
    open_day = every_day(Hours(540, 600))
    rules = Rules(own_days=frozenset({date(2027, 7, 11)}), window_days=60)
    now = brussels(2027, 7, 1, 9)

    def free(day: int, rules: Rules = rules) -> int:
        found = free_on(open_day, date(2027, 7, day), Kind.PLACE, rules=rules, now=now, taken=())
        return len(found)

    assert date(2027, 5, 6) in public_holidays(2027)  # Ascension Day moves each year
    assert (free(11), free(12), free(21)) == (0, 2, 0)
    assert free(11, Rules(window_days=60)) == 2  # no federal holiday
    assert free(21, Rules(window_days=60, on_holidays=True)) == 2


def test_a2_notice_in_working_days_leaves_out_weekend_and_holiday() -> None:
    rules = Rules(notice_hours=0, notice_days=2)

    assert rules.first_day(date(2027, 5, 4)) == date(2027, 5, 7)  # Ascension Day between
    assert rules.first_day(date(2027, 5, 7)) == date(2027, 5, 11)  # a Friday
    assert Rules().first_day(date(2027, 5, 7)) == date(2027, 5, 7)


def test_a2_buffers_of_both_talks_count() -> None:
    careful = every_day(Hours(540, 720), before=15, after=15, step=15)
    taken = busy_around(careful, Kind.PLACE, brussels(2027, 4, 6, 10))
    found = free_on(
        careful,
        date(2027, 4, 6),
        Kind.PLACE,
        rules=Rules(),
        now=brussels(2027, 4, 1, 9),
        taken=[taken],
    )

    assert [f"{each.astimezone(BRUSSELS):%H:%M}" for each in found] == [
        "09:00",
        "11:00",
        "11:15",
        "11:30",
    ]


@settings(max_examples=figure(2_000, 30), deadline=None)
@given(situations())
def test_a14_a_roster_is_kept_as_it_was_said(situation: dict[str, object]) -> None:
    receiving = situation["receiving"]
    assert isinstance(receiving, Receiving)
    receiving.roster.check()

    assert unpacked(packed(receiving.roster)) == receiving.roster


@pytest.mark.parametrize(
    "roster",
    [
        Roster(weekly={0: (Hours(600, 540),)}),
        Roster(weekly={0: (Hours(541, 600),)}),
        Roster(weekly={7: (Hours(540, 600),)}),
        Roster(weekly={0: (Hours(540, 600, frozenset()),)}),
        Roster(lengths={Kind.PHONE: 0}),
        Roster(before=7),
        Roster(step=0),
        Roster(per_day=0),
        Roster(tracks=frozenset()),
        Roster(topics=frozenset({""})),
        Roster(weekly={0: (Hours(540, 1445),)}),
    ],
)
def test_a14_impossible_hours_are_refused(roster: Roster) -> None:
    with pytest.raises(RosterImpossible):
        roster.check()
    assert Track.UNIFORM in Roster().tracks
