"""Codes, read by a real decoder: as drawn, small, turned, dirty."""

import io

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from bot.files.codes import picture

LINK = "https://t.me/ContactpuntAalstBot?start=c_" + "aB3-_x9Z" * 2


def opened(link: str = LINK) -> Image.Image:
    return Image.open(io.BytesIO(picture(link))).convert("L")


def decoded(image: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(image)]


def test_s9_a_camera_reads_the_link() -> None:
    assert decoded(opened()) == [LINK]


@pytest.mark.parametrize(
    "worse",
    [
        pytest.param(lambda image: image.resize((150, 150)), id="small"),
        pytest.param(lambda image: image.rotate(31, expand=True, fillcolor=255), id="turned"),
        pytest.param(lambda image: image.point(lambda p: 90 + p // 4), id="on a dim screen"),
        pytest.param(lambda image: image.resize((450, 330)), id="from the side"),
    ],
)
def test_s9_as_it_is_held_before_the_camera(worse: object) -> None:
    image = worse(opened())  # type: ignore[operator]

    assert decoded(image) == [LINK]


def test_s9_with_a_thumb_on_a_corner_of_it() -> None:
    image = opened()
    side = image.width
    ImageDraw.Draw(image).ellipse((side * 0.70, side * 0.70, side * 0.88, side * 0.88), fill=128)

    assert decoded(image) == [LINK]


def test_the_longest_payload_of_telegram_fits() -> None:
    link = f"https://t.me/{'B' * 32}?start={'x' * 64}"

    assert decoded(opened(link)) == [link]
