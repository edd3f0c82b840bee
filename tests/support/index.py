"""The index of the shipped content: trained once, also when tests run side by side."""

import fcntl
import shutil
from functools import cache
from pathlib import Path

from faq.loader import load
from faq.matcher import Matcher

KEPT = Path(__file__).parents[1] / "output" / "index"
"""Kept between runs; what no longer fits the content is not used."""


@cache
def shipped_matcher() -> Matcher:
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the other worker waits for what this one trains
        return Matcher.build(load(), cache=KEPT)


def shared_index() -> Path:
    """The folder with the index of the shipped content, to be copied."""
    shipped_matcher()
    return KEPT


def put_index(data: Path) -> None:
    """Give the data folder of a bot an index, as if it had been started before."""
    shutil.copytree(shared_index(), data / "cache", dirs_exist_ok=True)
