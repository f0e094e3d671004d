"""What reading a file gives: its rows and how the file describes its columns; reading lives elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from data_contracts.discreet import Discreet


@dataclass(frozen=True)
class Variable:
    """One column as the file describes it.

    Attributes:
        name: as in the file.
        label: the file's wording of it; empty when the file has none.
        kind: ``number``, ``text`` or ``date``.
        value_labels: what each code means, by the code as text ("1", "2.5", ".a").
        user_missing: codes ("9"), or ranges of codes ("97:99", "-inf:-1"), that the file itself
            declares missing. They stay in the data as values; Stata's extended missing (".a") is
            blank there.
    """

    name: str
    label: str
    kind: str
    value_labels: Mapping[str, str]
    user_missing: tuple[str, ...]


def numbered_labels(variable: Variable) -> dict[str, str]:
    """Give the codes whose label is another number, by the label; empty where labels are words.

    A factor that R saves has the codes 1, 2, .. and its levels as labels, "0" and "1" among them.
    """
    found = {}
    for code, label in variable.value_labels.items():
        try:
            if float(label) != float(code):
                found[code] = label.strip()
        except ValueError:
            continue
    return found


@dataclass(frozen=True, repr=False)
class RawTable(Discreet):
    """A file as delivered: the columns asked for, under their names in the file.

    Attributes:
        name: the file's name, without its folder.
        sha256: the identity of the whole file, archive included.
        frame: the rows in the file's order.
        synthetic: the file's own label says that it is a twin.
        scale: the twin's share of the real size, as its label says, else None.
        variables: how the file describes its columns, by lower-case name; empty where the format
            describes nothing (csv, xlsx).
        notes: what the reader did that a person must know, such as a fallback encoding; counts
            and names of columns, never a value.
    """

    name: str
    sha256: str
    frame: pl.DataFrame
    synthetic: bool = False
    scale: float | None = None
    variables: Mapping[str, Variable] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
