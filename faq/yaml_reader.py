"""YAML as editors mean it: text stays text, and whatever is odd is named with file and line.

PyYAML turns `no` into False and `10:00` into 600, lets the last of two equal keys win in silence,
and expands 300 bytes of aliases into half a million leaves. This reader builds its own tree from
PyYAML's events instead, so none of that can happen.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

MOST_BYTES = 256 * 1024
DEEPEST = 20
SUFFIXES = frozenset({".yaml", ".yml"})


_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Only its events are used. The parser in C is eight times as fast, and start-up waits for it;
what it refuses is read again by the one in Python, which names the place better."""

Steps = tuple[str | int, ...]
"""The way to a value: `(3, "languages", "nl", "answer")`."""

_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,8})\.[0-9]{1,9}")
_CONSTANTS: Mapping[str, object] = {
    "": None,
    "~": None,
    "null": None,
    "true": True,
    "false": False,
}


@dataclass(frozen=True, order=True)
class Problem:
    """Something an editor has to put right."""

    file: str
    line: int
    message: str
    field: str = ""

    def __str__(self) -> str:
        what = f"{self.field}: {self.message}" if self.field else self.message
        return f"{self.file}:{self.line}: {what}"


class YamlProblem(Exception):
    """The file cannot be read as YAML that we accept."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class OutsideFolder(Exception):
    """A name led out of its folder, through a link, or to a kind of file we do not read."""


@dataclass(frozen=True)
class Place:
    """Where a value stands."""

    file: str
    line: int


@dataclass
class Located:
    """Plain data (dict, list, str, int, float, bool, None) and where each value of it stands."""

    file: str
    data: Any
    places: dict[Steps, Place] = field(default_factory=dict)

    def line(self, steps: Steps = ()) -> int:
        """The line of a value, or of the nearest value around it that exists."""
        return self.place(steps).line

    def place(self, steps: Steps = ()) -> Place:
        """As `line`, with the file: after a merge they differ from value to value."""
        for end in range(len(steps), -1, -1):
            if (found := self.places.get(tuple(steps[:end]))) is not None:
                return found
        return Place(self.file, 1)

    def problem(self, message: str, steps: Steps = ()) -> Problem:
        """A problem with the value at *steps*."""
        place = self.place(steps)
        return Problem(place.file, place.line, message, ".".join(str(step) for step in steps))

    def below(self, steps: Steps) -> "Located":
        """The same for one part of the data."""
        data = self.data
        for step in steps:
            data = data[step]
        size = len(steps)
        places = {at[size:]: place for at, place in self.places.items() if at[:size] == steps}
        return Located(self.file, data, places)

    def items(self) -> "Iterator[Located]":
        """The elements of a list, each with its own places (in one walk over all of them)."""
        parts = [Located(self.file, value) for value in self.data]
        for at, place in self.places.items():
            if at and isinstance(at[0], int):
                parts[at[0]].places[at[1:]] = place
        return iter(parts)


def read_yaml(path: Path, *, name: str | None = None, most_bytes: int = MOST_BYTES) -> Located:
    """Read one file; *name* is what problems call it.

    Raises:
        YamlProblem: it is missing, too large, not UTF-8, or not YAML that we accept.
    """
    shown = name or str(path)
    try:
        with path.open("rb") as file:
            raw = file.read(most_bytes + 1)
    except OSError as trouble:
        reason = trouble.strerror or type(trouble).__name__
        raise YamlProblem(Problem(shown, 1, f"cannot be read: {reason}")) from trouble
    if len(raw) > most_bytes:
        raise YamlProblem(Problem(shown, 1, f"is larger than {most_bytes // 1024} kB"))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as trouble:
        line = raw.count(b"\n", 0, trouble.start) + 1
        raise YamlProblem(Problem(shown, line, "is not UTF-8 text")) from trouble
    return parse_yaml(text, shown)


def parse_yaml(text: str, name: str = "text") -> Located:
    """As `read_yaml`, for text that is already in memory (its size was checked by the caller)."""
    try:
        return _Builder(name).build(text, _FAST)
    except (yaml.YAMLError, RecursionError, ValueError):
        return _parse_slowly(text, name)


def _parse_slowly(text: str, name: str) -> Located:
    try:
        return _Builder(name).build(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as trouble:
        mark = trouble.problem_mark or trouble.context_mark
        line = mark.line + 1 if mark else 1
        message = trouble.problem or trouble.context or "is not YAML"
        raise YamlProblem(Problem(name, line, message)) from trouble
    except yaml.reader.ReaderError as trouble:
        at = trouble.position if isinstance(trouble.position, int) else 0
        line = text.count("\n", 0, at) + 1
        raise YamlProblem(Problem(name, line, "has a character that YAML forbids")) from trouble
    except (yaml.YAMLError, RecursionError, ValueError) as trouble:
        raise YamlProblem(Problem(name, 1, "is not YAML")) from trouble


def inside(folder: Path, name: str, *, suffixes: frozenset[str] = SUFFIXES) -> Path:
    """The file *name* in *folder*, for names that stand in content.

    Raises:
        OutsideFolder: the name leads elsewhere, passes a symbolic link, or has another suffix.
    """
    if not name or "\0" in name or "\\" in name or "%" in name or ":" in name:
        raise OutsideFolder(name)
    relative = Path(name)
    if relative.is_absolute() or any(part in ("..", "~") for part in relative.parts):
        raise OutsideFolder(name)
    if relative.suffix not in suffixes:
        raise OutsideFolder(name)
    path = folder
    for part in relative.parts:
        path = path / part
        if path.is_symlink():
            raise OutsideFolder(name)
    if not path.resolve().is_relative_to(folder.resolve()):
        raise OutsideFolder(name)
    return path


@dataclass
class _Open:
    """A list or mapping whose end was not read yet."""

    value: dict[str, Any] | list[Any]
    steps: Steps
    key: str | None = None


class _Builder:
    """Builds the tree from events; its own stack keeps depth from exhausting Python's."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.located = Located(name, None)
        self.stack: list[_Open] = []

    def build(self, text: str, parser: Any) -> Located:
        documents = 0
        for event in yaml.parse(text, Loader=parser):
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, yaml.AliasEvent):
                self.refuse(line, "aliases (*) are not allowed: write the text again")
            if getattr(event, "anchor", None):
                self.refuse(line, "anchors (&) are not allowed; put text that begins so in quotes")
            if getattr(event, "tag", None):
                self.refuse(line, "tags (!) are not allowed; put text that begins so in quotes")
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.refuse(line, "holds a second document (---)")
            elif isinstance(event, yaml.ScalarEvent):
                self.scalar(event, line)
            elif isinstance(event, yaml.MappingStartEvent):
                self.open({}, line)
            elif isinstance(event, yaml.SequenceStartEvent):
                self.open([], line)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                self.stack.pop()
        return self.located

    def scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        top = self.stack[-1] if self.stack else None
        if top is not None and isinstance(top.value, dict) and top.key is None:
            key = event.value
            if key in top.value:
                self.refuse(line, f"{key!r} stands here twice")
            if key == "<<" and event.implicit[0]:
                self.refuse(line, "merging (<<) is not allowed")
            top.key = key
            self.located.places[(*top.steps, key)] = Place(self.name, line)
            return
        self.put(_meaning(event), line)

    def open(self, value: dict[str, Any] | list[Any], line: int) -> None:
        if len(self.stack) >= DEEPEST:
            self.refuse(line, f"is nested more than {DEEPEST} levels deep")
        self.stack.append(_Open(value, self.put(value, line)))

    def put(self, value: Any, line: int) -> Steps:
        if not self.stack:
            self.located.data = value
            self.located.places[()] = Place(self.name, line)
            return ()
        top = self.stack[-1]
        if isinstance(top.value, list):
            steps = (*top.steps, len(top.value))
            top.value.append(value)
            self.located.places[steps] = Place(self.name, line)
            return steps
        if top.key is None:
            self.refuse(line, "a list or mapping cannot be a key")
        key, top.key = str(top.key), None
        top.value[key] = value
        return (*top.steps, key)

    def refuse(self, line: int, message: str) -> None:
        raise YamlProblem(Problem(self.name, line, message))


def _meaning(event: yaml.ScalarEvent) -> object:
    """Numbers only where turning them back into text loses nothing; every other word is text."""
    text: str = event.value
    if not event.implicit[0]:
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _WHOLE.fullmatch(text) and text != "-0":
        return int(text)
    if _DECIMAL.fullmatch(text) and repr(float(text)) == text:
        return float(text)
    return text
