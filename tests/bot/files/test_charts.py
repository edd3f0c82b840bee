"""The picture of how info sessions fill: it can be told apart without colours, and by its size."""

import io
from datetime import datetime, timedelta
from itertools import combinations

from PIL import Image

from bot.clock import brussels, spoken
from bot.files.charts import COLOURS, MOST, STYLES, Filling, filling

FIRST = brussels(2026, 11, 22, 10)


def a_line(number: int) -> Filling:
    points = [(FIRST + timedelta(hours=4 * hour), hour * (number + 1)) for hour in range(6)]
    return Filling(f"{number}. za 12 dec · $x$ _y_ {{z}}", 20, points)


def said(moment: datetime) -> str:
    return spoken(moment, "nl")


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def test_a_picture_for_a_telephone() -> None:
    png = filling("Zo raken ze gevuld", "deel van de plaatsen", [a_line(n) for n in range(3)], said)
    image = opened(png)

    assert len(png) < 300_000
    assert image.size == (1080, 690)


def test_each_line_is_drawn_in_its_own_colour() -> None:
    image = opened(filling("t", "y", [a_line(n) for n in range(MOST)], said))
    found = {colour for _, colour in image.getcolors(maxcolors=1_000_000) or []}

    for colour in COLOURS:
        assert tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5)) in found


def test_colours_differ_in_lightness_or_dashes_for_who_sees_them_otherwise() -> None:
    def lightness(colour: str) -> float:
        red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    for (one, first), (two, second) in combinations(enumerate(COLOURS), 2):
        same_dashes = STYLES[one % len(STYLES)] == STYLES[two % len(STYLES)]
        assert not same_dashes or abs(lightness(first) - lightness(second)) > 0.05


def test_pictures_in_a_title_are_left_out_without_a_warning() -> None:
    lines = [Filling("👮 李小龍 Infosessie", 20, [(FIRST, 3)])]

    assert opened(filling("👮 t", "y", lines, said)).size == (1080, 690)


def test_one_moment_and_no_seats_do_not_break_it() -> None:
    lines = [Filling("leeg", 0, [(FIRST, 0)]), Filling("vol", 5, [(FIRST, 5)])]

    assert opened(filling("t", "y", lines, said)).size == (1080, 690)
