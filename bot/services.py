"""Everything a handler may call, as one typed object."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date

from bot.audit import Audit
from bot.clock import BRUSSELS, Now, utc_now
from bot.config import Zone
from bot.info_sessions.door import Door
from bot.info_sessions.papers import Papers
from bot.info_sessions.planning import Planning
from bot.info_sessions.service import InfoSessions
from bot.people.model import Person
from bot.people.service import People
from bot.presses import Presses
from bot.privacy import Privacy
from bot.questions.answers import Answers
from bot.questions.service import Questions
from bot.staff import Staff
from bot.texts import Texts


@dataclass
class Services:
    """The use cases, the sentences and the zone.

    `texts` and `zone` are replaced on a reload, so read them anew for every update.
    """

    people: People
    questions: Questions
    privacy: Privacy
    presses: Presses
    staff: Staff
    audit: Audit
    info_sessions: InfoSessions
    planning: Planning
    door: Door
    papers: Papers
    texts: Texts
    zone: Zone
    now: Now = utc_now

    @property
    def answers(self) -> Answers:
        """The content in use now; replaced on a reload."""
        return self.questions.answers

    @property
    def languages(self) -> tuple[str, ...]:
        """The enabled languages; the first is the one for who speaks none of them."""
        return tuple(self.zone.languages)

    def language_of(self, person: Person) -> str:
        """The language to speak with *person*: theirs when the zone offers it."""
        return self.enabled(person.language)

    def enabled(self, language: str | None) -> str:
        """*language* («fr» or «fr-BE») when the zone offers it, else the zone's first."""
        short = (language or "").partition("-")[0].lower()
        return short if short in self.languages else self.languages[0]


@lru_cache(maxsize=512)
def spoken_day(when: date, language: str) -> str:
    """«21 november 2026»: with the year, for what lives longer than a season."""
    if isinstance(when, datetime):
        when = when.astimezone(BRUSSELS).date()
    return format_date(when, "long", locale="en_GB" if language == "en" else language)
