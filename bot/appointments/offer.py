"""Which free times to show, and with whom. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import islice

from bot.appointments.model import Offered, Wanted, Why
from bot.appointments.roster import Receiving, Rules
from bot.appointments.slots import Busy, Span, beginnings, is_bookable
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
    everybody = sorted(free, key=lambda person: _least(person, load))
    if not everybody:
        raise ValueError("nobody is free")
    return everybody[0], Why.FEWEST if len(everybody) > 1 else Why.ONLY_ONE


def offered_on(
    day: date,
    receiving: Iterable[Receiving],
    wanted: Wanted,
    *,
    rules: Rules,
    now: datetime,
    taken: Mapping[PersonId, Sequence[Busy]],
    load: Load,
    mine: Sequence[Span] = (),
    from_: datetime | None = None,
    before: datetime | None = None,
    most: int | None = None,
    latest: bool = False,
) -> list[Offered]:
    """The free times of *day*, in order, each once, with the colleague who would be chosen.

    Args:
        receiving: those who fit. With only one of them, everything is with that one.
        most: so many, the first ones; with *latest* the last ones.
    """
    begins: dict[datetime, list[Receiving]] = defaultdict(list)
    for each in sorted(receiving, key=lambda each: _least(each.person, load)):
        for moment in beginnings(each, day, wanted.kind):
            if (from_ is None or from_ <= moment) and (before is None or moment < before):
                begins[moment].append(each)
    offered: list[Offered] = []
    for moment in sorted(begins, reverse=latest):
        if most is not None and len(offered) >= most:
            break
        # Two are enough to know who is chosen, and whether there was a choice.
        free = list(
            islice(
                (
                    each
                    for each in begins[moment]
                    if is_bookable(
                        each,
                        wanted.kind,
                        moment,
                        rules=rules,
                        now=now,
                        taken=taken.get(each.person, ()),
                        mine=mine,
                    )
                    is None
                ),
                2,
            )
        )
        if free:
            person, why = chosen([each.person for each in free], load)
            length = free[0].roster.length(wanted.kind)
            offered.append(Offered(moment, moment + length, person, why))
    return offered[::-1] if latest else offered


def _least(person: PersonId, load: Load) -> tuple[int, PersonId]:
    return load.get(person, 0), person
