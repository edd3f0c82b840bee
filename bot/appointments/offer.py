"""Which free times to show, and with whom. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from bot.appointments.model import Offered, Wanted, Why
from bot.appointments.roster import Receiving, Rules
from bot.appointments.slots import Busy, Span, free_on
from bot.people.model import PersonId

Load = Mapping[PersonId, int]
"""Open appointments and conversations of each colleague; who is missing has none."""


def fits(receiving: Receiving, wanted: Wanted, rules: Rules) -> bool:
    """Whether this colleague can talk about it, in that language."""
    roster = receiving.roster
    return (
        wanted.track in roster.tracks
        and (not roster.topics or wanted.topic in roster.topics)
        and wanted.language in (receiving.languages or {rules.language})
    )


def chosen(free: Iterable[PersonId], load: Load) -> tuple[PersonId, Why]:
    """Who of those who are free: the one with the least to do, always the same among equals.

    Raises:
        ValueError: nobody is free.
    """
    everybody = sorted(free, key=lambda person: (load.get(person, 0), person))
    if not everybody:
        raise ValueError("nobody is free")
    return everybody[0], Why.FEWEST if len(everybody) > 1 else Why.ONLY_ONE


def offered_on(
    day: date,
    receiving: Sequence[Receiving],
    wanted: Wanted,
    *,
    rules: Rules,
    now: datetime,
    taken: Mapping[PersonId, Sequence[Busy]],
    load: Load,
    mine: Sequence[Span] = (),
) -> list[Offered]:
    """The free times of *day*, each once, with the colleague who would be chosen.

    *receiving* are those who fit. With only one of them, everything is with that one.
    """
    free: dict[datetime, list[Receiving]] = defaultdict(list)
    for each in receiving:
        there = taken.get(each.person, ())
        for moment in free_on(each, day, wanted.kind, rules=rules, now=now, taken=there, mine=mine):
            free[moment].append(each)
    offered = []
    for moment, candidates in sorted(free.items()):
        person, why = chosen((each.person for each in candidates), load)
        length = next(
            each.roster.length(wanted.kind) for each in candidates if each.person == person
        )
        offered.append(Offered(moment, moment + length, person, why))
    return offered
