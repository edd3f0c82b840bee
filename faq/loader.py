"""From folders to `Content`: shipped files, merged with a zone's overlay, all problems at once.

A folder holds `content/*.yaml` (or its entry files directly) and, beside them, `topics.yaml`,
`danger.yaml` and `routes.yaml`, `actions.yaml`, `smalltalk.yaml`, `elsewhere.yaml`, `facts.yaml`,
`words.yaml` and `synonyms.yaml`. Every file is a list of items with an `id`. An overlay has the
same shape: an item with a known id replaces the fields it names (per language too), an item with a
new id is added. Its `learned.yaml` holds questions that were taken in for entries.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from faq.entry import (
    Action,
    Content,
    Elsewhere,
    Entry,
    Fact,
    Learned,
    Route,
    Smalltalk,
    Synonym,
    Topic,
    Word,
)
from faq.yaml_reader import (
    MOST_BYTES,
    SUFFIXES,
    Located,
    OutsideFolder,
    Place,
    Problem,
    Steps,
    YamlProblem,
    inside,
    read_yaml,
)

SHIPPED = Path(__file__).parent
FOREIGN_BYTES = 64 * MOST_BYTES
"""Public data sets come as one large file; whoever evaluates them chose the folder himself."""

LEARNED = "learned"
_KINDS = (
    "topics",
    "routes",
    "actions",
    "smalltalk",
    "elsewhere",
    "facts",
    "words",
    "synonyms",
    LEARNED,
)
_STEMS = {"routes": ("danger", "routes")}
"""Routes are heard in the order they are read: danger comes before everything."""
_BESIDE = frozenset((*_KINDS, "danger", "thresholds"))
_REQUIRED = ("topic", "tracks", "owner", "sources")
_REQUIRED_TEXT = ("question", "phrasings", "answer")

Item = TypeVar("Item", bound=BaseModel)


class ContentProblems(Exception):
    """Everything that is wrong with the content, in the order of files and lines."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def load(
    folder: Path | None = None, overlay: Path | None = None, *, strict: bool = True
) -> Content:
    """Read everything.

    *strict* asks for all fields an answer needs; without it `id` and `phrasings` are enough and
    files may be large, so that public data sets can be measured.

    Raises:
        ContentProblems: with every problem that was found.
    """
    problems: list[Problem] = []
    most = MOST_BYTES if strict else FOREIGN_BYTES
    items = {"entries": {}, **{kind: {} for kind in _KINDS}}  # type: dict[str, dict[str, Located]]
    for root, is_overlay in ((folder or SHIPPED, False), (overlay, True)):
        if root is None or (is_overlay and not root.is_dir()):
            continue
        for kind, path, name in _files(root, problems):
            try:
                located = read_yaml(path, name=name, most_bytes=most)
            except YamlProblem as trouble:
                problems.append(trouble.problem)
                continue
            _collect(items[kind], located, is_overlay, problems)

    content = Content(
        entries=_made(Entry, items["entries"], problems),
        routes=_made(Route, items["routes"], problems),
        actions=_made(Action, items["actions"], problems),
        smalltalk=_made(Smalltalk, items["smalltalk"], problems),
        elsewhere=_made(Elsewhere, items["elsewhere"], problems),
        topics=_made(Topic, items["topics"], problems),
        facts=_made(Fact, items["facts"], problems),
        words=_made(Word, items["words"], problems),
        synonyms=_made(Synonym, items["synonyms"], problems),
        learned=_made(Learned, items[LEARNED], problems),
        digest=_digest(items),
        written={
            (kind, id_): located for kind, found in items.items() for id_, located in found.items()
        },
    )
    if strict:
        problems += _unfinished(items["entries"])
    if problems:
        raise ContentProblems(problems)
    return content


def _files(root: Path, problems: list[Problem]) -> Iterator[tuple[str, Path, str]]:
    """Kind, path and shown name of every file, in a fixed order."""
    root = _folder_with_siblings(root)
    if not root.is_dir():
        problems.append(Problem(str(root), 1, "is not a folder"))
        return
    nested = (root / "content").is_dir()
    folder = root / "content" if nested else root
    for path in sorted(folder.iterdir()):
        if path.suffix not in SUFFIXES or (not nested and path.stem in _BESIDE):
            continue
        yield from _safe("entries", root, f"content/{path.name}" if nested else path.name, problems)
    for kind in _KINDS:
        for stem in _STEMS.get(kind, (kind,)):
            if (root / f"{stem}.yaml").exists() or (root / f"{stem}.yaml").is_symlink():
                yield from _safe(kind, root, f"{stem}.yaml", problems)


def _folder_with_siblings(root: Path) -> Path:
    """`faq/content` means the shipped content with the routes and actions that stand beside it."""
    return SHIPPED if root.resolve() == SHIPPED / "content" else root


def _safe(
    kind: str, root: Path, name: str, problems: list[Problem]
) -> Iterator[tuple[str, Path, str]]:
    shown = f"faq/{name}" if root == SHIPPED else str(root / name)
    try:
        yield kind, inside(root, name), shown
    except OutsideFolder:
        problems.append(Problem(shown, 1, "is a link or leads out of its folder"))


def _collect(
    found: dict[str, Located], located: Located, is_overlay: bool, problems: list[Problem]
) -> None:
    if located.data is None:
        return
    if not isinstance(located.data, list):
        problems.append(located.problem("must be a list: every item begins with '- id: …'"))
        return
    seen: set[str] = set()
    for item in located.items():
        data = item.data
        if not isinstance(data, dict) or data.get("id") in (None, ""):
            problems.append(item.problem("needs an id"))
            continue
        id_ = data["id"] = str(data["id"])
        if id_ in found and (not is_overlay or id_ in seen):
            other = found[id_].place()
            problems.append(item.problem(f"{id_} exists already, in {other.file}:{other.line}"))
            continue
        seen.add(id_)
        found[id_] = _merged(found[id_], item) if id_ in found else item


def _merged(below: Located, above: Located) -> Located:
    """*below* with what *above* names; mappings by key, everything else as a whole."""
    places = dict(below.places)

    def merge(old: Any, new: Any, steps: Steps) -> Any:
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            result = dict(old)
            for key, value in new.items():
                result[key] = merge(old.get(key), value, (*steps, key))
            return result
        for at in [at for at in places if at[: len(steps)] == steps]:
            del places[at]
        places.update({at: p for at, p in above.places.items() if at[: len(steps)] == steps})
        return new

    data = merge(below.data, above.data, ())
    places[()] = above.places.get((), Place(above.file, 1))
    return Located(above.file, data, places)


def _made(
    kind: type[Item], items: Mapping[str, Located], problems: list[Problem]
) -> tuple[Item, ...]:
    made = []
    for id_, located in items.items():
        try:
            made.append(kind.model_validate(located.data))
        except ValidationError as trouble:
            for error in trouble.errors():
                steps = tuple(step for step in error["loc"] if step != "[key]")
                place = located.place(steps)
                where = ".".join(str(step) for step in (id_, *steps))
                problems.append(Problem(place.file, place.line, _spoken(error), where))
    return tuple(made)


def _spoken(error: Mapping[str, Any]) -> str:
    match error["type"]:
        case "extra_forbidden":
            return "is not a field we know"
        case "missing":
            return "is missing"
        case "string_type":
            return "must be text; put it in quotes if it is"
        case "string_pattern_mismatch":
            return f"{error['input']!r} is not written as it must be (small letters, hyphens)"
        case _:
            return str(error["msg"])


def _unfinished(items: Mapping[str, Located]) -> list[Problem]:
    """What foreign content may lack and ours may not."""
    problems = []
    for id_, item in items.items():
        wanted: list[Steps] = [(name,) for name in _REQUIRED]
        languages = item.data.get("languages")
        if isinstance(languages, Mapping):
            wanted += [("languages", tag, name) for tag in languages for name in _REQUIRED_TEXT]
            if not languages:
                wanted.append(("languages",))
        for steps in wanted:
            value: Any = item.data
            for step in steps:
                value = value.get(step) if isinstance(value, Mapping) else None
            if not value or (isinstance(value, str) and not value.strip()):
                place = item.place(steps)
                field = ".".join(str(step) for step in (id_, *steps))
                problems.append(Problem(place.file, place.line, "is missing", field))
    return problems


def _digest(items: Mapping[str, Mapping[str, Located]]) -> str:
    plain = {
        kind: [located.data for located in found.values()]
        for kind, found in sorted(items.items())
        if kind != LEARNED  # the index is trained without it: see `faq.memory`
    }
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
