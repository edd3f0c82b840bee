"""Lists as pages to print (PDF).

Import this where it is used: it brings a library that takes a moment.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from fpdf import FPDF
from fpdf.fonts import TTFFont

from bot.files.sheets import HIDDEN, Sheet

FONT: Final = "DejaVu"
BOX: Final = "□"
"""Stands for a letter the font does not have."""


def pages(sheet: Sheet, now: datetime) -> bytes:
    """The list in A4, with the headings on every page and *sheet.mark* across it.

    Reading and cutting down the font takes a moment: call it in a thread.
    """
    pdf = _Pages(sheet, now)
    pdf.add_page()
    pdf.set_font(FONT, "B", 15)
    pdf.multi_cell(0, 7, pdf.known(sheet.title), new_x="LMARGIN", new_y="NEXT")
    pdf.set_font(FONT, "", 9.5)
    for line in sheet.lines:
        pdf.multi_cell(0, 5, pdf.known(line), new_x="LMARGIN", new_y="NEXT")
    pdf.ln(3)
    with pdf.table(
        col_widths=tuple(sheet.widths) or None,
        text_align="LEFT",
        line_height=6,
        padding=0.6,
        borders_layout="HORIZONTAL_LINES",
    ) as grid:
        for cells in (sheet.columns, *sheet.rows):
            row = grid.row()
            for cell in cells:
                row.cell(pdf.known(cell))
    return bytes(pdf.output() or b"")


class _Pages(FPDF):
    """Every page says who asked for the list, and which page it is."""

    def __init__(self, sheet: Sheet, now: datetime) -> None:
        super().__init__(format="A4")
        self.set_margin(14)
        self.set_auto_page_break(True, margin=17)
        fonts = fonts_folder()
        self.add_font(FONT, "", fonts / "DejaVuSans.ttf")
        self.add_font(FONT, "B", fonts / "DejaVuSans-Bold.ttf")
        self._letters = frozenset.intersection(
            *(frozenset(font.cmap) for font in self.fonts.values() if isinstance(font, TTFFont))
        )
        self._mark = self.known(sheet.mark)
        self.set_title(sheet.title)
        self.set_lang(sheet.language)
        self.set_producer("Contactpunt")
        self.set_creation_date(now)

    def known(self, text: str) -> str:
        """*text* on one line, with a box for each letter the font lacks."""
        return "".join(
            " " if each.isspace() else each if ord(each) in self._letters else BOX
            for each in text
            if each.isspace() or unicodedata.category(each) not in HIDDEN
        )

    def header(self) -> None:
        self.set_font(FONT, "", 26)
        self.set_text_color(225)
        while self.get_string_width(self._mark) > 230 and self.font_size_pt > 8:
            self.set_font_size(self.font_size_pt - 2)
        with self.rotation(55, self.w / 2, self.h / 2):
            left = (self.w - self.get_string_width(self._mark)) / 2
            self.text(left, self.h / 2, self._mark)
        self.set_text_color(0)

    def footer(self) -> None:
        self.set_y(-13)
        self.set_font(FONT, "", 8)
        self.set_text_color(90)
        self.cell(self.epw - 20, 5, self._mark)
        self.cell(20, 5, f"{self.page_no()} / {{nb}}", align="R")
        self.set_text_color(0)


def fonts_folder() -> Path:
    """Where the letters are that come with matplotlib: Latin, Greek, Cyrillic, Arabic and more."""
    found = find_spec("matplotlib")
    assert found is not None
    assert found.submodule_search_locations is not None
    return Path(found.submodule_search_locations[0]) / "mpl-data" / "fonts" / "ttf"
