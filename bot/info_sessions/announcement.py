"""The text that a coordinator pastes elsewhere: on the zone's website, on Facebook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from babel import Locale

from bot.clock import spoken_span, spoken_time
from bot.info_sessions.model import InfoSessionId
from bot.info_sessions.plan import Plan
from bot.texts import Texts

LONGEST: Final = 3500
"""Characters: a message takes it whole, and nobody reads more."""


class Where(StrEnum):
    WEBSITE = "website"
    FACEBOOK = "facebook"


@dataclass(frozen=True, slots=True)
class Announced:
    id: InfoSessionId
    plan: Plan


def announcement(
    texts: Texts, language: str, where: Where, zone: str, sessions: Sequence[Announced], bot: str
) -> str:
    """Plain text, ready to paste; of several sessions of one day it is one text.

    Args:
        bot: the user name under which the assistant is found; its links open each session.
    """

    def say(key: str, **values: object) -> str:
        return texts.plain(f"planning.paste_{key}", language, **values)

    plan = sessions[0].plan
    name = str(Locale.parse(plan.language).get_display_name(language) or plan.language)
    place = f"{plan.place}, {plan.room}" if plan.room else plan.place
    dates = [
        say(
            "line",
            when=spoken_span(each.plan.starts_at, each.plan.ends_at, language),
            link=link_to(bot, each.id, where),
        )
        for each in sessions
    ]
    about = (say("where", place=place), say("language", spoken=name))
    lead = say(f"lead_{plan.track}", zone=zone)
    full = say("full") if plan.waiting_list else say("free")
    stops = ", ".join(stop.title for stop in plan.stops)
    tour = (say("tour", stops=stops),) if stops else ()
    if where is Where.FACEBOOK:
        return _fitting((f"📣 {plan.title}", lead, *dates, "\n".join(about), full), tour, after=2)
    programme = "\n".join(_programme(plan, language))
    notes = (("card_bring", plan.bring), ("card_accessibility", plan.accessibility))
    said = (texts.plain(f"info_sessions.{key}", language, what=note) for key, note in notes if note)
    more = (programme, *tour, *said)
    return _fitting((plan.title, lead, *dates, "\n".join(about), full), more, after=3 + len(dates))


def _fitting(needed: Sequence[str], more: Sequence[str], *, after: int) -> str:
    """All that is *needed*, and of what there is *more* as much as fits, after so many parts."""
    room = LONGEST - sum(len(part) + 2 for part in needed)
    extra = []
    for part in more:
        if part and len(part) + 2 <= room:
            extra.append(part)
            room -= len(part) + 2
    return "\n\n".join((*needed[:after], *extra, *needed[after:]))


def link_to(bot: str, id_: InfoSessionId, where: Where) -> str:
    """Opens the assistant at this info session; a sign-up is then counted for where it stood."""
    return f"https://t.me/{bot}?start=s_{id_}_{where}"


def _programme(plan: Plan, language: str) -> Iterator[str]:
    at = plan.starts_at
    for part in plan.parts:
        yield f"{spoken_time(at, language)} {part.title}"
        at += timedelta(minutes=part.minutes)
