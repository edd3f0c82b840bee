"""Our own getUpdates loop: stored first, confirmed then, and nothing in an update stops it."""

import asyncio
import json
from collections.abc import Callable

import pytest
from structlog.testing import capture_logs
from telegram.error import NetworkError, TimedOut

from bot.health import Health
from handlers import receive
from handlers.receive import Poller, announce_polling, announce_webhook
from handlers.transport import NotSent, TokenRefused
from tests.handlers.fakes import TOKEN, Answer, FakeApi, ok, refused
from tests.handlers.receive.conftest import typed

BASE = f"http://127.0.0.1/bot{TOKEN}"


class Telegram:
    """Keeps updates until they are confirmed, as Telegram does."""

    def __init__(self, *updates: object) -> None:
        self.updates = list(updates)
        self.fault: Answer | None = None
        self.api = FakeApi(self._answer)

    def _answer(self, method: str, parameters: dict) -> Answer:
        if self.fault is not None:
            return self.fault
        offset = int(parameters.get("offset", 0))
        self.updates = [u for u in self.updates if number_of(u) >= offset]
        return ok(self.updates[:100])

    @property
    def offsets(self) -> list[int | None]:
        return [
            int(call["offset"]) if "offset" in call else None
            for call in self.api.named("getUpdates")
        ]


def number_of(update: object) -> int:
    number = update.get("update_id") if isinstance(update, dict) else None
    return number if isinstance(number, int) else 10**12


@pytest.fixture
def polling(reception, health) -> Callable[[Telegram], Poller]:
    return lambda telegram, **more: Poller(
        telegram.api, BASE, reception, health=health, long_poll=0, **more
    )


async def test_r08_confirmed_only_after_it_was_stored(polling, noted, flaky):
    telegram = Telegram(typed(10), typed(11))
    poller = polling(telegram)
    flaky.broken = True
    await poller.poll()
    await poller.poll()
    assert telegram.offsets == [None, None]
    assert len(telegram.updates) == 2

    flaky.broken = False
    await poller.poll()
    await poller.poll()
    assert telegram.offsets[2:] == [None, 12]
    assert telegram.updates == []
    assert noted.ids == [10, 11]


async def test_r09_a_restart_that_gets_everything_again_hands_out_nothing_twice(polling, noted):
    telegram = Telegram(typed(10), typed(11))
    await polling(telegram).poll()
    await polling(telegram).poll()

    assert noted.ids == [10, 11]


async def test_r08_what_was_left_unfinished_is_handed_out_after_a_restart(
    reception, polling, noted
):
    await polling(Telegram(typed(10))).poll()
    noted.arrivals.clear()

    assert await reception.resume() == 1
    assert noted.ids == [10]


async def test_b07_an_update_nobody_can_read_stops_nothing(polling, noted, health):
    broken = {"update_id": 11, "message": {"date": "yesterday", "chat": None, "from": 3}}
    telegram = Telegram(typed(10), broken, "garbage", {"no": "number"}, typed(12))
    poller = polling(telegram)

    assert await poller.poll() == 0
    assert noted.ids == [10, 11, 12]  # 11 is for the processor to find out
    assert health.counts["updates_parked"] == 2
    await poller.poll()
    assert telegram.offsets == [None, 13]


async def test_b46_b02_always_says_what_it_wants_and_never_drops_what_waits(polling):
    telegram = Telegram()
    await polling(telegram).poll()
    await announce_polling(telegram.api, BASE)
    await announce_webhook(telegram.api, BASE, "https://zone.be/tg", "s" * 43)

    [poll] = telegram.api.named("getUpdates")
    assert json.loads(poll["allowed_updates"]) == [
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
    ]
    [hook] = telegram.api.named("setWebhook")
    assert hook["secret_token"] == "s" * 43
    assert hook["allowed_updates"] == poll["allowed_updates"]
    assert telegram.api.named("deleteWebhook") == [{}]
    assert not any("drop_pending_updates" in call for _, call in telegram.api.calls)


async def test_b05_after_a_quiet_day_numbers_may_start_anew(polling, noted):
    seconds = 0.0
    telegram = Telegram(typed(900))
    poller = polling(telegram, monotonic=lambda: seconds)
    await poller.poll()
    await poller.poll()
    seconds += receive.OFFSET_FORGOTTEN_AFTER + 1
    await poller.poll()
    telegram.updates = [typed(17)]
    await poller.poll()

    assert telegram.offsets == [None, 901, 901, None]
    assert noted.ids == [900, 17]


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(NotSent("no connection"), id="no connection"),
        pytest.param(TimedOut(), id="no answer"),
        pytest.param(NetworkError("reset"), id="reset"),
        pytest.param(refused(502, "Bad Gateway"), id="502"),
        pytest.param((200, b"<html>"), id="not JSON"),
        pytest.param((200, b'{"ok": true}'), id="no result"),
        pytest.param(ok({"not": "a list"}), id="not a list"),
    ],
)
async def test_r23_b08_trouble_is_waited_out_and_shows(polling, health, fault: Answer):
    seconds = 0.0
    health.monotonic = lambda: seconds
    telegram = Telegram(typed(10))
    poller = polling(telegram)
    await poller.poll()
    telegram.fault = fault

    pauses = [await poller.poll() for _ in range(8)]
    assert pauses[0] < 1 < pauses[3] < pauses[7] < 20
    seconds += 60
    assert (await health.report())["status"] == "failing"

    telegram.fault = None
    assert await poller.poll() == 0
    assert (await health.report())["status"] == "ok"


async def test_b09_a_conflict_is_an_alarm_and_polling_goes_on(polling, health):
    telegram = Telegram(typed(10))
    telegram.fault = refused(409, "Conflict: terminated by other getUpdates request")
    poller = polling(telegram)

    with capture_logs() as logs:
        assert await poller.poll() >= 1
    assert health.counts["poll_conflicts"] == 1
    assert logs[0]["log_level"] == "error"
    telegram.fault = None
    assert await poller.poll() == 0


async def test_r13_a_429_on_polling_is_waited_for(polling):
    telegram = Telegram()
    telegram.fault = refused(429, "Too Many Requests", retry_after=4)

    assert await polling(telegram).poll() == 4


@pytest.mark.parametrize("code", [401, 404])
async def test_b08_a_refused_token_ends_polling_loudly(polling, code: int):
    telegram = Telegram()
    telegram.fault = refused(code, "Unauthorized")

    with pytest.raises(TokenRefused) as raised:
        await polling(telegram).run()
    assert TOKEN not in str(raised.value)
    with pytest.raises(TokenRefused):
        await announce_polling(telegram.api, BASE)


async def test_r21_who_wrote_is_told_to_try_again_once_a_minute(polling, flaky, told, notices):
    flaky.broken = True
    poller = polling(Telegram(typed(10, 1), typed(11, 1), typed(12, 2)))
    for _ in range(5):
        await poller.poll()
    await notices.close()

    assert sorted(told.notices) == [(1, "errors.try_again nl"), (2, "errors.try_again nl")]


async def test_back_pressure_nothing_is_asked_for_without_room(reception, health):
    telegram = Telegram(typed(10))
    room = asyncio.Event()

    async def wait() -> None:
        await room.wait()

    reception.room = wait
    poller = Poller(telegram.api, BASE, reception, health=health, sleep=_stop)
    task = asyncio.create_task(poller.run())
    for _ in range(10):
        await asyncio.sleep(0)
    assert telegram.api.calls == []
    room.set()
    telegram.fault = refused(502, "so that it pauses, and ends")
    with pytest.raises(RuntimeError):
        await task
    assert len(telegram.api.calls) == 1


async def _stop(seconds: float) -> None:
    raise RuntimeError


async def test_t03_no_log_line_holds_the_token(polling):
    telegram = Telegram()
    with capture_logs() as logs:
        for fault in (NotSent("x"), refused(409, "Conflict"), (500, b"<html>")):
            telegram.fault = fault
            await polling(telegram).poll()

    assert len(logs) == 3
    assert TOKEN not in repr(logs)


def test_health_hears_of_a_poll_well_within_its_limit():
    from bot.health import DEAF_AFTER

    assert DEAF_AFTER.total_seconds() > receive.LONG_POLL + 10
    assert Health("polling").receiving == "polling"
