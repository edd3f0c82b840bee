"""Not faster than Telegram allows, in a time of our own."""

from collections.abc import Sequence
from datetime import timedelta

from bot.notifications.pacing import Pacer, growing


class Time:
    """A monotonic clock that only passes while somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds


def pacer_in(time: Time) -> Pacer:
    return Pacer(monotonic=time, sleep=time.sleep)


def most_within(moments: Sequence[float], span: float) -> int:
    """The largest number of *moments* in any window of *span* seconds (its end not included)."""
    return max(
        sum(1 for other in moments if 0 <= other - moment < span - 1e-9) for moment in moments
    )


async def test_r13_a_broadcast_keeps_to_25_a_second():
    time = Time()
    pacer = pacer_in(time)
    sent = []
    for chat in range(2000):
        await pacer.turn(chat)
        sent.append(time())

    assert most_within(sent, 1.0) == 25
    assert sent[-1] - sent[0] == 79.0  # and it is no slower than it may be


async def test_r13_one_chat_gets_a_small_burst_then_one_a_second():
    time = Time()
    pacer = pacer_in(time)
    sent = []
    for _ in range(6):
        await pacer.turn(7)
        sent.append(time() - 1000)

    assert sent == [0, 0, 0, 1, 2, 3]


async def test_r13_a_group_gets_18_a_minute():
    time = Time()
    pacer = pacer_in(time)
    sent = []
    for _ in range(60):
        await pacer.turn(-100)
        sent.append(time())

    assert most_within(sent, 60.0) == 18


async def test_r13_nothing_is_sent_before_retry_after_has_passed():
    assert await _sent_too_early(pacer_in) == 0


async def test_r13_control_a_pacer_that_ignores_retry_after_violates_it():
    class Heedless(Pacer):
        def stop_for(self, span: timedelta) -> None:
            """Does not listen."""

    def heedless_in(time: Time) -> Pacer:
        return Heedless(monotonic=time, sleep=time.sleep)

    assert await _sent_too_early(heedless_in) > 0


async def _sent_too_early(pacer_of) -> int:
    """How many of 50 messages go out before the deadline of a 429 that comes after ten."""
    time = Time()
    pacer = pacer_of(time)
    deadline = 0.0
    early = 0
    for number in range(50):
        if number % 2:
            await pacer.answer(number)
        else:
            await pacer.turn(number)
        early += time() < deadline
        if number == 10:
            pacer.stop_for(timedelta(seconds=7))
            deadline = time() + 7
    return early


async def test_b22_a_shorter_pause_does_not_end_a_longer_one():
    time = Time()
    pacer = pacer_in(time)
    pacer.stop_for(timedelta(seconds=30))
    pacer.stop_for(timedelta(seconds=3))

    await pacer.turn(1)

    assert time() == 1030
    assert not pacer.stopped


async def test_r13_answers_go_first_and_a_broadcast_yields_to_them():
    time = Time()
    pacer = pacer_in(time)
    for chat in range(25):
        await pacer.turn(chat)

    await pacer.answer(500)
    answered_at = time()
    await pacer.turn(600)

    assert answered_at == 1000  # at once, though the budget is spent
    assert time() == 1001  # and what the answer took is missing from the broadcast


async def test_answers_to_one_chat_cost_it_no_more_than_a_burst():
    time = Time()
    pacer = pacer_in(time)
    for _ in range(20):
        await pacer.answer(7)
    await time.sleep(1.0)

    assert pacer.wait_for(7) <= 0


async def test_b43_chats_are_forgotten():
    time = Time()
    pacer = pacer_in(time)
    for chat in range(10_000):
        await pacer.turn(chat)

    assert len(pacer._chat_free_at) < 5000


def test_growing_pauses_double_stay_bounded_and_differ():
    pauses = [growing(1.0, attempt, 60.0) for attempt in (0, 1, 2, 3, 10, 5000)]

    assert 0.75 <= pauses[0] <= 1.25
    assert 3.0 <= pauses[2] <= 5.0
    assert max(pauses) <= 75
    assert len({growing(1.0, 3, 60.0) for _ in range(20)}) > 1
