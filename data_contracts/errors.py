"""The errors that a person sees: what is wrong, where, and what to do next. Never a value."""

from collections.abc import Iterable


class InputError(Exception):
    """Something delivered to us breaks a rule; ends the command with exit code 2.

    A message never holds a value from a person's record: it names the file, the column,
    the row number and the rule. Raise it with ``from None`` so that no library's message,
    which may hold a cell's value, travels along.

    Args:
        rule: what is wrong, as one sentence without its full stop.
        remedy: what the reader can do next, as one sentence without its full stop.
        file: name of the file or table concerned.
        column: name of the column concerned, as it is in the file.
        row: first row concerned, counted from 1 as a person counts data rows.
        rows: how many rows are concerned, when more than one may be.
    """

    exit_code = 2

    def __init__(
        self,
        rule: str,
        remedy: str,
        *,
        file: str | None = None,
        column: str | None = None,
        row: int | None = None,
        rows: int | None = None,
    ) -> None:
        self.rule = rule
        self.remedy = remedy
        self.file = file
        self.column = column
        self.row = row
        self.rows = rows
        super().__init__(str(self))

    def __str__(self) -> str:
        """Give the whole message: place, rule, remedy."""
        more = f" ({self.rows:,} rows in all)" if self.rows is not None and self.rows > 1 else ""
        place = [
            self.file,
            f"column {self.column}" if self.column is not None else None,
            f"row {self.row:,}{more}" if self.row is not None else None,
        ]
        where = ", ".join(part for part in place if part)
        said = f"{where}: {self.rule}." if where else f"{self.rule[:1].upper()}{self.rule[1:]}."
        return f"{said} What to do: {self.remedy}."


class Refused(InputError):
    """A request that has no honest answer (a circular model, an illegal ratio)."""


def near(word: str, known: Iterable[str]) -> str:
    """Give `` (did you mean X?)`` with the permitted word that is spelt nearest, or nothing.

    Args:
        word: what a person wrote; large and small letters count as the same.
        known: the permitted words.
    """
    from difflib import get_close_matches  # noqa: PLC0415  start fast

    folded = {name.casefold(): name for name in known}
    found = get_close_matches(word.casefold(), folded, 1)
    return f" (did you mean {folded[found[0]]}?)" if found else ""
