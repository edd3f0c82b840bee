"""Every sentence the bot says, by language and feature: `bot/texts/<language>/<feature>.yaml`.

Keys are `feature.sentence`, placeholders are named: `info_sessions.waiting: "Je staat op plaats
{position}."` Sentences are written in Telegram's HTML subset; what is put into them is escaped. A
sentence that depends on a number has a form per plural category, chosen by `count`:
`{one: "{count} plaats", other: "{count} plaatsen"}`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from markupsafe import Markup

from bot.config.problems import Problem, WrongConfiguration
from bot.texts.sentence import BadSentence, Sentence
from faq.yaml_reader import YamlProblem, read_yaml

SHIPPED: Final = Path(__file__).parent
LEADING: Final = "nl"
"""Dutch prevails: a sentence exists when it is there in Dutch, which stands in for the rest."""

Key = tuple[str, str]


class OwnWording(Protocol):
    """What a zone brings to the texts."""

    @property
    def texts(self) -> Mapping[str, Mapping[str, str]]: ...

    def problem(self, message: str, *steps: str) -> Problem: ...


class Texts:
    """`texts("start.welcome", "fr", zone=name)` is the sentence, as safe HTML."""

    def __init__(self, sentences: Mapping[Key, Sentence]) -> None:
        self._sentences = dict(sentences)

    @classmethod
    def load(cls, overlay: Path | None = None, zone: OwnWording | None = None) -> "Texts":
        """The shipped sentences, then the overlay's, then the zone's own wording.

        Raises:
            WrongConfiguration: with every sentence that is wrong, file and line.
        """
        problems: list[Problem] = []
        shipped = _folder(SHIPPED, problems)
        own = _folder(overlay, problems) if overlay is not None and overlay.is_dir() else []
        found = {(item.language, item.key): item for item in shipped}
        for item in (*own, *_of_zone(zone)):
            if (LEADING, item.key) not in found:
                problems.append(item.problem("is not a sentence of Contactpunt"))
            found[item.language, item.key] = item
        sentences = dict(_sentences(found, problems))
        if problems:
            raise WrongConfiguration(sorted(problems))
        return cls(sentences)

    def adopt(self, other: "Texts") -> None:
        """Say from now on what *other* says; everybody who holds this object is served at once."""
        self._sentences = other._sentences

    def __call__(self, key: str, language: str, **values: object) -> Markup:
        """The sentence as HTML with *values* escaped; in Dutch when *language* lacks it.

        Raises:
            KeyError: the sentence does not exist, or a value is missing.
        """
        return self._sentence(key, language).html(values)

    def plain(self, key: str, language: str, **values: object) -> str:
        """The sentence without mark-up, trimmed: for buttons, commands and file names."""
        return self._sentence(key, language).plain(values)

    def has(self, key: str, language: str) -> bool:
        """Whether the sentence exists in this very language."""
        return (language, key) in self._sentences

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(key for language, key in self._sentences if language == LEADING)

    def missing(self, languages: Sequence[str]) -> list[Key]:
        """The sentences that would be said in Dutch instead, as (language, key)."""
        return [
            (language, key)
            for language in languages
            for key in sorted(self.keys)
            if (language, key) not in self._sentences
        ]

    def placeholders(self, key: str, language: str = LEADING) -> frozenset[str]:
        return self._sentence(key, language).names

    def _sentence(self, key: str, language: str) -> Sentence:
        sentence = self._sentences.get((language, key))
        return sentence if sentence is not None else self._sentences[LEADING, key]


@dataclass(frozen=True)
class _Written:
    """A sentence as it stands in a file."""

    language: str
    key: str
    written: object
    problem: Callable[[str], Problem]


def _folder(folder: Path, problems: list[Problem]) -> list[_Written]:
    return [
        item
        for file in sorted(folder.glob("*/*.yaml"))
        if not file.is_symlink()
        for item in _file(file, problems)
    ]


def _file(file: Path, problems: list[Problem]) -> Iterator[_Written]:
    try:
        located = read_yaml(file, name=str(file))
    except YamlProblem as trouble:
        problems.append(trouble.problem)
        return
    if not isinstance(located.data, dict):
        problems.append(located.problem("must be a list of `feature.sentence: text`"))
        return
    for key, written in located.data.items():
        item = _Written(file.parent.name, key, written, partial(located.problem, steps=(key,)))
        if key.partition(".")[0] != file.stem:
            problems.append(item.problem(f"must begin with {file.stem}. in this file"))
        yield item


def _of_zone(zone: OwnWording | None) -> Iterator[_Written]:
    if zone is None:
        return

    def named(key: str, language: str) -> Callable[[str], Problem]:
        return lambda message: zone.problem(message, "texts", key, language)

    for key, versions in zone.texts.items():
        for language, written in versions.items():
            yield _Written(language, key, written, named(key, language))


def _sentences(
    found: Mapping[Key, _Written], problems: list[Problem]
) -> Iterator[tuple[Key, Sentence]]:
    for (language, key), item in found.items():
        try:
            sentence = Sentence.read(item.written, language)
        except BadSentence as bad:
            problems.append(item.problem(str(bad)))
            continue
        leading = found.get((LEADING, key))
        if leading is not None and leading is not item:
            problems.extend(_strange_placeholders(sentence, item, leading))
        yield (language, key), sentence


def _strange_placeholders(
    sentence: Sentence, item: _Written, leading: _Written
) -> Iterator[Problem]:
    try:
        allowed = Sentence.read(leading.written, LEADING).names
    except BadSentence:
        return
    for name in sorted(sentence.names - allowed - {"count"}):
        yield item.problem(f"the Dutch sentence has no placeholder {{{name}}}")
