"""How numbers, intervals and the cells of tables are written; what stands around them is said elsewhere."""

from collections.abc import Sequence

from data_contracts.errors import InputError
from reports.model import Cell, Use
from reports.wording.marks import ABSENT, UNRELIABLE, WITHHELD


def count(value: float) -> str:
    """Write persons or interviews: ``2,123,400``."""
    return f"{round(value):,}".replace("-", "−")  # noqa: RUF001


def one_decimal(value: float) -> str:
    """Write a percentage without its sign: ``86.4``."""
    return f"{value:.1f}".replace("-", "−")  # noqa: RUF001


def signed(value: float) -> str:
    """Write percentage points with their sign: ``+3.4``, ``-0.2`` with a minus sign."""
    text = one_decimal(value)
    return text if text.startswith("−") or text == "0.0" else f"+{text}"  # noqa: RUF001


def field_of(cell: Cell, field: str) -> float | None:
    """Give one field of a cell: value, lower, upper or n."""
    found = {"value": cell.value, "lower": cell.lower, "upper": cell.upper, "n": cell.n}
    return found[field]


def number(cell: Cell, field: str = "value") -> str:
    """Write one field of a published cell in its unit's format."""
    value = field_of(cell, field)
    if value is None:
        raise InputError(
            f"a brief would print a figure that is not published: {cell.indicator}, {field}",
            "print it only where the cell is published",
        ) from None
    if field == "n" or cell.unit == "PS":
        return count(value)
    return signed(value) if cell.unit == "PP" else one_decimal(value)


def mark(cell: Cell) -> str:
    """Write a cell for a table: number with its mark, ``x`` withheld, ``..`` not available."""
    if not cell.published:
        return WITHHELD if cell.withheld else ABSENT
    return number(cell) + (UNRELIABLE if cell.status == "U" else "")


def interval(cell: Cell) -> str:
    """Write the limits with an en dash, or `` to `` where a limit has a sign; empty if none."""
    if not cell.published or cell.lower is None or cell.upper is None:
        return ""
    dash = " to " if cell.unit == "PP" or cell.lower < 0 else "–"  # noqa: RUF001
    return f"{number(cell, 'lower')}{dash}{number(cell, 'upper')}"


def level(cell: Cell) -> str:
    """Write the confidence level: ``95%``."""
    return f"{(cell.level or 0.95) * 100:g}%"


def uses(*cells: Cell, fields: Sequence[str] = ("value", "lower", "upper")) -> tuple[Use, ...]:
    """Bind the printed fields of cells to what is printed."""
    return tuple(
        Use(cell, field, number(cell, field))
        for cell in cells
        if cell.published
        for field in fields
        if field_of(cell, field) is not None
    )
