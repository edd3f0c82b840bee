"""How right the answers are: `python -m tests.benchmarks.answers`, also printed by `make bench`.

The shipped cases with and without typing errors, and the public sets where their folder is given.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from faq.case import from_folder
from faq.evaluate import Goal, asked, goals, matcher_for, misspelled, summary
from tests.benchmarks.public_sets import FOLDER, LIVE, PRECISE, REACHED, evaluated


def of_own_cases() -> list[Goal]:
    content, matcher = matcher_for(None)
    cases = from_folder()
    return goals(
        summary(asked(matcher, cases), content),
        summary(asked(matcher, misspelled(cases)), content),
    )


def of_public_sets() -> list[Goal]:
    """Nothing where the sets are not."""
    if not FOLDER:
        return []
    found = {}
    for name in REACHED:
        with tempfile.TemporaryDirectory() as folder:
            found[name] = evaluated(name, Path(folder))
    each = [Goal(f"{name}: right first", got["top1"], REACHED[name]) for name, got in found.items()]
    mean = sum(got["top1"] for got in found.values()) / len(found)
    return [
        *each,
        Goal("public sets: right first, on average", mean, sum(REACHED.values()) / len(REACHED)),
        Goal(f"{LIVE}: right, of what is answered", found[LIVE]["precision"], PRECISE),
    ]


def report(console: Console) -> int:
    """Print all of it; returns how many figures are not reached."""
    found = [*of_own_cases(), *of_public_sets()]
    table = Table("how right", "measured", "to reach", "reached")
    for goal in found:
        table.add_row(
            goal.what,
            "not measured" if goal.got is None else f"{goal.got:.3f}",
            f"{'<=' if goal.at_most else '>='} {goal.least:.3f}",
            "yes" if goal.reached else "NO",
        )
    console.print(table)
    if not FOLDER:
        console.print("Public sets: asked where CONTACTPUNT_MATCHING_DATA names their folder.")
    return sum(not goal.reached for goal in found)


if __name__ == "__main__":
    raise SystemExit(1 if report(Console(width=120)) else 0)
