"""A line in the log, every day, as long as an answer is about to expire or hidden."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import date
from typing import Any

import structlog

from bot.clock import BRUSSELS, Now
from faq.entry import Content
from faq.expiry import SHORTLY, reminders

log = structlog.get_logger(__name__)


def reminding(content: Callable[[], Content], now: Now) -> Callable[[], Coroutine[Any, Any, None]]:
    """The daily work: remind the owners of what *content* gives at that time."""

    async def remind() -> None:
        tell(content(), now().astimezone(BRUSSELS).date())

    return remind


def tell(content: Content, today: date) -> None:
    found = list(reminders(content, today))
    hidden = [str(each) for each in found if each.within is None]
    shortly = [str(each) for each in found if each.within == SHORTLY]
    ahead = [str(each) for each in found if each.within not in (None, SHORTLY)]
    if hidden:
        log.error("answers have expired and are hidden", entries=hidden)
    if shortly:
        log.warning("answers expire within 3 days", entries=shortly)
    if ahead:
        log.warning("answers expire within 14 days", entries=ahead)
