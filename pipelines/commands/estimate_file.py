"""What `informality estimate` reads: the columns a request names, codes declared missing, the collapse map."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from data_contracts.errors import InputError

if TYPE_CHECKING:
    import polars as pl

    from analyses.ask.face import AskedFigure
    from transforms.read.table import RawTable, Variable


def request_table(
    file: Path,
    figures: "Sequence[AskedFigure]",
    columns: Sequence[str],
    where: str | None,
    encoding: str | None,
    decimal: str | None = None,
) -> "RawTable":
    """Read the columns that the request names, and no other; text by the rules of transforms/read/spelling.py.

    Raises:
        InputError: the file cannot be read, a column is not in it, or its numbers can be read in two ways.
    """
    from analyses.ask.expressions import names
    from transforms.read.files import read_table
    from transforms.read.spelling import settled

    wanted = [name.strip().lower() for name in columns]
    for text in [part for figure in figures for part in figure.expressions] + [where or ""]:
        wanted += names(text) if text else []
    return settled(read_table(file, list(dict.fromkeys(wanted)) or None, encoding), decimal)


def refuse_unmet(table: "RawTable", figures: "Sequence[AskedFigure]", where: str | None) -> None:
    """Refuse a condition that no row of the file meets: its figure would be a 0 that says nothing.

    Raises:
        InputError: naming the condition, and the codes near to the one that was written.
    """
    from analyses.ask.expressions import codes_near, evaluate

    asked = [text for one in figures if one.kind in {"prop", "total"} for text in one.expressions]
    for text in [*asked, where or ""]:
        found = evaluate(text, table.frame) if text else None
        if found is not None and found.kind == "truth" and not found.series.any():
            raise InputError(
                f"no row of the file meets `{text}`{codes_near(text, table.frame)}",
                "look at the column's codes; a code that nobody has cannot be told from a wrong one",
                file=table.name,
            )


def collapse_map(lonely: str, path: Path | None) -> dict[str, str]:
    """Read which strata are joined with which; no map where the rule is another.

    Raises:
        InputError: rule and map do not belong together, or the file is no map.
    """
    import polars as pl

    from transforms.read.files import read_table
    from transforms.read.spelling import settled

    if (lonely == "collapse") != (path is not None):
        raise InputError(
            "--lonely collapse and --collapse-map belong together", "give both or neither"
        )
    if path is None:
        return {}
    frame = settled(read_table(path)).frame.select(pl.all().cast(pl.String).str.strip_chars())
    names = [name.strip().lower() for name in frame.columns]
    if names != ["stratum", "into_stratum"] or frame.null_count().sum_horizontal().item():
        raise InputError(
            "a collapse map has the columns stratum and into_stratum, filled in every row",
            "write a CSV of these two columns",
            file=path.name,
        )
    if frame.height == 0 or frame.to_series(0).is_duplicated().any():
        raise InputError(
            "a collapse map names each stratum once, and at least one",
            "correct the file",
            file=path.name,
        )
    return dict(frame.iter_rows())


def without_declared(table: "RawTable", rule: str, domains: Sequence[str] = ()) -> "RawTable":
    """Take codes that the file itself declares or labels missing as no answer, unless ``rule`` is keep.

    Columns that make domains keep what is labelled: who does not know is a domain.

    Raises:
        InputError: the rule is neither drop nor keep.
    """
    import polars as pl

    if rule not in {"drop", "keep"}:
        raise InputError("--declared-missing is drop or keep", "choose one")
    changes, notes = [], []
    for column in table.frame.columns if rule == "drop" else ():
        told = table.variables.get(column.strip().lower())
        if told is None:
            continue
        is_domain = column.strip().lower() in {name.lower() for name in domains}
        labelled = [] if is_domain else _labelled(told)
        hit = _declared(table.frame[column], [*told.user_missing, *labelled]).fill_null(value=False)
        count = int(table.frame.select(hit.sum()).item())
        if count:
            changes.append(pl.when(~hit).then(pl.col(column)).alias(column))
            said = "1 answer is a code" if count == 1 else f"{count:,} answers are codes"
            how = "labels as no answer" if labelled else "declares missing"
            notes.append(
                f"{column}: {said} that the file {how} (--declared-missing keep keeps them)"
            )
    return replace(table, frame=table.frame.with_columns(changes), notes=(*table.notes, *notes))


def _labelled(told: "Variable") -> list[str]:
    """Give the codes whose labels say that there is no answer, such as -1 "Don't know"."""
    from data_contracts.profile.lexicon import says_nothing

    return [code for code, label in told.value_labels.items() if says_nothing(code, label)]


def _declared(series: "pl.Series", codes: Sequence[str]) -> "pl.Expr":
    """Give the condition that a value is one of the codes, or lies in a range ``from:to`` of them."""
    import polars as pl

    column, numeric = pl.col(series.name), series.dtype.is_numeric()
    hit = pl.lit(value=False)
    for code in codes:
        ends = code.split(":")
        if numeric and len(ends) == 2:
            hit = hit | column.is_between(float(ends[0]), float(ends[1]))
        elif numeric and _is_number(code):
            hit = hit | (column == float(code))
        elif not numeric:
            hit = hit | (column.cast(pl.String) == code)
    return hit


def _is_number(code: str) -> bool:
    try:
        float(code)
    except ValueError:
        return False
    return True
