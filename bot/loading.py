"""What an installation says: zone, sentences and answers, read and checked together.

Used before start, at `contactpunt check`, and on every reload: either all of it is right and taken,
or every problem is named and nothing changes.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from bot.config import AnyProblem, Settings, WrongConfiguration, Zone, load_zone
from bot.texts import Texts

if TYPE_CHECKING:
    from faq.entry import Content
    from faq.matcher import Matcher


@dataclass(frozen=True)
class Loaded:
    zone: Zone
    texts: Texts
    content: "Content"
    matcher: "Matcher"


@dataclass(frozen=True)
class Examined:
    """What `contactpunt check` says: problems end a start, warnings do not."""

    problems: tuple[AnyProblem, ...]
    warnings: tuple[str, ...]


def load(settings: Settings) -> Loaded:
    """Read everything; takes seconds when the index must be trained anew, so use a thread.

    Raises:
        WrongConfiguration: with every problem of every file.
    """
    from faq.matcher import Matcher

    zone, texts, content = readable(settings)
    return Loaded(zone, texts, content, Matcher.build(content, cache=cache_folder(settings)))


def readable(settings: Settings) -> "tuple[Zone, Texts, Content]":
    """What people read, without the index that finds it.

    Raises:
        WrongConfiguration: with every problem of every file.
    """
    from faq.check import unsendable

    zone, texts, content, problems = _read(settings)
    if content is not None:
        problems += unsendable(content)
    if zone is None or texts is None or content is None or problems:
        raise WrongConfiguration(problems)
    return zone, texts, content


def examine(settings: Settings, today: date) -> Examined:
    """Everything that an editor or the person who runs the server may want to know."""
    from faq.check import check

    zone, texts, content, problems = _read(settings)
    warnings: list[str] = []
    if content is not None:
        findings = check(content, today)
        problems += findings.problems
        warnings += [str(problem) for problem in (*findings.expired, *findings.expiring)]
    if zone is not None:
        file = settings.zone or "the example zone"
        warnings += [f"{file}: {place}: still to be filled in" for place in zone.unfilled]
        if texts is not None:
            warnings += [
                f"{language}: {key}: not translated, said in Dutch"
                for language, key in texts.missing(zone.languages)
            ]
    return Examined(tuple(problems), tuple(warnings))


def cache_folder(settings: Settings) -> Path:
    """Where the index is kept between starts; it can be removed at any time."""
    return settings.data / "cache"


def _read(
    settings: Settings,
) -> "tuple[Zone | None, Texts | None, Content | None, list[AnyProblem]]":
    from faq.loader import ContentProblems
    from faq.loader import load as load_content

    problems: list[AnyProblem] = []
    zone: Zone | None = None
    texts: Texts | None = None
    content: Content | None = None
    try:
        zone = load_zone(settings.zone)
    except WrongConfiguration as wrong:
        problems += wrong.problems
    try:
        texts = Texts.load(settings.texts_overlay, zone)
    except WrongConfiguration as wrong:
        problems += wrong.problems
    try:
        content = load_content(overlay=settings.faq_overlay)
    except ContentProblems as wrong_content:
        problems += wrong_content.problems
    return zone, texts, content, problems
