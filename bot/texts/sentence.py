"""One sentence in one language: literal pieces and named holes, checked when it is read."""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser
from string import Formatter
from typing import Any, Final

from markupsafe import Markup, escape

ALLOWED_TAGS: Final = frozenset(
    {"b", "i", "u", "s", "a", "code", "pre", "blockquote", "tg-spoiler"}
)

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_PLURALS: Final = frozenset({"zero", "one", "two", "few", "many", "other"})

Piece = tuple[str, str | None]
"""Literal text, and the name of the hole after it."""


class BadSentence(Exception):
    """Says what is wrong with it, for the one who wrote it."""


@dataclass(frozen=True)
class Sentence:
    """A sentence, with one form or one per plural category (`other` at least)."""

    language: str
    forms: Mapping[str, "Form"]

    @classmethod
    def read(cls, written: object, language: str) -> "Sentence":
        """Raises: BadSentence."""
        if isinstance(written, int | float) and not isinstance(written, bool):
            written = str(written)
        if isinstance(written, str):
            return cls(language, {"other": Form.read(written)})
        if not isinstance(written, dict):
            raise BadSentence("must be a sentence")
        if "other" not in written or not set(written) <= _PLURALS:
            raise BadSentence("must have the form `other`, and beside it only plural forms")
        return cls(language, {kind: Form.read(text) for kind, text in written.items()})

    @property
    def names(self) -> frozenset[str]:
        return frozenset().union(*(form.names for form in self.forms.values()))

    def html(self, values: Mapping[str, object]) -> Markup:
        return self._form(values).html(values)

    def plain(self, values: Mapping[str, object]) -> str:
        return self._form(values).plain(values)

    def _form(self, values: Mapping[str, object]) -> "Form":
        if len(self.forms) == 1:
            return self.forms["other"]
        kind = _plural_rule(self.language)(values["count"])
        return self.forms.get(kind, self.forms["other"])


@dataclass(frozen=True)
class Form:
    rich: Sequence[Piece]
    bare: Sequence[Piece]

    @classmethod
    def read(cls, text: object) -> "Form":
        if not isinstance(text, str) or not text.strip():
            raise BadSentence("is empty")
        text = text.strip()
        rich = _pieces(text)
        _check_markup(text)
        bare = [(html.unescape(re.sub(r"</?[a-z][^<>]*>", "", part)), hole) for part, hole in rich]
        return cls(rich, bare)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(hole for _, hole in self.rich if hole is not None)

    def html(self, values: Mapping[str, object]) -> Markup:
        return Markup(  # noqa: S704 - the pieces were checked, the values are escaped here
            "".join(
                part if hole is None else part + str(escape(values[hole]))
                for part, hole in self.rich
            )
        )

    def plain(self, values: Mapping[str, object]) -> str:
        return "".join(
            part if hole is None else part + _bare(values[hole]) for part, hole in self.bare
        ).strip()


def _bare(value: object) -> str:
    return value.striptags() if isinstance(value, Markup) else str(value)


def _pieces(text: str) -> list[Piece]:
    try:
        parsed = list(Formatter().parse(text))
    except ValueError:
        raise BadSentence("has a { or } that is not closed or opened") from None
    for _, hole, form, conversion in parsed:
        if hole is not None and (form or conversion or not _NAME.fullmatch(hole)):
            raise BadSentence(f"has {{{hole}}}, which is not a placeholder such as {{name}}")
    return [(part, hole) for part, hole, _, _ in parsed]


def _check_markup(text: str) -> None:
    reader = _Markup()
    reader.feed(text)
    reader.close()
    if reader.open:
        raise BadSentence(f"does not close <{reader.open[-1]}>")


class _Markup(HTMLParser):
    """Follows the tags of Telegram's HTML subset."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED_TAGS:
            raise BadSentence(f"has <{tag}>, which Telegram does not know")
        if attrs and not (tag == "a" and [name for name, _ in attrs] == ["href"]):
            raise BadSentence(f"has <{tag}> with more than Telegram knows")
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        raise BadSentence(f"has <{tag}/>, which Telegram does not know")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise BadSentence(f"closes </{tag}>, which is not open there")

    def handle_data(self, data: str) -> None:
        if "<" in data:
            raise BadSentence("has a < that must be written &lt;")


@lru_cache(maxsize=16)
def _plural_rule(language: str) -> Any:
    from babel import Locale

    return Locale.parse(language.replace("-", "_")).plural_form
