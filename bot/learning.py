"""`contactpunt unanswered accept` and `undo`: a question that nobody answered gets its entry.

What is taken in stands in `faq/learned.yaml` of the data folder, which an editor may read and
change; `contactpunt reload` takes it in use.
"""

import json
import re
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from bot.clock import BRUSSELS, utc_now
from bot.config import Settings
from bot.loading import Loaded
from bot.presses import Presses
from bot.questions.model import EntryId
from bot.questions.service import Questions
from bot.questions.unanswered import Unanswered, same
from bot.storage.database import Database
from bot.storage.migrate import upgrade
from faq.case import from_folder
from faq.entry import Learned
from faq.learning import Change, Effects, Kept, School, objection
from faq.loader import LEARNED
from faq.yaml_reader import MOST_BYTES, read_yaml

LARGEST: Final = MOST_BYTES * 3 // 4
"""Of the file, in bytes: far more than what helps. Older questions can become phrasings."""

SHOWN: Final = 10
"""Changes of one kind that are printed."""

_HEADER: Final = """\
# Questions that `contactpunt unanswered accept` took in. Items may be removed; an item may move to
# the phrasings of its entry, where it also helps to understand other questions.
"""
_BLANKS = re.compile(r"\[(?:naam|nummer|mail|link|telefoon)\]")


class CannotLearn(Exception):
    """The question or the entry is not there, or there is nothing to undo."""


@dataclass(frozen=True)
class Proposal:
    """A question with the entry that answers it, and what that changes elsewhere."""

    learned: Learned
    kept: str
    """As it stands among what nobody answered."""
    effects: Effects


async def propose(
    settings: Settings, loaded: Loaded, what: str, entry: str, language: str | None
) -> Proposal:
    """Find the question *what* (its number, or its text), and ask everything with it taken in.

    Raises:
        CannotLearn: with the reason.
    """
    async with _questions(settings, loaded) as questions:
        kept = await questions.kept()
    text, spoken = _found(kept, what, language)
    learned = Learned(
        id=_next(loaded.content.learned),
        entry=entry,
        language=spoken,
        phrasing=" ".join(_BLANKS.sub(" ", text).split()) or text,
        accepted_on=_today(),
    )
    if (reason := objection(loaded.content, learned)) is not None:
        raise CannotLearn(reason)
    known = {"", *loaded.content.by_id}
    known |= {f"route:{route.id}" for route in loaded.content.routes}
    known |= {f"action:{action.id}" for action in loaded.content.actions}
    others = [
        Kept(each.text, each.language) for each in kept if each not in same(kept, text, spoken)
    ]
    school = School(
        loaded.content,
        loaded.matcher,
        [case for case in from_folder() if case.expected in known],
        list(dict.fromkeys(others)),
        say=_progress,
    )
    return Proposal(learned, text, school.try_out([learned])[1])


async def accept(settings: Settings, loaded: Loaded, proposal: Proposal) -> None:
    """Write it down and take it off the list: both, or neither.

    Raises:
        CannotLearn: the file is full.
    """
    file = file_of(settings)

    def write(taken: Sequence[Unanswered]) -> None:
        held = learned_in(file)
        last = max((each.asked_on for each in taken), default=None)
        new = proposal.learned.model_copy(
            update={"id": _next(held), "asked": len(taken), "asked_on": last}
        )
        _write(file, [*held, new])

    async with _questions(settings, loaded) as questions:
        before = file.read_bytes() if file.exists() else None
        try:
            await questions.take_out(proposal.kept, proposal.learned.language, write)
        except BaseException:
            _restore(file, before)
            raise


async def undo(settings: Settings, loaded: Loaded) -> Learned:
    """Take the last one back, and put the question among what nobody answered again.

    Raises:
        CannotLearn: there is none.
    """
    file = file_of(settings)
    held = learned_in(file)
    if not held:
        raise CannotLearn("nothing was taken in")
    last = max(held, key=lambda each: int(each.id))
    left = [each for each in held if each.id != last.id]
    question = Unanswered(
        last.phrasing, last.language, EntryId(last.entry), last.asked_on or last.accepted_on
    )
    async with _questions(settings, loaded) as questions:
        before = file.read_bytes()
        try:
            await questions.put_back(question, last.asked, lambda: _write(file, left))
        except BaseException:
            _restore(file, before)
            raise
    return last


def file_of(settings: Settings) -> Path:
    return settings.faq_overlay / f"{LEARNED}.yaml"


def learned_in(file: Path) -> list[Learned]:
    """What was taken in, in the order of the file."""
    if not file.exists():
        return []
    return [Learned.model_validate(each) for each in read_yaml(file).data or ()]


def told(effects: Effects) -> str:
    """What changes, for the editor who decides."""
    groups = (
        ("cases that would go wrong", effects.worse),
        ("phrasings that another entry would take", effects.taken),
        ("taken in without being answered with it", effects.in_vain),
        ("cases that go right only then", effects.better),
        ("cases with another outcome, as right or wrong as before", effects.other),
        ("other unanswered questions with another outcome", effects.unanswered),
    )
    lines = []
    for name, changes in groups:
        lines.append(f"{len(changes)} {name}")
        lines += [f"  {_line(change)}" for change in changes[:SHOWN]]
        if len(changes) > SHOWN:
            lines.append(f"  and {len(changes) - SHOWN} more")
    return "\n".join(lines)


def _line(change: Change) -> str:
    wanted = f" (wanted: {change.wanted})" if change.wanted else ""
    return f"{change.language} {change.question!r}: {change.before} → {change.after}{wanted}"


def _found(kept: Sequence[Unanswered], what: str, language: str | None) -> tuple[str, str]:
    """The text and the language of a question."""
    if what.isdecimal():
        for each in kept:
            if each.number == int(what):
                return each.text, language or each.language
        raise CannotLearn(f"no unanswered question has the number {what}")
    for each in kept:
        if same([each], what, each.language) and language in (None, each.language):
            return each.text, each.language
    return what, language or "nl"


def _next(learned: Sequence[Learned]) -> str:
    return str(1 + max((int(each.id) for each in learned), default=0))


def _write(file: Path, learned: Sequence[Learned]) -> None:
    """The whole file anew, in one piece."""
    lines = [_HEADER]
    for each in learned:
        fields = each.model_dump(mode="json", exclude_none=True)
        lines += [
            f"{'- ' if name == 'id' else '  '}{name}: {json.dumps(value, ensure_ascii=False)}\n"
            for name, value in fields.items()
        ]
    text = "".join(lines)
    if len(text.encode()) > LARGEST:
        raise CannotLearn(f"{file} is full: make phrasings of what stands in it")
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(file)


def _restore(file: Path, before: bytes | None) -> None:
    if before is None:
        file.unlink(missing_ok=True)
    else:
        file.write_bytes(before)


def _progress(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


def _today() -> date:
    return utc_now().astimezone(BRUSSELS).date()


@asynccontextmanager
async def _questions(settings: Settings, loaded: Loaded) -> AsyncIterator[Questions]:
    await upgrade(settings.database_url)
    database = await Database.open(settings.database_url, pool=1)
    try:
        yield Questions(
            database,
            Presses(database, utc_now),
            loaded.zone,
            loaded.content,
            loaded.matcher,
            utc_now,
        )
    finally:
        await database.close()
