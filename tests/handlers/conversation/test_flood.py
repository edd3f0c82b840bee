"""The bucket of one person (T-20)."""

from datetime import timedelta

from handlers.flood import MOST, REMEMBERED, Admission, Flood
from tests.support.clock import FakeClock


def test_t20_twenty_in_ten_seconds_then_one_notice_a_minute(clock: FakeClock) -> None:
    flood = Flood()

    welcome = [flood.admission(1, clock()) for _ in range(MOST)]
    told = flood.admission(1, clock())
    silent = [flood.admission(1, clock()) for _ in range(50)]

    assert set(welcome) == {Admission.WELCOME}
    assert told is Admission.TOLD
    assert set(silent) == {Admission.SILENT}


def test_t20_after_ten_seconds_one_is_welcome_again(clock: FakeClock) -> None:
    flood = Flood()
    for _ in range(MOST + 5):
        flood.admission(1, clock())

    clock.advance(timedelta(seconds=10))

    assert flood.admission(1, clock()) is Admission.WELCOME


def test_t20_the_notice_comes_again_after_a_minute(clock: FakeClock) -> None:
    flood = Flood()
    notices = 0
    for _ in range(130):
        for _ in range(30):
            notices += flood.admission(1, clock()) is Admission.TOLD
        clock.advance(timedelta(seconds=1))

    assert notices == 3


def test_t20_others_are_not_held_back(clock: FakeClock) -> None:
    flood = Flood()
    for _ in range(100):
        flood.admission(1, clock())

    assert flood.admission(2, clock()) is Admission.WELCOME


def test_t20_memory_stays_bounded(clock: FakeClock) -> None:
    flood = Flood()
    for account in range(3 * REMEMBERED):
        flood.admission(account, clock())

    assert len(flood._buckets) == REMEMBERED


def test_an_update_that_is_tried_again_is_not_another_one() -> None:
    clock, flood = FakeClock(), Flood()
    first = [flood.admission(1, clock(), update) for update in range(MOST)]
    again = [flood.admission(1, clock(), MOST - 1) for _ in range(5)]
    next_one = flood.admission(1, clock(), MOST)

    assert {*first, *again} == {Admission.WELCOME}
    assert next_one is Admission.TOLD
