"""Charts, as PNG. Drawing takes a while: call these in a thread, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, Final

from bot.clock import BRUSSELS

COLOURS: Final = (
    *("#0072B2", "#D55E00", "#009E73", "#CC79A7"),
    *("#56B4E9", "#E69F00", "#000000", "#8C6D1F"),
)
"""Told apart by who sees colours otherwise. Source: Okabe and Ito, jfly.uni-koeln.de/color."""

STYLES: Final = ("solid", "dashed", "dashdot", "dotted")
MOST: Final = len(COLOURS)
"""Lines in one picture."""


@dataclass(frozen=True, slots=True)
class Filling:
    """How full something got over time."""

    label: str
    seats: int
    points: Sequence[tuple[datetime, int]]
    """From each of these moments on, so many seats were taken; in order."""


def filling(
    title: str, percent_label: str, lines: Sequence[Filling], said: Callable[[datetime], str]
) -> bytes:
    """One line per info session, in percent of its seats; *said* writes a moment on the axis.

    Each line has its own colour, dashes and name at its end, so none depends on colour alone.
    """
    # Imported here: it takes a second that only who wants a picture should wait.
    from matplotlib import dates
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter, PercentFormatter

    clock: Any = dates  # the library does not say what goes in here
    letters = _letters()
    figure = Figure(figsize=(7.2, 4.6), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    axes: Any = figure.add_subplot()
    for number, line in enumerate(lines[:MOST]):
        moments = [clock.date2num(moment) for moment, _ in line.points]
        shares = [100 * taken / max(line.seats, 1) for _, taken in line.points]
        axes.step(
            moments,
            shares,
            where="post",
            label=_known(line.label, letters),
            color=COLOURS[number],
            linestyle=STYLES[number % len(STYLES)],
            linewidth=2.4,
            marker="o",
            markevery=[len(moments) - 1],
            markersize=6,
        )
        axes.annotate(
            str(number + 1),
            (moments[-1], shares[-1]),
            xytext=(7, -4 + 9 * _crowd(lines, number)),
            textcoords="offset points",
            color=COLOURS[number],
            fontweight="bold",
        )
    axes.set_ylim(0, 105)
    axes.set_ylabel(percent_label, parse_math=False)
    axes.yaxis.set_major_formatter(PercentFormatter(decimals=0))
    axes.xaxis.set_major_locator(clock.AutoDateLocator(tz=BRUSSELS, minticks=3, maxticks=5))
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda number, _: said(clock.num2date(number, tz=BRUSSELS)))
    )
    axes.set_xlim(*_span(lines, clock.date2num))
    axes.grid(True, alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(_known(title, letters), parse_math=False, loc="left", fontweight="bold")
    if lines:
        legend = figure.legend(loc="outside lower left", frameon=False, fontsize=9, ncols=1)
        for text in legend.get_texts():
            text.set_parse_math(False)
    written = BytesIO()
    figure.savefig(written, format="png")
    return written.getvalue()


def _letters() -> frozenset[int]:
    """What can be drawn: everything in both fonts we use."""
    from matplotlib import font_manager as fonts

    manager: Any = fonts
    found = [
        manager.get_font(manager.findfont(manager.FontProperties(weight=weight))).get_charmap()
        for weight in ("normal", "bold")
    ]
    return frozenset.intersection(*(frozenset(each) for each in found))


def _known(text: str, letters: frozenset[int]) -> str:
    """*text* without what the font lacks, such as pictures."""
    return " ".join("".join(each for each in text if ord(each) in letters).split())


def _crowd(lines: Sequence[Filling], number: int) -> int:
    """How many earlier lines end at the same height: their numbers stand above each other."""
    height = lines[number].points[-1][1] / max(lines[number].seats, 1)
    return sum(
        abs(line.points[-1][1] / max(line.seats, 1) - height) < 0.03 for line in lines[:number]
    )


def _span(lines: Sequence[Filling], as_number: Callable[[datetime], Any]) -> tuple[Any, Any]:
    """From the first moment to the last, and a little room; a span of none is made an hour."""
    moments = [moment for line in lines for moment, _ in line.points]
    first, last = min(moments), max(moments)
    room = max((last - first) * 0.04, timedelta(minutes=30))
    return as_number(first - room), as_number(last + room)
