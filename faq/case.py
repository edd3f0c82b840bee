"""Questions with the outcome they must have: `faq/cases/<lang>.yaml`, or a CSV file.

```yaml
- entry: minimum-age          # or route: / action: ; null: we should not answer this
  context: maximum-age        # optional: the entry answered just before
  asked: ["minimumleeftijd?"]
- entry: minimum-age
  known_failures: true        # we get these wrong, and know it; once right they move up
  asked: ["…"]
- entry: null
  human: true                 # only a person can answer this: it must reach one
  asked: ["…"]
```
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from faq.match import Match, Outcome
from faq.yaml_reader import Located, Problem, YamlProblem, read_yaml

SHIPPED = Path(__file__).with_name("cases")
_FIELDS = frozenset({"entry", "route", "action", "asked", "context", "known_failures", "human"})
_KINDS = ("entry", "route", "action")
OFFERED = 3
TO_A_PERSON = "human"
"""The action that hands over to a colleague."""


@dataclass(frozen=True)
class Case:
    question: str
    language: str
    expected: str
    """An entry's id, `route:<name>`, `action:<name>`, or empty: should not be answered."""
    context: str = ""
    known_failure: bool = False
    human: bool = False
    """Only a person can answer it: declined, asked back, or handed to one."""

    def passes(self, match: Match) -> bool:
        """Whether a person who asks this is helped: answered right, or offered the right one."""
        kind, _, name = self.expected.partition(":")
        if kind == "route":
            return match.route == name
        if kind == "action":
            return match.action == name
        if self.human and match.action == TO_A_PERSON:
            return True
        if not self.expected:
            return match.outcome in (Outcome.NONE, Outcome.UNSURE, Outcome.SMALLTALK)
        ids = [candidate.id for candidate in match.candidates]
        if match.outcome is Outcome.SURE:
            return self.expected in ids[: max(1, len(match.parts))]
        return match.outcome is Outcome.UNSURE and self.expected in ids[:OFFERED]


def from_folder(folder: Path = SHIPPED) -> list[Case]:
    """All cases of a folder, language by language.

    Raises:
        YamlProblem: a file is not a list of cases.
    """
    cases: list[Case] = []
    for path in sorted(folder.glob("*.yaml")):
        located = read_yaml(path, name=f"{folder.name}/{path.name}", most_bytes=1024 * 1024)
        if not isinstance(located.data, list):
            raise YamlProblem(located.problem("must be a list of cases"))
        for item in located.items():
            cases += _cases(item, path.stem)
    return cases


def _cases(item: Located, language: str) -> Iterator[Case]:
    def wrong(message: str) -> YamlProblem:
        place = item.place()
        return YamlProblem(Problem(place.file, place.line, message))

    data = item.data
    if not isinstance(data, dict) or not set(data) <= _FIELDS:
        raise wrong("a case has entry, route or action, and asked")
    kinds = [kind for kind in _KINDS if kind in data]
    asked = data.get("asked")
    if len(kinds) != 1 or not isinstance(asked, list) or not asked:
        raise wrong("a case has exactly one of entry, route and action, and a list under asked")
    (kind,) = kinds
    name = data[kind]
    expected = "" if name is None else str(name) if kind == "entry" else f"{kind}:{name}"
    known, human = data.get("known_failures") is True, data.get("human") is True
    if human and expected:
        raise wrong("only a person can answer it, or it has an entry, route or action: not both")
    context = str(data.get("context") or "")
    for question in asked:
        yield Case(str(question), language, expected, context, known, human)


def from_csv(path: Path) -> list[Case]:
    """The rows of a file with the columns question, lang, expected and optionally context.

    Spreadsheets also write semicolons or tabs between them, a byte order mark, and spaces or
    capitals in the names of the columns.

    Raises:
        ValueError: it has other columns.
    """
    csv.field_size_limit(1 << 24)
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        header = file.readline()
        file.seek(0)
        between = max(",;\t", key=header.count)
        rows = csv.reader(file, delimiter=between)
        names = [name.strip().casefold() for name in next(rows, [])]
        missing = {"question", "lang", "expected"} - set(names)
        if missing:
            raise ValueError(f"{path}: lacks the column {', '.join(sorted(missing))}")
        return [_case(dict(zip(names, row, strict=False))) for row in rows if row]


def _case(row: Mapping[str, str]) -> Case:
    """One row; what it lacks at its end is empty."""
    language, expected, context = (
        row.get(name, "").strip() for name in ("lang", "expected", "context")
    )
    return Case(row.get("question", ""), language, expected, context)
