"""Who goes with which group on the tour: a pure decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

Party = TypeVar("Party")


def divide(
    parties: Sequence[tuple[Party, int]],
    groups: Sequence[tuple[int, int]],
    kept: Mapping[Party, int] | None = None,
) -> dict[Party, int]:
    """Put each party whole into the emptiest group where it fits; they stay together.

    Large parties are placed first, so that they are not the ones left over; a party that fits
    nowhere joins the group with most room, for nobody is left standing at the door.

    Args:
        kept: who has a group already, and was told so: they stay where they are.
    """
    if not groups:
        return {}
    left = dict(groups)
    order = {group: number for number, (group, _) in enumerate(groups)}
    sizes = dict(parties)
    found = {
        party: group for party, group in (kept or {}).items() if group in left and party in sizes
    }
    for party, group in found.items():
        left[group] -= sizes[party]
    newcomers = [(party, size) for party, size in parties if party not in found]
    for party, size in sorted(newcomers, key=lambda each: -each[1]):
        group = max(left, key=lambda each: (left[each], -order[each]))
        found[party] = group
        left[group] -= size
    return found
