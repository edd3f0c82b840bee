"""Commands: their names in every language, and who answers which.

The same handlers answer when somebody asks for the thing in words («Wanted» of `bot.questions`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from handlers.audience import Audience, declared
from handlers.buttons import Handler

NAMES: Final[dict[str, dict[str, str]]] = {
    "start": {"nl": "start", "fr": "start", "de": "start", "en": "start"},
    "topics": {"nl": "vragen", "fr": "questions", "de": "fragen", "en": "topics"},
    "human": {"nl": "contact", "fr": "contact", "de": "kontakt", "en": "contact"},
    "sessions": {"nl": "infosessies", "fr": "seances", "de": "infotermine", "en": "sessions"},
    "book": {"nl": "afspraak", "fr": "rendezvous", "de": "termin", "en": "appointment"},
    "language": {"nl": "taal", "fr": "langue", "de": "sprache", "en": "language"},
    "help": {"nl": "help", "fr": "aide", "de": "hilfe", "en": "help"},
    "cancel": {"nl": "annuleer", "fr": "annuler", "de": "abbrechen", "en": "cancel"},
    "privacy": {"nl": "privacy", "fr": "vieprivee", "de": "datenschutz", "en": "privacy"},
    "export": {"nl": "mijngegevens", "fr": "mesdonnees", "de": "meinedaten", "en": "mydata"},
    "delete": {"nl": "wissen", "fr": "effacer", "de": "loeschen", "en": "erase"},
    "pause": {"nl": "pauze", "fr": "pause", "de": "pausieren", "en": "pause"},
    "stop": {"nl": "stop", "fr": "arreter", "de": "stopp", "en": "stop"},
}
"""The name shown in the list of commands, by language; each is understood in every language."""

STAFF_NAMES: Final[dict[str, dict[str, str]]] = {
    "staff": {"nl": "beheer", "fr": "gestion", "de": "verwaltung", "en": "manage"},
}
"""As `NAMES`, for colleagues: only their chats list them, and the slash is needed."""

ALSO: Final[dict[str, tuple[str, ...]]] = {
    "topics": ("themas", "themes", "themen", "faq"),
    "human": ("mens", "humain", "mensch", "human"),
    "sessions": ("infosessie", "seance", "infosession", "infosessions"),
    "book": ("termine", "rdv"),
    "cancel": ("annuleren", "stoppen"),
    "delete": ("vergeetmij", "wis", "supprimer", "delete", "forgetme"),
    "export": ("gegevens", "data"),
    "pause": ("pauzeer", "pauseren"),
    "start": ("menu", "begin"),
}
"""Further names, understood but not listed."""


@dataclass(frozen=True)
class Claim:
    """Who answers a command, and whose it is."""

    handler: Handler
    for_: Audience


CLAIMS: Final[dict[str, Claim]] = {}


def command(name: str, *, for_: Audience) -> Callable[[Handler], Handler]:
    """Let the function answer the command *name* when somebody of *for_* types it.

    A key of `NAMES` is for anybody, and answers the wish in words too; one of `STAFF_NAMES` is
    for colleagues.
    """
    names = NAMES if declared(f"the command {name}", for_).is_everybody else STAFF_NAMES

    def claim(handler: Handler) -> Handler:
        if name not in names or name in CLAIMS:
            raise ValueError(f"{name} is no command, or has a handler already")
        CLAIMS[name] = Claim(handler, for_)
        return handler

    return claim


def named(text: str) -> str | None:
    """The command that somebody typed without its slash, and nothing else with it."""
    return _BY_SPELLING.get(text.strip(" .!?").casefold())


def spellings(name: str) -> list[str]:
    """Everything that can be typed after the slash for *name*."""
    names = NAMES.get(name) or STAFF_NAMES[name]
    return list(dict.fromkeys((name, *names.values(), *ALSO.get(name, ()))))


_BY_SPELLING: Final = {spelling: name for name in NAMES for spelling in spellings(name)}
