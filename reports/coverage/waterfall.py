"""Waterfalls of levels and the steps between them as SVG text; no words and no numbers of its own."""

import itertools
from dataclasses import dataclass
from typing import Any, Final, Literal

from reports.charts import DARK, LIGHT, MID, svg_of

FALL, RISE, MARKED = "#b4c0ca", "#d9a05b", "#b5473c"
SHORT: Final = (
    0.5  # a last level under this share of the first: bars from zero still show the steps
)
WIDTH: Final = 7.0  # inches; the page's column on A4


@dataclass(frozen=True)
class Bar:
    """A row of a waterfall.

    ``level`` reaches from zero to ``end``; ``step`` floats from ``start`` to ``end``. The interval
    lies around ``end``. A row without ``end`` is withheld. ``marked`` rows are outlined.
    """

    label: str
    kind: Literal["level", "step"]
    text: str
    start: float | None = None
    end: float | None = None
    lower: float | None = None
    upper: float | None = None
    marked: bool = False


@dataclass(frozen=True)
class Waterfall:
    """Rows from top to bottom, the words of the axis, and the name that begins the figure's ids."""

    name: str
    axis: str
    bars: tuple[Bar, ...]

    @property
    def from_zero(self) -> bool:
        """Say whether the axis begins at zero: not where all levels are long beside the steps."""
        levels = [bar.end for bar in self.bars if bar.kind == "level" and bar.end is not None]
        return not levels or min(levels) < SHORT * max(levels)


def draw_waterfall(waterfall: Waterfall, width_in: float = WIDTH) -> str:
    """Draw the rows and give SVG text: the same rows give the same bytes.

    Levels are bars from zero. Where the axis does not begin at zero they are points, because the
    length of a cut bar would mislead. A step to the left is grey, a step to the right ochre and
    hatched; a marked row is red.
    """

    def paint(axes: Any) -> None:
        _frame(axes, waterfall)
        for place, bar in enumerate(waterfall.bars):
            if bar.end is None:
                beside = axes.get_yaxis_transform()
                axes.text(0.01, place, bar.text, transform=beside, va="center", color="#333333")
            else:
                _bar(axes, place, bar, bar.end, waterfall.from_zero)
        _threads(axes, waterfall.bars)

    return svg_of((width_in, 0.62 + 0.235 * len(waterfall.bars)), paint, waterfall.name)


def _bar(axes: Any, place: int, bar: Bar, end: float, from_zero: bool) -> None:
    if bar.kind == "step" and bar.start is not None:
        fill = MARKED if bar.marked else RISE if end > bar.start else FALL
        left, width = min(bar.start, end), abs(end - bar.start)
        hatch = "////" if end > bar.start else None
        axes.barh(place, width, 0.62, left=left, color=fill, hatch=hatch, edgecolor="white", lw=0.4)
    elif from_zero:
        axes.barh(place, end, 0.62, color=MID)
    else:
        axes.plot(end, place, "D", ms=6, mfc=MID, mec=MID, zorder=3)
    if bar.lower is not None and bar.upper is not None:
        axes.plot([bar.lower, bar.upper], [place, place], color="#1c2329", lw=1.0, zorder=4)
    axes.text(
        1.01,
        place,
        bar.text,
        transform=axes.get_yaxis_transform(),
        va="center",
        fontweight="bold" if bar.kind == "level" else "normal",
        color=MARKED if bar.marked else "#1c2329",
    )


def _threads(axes: Any, bars: tuple[Bar, ...]) -> None:
    """Draw a thin line from the end of one row to the row below, where both are shown."""
    for place, (above, below) in enumerate(itertools.pairwise(bars)):
        if above.end is not None and below.end is not None:
            axes.plot([above.end] * 2, [place, place + 1], color="#7b8791", lw=0.6, zorder=1)


def _frame(axes: Any, waterfall: Waterfall) -> None:
    from matplotlib.ticker import MaxNLocator, StrMethodFormatter  # noqa: PLC0415

    bars = waterfall.bars
    axes.set_yticks(range(len(bars)), [bar.label for bar in bars])
    for bar, tick in zip(bars, axes.get_yticklabels(), strict=True):
        if bar.kind == "level":
            tick.set_fontweight("bold")
            tick.set_color(DARK)
    axes.set_ylim(len(bars) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color=LIGHT, lw=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.set_xlabel(waterfall.axis)
    reach = [x for bar in bars for x in (bar.start, bar.end, bar.lower, bar.upper) if x is not None]
    if reach:
        room = 0.03 * (max(reach) - min(reach)) or 1.0
        low = min(0.0, *reach) if waterfall.from_zero else min(reach) - room
        axes.set_xlim(low, max(reach) + room)
