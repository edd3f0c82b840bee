"""Who goes with which group on the tour: a pure decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

Party = TypeVar("Party")


def divide(
    parties: Sequence[tuple[Party, int]], groups: Sequence[tuple[int, int]]
) -> dict[Party, int]:
    """Put each party whole into the emptiest group where it fits; they stay together.

    Large parties are placed first, so that they are not the ones left over; a party that fits
    nowhere joins the group with most room, for nobody is left standing at the door.
    """
    if not groups:
        return {}
    left = dict(groups)
    found: dict[Party, int] = {}
    order = {group: number for number, (group, _) in enumerate(groups)}
    for party, size in sorted(parties, key=lambda each: -each[1]):
        group = max(left, key=lambda each: (left[each], -order[each]))
        found[party] = group
        left[group] -= size
    return found
