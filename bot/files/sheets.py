"""Lists, and lists as a table for a spreadsheet; `pages` prints them."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Final

BOM: Final = "\ufeff"
"""Without it, Excel reads letters with accents wrongly."""

_FORMULA: Final = frozenset("=+-@")
HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Kinds of characters that nobody sees, and that have no place in a list."""
_NEXT_CELL: Final = re.compile(r"([,;|\t][\s\"']*)(?=[=+\-@＝＋－＠﹢﹣﹦﹫])")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list with a title: *lines* stand above it, *mark* across every page (who asked for it)."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    lines: Sequence[str] = ()
    mark: str = ""
    widths: Sequence[float] = ()
    """How wide the columns are to each other; none: all the same."""
    language: str = "nl"
    """In which a screen reader reads it aloud."""


def table(sheet: Sheet) -> bytes:
    """Columns and rows as CSV: semicolons and a BOM, as Excel in Belgium reads it.

    No cell can become a formula, whatever somebody gave as their name (OWASP ASVS 1.2.10).
    """
    written = StringIO(newline="")
    writer = csv.writer(written, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([harmless(column) for column in sheet.columns])
    writer.writerows([[harmless(cell) for cell in row] for row in sheet.rows])
    return (BOM + written.getvalue()).encode()


def harmless(cell: str) -> str:
    """*cell* as text on one line that no spreadsheet takes for a formula.

    An apostrophe goes before what looks like one: in ordinary and in full-width signs, after
    spaces, and after a separator too, for who opens the file with other separators.
    """
    starts_hidden = bool(cell) and cell[0] in "\t\r\n\0"
    visible = "".join(
        " " if each.isspace() else each
        for each in cell
        if each.isspace() or unicodedata.category(each) not in HIDDEN
    )
    visible = _NEXT_CELL.sub(r"\1'", visible)
    first = unicodedata.normalize("NFKC", visible.lstrip(" \"'"))[:1]
    return f"'{visible}" if starts_hidden or first in _FORMULA else visible
