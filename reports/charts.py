"""A brief's figures as SVG text, the same bytes for the same figures; no words and no numbers of its own."""

import io
import re
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from reports.model import Plot

FONTS: Final = Path(__file__).parent / "fonts"
FAMILY: Final = "Brief Lao"
AXIS_WIDTH: Final = 44  # characters of the axis' title that half a page holds
DARK, MID, LIGHT = "#0b3a5c", "#0a5c8f", "#d5dde4"
_STYLE: Final[dict[str, Any]] = {
    "font.family": FAMILY,
    "font.size": 8,
    "svg.fonttype": "path",
    "svg.hashsalt": "informality",
    "axes.unicode_minus": True,
    "axes.edgecolor": "#555555",
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
}


def draw(plot: Plot, *, zero_line: bool = False, width_in: float = 3.55) -> str:
    """Draw rows of values with intervals and return SVG text.

    A reliable value is a filled dot, an unreliable one hollow with ``*`` beside its number, a
    withheld one an ``x`` where the axis begins. Rows without a cell are headings.

    Args:
        plot: the figure; its rows from top to bottom.
        zero_line: True for effects around zero, False for shares from zero.
        width_in: width in inches; the height follows from the rows.
    """
    size = (width_in, 0.62 + 0.187 * len(plot.rows))

    def paint(axes: Any) -> None:
        _rows(axes, plot)
        _frame(axes, plot, zero_line)

    return svg_of(size, paint, "effect" if zero_line else "share")


def svg_of(size: tuple[float, float], paint: Callable[[Any], None], name: str) -> str:
    """Let ``paint`` draw on the axes of a new figure and give it as SVG text.

    Args:
        size: width and height in inches.
        paint: draws on matplotlib's axes.
        name: what begins every id, so that ids are unique among the figures of one page.
    """
    import matplotlib as mpl  # noqa: PLC0415  drawing is the only use: the import is slow
    from matplotlib import font_manager  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    for weight in ("Regular", "Bold"):
        font_manager.fontManager.addfont(FONTS / f"BriefLao-{weight}.ttf")
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=size, layout="constrained")
        paint(figure.subplots())
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", out.getvalue(), flags=re.DOTALL)
    return _own_ids(svg[svg.index("<svg") :], name)


def _own_ids(svg: str, name: str) -> str:
    """Make ids unique among the figures of one page."""
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    return re.sub(r'(href="#|url\(#)', rf"\g<1>{name}-", svg)


def _rows(axes: Any, plot: Plot) -> None:
    beside = axes.get_yaxis_transform()
    for place, row in enumerate(plot.rows):
        cell = row.cell
        if cell is None:
            continue
        if not cell.published:
            axes.text(0.01, place, row.text, transform=beside, va="center", color="#333333")
            continue
        if cell.lower is not None and cell.upper is not None:
            axes.plot([cell.lower, cell.upper], [place, place], color=DARK, lw=1.1, zorder=2)
        face = "white" if cell.status == "U" else MID
        axes.plot(cell.value, place, "o", ms=4.6, mfc=face, mec=MID, mew=1.1, zorder=3)
        number, star = row.text.removesuffix("*"), row.text.endswith("*")
        axes.text(1.13, place, number, transform=beside, va="center", ha="right")
        if star:
            axes.text(1.135, place, "*", transform=beside, va="center", ha="left")


def _frame(axes: Any, plot: Plot, zero_line: bool) -> None:
    axes.set_yticks(range(len(plot.rows)), [row.label for row in plot.rows])
    for row, tick in zip(plot.rows, axes.get_yticklabels(), strict=True):
        if row.cell is None:
            tick.set_fontweight("bold")
            tick.set_color(DARK)
    axes.set_ylim(len(plot.rows) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color=LIGHT, lw=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.set_xlabel(textwrap.fill(plot.axis, AXIS_WIDTH))
    if zero_line:
        axes.axvline(0, color="#333333", lw=0.8)
    else:
        axes.set_xlim(left=0)
    if plot.national is not None:
        axes.axvline(plot.national.value, color="#b5473c", lw=0.9, ls=(0, (4, 3)), zorder=1)
