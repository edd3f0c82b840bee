"""Each thing to fill in, whatever is typed for it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import brussels
from bot.info_sessions.plan import Group, Part, Plan, Question
from handlers.planning_fields import FIELDS, SECTIONS

TODAY = date(2026, 11, 21)
STARTS = brussels(2026, 12, 12, 10)
PLAN = Plan(
    "Infosessie",
    STARTS,
    STARTS + timedelta(hours=2),
    "Politiehuis",
    20,
    groups=(Group(10, "Onthaal"),),
    parts=(Part("Welkom", 10),),
    questions=(Question("Taal?", "Groepen", date(2026, 12, 12)),),
)

TYPED = [name for name, field in FIELDS.items() if field.reads is not None]
PIECES = st.sampled_from(
    [*"0123456789 /.:,;-\n", "10u", "12/12", "31/12/2031", "tot", "2026", "99999", "min", "50.938"]
)


@pytest.mark.parametrize("name", TYPED)
@given(text=st.one_of(st.text(), st.lists(PIECES, max_size=12).map("".join)))
def test_whatever_is_typed_gives_a_plan_that_can_be_looked_at(name: str, text: str) -> None:
    reads = FIELDS[name].reads
    assert reads is not None
    change = reads(text, TODAY)
    if change is not None:
        plan = change(PLAN)

        assert isinstance(plan.problems(None), list)
        assert "\x00" not in repr(plan)


def test_every_field_is_on_a_screen_of_at_most_seven_rows() -> None:
    for section in SECTIONS:
        shown = [name for name, field in FIELDS.items() if field.section == section]

        assert 0 < len(shown) <= 12
    assert len([name for name, field in FIELDS.items() if field.is_quiet]) <= 12


def test_every_field_is_typed_or_chosen() -> None:
    for name, field in FIELDS.items():
        assert (field.reads is None) != (field.choices is None), name
        assert (field.choices is None) == (field.chosen is None), name


def test_a_guide_stays_with_the_meeting_point() -> None:
    reads = FIELDS["groups"].reads
    assert reads is not None
    change = reads("Parking 5\nOnthaal 12", TODAY)
    assert change is not None
    before = Plan("x", STARTS, STARTS, "y", 1, groups=(Group(10, "Onthaal", 7),))  # type: ignore[arg-type]

    assert change(before).groups == (Group(5, "Parking"), Group(12, "Onthaal", 7))  # type: ignore[arg-type]


def test_an_hour_earlier_keeps_the_day_on_which_answers_go() -> None:
    reads = FIELDS["hours"].reads
    assert reads is not None
    change = reads("9u-11u", TODAY)
    assert change is not None

    assert change(PLAN).questions == PLAN.questions
    assert change(PLAN).problems(None) == []
