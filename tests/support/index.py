"""The matcher's index for tests that start a real process: trained once, copied for each."""

import shutil
from pathlib import Path

from faq.loader import load
from faq.matcher import Matcher

KEPT = Path(__file__).parents[1] / "output" / "index"
"""Kept between runs; what no longer fits the content is not used."""


def put_index(data: Path) -> None:
    """Give the data folder of a bot an index, as if it had been started before."""
    Matcher.build(load(), cache=KEPT)
    shutil.copytree(KEPT, data / "cache", dirs_exist_ok=True)
