"""Who gets a seat: pure decisions on seats, sub-pools and the waiting list.

The one principle: nobody passes those who wait. Order is time and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.info_sessions.model import PoolId, PoolKind, SignUpId


@dataclass(frozen=True, slots=True)
class Pool:
    """Some of the seats of an info session."""

    id: PoolId
    kind: PoolKind
    seats: int
    taken: int
    """Confirmed and offered seats."""

    @property
    def free(self) -> int:
        return self.seats - self.taken


@dataclass(frozen=True, slots=True)
class Waiter:
    """A party on the waiting list whose turn it may be."""

    id: SignUpId
    place: int
    wish: PoolKind
    party: int


@dataclass(frozen=True)
class Occupancy:
    """The seats of one info session and who waits for them, those first who joined first."""

    pools: Sequence[Pool]
    waiters: Sequence[Waiter] = ()

    @property
    def free(self) -> int:
        return sum(pool.free for pool in self.pools)

    @property
    def seats(self) -> int:
        return sum(pool.seats for pool in self.pools)

    def largest_for(self, wish: PoolKind) -> int:
        """The largest party that could ever sit together: all of it in one pool."""
        return max((pool.seats for pool in self._open_to(wish)), default=0)

    def seat_for_newcomer(self, wish: PoolKind, party: int) -> PoolId | None:
        """Decide for a party that signs up now: behind everybody who waits, all or none.

        The pool where they sit, or None: they wait.
        """
        last = Waiter(SignUpId(0), 0, wish, party)
        granted = _turns(self.pools, [*self.waiters, last])
        return next((pool for waiter, pool in granted if waiter is last), None)

    def next_offers(self) -> list[tuple[Waiter, PoolId]]:
        """Decide who is offered seats now, in order of joining; a party gets all or none.

        Who cannot be served yet holds back everybody behind them who wants the same seats. A
        party that no pool could ever hold does not.
        """
        return _turns(self.pools, sorted(self.waiters, key=lambda waiter: waiter.place))

    def can_grow(self, pool: PoolId, more: int) -> bool:
        """Decide whether people who have seats may bring *more*: seats left that nobody awaits."""
        (own,) = (each for each in self.pools if each.id == pool)
        awaited = any(own in self._open_to(waiter.wish) for waiter in self.waiters)
        return own.free >= more and not awaited

    def without(self, pool: PoolId, party: int) -> Occupancy:
        """As it would be if a party of so many gave up their seats in *pool*."""
        freed = [
            replace(each, taken=each.taken - party) if each.id == pool else each
            for each in self.pools
        ]
        return Occupancy(freed, self.waiters)

    def _open_to(self, wish: PoolKind) -> list[Pool]:
        return _open_to(self.pools, wish)


def _open_to(pools: Iterable[Pool], wish: PoolKind) -> list[Pool]:
    """The sub-pool first: so the general seats last longer for those who have no other."""
    own = [pool for pool in pools if pool.kind is wish and wish is not PoolKind.GENERAL]
    return own + [pool for pool in pools if pool.kind is PoolKind.GENERAL]


def _turns(pools: Sequence[Pool], in_order: Iterable[Waiter]) -> list[tuple[Waiter, PoolId]]:
    free = {pool.id: pool.free for pool in pools}
    held_back: set[PoolId] = set()
    granted = []
    for waiter in in_order:
        possible = [pool.id for pool in _open_to(pools, waiter.wish) if pool.seats >= waiter.party]
        seat = next(
            (id_ for id_ in possible if id_ not in held_back and free[id_] >= waiter.party), None
        )
        if seat is None:
            held_back.update(possible)
        else:
            free[seat] -= waiter.party
            granted.append((waiter, seat))
    return granted
