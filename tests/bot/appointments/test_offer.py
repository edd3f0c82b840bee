"""A5: who is chosen, and why; the same each time."""

from __future__ import annotations

from datetime import date

import pytest

from bot.appointments.model import Kind, Track, Wanted, Why
from bot.appointments.offer import chosen, fits, offered_on
from bot.appointments.roster import Hours, Receiving, Roster, Rules
from bot.clock import brussels
from bot.people.model import PersonId

AN, BO, CEM = PersonId(1), PersonId(2), PersonId(3)
DAY = date(2027, 4, 6)
RULES = Rules()
TALK = Wanted("selection", Track.UNIFORM, "nl")


def colleague(person: PersonId, start: int = 540, end: int = 600, **fields: object) -> Receiving:
    return Receiving(
        person,
        Roster(weekly=dict.fromkeys(range(7), (Hours(start, end),)), **fields),  # type: ignore[arg-type]
    )


def test_a5_track_language_and_topic_must_fit() -> None:
    anybody = colleague(AN)
    assert fits(anybody, TALK, RULES)
    assert not fits(anybody, Wanted("selection", Track.UNIFORM, "fr"), RULES)
    french = Receiving(BO, anybody.roster, languages=frozenset({"fr", "nl"}))
    assert fits(french, Wanted("selection", Track.UNIFORM, "fr"), RULES)
    civilian = colleague(CEM, tracks=frozenset({Track.CIVILIAN}))
    assert not fits(civilian, TALK, RULES)
    only_training = colleague(CEM, topics=frozenset({"training"}))
    assert not fits(only_training, TALK, RULES)


def test_a5_the_least_loaded_is_chosen_and_the_reason_said() -> None:
    assert chosen([AN, BO], {AN: 3, BO: 1}) == (BO, Why.FEWEST)
    assert chosen([BO, AN], {}) == (AN, Why.FEWEST)
    assert chosen([AN], {AN: 9}) == (AN, Why.ONLY_ONE)
    with pytest.raises(ValueError, match="nobody"):
        chosen([], {})


def test_a5_each_moment_once_soonest_first() -> None:
    found = offered_on(
        DAY,
        [colleague(AN), colleague(BO, 570, 660)],
        TALK,
        rules=RULES,
        now=brussels(2027, 4, 1, 9),
        taken={},
        load={AN: 2},
    )

    assert [(each.starts_at, each.colleague_id, each.why) for each in found] == [
        (brussels(2027, 4, 6, 9), AN, Why.ONLY_ONE),
        (brussels(2027, 4, 6, 9, 30), BO, Why.FEWEST),
        (brussels(2027, 4, 6, 10), BO, Why.ONLY_ONE),
        (brussels(2027, 4, 6, 10, 30), BO, Why.ONLY_ONE),
    ]


def test_a5_the_length_is_that_of_the_colleague() -> None:
    patient = colleague(AN, lengths={Kind.PLACE: 60})
    found = offered_on(
        DAY, [patient], TALK, rules=RULES, now=brussels(2027, 4, 1, 9), taken={}, load={}
    )

    assert [(each.ends_at - each.starts_at).seconds for each in found] == [3600]
