"""Following every button of the menu, as far as three taps lead."""

from datetime import timedelta

from tests.conversations.conftest import Chat
from tests.support.clock import FakeClock


async def three_taps_from_start(chat: Chat, clock: FakeClock) -> set[str]:
    """The entries whose title one can have tapped with three taps from /start."""
    reached: set[str] = set()

    async def follow(data: str, taps: int, number: int) -> None:
        if data.startswith("questions.show:"):
            reached.add(data.partition(":")[2])
            return
        if taps == 3 or not data.startswith("browse."):
            return
        clock.advance(timedelta(seconds=1))
        await chat.presses(number, data)
        shown = next(m for m in chat.screen.messages if m.number == number)
        for button in [button for row in shown.buttons for button in row]:
            await follow(button.get("callback_data", ""), taps + 1, number)

    await chat.types("/start")
    start = chat.last
    for button in [button for row in start.buttons for button in row]:
        await follow(button["callback_data"], 1, start.number)
    return reached
