"""A newcomer: the first message, deep links, the menu, and what is typed in other ways."""

from collections.abc import Callable

from tests.conversations.conftest import Chat

ChatOf = Callable[..., Chat]
Transcript = Callable[[str, Chat], None]


async def test_p1_a_newcomer_reads_who_this_is_and_asks_at_once(
    chat_of: ChatOf, transcript: Transcript
) -> None:
    an = chat_of(1)

    await an.types("/start")
    await an.types("hoe oud moet je zijn")

    transcript("newcomer", an)
