"""R-03, S12, S13: who gets a seat, as tables."""

import pytest

from bot.info_sessions.model import Availability, PoolId, PoolKind, SeatsShown, SignUpId
from bot.info_sessions.model import availability as shown
from bot.info_sessions.occupancy import Occupancy, Pool, Waiter

GENERAL, UNIFORM, SCHOOL = PoolKind.GENERAL, PoolKind.UNIFORM, PoolKind.SCHOOL


def general(seats: int, taken: int = 0) -> Pool:
    return Pool(PoolId(1), GENERAL, seats, taken)


def uniform(seats: int, taken: int = 0) -> Pool:
    return Pool(PoolId(2), UNIFORM, seats, taken)


def waiting(*parties: int, wish: PoolKind = GENERAL, first: int = 1) -> list[Waiter]:
    return [
        Waiter(SignUpId(number), number, wish, party)
        for number, party in enumerate(parties, start=first)
    ]


@pytest.mark.parametrize(
    ("pools", "waiters", "wish", "party", "seat"),
    [
        pytest.param([general(1)], [], GENERAL, 1, 1, id="a free seat"),
        pytest.param([general(1, 1)], [], GENERAL, 1, None, id="full"),
        pytest.param([general(2, 1)], [], GENERAL, 2, None, id="a party of two, one seat: none"),
        pytest.param([general(2)], [], GENERAL, 2, 1, id="a party of two, two seats"),
        pytest.param(
            [general(1)], waiting(2), GENERAL, 1, 1, id="who waits could never sit: does not hold"
        ),
        pytest.param(
            [general(3, 2)], waiting(2), GENERAL, 1, None, id="free seat, but a party waits for it"
        ),
        pytest.param(
            [general(5, 2)], waiting(2), GENERAL, 1, 1, id="more seats than who waits can use"
        ),
        pytest.param([general(0), uniform(1)], [], UNIFORM, 1, 2, id="the own sub-pool first"),
        pytest.param([general(1), uniform(1)], [], UNIFORM, 1, 2, id="before the general seats"),
        pytest.param([general(1), uniform(1, 1)], [], UNIFORM, 1, 1, id="then the general ones"),
        pytest.param(
            [general(1, 1), uniform(1)], [], GENERAL, 1, None, id="not another's sub-pool"
        ),
        pytest.param(
            [general(1), uniform(1)], [], UNIFORM, 2, None, id="not spread over two pools"
        ),
        pytest.param(
            [general(2, 1), uniform(2, 1)],
            waiting(2),
            UNIFORM,
            1,
            2,
            id="who waits for general seats does not hold back the sub-pool",
        ),
        pytest.param(
            [general(2, 1), uniform(2, 1)],
            waiting(2, wish=UNIFORM),
            GENERAL,
            1,
            None,
            id="who waits for either holds back the general seats",
        ),
        pytest.param([general(1)], [], SCHOOL, 1, 1, id="a sub-pool that was released"),
    ],
)
def test_r03_nobody_passes_those_who_wait(
    pools: list[Pool], waiters: list[Waiter], wish: PoolKind, party: int, seat: int | None
) -> None:
    assert Occupancy(pools, waiters).seat_for_newcomer(wish, party) == seat


@pytest.mark.parametrize(
    ("pools", "waiters", "offered"),
    [
        pytest.param([general(1)], [], [], id="nobody waits"),
        pytest.param([general(1)], waiting(1, 1), [(1, 1)], id="one seat: the first"),
        pytest.param([general(2)], waiting(1, 1, 1), [(1, 1), (2, 1)], id="two seats: two"),
        pytest.param([general(2, 1)], waiting(2, 1), [], id="a party that must wait holds back"),
        pytest.param([general(3, 2)], waiting(1, 2), [(1, 1)], id="the party behind waits on"),
        pytest.param(
            [general(1)], waiting(2, 1), [(2, 1)], id="a party that can never sit is passed"
        ),
        pytest.param(
            [general(1), uniform(1)],
            waiting(1) + waiting(1, wish=UNIFORM, first=2),
            [(1, 1), (2, 2)],
            id="a seat in each pool",
        ),
        pytest.param(
            [general(1, 1), uniform(1)],
            waiting(1) + waiting(1, wish=UNIFORM, first=2),
            [(2, 2)],
            id="only who may use the sub-pool",
        ),
        pytest.param(
            [general(2, 1), uniform(1, 1)],
            waiting(2, wish=UNIFORM) + waiting(1, first=2),
            [],
            id="the first in line for either comes before the second for one",
        ),
        pytest.param(
            [general(1)], list(reversed(waiting(1, 1))), [(1, 1)], id="by place, however listed"
        ),
    ],
)
def test_s3_offers_go_in_strict_order(
    pools: list[Pool], waiters: list[Waiter], offered: list[tuple[int, int]]
) -> None:
    found = [(waiter.id, pool) for waiter, pool in Occupancy(pools, waiters).next_offers()]

    assert found == offered


@pytest.mark.parametrize(
    ("pools", "waiters", "more", "can"),
    [
        pytest.param([general(3, 2)], [], 1, True, id="a seat beside theirs"),
        pytest.param([general(3, 2)], [], 2, False, id="not two"),
        pytest.param([general(3, 2)], waiting(1), 1, False, id="somebody waits for it"),
        pytest.param(
            [general(3, 2), uniform(1)], waiting(1, wish=UNIFORM), 1, False, id="or could"
        ),
    ],
)
def test_s13_a_party_grows_only_into_seats_nobody_awaits(
    pools: list[Pool], waiters: list[Waiter], more: int, can: bool
) -> None:
    assert Occupancy(pools, waiters).can_grow(PoolId(1), more) is can


@pytest.mark.parametrize(
    ("free", "waiting_", "how", "said"),
    [
        pytest.param(12, 0, SeatsShown.EXACT, Availability(12, False, False, 0), id="exact"),
        pytest.param(3, 0, SeatsShown.EXACT, Availability(3, False, True, 0), id="exact, few"),
        pytest.param(12, 0, SeatsShown.VAGUE, Availability(None, False, False, 0), id="vague"),
        pytest.param(3, 0, SeatsShown.VAGUE, Availability(None, False, True, 0), id="vague, few"),
        pytest.param(3, 0, SeatsShown.HIDDEN, Availability(None, False, False, 0), id="hidden"),
        pytest.param(
            0, 0, SeatsShown.HIDDEN, Availability(None, True, False, 0), id="full is said"
        ),
        pytest.param(
            1, 2, SeatsShown.EXACT, Availability(None, True, False, 2), id="being offered"
        ),
    ],
)
def test_s16_seats_are_shown_as_the_zone_wants(
    free: int, waiting_: int, how: SeatsShown, said: Availability
) -> None:
    assert shown(free, waiting_, how) == said
