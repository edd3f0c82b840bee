"""How well we answer: `python -m faq.evaluate [FILE.csv] [--typos [SEED]] [--content DIR]`.

Without a file the cases of `faq/cases` are asked. Figures are printed, never a reason to fail.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from faq.case import OFFERED, Case, from_csv, from_folder
from faq.entry import Content
from faq.loader import ContentProblems, load
from faq.match import Match, Outcome
from faq.matcher import Matcher
from faq.thresholds import Thresholds, measurable, measured
from faq.typos import with_errors
from faq.yaml_reader import YamlProblem

FOREIGN_QUESTIONS = 400
"""Asked per fold and kind to set thresholds on somebody else's content."""

_OUTCOMES = {outcome: outcome.value for outcome in Outcome} | {Outcome.SMALLTALK: "none"}
"""Small talk answers no question."""


TYPOS_SEED = 1
NOISE = "right first, lost by typing errors, "
_COMPARED = (
    "top1",
    "top3",
    "precision",
    "out_of_scope_recall",
    "routes_and_actions_right",
    "emergency_recall",
    "emergency_false_alarms",
)
"""What is compared with and without typing errors."""


@dataclass(frozen=True)
class Goal:
    """A figure and what it has to reach."""

    what: str
    got: float | None
    """None: nothing was asked that shows it."""
    least: float
    at_most: bool = False
    """It must not be more, rather than not be less."""

    @property
    def reached(self) -> bool:
        if self.got is None:
            return False
        return self.got <= self.least if self.at_most else self.got >= self.least

    def __str__(self) -> str:
        got = "not measured" if self.got is None else f"{self.got:.3f}"
        sign = "at most" if self.at_most else "at least"
        return f"{self.what:52}{got:>12}   {sign} {self.least:g}   {self._verdict}"

    @property
    def _verdict(self) -> str:
        return "reached" if self.reached else "NOT REACHED"


def goals(figures: Mapping[str, Any], noisy: Mapping[str, Any] | None = None) -> list[Goal]:
    """What the answers have to reach, of one `summary` and one with typing errors."""
    found = []
    languages = figures["languages"]
    for tag, first, offered in (
        ("nl", 0.90, 0.97),
        *((tag, 0.86, 0.95) for tag in ("fr", "de", "en")),
    ):
        if (own := languages.get(tag)) is not None:
            found.append(Goal(f"{tag}: the right answer first", own["top1"], first))
            found.append(Goal(f"{tag}: among the three offered", own["top3"], offered))
    whole = figures["all"]
    found += [
        Goal("right, of what is answered outright", whole["precision"], 0.95),
        Goal("out of scope, not answered", whole["out_of_scope_recall"], 0.90),
        Goal("only for a person, not answered", whole["human_only_recall"], 0.90),
        Goal("emergencies seen", whole["emergency_recall"], 1.0),
        Goal("false alarms", whole["emergency_false_alarms"], 0.01, at_most=True),
    ]
    if noisy is not None:
        pairs = [("all languages", whole, noisy["all"])]
        pairs += [(tag, own, noisy["languages"][tag]) for tag, own in languages.items()]
        for name, without, with_ in pairs:
            if without["top1"] is not None:
                lost = round(without["top1"] - with_["top1"], 4)
                found.append(Goal(f"{NOISE}{name or '-'}", lost, 0.02, at_most=True))
        seen = noisy["all"]["emergency_recall"]
        found.append(Goal("emergencies seen, with typing errors", seen, 1.0))
    return found


def misspelled(cases: Iterable[Case], seed: int = TYPOS_SEED) -> list[Case]:
    """The same cases with one or two typing errors in each question."""
    return [replace(case, question=with_errors(case.question, seed)) for case in cases]


def matcher_for(folder: Path | None, cache: Path | None = None) -> tuple[Content, Matcher]:
    """The shipped content, or any folder in the same format with thresholds of its own."""
    if folder is None:
        content = load()
        return content, Matcher.build(content, cache)
    content = load(folder, strict=False)
    thresholds = None
    if content.digest != load(strict=False).digest and measurable(content):
        thresholds = measured(content, most_questions=FOREIGN_QUESTIONS).thresholds()
    return content, Matcher.build(content, cache, thresholds=thresholds)


def asked(matcher: Matcher, cases: Iterable[Case]) -> list[tuple[Case, Match]]:
    """Ask everything, in order."""
    return [
        (
            case,
            matcher.ask(
                case.question,
                language=_spoken(case.language, matcher),
                context=case.context or None,
            ),
        )
        for case in cases
    ]


def _spoken(tag: str, matcher: Matcher) -> str | None:
    """The content's tag for any language tag: `NL_be` is `nl-BE`, or else `nl`."""
    wanted = tag.casefold().replace("_", "-")
    known = {own.casefold(): own for own in matcher.index.languages.tags}
    same = (own for low, own in known.items() if low.split("-")[0] == wanted.split("-")[0])
    return known.get(wanted) or next(same, None)


def row(case: Case, match: Match) -> dict[str, Any]:
    return {
        "question": case.question,
        "lang": case.language,
        "expected": case.expected,
        "outcome": _OUTCOMES[match.outcome],
        "route": match.route,
        "action": match.action,
        "candidates": [{"id": c.id, "score": c.score} for c in match.candidates],
    }


def summary(results: Sequence[tuple[Case, Match]], content: Content) -> dict[str, Any]:
    """The figures in all, and per language tag as it stands in the file."""
    tags = sorted({case.language for case, _ in results})
    return {
        "all": _figures(results, content),
        "languages": {
            tag: _figures([(c, m) for c, m in results if c.language == tag], content)
            for tag in tags
        },
    }


def _figures(results: Sequence[tuple[Case, Match]], content: Content) -> dict[str, Any]:
    known = set(content.by_id)
    known |= {f"route:{route.id}" for route in content.routes}
    known |= {f"action:{action.id}" for action in content.actions}
    judged = [
        (case, match) for case, match in results if not case.expected or case.expected in known
    ]
    entries = [(c, m) for c, m in judged if c.expected in content.by_id]
    routed = [(c, m) for c, m in judged if c.expected and c.expected not in content.by_id]
    outside = [(c, m) for c, m in judged if not c.expected and not c.human]
    for_people = [(c, m) for c, m in judged if c.human]
    unknown = [c for c, _ in results if c.expected and c.expected not in known]
    outright = (Outcome.SURE, Outcome.ROUTE, Outcome.ACTION)
    answered = [(c, m) for c, m in judged if m.outcome in outright]
    emergencies = [(c, m) for c, m in judged if c.expected == "route:emergency"]
    ordinary = [(c, m) for c, m in judged if not c.expected.startswith("route:")]
    return {
        "questions": len(results),
        "unknown_expected": len(unknown),
        "entries": len(entries),
        "top1": _share(_first(c, m) for c, m in entries),
        "top3": _share(c.expected in _ids(m)[:OFFERED] for c, m in entries),
        "coverage": _share(m.outcome is Outcome.SURE for _, m in entries),
        "precision": _share(_right(c, m) for c, m in answered),
        "taken_from_entries": _share(
            m.outcome in (Outcome.ROUTE, Outcome.ACTION, Outcome.SMALLTALK) for _, m in entries
        ),
        "clarifications": _share(m.outcome is Outcome.UNSURE for _, m in judged),
        "out_of_scope": len(outside),
        "out_of_scope_recall": _share(m.outcome not in outright for _, m in outside),
        "out_of_scope_declined": _share(
            m.outcome in (Outcome.NONE, Outcome.SMALLTALK) for _, m in outside
        ),
        "human_only": len(for_people),
        "human_only_recall": _share(
            m.outcome not in outright or c.passes(m) for c, m in for_people
        ),
        "routes_and_actions": len(routed),
        "routes_and_actions_right": _share(_right(c, m) for c, m in routed),
        "emergency_recall": _share(m.route == "emergency" for _, m in emergencies),
        "emergency_false_alarms": _share(m.route == "emergency" for _, m in ordinary),
    }


def _right(case: Case, match: Match) -> bool:
    if case.expected in (f"route:{match.route}", f"action:{match.action}"):
        return True
    return match.outcome is Outcome.SURE and _first(case, match)


def _first(case: Case, match: Match) -> bool:
    """First, or among the first of a message with several questions."""
    return case.expected in _ids(match)[: max(1, len(match.parts))]


def _ids(match: Match) -> list[str]:
    return [candidate.id for candidate in match.candidates]


def _share(values: Iterable[bool]) -> float | None:
    found = list(values)
    return round(sum(found) / len(found), 4) if found else None


def _printed(figures: dict[str, Any], content: Content, matcher: Matcher, seconds: float) -> str:
    thresholds: Thresholds = matcher.thresholds
    return (
        f"{len(content.entries)} entries, {len(matcher.index.phrasings)} phrasings; "
        f"sure from {thresholds.sure}, unsure from {thresholds.unsure}; {seconds:.1f} s\n"
        + _table(figures)
    )


def _table(figures: Mapping[str, Any], names: Iterable[str] | None = None) -> str:
    """One row per figure; one column for all, then one per language."""
    columns = {"all": figures["all"], **figures["languages"]}
    lines = [f"{'':26}" + "".join(f"{tag[:9] or '-':>10}" for tag in columns)]
    for name in names or figures["all"]:
        cells = [column[name] for column in columns.values()]
        shown = [
            "-" if cell is None else f"{cell:.3f}" if isinstance(cell, float) else str(cell)
            for cell in cells
        ]
        lines.append(f"{name:26}" + "".join(f"{cell:>10}" for cell in shown))
    return "\n".join(lines) + "\n"


def _lost(figures: Mapping[str, Any], noisy: Mapping[str, Any]) -> dict[str, Any]:
    """Per figure what typing errors take away; what they add is negative."""

    def less(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, float | None]:
        return {
            name: None
            if one[name] is None or other[name] is None
            else round(one[name] - other[name], 4)
            for name in _COMPARED
        }

    return {
        "all": less(figures["all"], noisy["all"]),
        "languages": {
            tag: less(own, noisy["languages"][tag]) for tag, own in figures["languages"].items()
        },
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m faq.evaluate", description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, help="question,lang,expected[,context]")
    parser.add_argument("--content", type=Path, help="a folder with entries to ask instead")
    parser.add_argument("--json", type=Path, help="write every row here")
    parser.add_argument("--failures", action="store_true", help="print the questions that fail")
    parser.add_argument(
        "--typos",
        nargs="?",
        type=int,
        const=TYPOS_SEED,
        metavar="SEED",
        help="ask everything with typing errors too",
    )
    chosen = parser.parse_args(arguments)
    try:
        cases = from_csv(chosen.file) if chosen.file else from_folder()
        content, matcher = matcher_for(chosen.content)
    except (ContentProblems, YamlProblem, OSError, ValueError) as trouble:
        sys.stderr.write(f"{trouble}\n")
        return 2
    started = time.perf_counter()
    results = asked(matcher, cases)
    figures = summary(results, content)
    sys.stdout.write(_printed(figures, content, matcher, time.perf_counter() - started))
    if chosen.failures:
        sys.stdout.writelines(_failures(results))
    noisy = None
    if chosen.typos is not None:
        results_of_noise = asked(matcher, misspelled(cases, chosen.typos))
        noisy = summary(results_of_noise, content)
        sys.stdout.write(f"\nwith one or two typing errors a question (seed {chosen.typos})\n")
        sys.stdout.write(_table(noisy, _COMPARED))
        sys.stdout.write("\nlost by them\n")
        sys.stdout.write(_table(_lost(figures, noisy), _COMPARED))
        if chosen.failures:
            sys.stdout.writelines(_failures(results_of_noise))
    if not chosen.file and not chosen.content:
        sys.stdout.write("\n" + "".join(f"{goal}\n" for goal in goals(figures, noisy)))
    if chosen.json:
        report = {"summary": figures, "rows": [row(case, match) for case, match in results]}
        if noisy is not None:
            report["with_typing_errors"] = {"seed": chosen.typos, "summary": noisy}
        chosen.json.write_text(
            json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
    return 0


def _failures(results: Sequence[tuple[Case, Match]]) -> Iterable[str]:
    for case, match in results:
        if not case.passes(match):
            got = match.route or match.action or ", ".join(_ids(match)[:OFFERED])
            yield (
                f"{case.language} {case.question!r}: {case.expected or 'nothing'}, "
                f"got {match.outcome} {got}\n"
            )


if __name__ == "__main__":
    sys.exit(main())
