"""Info sessions asked for in words: «schrijf me in voor zaterdag», «annuleer mijn inschrijving»."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from typing import Final

from babel.dates import get_day_names

from bot.clock import BRUSSELS
from bot.info_sessions.looking import Coming
from bot.notifications.message import Message
from handlers.context import Context
from handlers.days import LANGUAGES, days_in
from handlers.info_sessions_interest import wishes
from handlers.info_sessions_list import overview
from handlers.info_sessions_mine import own
from handlers.info_sessions_screen import screen

_LEAVING: Final = re.compile(
    r"annul|uitschrijv|schrijf (?:me|mij) uit|schrap|kan niet komen|kom niet|"
    r"d[ée]sinscri|retire|peux pas venir|viens pas|"
    r"storn|abmeld|melde mich ab|streich|nicht kommen|"
    r"cancel|withdraw|take me off|can't come|cannot come|not coming"
)
_TELLING: Final = re.compile(
    r"verwittig|op de hoogte|laat (?:me |mij )?(?:iets )?weten|"
    r"pr[ée]v(?:en|ien)|tenez-moi|informez-moi|"
    r"bescheid|benachrichtig|informieren sie mich|"
    r"let me know|notify|tell me when|keep me"
)
_NEAR: Final = {
    **dict.fromkeys(("vandaag", "aujourd'hui", "heute", "today"), 0),
    **dict.fromkeys(("morgen", "demain", "tomorrow"), 1),
    **dict.fromkeys(("overmorgen", "après-demain", "apres-demain", "übermorgen"), 2),
}
_WORDS: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


async def asked_for(context: Context, text: str) -> Message:
    """What somebody sees who asks for info sessions with *text*; it proposes, a tap decides."""
    said = text.casefold().replace("’", "'")
    if _LEAVING.search(said):
        return await own(context)
    if _TELLING.search(said):
        return await wishes(context)
    today = context.services.now().astimezone(BRUSSELS).date()
    lines = await context.services.info_sessions.coming(None, context.language)
    named = _named(said, today, lines)
    if named is None:
        return await overview(context)
    if not named:
        return await overview(context, head=context.text("info_sessions.not_on_that_day"))
    if len(named) == 1:
        return await screen(context, named[0].info_session.id)
    only = [line.info_session.id for line in named]
    return await overview(context, head=context.text("info_sessions.on_that_day"), only=only)


def _named(said: str, today: date, lines: Sequence[Coming]) -> list[Coming] | None:
    """Those on the days that are named; None when no day is named at all."""
    words = _WORDS.findall(said)
    days = set(days_in(said, today))
    days |= {today + timedelta(days=_NEAR[word]) for word in words if word in _NEAR}
    weekdays = {_weekdays()[word] for word in words if word in _weekdays()}
    if not days and not weekdays:
        return None
    if not days:  # the nearest such day on which there is something
        days = set(sorted(_day(line) for line in lines if _day(line).weekday() in weekdays)[:1])
    return [line for line in lines if _day(line) in days]


def _day(line: Coming) -> date:
    return line.info_session.starts_at.astimezone(BRUSSELS).date()


@cache
def _weekdays() -> dict[str, int]:
    """Written in full: short forms are words of their own in another language."""
    return {
        name.casefold(): number
        for language in LANGUAGES
        for number, name in get_day_names("wide", locale=language).items()
    }
