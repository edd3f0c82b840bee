"""The matcher's index for tests that start a real process: trained once, copied for each."""

import shutil
from functools import cache
from pathlib import Path

from faq.loader import load
from faq.matcher import Matcher

KEPT = Path(__file__).parents[1] / "output" / "index"
"""Kept between runs; what no longer fits the content is not used."""


@cache
def shared_index() -> Path:
    """The folder with the index of the shipped content, to be copied."""
    Matcher.build(load(), cache=KEPT)
    return KEPT


def put_index(data: Path) -> None:
    """Give the data folder of a bot an index, as if it had been started before."""
    shutil.copytree(shared_index(), data / "cache", dirs_exist_ok=True)
