"""What a class that holds rows prints of itself: sizes and names, never a person's value or weight."""

from collections.abc import Sized
from dataclasses import fields, is_dataclass
from typing import Any

_LONG = 200  # longer texts are pages and tables, not names


class Discreet:
    """A dataclass (with ``repr=False``) that tells the sizes of what it holds.

    An exception's traceback, a log or a notebook prints reprs: rows, weights and what is computed
    a row must not stand there.
    """

    def __repr__(self) -> str:
        """Name the class, and each field by its size."""
        held = (f"{f.name}={_size(getattr(self, f.name))}" for f in fields(self))  # type: ignore[arg-type]
        return f"{type(self).__name__}({', '.join(held)})"


def _size(value: Any) -> str:
    """Tell what a field holds: numbers and words that stand alone are shown, all else is counted."""
    if isinstance(value, str) and len(value) > _LONG:
        return f"<{len(value):,} characters>"
    if isinstance(value, str | bool | int | float | None) or is_dataclass(value):
        return repr(value)
    if hasattr(value, "height") and hasattr(value, "width"):
        return f"<{value.height:,} rows of {value.width} columns>"
    if hasattr(value, "shape"):
        return f"<{' x '.join(f'{n:,}' for n in value.shape) or 'one'} numbers>"
    return f"<{len(value):,} entries>" if isinstance(value, Sized) else f"<{type(value).__name__}>"
