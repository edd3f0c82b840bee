"""Codes that an ordinary camera reads."""

from __future__ import annotations

from io import BytesIO
from typing import Final

SCALE: Final = 10
"""Pixels of a module: sharp on a telephone, and on paper."""


def picture(link: str) -> bytes:
    """A QR code of *link* as PNG, black on white, with the quiet zone that cameras need.

    A quarter of it may be scratched or in the sun (error correction Q at least).
    """
    import segno

    written = BytesIO()
    segno.make_qr(link, error="q").save(written, kind="png", scale=SCALE)
    return written.getvalue()
