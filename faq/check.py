"""What an editor has to put right: `python -m faq.check [DIR] [--overlay DIR] [--today DAY]`.

Prints every problem with file, line and field, and exits with 1 when there is one. `--leave-out`
also names phrasings that stand under the wrong entry (some minutes), `--advice` what to write next.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from faq.duplicates import near_duplicates
from faq.entry import LONGEST_ID, Content, Entry, EntryText, Fixed
from faq.expiry import reminders
from faq.facts import figures
from faq.leave_out import FOLDS, Held, held_out, misplaced, too_close
from faq.loader import ContentProblems, load
from faq.markup import LONGEST_MESSAGE, faults, length, plain
from faq.matcher import Matcher
from faq.normalise import normalised
from faq.readability import EASY_ENOUGH, reading_ease
from faq.yaml_reader import Problem, Steps

LANGUAGES = ("nl", "fr", "de", "en")
LONGEST_ANSWER = LONGEST_MESSAGE - 900
"""Leaves room for what the assistant adds: source, day, mark that it is automatic."""

LONGEST_AT_ONCE = 700
"""Characters of an answer before "more": about a phone's screen."""

LONG = 450
"""From so many characters in Dutch on, an answer also has a plain variant."""

LONGEST_SIMPLY = 320
EASY_TO_ALL = 70.0
"""Douma's "fairly easy" begins here; see `reading_ease`."""

LONGEST_TITLE = 45
"""A question is also the label of a button, which a narrow phone cuts at about so many letters."""

MOST_ADVICE = 15
ENOUGH = {"nl": 20}
ENOUGH_IN_OTHERS = 10
"""Phrasings of an entry: on public questions 20 give right answers 82 times in a hundred, 10 give
76, 5 give 66 (see README, matching)."""

_TERMS = (
    "politie inspecteur hoofdinspecteur beveiligingsagent beveiligingsagenten aspirant "
    "aspiranten burgerpersoneel politieschool basisopleiding selectieprocedure selectieproeven "
    "informatiesessie infosessie sollicitatie sollicitatiegesprek persoonlijkheidsproef "
    "cognitieve medische sportproef moraliteitsonderzoek selectiecommissie wervingsreserve "
    "nationaliteit rijksregisternummer identiteitskaart rijbewijs vacature vacatures "
    "politiezone aanwervingspremie kandidaat kandidaten jobpol contactpunt federale lokale"
)
OFFICIAL_TERMS = frozenset(_TERMS.split())
"""Names that stand on every official page; see `reading_ease`."""


@dataclass(frozen=True)
class Findings:
    problems: tuple[Problem, ...] = ()
    expired: tuple[Problem, ...] = ()
    """Entries that are out of date: a failure for whoever publishes, a warning while running."""
    expiring: tuple[Problem, ...] = ()
    """Entries that will soon be: a warning."""


def check(content: Content, today: date) -> Findings:
    """Everything about the content that reading it file by file cannot show."""
    found = [problem for entry in content.entries for problem in _entry(entry, content)]
    for kind in ("routes", "actions", "smalltalk"):
        for fixed in getattr(content, kind):
            found += _fixed(fixed, kind, content)
    found += _collisions(content)
    found += _words(content)
    found += _learned(content)
    dated: dict[bool, list[Problem]] = {True: [], False: []}
    for reminder in reminders(content, today):
        entry, ends = reminder.entry, reminder.last_day
        message = f"was valid until {ends}"
        if reminder.within is not None:
            message = f"is hidden after {ends}, in {(ends - today).days} days: check it anew"
        problem = _problem(content, entry.id, message, "valid_until")
        dated[reminder.within is None].append(problem)
    return Findings(tuple(sorted(found)), tuple(sorted(dated[True])), tuple(dated[False]))


def _entry(entry: Entry, content: Content) -> Iterator[Problem]:
    def problem(message: str, *steps: str) -> Problem:
        return _problem(content, entry.id, message, ".".join(steps))

    if len(entry.id.encode()) > LONGEST_ID:
        yield problem(f"is longer than {LONGEST_ID} bytes, too long for a button", "id")
    if not all(part.isalnum() for part in entry.id.split("-")) or entry.id != entry.id.lower():
        yield problem("is written with small letters, digits and hyphens", "id")
    if content.topics and entry.topic not in {topic.id for topic in content.topics}:
        yield problem(f"{entry.topic!r} is not in topics.yaml", "topic")
    for other in entry.related:
        if other == entry.id or other not in content.by_id:
            yield problem(f"{other!r} is not another entry", "related")
    known = {fact.id for fact in content.facts}
    for source in entry.sources:
        if not source.url.startswith(("https://", "http://")):
            yield problem(f"{source.url!r} is not an address", "sources")
        for fact in source.facts:
            if fact not in known:
                yield problem(f"fact {fact} is not in facts.yaml", "sources")
    for tag in LANGUAGES:
        if tag not in entry.languages and tag not in entry.untranslated:
            yield problem("is missing; give the reason under 'untranslated'", "languages", tag)
    for tag, text in entry.languages.items():
        for message, field in _text(text, tag):
            yield problem(message, "languages", tag, field)
    if "nl" in entry.languages and len(plain(entry.languages["nl"].answer)) > LONG:
        for tag, text in entry.languages.items():
            if not text.simply.strip():
                yield problem("is missing: the answer is long", "languages", tag, "simply")
    yield from _unequal(entry, content)


def unsendable(content: Content) -> list[Problem]:
    """What would reach a candidate broken, or not at all: never taken into use, however urgent."""
    found = [
        _problem(content, entry.id, message, f"languages.{tag}.{field}")
        for entry in content.entries
        for tag, text in entry.languages.items()
        for message, field in _message(text)
    ]
    for kind in ("routes", "smalltalk"):
        for fixed in getattr(content, kind):
            found += _fixed_messages(fixed, kind, content)
    return sorted(found)


def _message(text: EntryText) -> Iterator[tuple[str, str]]:
    for field in ("answer", "more", "simply", "volatile"):
        for fault in faults(getattr(text, field) or ""):
            yield fault, field
    size = length(text.answer) + length(text.volatile or "")
    if size > LONGEST_ANSWER:
        yield f"has {size} characters, more than {LONGEST_ANSWER}", "answer"
    if length(text.more) > LONGEST_ANSWER:
        yield f"has more than {LONGEST_ANSWER} characters", "more"


def _text(text: EntryText, tag: str) -> Iterator[tuple[str, str]]:
    yield from _message(text)
    if len(text.question) > LONGEST_TITLE:
        yield f"has more than {LONGEST_TITLE} characters", "question"
    if (shown := len(plain(text.answer))) > LONGEST_AT_ONCE:
        yield f"has {shown} characters: what goes beyond {LONGEST_AT_ONCE} is for 'more'", "answer"
    if (shown := len(plain(text.simply))) > LONGEST_SIMPLY:
        yield f"has {shown} characters, more than {LONGEST_SIMPLY}", "simply"
    if added := figures(text.simply) - figures(f"{text.answer}\n{text.more}"):
        yield f"has numbers that the answer lacks: {', '.join(sorted(added))}", "simply"
    if tag != "nl":
        return
    for field, least in (("answer", EASY_ENOUGH), ("more", EASY_ENOUGH), ("simply", EASY_TO_ALL)):
        written = plain(getattr(text, field))
        if written and (ease := reading_ease(written, OFFICIAL_TERMS)) < least:
            yield f"is hard to read: {ease:.0f} of {least:.0f} (Flesch-Douma)", field


def _unequal(entry: Entry, content: Content) -> Iterator[Problem]:
    texts = entry.languages
    if not texts:
        return
    first = "nl" if "nl" in texts else next(iter(texts))
    for field, figures_of in (("answer", _figures), ("simply", lambda text: figures(text.simply))):
        wanted = figures_of(texts[first])
        for tag, text in texts.items():
            got = figures_of(text)
            if got == wanted:
                continue
            lacks = ", ".join(sorted(wanted - got)) or "nothing"
            adds = ", ".join(sorted(got - wanted)) or "nothing"
            yield _problem(
                content,
                entry.id,
                f"other numbers than in {first}: lacks {lacks}; adds {adds}",
                f"languages.{tag}.{field}",
            )


def _figures(text: EntryText) -> frozenset[str]:
    return figures(f"{text.answer}\n{text.more}\n{text.volatile or ''}")


def _fixed(fixed: Fixed, kind: str, content: Content) -> Iterator[Problem]:
    for tag in LANGUAGES:
        if tag not in fixed.languages:
            yield _problem(content, fixed.id, "is missing", f"languages.{tag}", kind)
    for tag, text in fixed.languages.items():
        field = f"languages.{tag}.answer"
        if kind != "actions" and tag in LANGUAGES and not text.answer.strip():
            yield _problem(content, fixed.id, "is missing", field, kind)
    yield from _fixed_messages(fixed, kind, content)


def _fixed_messages(fixed: Fixed, kind: str, content: Content) -> Iterator[Problem]:
    for tag, text in fixed.languages.items():
        field = f"languages.{tag}.answer"
        for fault in faults(text.answer):
            yield _problem(content, fixed.id, fault, field, kind)
        if length(text.answer) > LONGEST_ANSWER:
            yield _problem(content, fixed.id, "is too long for a message", field, kind)


def _collisions(content: Content) -> Iterator[Problem]:
    owners: dict[tuple[str, str], str] = {}
    for entry in content.entries:
        for tag, text in entry.languages.items():
            for phrasing in (text.question, *text.phrasings):
                key = (tag, normalised(phrasing))
                if not key[1]:
                    continue
                owner = owners.setdefault(key, entry.id)
                if owner != entry.id:
                    yield _problem(
                        content,
                        entry.id,
                        f"{phrasing!r} is also a phrasing of {owner}",
                        f"languages.{tag}.phrasings",
                    )


def _words(content: Content) -> Iterator[Problem]:
    owners: dict[tuple[str, str], str] = {}
    for word in content.words:
        for tag in LANGUAGES:
            if tag not in word.languages:
                yield _problem(content, word.id, "is missing", f"languages.{tag}", "words")
        for tag, text in word.languages.items():
            for form in text.forms:
                owner = owners.setdefault((tag, form.casefold()), word.id)
                if owner != word.id:
                    message = f"{form!r} is explained under {owner} too"
                    field = f"languages.{tag}.forms"
                    yield _problem(content, word.id, message, field, "words")


def _learned(content: Content) -> Iterator[Problem]:
    for one in content.learned:
        entry = content.entry_of(one.entry)
        if entry is None or one.language not in entry.languages:
            message = f"there is no {one.entry} in {one.language!r} to learn this for"
            yield _problem(content, one.id, message, "entry", "learned")


def unfinished(content: Content) -> list[Problem]:
    """What what we publish needs besides: enough and varied phrasings, and a way to every entry.

    An answer that a zone adds in a hurry works without.
    """
    found = [problem for entry in content.entries for problem in _phrasings(entry, content)]
    linked = {other for entry in content.entries for other in entry.related if other != entry.id}
    found += [
        _problem(content, entry.id, "no other entry names it as related", "id")
        for entry in content.entries
        if entry.id not in linked
    ]
    return sorted(found)


def _phrasings(entry: Entry, content: Content) -> Iterator[Problem]:
    for tag, text in entry.languages.items():
        least = ENOUGH.get(tag, ENOUGH_IN_OTHERS)
        if (count := len(text.phrasings)) < least:
            message = f"has {count}, fewer than {least}"
            yield _problem(content, entry.id, message, f"languages.{tag}.phrasings")
        for pair in near_duplicates(text.phrasings, tag):
            message = f"{pair.second!r} says the same as {pair.first!r}"
            yield _at_phrasing(content, entry.id, tag, pair.second, message)


def _at_phrasing(content: Content, id_: str, tag: str, phrasing: str, message: str) -> Problem:
    """A problem at the line of one phrasing, or of the question when it is that."""
    phrasings = content.by_id[id_].languages[tag].phrasings
    last: tuple[str | int, ...] = ("question",)
    if phrasing in phrasings:
        last = ("phrasings", phrasings.index(phrasing))
    return content.problem("entries", id_, message, ("languages", tag, *last))


def outsiders(content: Content, found: Iterable[Held]) -> list[Problem]:
    """What to say about phrasings that belong to another entry: see `faq.leave_out.misplaced`."""
    return sorted(
        _at_phrasing(
            content,
            held.entry,
            held.language,
            held.phrasing,
            f"{held.phrasing!r} is nearer to {held.taker.kind} {held.taker.id} "
            f"({held.taken:.2f}, here {held.own:.2f}): it belongs there, or needs others like it",
        )
        for held in found
    )


def advice(content: Content, found: Sequence[Held]) -> Iterator[str]:
    """What an editor might write next: where phrasings are few, and which entries are too close."""
    counts = sorted(
        (len(text.phrasings) / ENOUGH.get(tag, ENOUGH_IN_OTHERS), entry.id, tag, text)
        for entry in content.entries
        for tag, text in entry.languages.items()
    )
    if counts and counts[0][0] < 1:
        yield "Fewest phrasings, against what is enough:"
    for share, id_, tag, text in counts[:MOST_ADVICE]:
        if share < 1:
            yield f"  {share:4.0%} {id_} {tag}: {len(text.phrasings)}"
    yield "Entries too close to each other (phrasings that, left out, go to the other):"
    for pair in too_close(found)[:MOST_ADVICE]:
        held = pair.example
        yield (
            f"  {pair.share:4.0%} {pair.one} and {pair.other}: {pair.mistaken} of "
            f"{pair.phrasings}, such as {held.phrasing!r} ({held.entry})"
        )


def crossings(content: Content, matcher: Matcher) -> list[Problem]:
    """Phrasings of one entry that another entry, a route or an action would take.

    A phrasing is found word for word, so the entry is compared as if it were not.
    """
    found = []
    for entry in content.entries:
        for tag, text in entry.languages.items():
            for phrasing in (text.question, *text.phrasings):
                if (taker := matcher.taker_of(phrasing, entry.id)) is not None:
                    message = f"{phrasing!r} is taken by {taker}"
                    found.append(_at_phrasing(content, entry.id, tag, phrasing, message))
    return found


def _problem(
    content: Content, id_: str, message: str, field: str, kind: str = "entries"
) -> Problem:
    steps: Steps = tuple(field.split("."))
    return content.problem(kind, id_, message, steps)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m faq.check", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="instead of the shipped content")
    parser.add_argument("--overlay", type=Path, help="what a zone changes")
    parser.add_argument("--today", type=date.fromisoformat, help="the day for 'valid until'")
    parser.add_argument("--fast", action="store_true", help="do not ask every phrasing")
    parser.add_argument(
        "--leave-out", action="store_true", help="name phrasings that stand under the wrong entry"
    )
    parser.add_argument("--advice", action="store_true", help="say what to write next")
    chosen = parser.parse_args(arguments)
    advised: list[str] = []
    findings = Findings()
    try:
        content = load(chosen.folder, chosen.overlay)
        findings = check(content, chosen.today or datetime.now(UTC).date())
        problems = [*findings.problems, *findings.expired, *unfinished(content)]
        if chosen.leave_out or chosen.advice:
            found = held_out(content, _told)
            problems += outsiders(content, misplaced(content, found)) if chosen.leave_out else []
            advised = list(advice(content, found)) if chosen.advice else []
        if not chosen.fast:
            problems += crossings(content, Matcher.build(content))
        counted = f"{len(content.entries)} entries"
    except ContentProblems as trouble:
        problems = trouble.problems
        counted = "content not complete"
    for problem in problems:
        sys.stdout.write(f"{problem}\n")
    sys.stdout.writelines(f"warning: {problem}\n" for problem in findings.expiring)
    sys.stdout.writelines(f"{line}\n" for line in advised)
    sys.stdout.write(f"{counted}, {len(problems)} problems\n")
    return 1 if problems else 0


def _told(fold: int) -> None:
    sys.stderr.write(f"{fold} of {FOLDS} parts of the phrasings were left out\n")


if __name__ == "__main__":
    sys.exit(main())
