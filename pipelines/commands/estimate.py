"""`informality estimate`: figures with their uncertainty from any file, without a profile."""

import json
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from data_contracts.errors import InputError

if TYPE_CHECKING:
    import polars as pl

    from analyses.ask.face import AskedFigure
    from transforms.read.table import RawTable


class Format(StrEnum):
    """How the figures are printed."""

    md = "md"
    csv = "csv"
    json = "json"


BLANKED = ("estimate", "se", "ci_lower", "ci_upper", "cv", "deff")
SHOWN = ("statistic", "estimate", "se", "ci_lower", "ci_upper", "cv", "df", "n", "n_psu", "flag")
Texts = list[str] | None


def command(
    file: Annotated[Path, typer.Argument(help=".dta .sav .csv .parquet .xlsx, zipped or not.")],
    weight: Annotated[str | None, typer.Option(help="Column of weights.")] = None,
    strata: Annotated[str | None, typer.Option(help="Column of strata.")] = None,
    psu: Annotated[str | None, typer.Option(help="Column of primary sampling units.")] = None,
    ssu: Annotated[str | None, typer.Option(help="Column of second-stage units.")] = None,
    fpc: Annotated[
        str | None, typer.Option(help="Columns of population sizes or fractions, by stage.")
    ] = None,
    ratio: Annotated[
        Texts, typer.Option(help='"numerator / denominator"; may be repeated.')
    ] = None,
    mean: Annotated[Texts, typer.Option(help="An amount; may be repeated.")] = None,
    total: Annotated[Texts, typer.Option(help="An amount or a condition; may be repeated.")] = None,
    prop: Annotated[Texts, typer.Option(help="A condition, or a column of codes.")] = None,
    quantile: Annotated[
        str | None, typer.Option(help="0.25,0.5,0.75: of --of, else of each --mean.")
    ] = None,
    of: Annotated[Texts, typer.Option(help="The amount of --quantile; may be repeated.")] = None,
    by: Annotated[str | None, typer.Option(help="Columns to break down by, with commas.")] = None,
    where: Annotated[
        str | None, typer.Option(help="Condition of a subpopulation (not a filter).")
    ] = None,
    lonely: Annotated[
        str,
        typer.Option(
            help="Strata with one PSU: fail, certainty, remove, adjust, average, collapse."
        ),
    ] = "fail",
    collapse_map: Annotated[
        Path | None,
        typer.Option(help="With --lonely collapse: CSV of two columns, stratum and into_stratum."),
    ] = None,
    ci: Annotated[
        str | None,
        typer.Option(help="Of proportions: logit, xlogit, likelihood, asin, beta, wilson, wald."),
    ] = None,
    level: Annotated[float, typer.Option(help="Probability of the intervals.")] = 0.95,
    deff: Annotated[bool, typer.Option("--deff", help="Show design effects in md.")] = False,
    deff_replace: Annotated[
        bool,
        typer.Option("--deff-replace", help="Design effects against sampling with replacement."),
    ] = False,
    missing: Annotated[
        str, typer.Option(help="Rows without an answer: exclude, zero, fail.")
    ] = "exclude",
    declared_missing: Annotated[
        str,
        typer.Option(help="Codes that the file itself declares missing: drop (no answer) or keep."),
    ] = "drop",
    df_method: Annotated[str, typer.Option(help="r, stata or design.")] = "r",
    quantile_rule: Annotated[str, typer.Option(help="math, school, hf1 to hf9.")] = "math",
    reliability: Annotated[
        str, typer.Option(help="Rules of the flag: nso, ilo, statcan, abs, toolkit, nchs.")
    ] = "nso",
    encoding: Annotated[str | None, typer.Option(help="Of the file's text.")] = None,
    output: Annotated[Format, typer.Option("--format", help="md, csv or json.")] = Format.md,
) -> None:
    """Estimate totals, means, ratios, proportions and quantiles of a file under its design.

    Conditions: names, numbers, 'quoted text', == != < <= > >=, in (a, b), and, or, not, + - * /,
    brackets, missing(x). Figures that the reliability rules flag S are withheld.
    """
    from analyses.ask import face as survey

    figures = _figures(ratio, mean, total, prop, quantile, of)
    joined = _collapse_map(lonely, collapse_map)
    design = survey.Design(
        weight, strata, psu, ssu, tuple(_list(fpc)),
        "fail" if joined else lonely, joined,  # type: ignore[arg-type]
    )  # fmt: skip
    groups = _list(by)
    table = _read(file, figures, [*design.columns, *groups], where, encoding)
    if declared_missing == "drop":
        table = _without_declared(table)
    elif declared_missing != "keep":
        raise InputError("--declared-missing is drop or keep", "choose one")
    found = survey.estimate(
        table.frame,
        *figures,
        design=design,
        by=groups,
        where=where,
        ci=ci,  # type: ignore[arg-type]
        level=level,
        deff="wr" if deff_replace else "wor",
        missing=missing,  # type: ignore[arg-type]
        df_method=df_method,  # type: ignore[arg-type]
        quantile_rule=quantile_rule,  # type: ignore[arg-type]
        reliability=reliability,
    )
    found = _withheld(found, reliability)
    for note in table.notes:
        typer.echo(f"{table.name}: {note}", err=True)
    _print(
        found, output, deff=deff or deff_replace, about=_about(table, design, where, reliability)
    )


def _collapse_map(lonely: str, path: Path | None) -> dict[str, str]:
    """Read which strata are joined with which; no map where the rule is another."""
    import polars as pl

    from transforms.read.files import read_table

    if (lonely == "collapse") != (path is not None):
        raise InputError(
            "--lonely collapse and --collapse-map belong together", "give both or neither"
        )
    if path is None:
        return {}
    frame = read_table(path).frame.select(pl.all().cast(pl.String).str.strip_chars())
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


def _list(text: str | None) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()] if text else []


def _figures(
    ratio: Texts, mean: Texts, total: Texts, prop: Texts, quantile: str | None, of: Texts
) -> "list[AskedFigure]":
    from analyses.ask import face as survey
    from analyses.ask.expressions import split_ratio

    found = [survey.ratio(*split_ratio(text)) for text in ratio or []]
    found += [survey.mean(text) for text in mean or []]
    found += [survey.total(text) for text in total or []]
    found += [survey.prop(text) for text in prop or []]
    if quantile:
        amounts = of or mean or []
        if not amounts:
            raise InputError("--quantile needs an amount", "name it with --of, or with --mean")
        try:
            wanted = [float(part) for part in _list(quantile)]
        except ValueError:
            raise InputError(
                "--quantile takes numbers between 0 and 1", "write 0.25,0.5,0.75"
            ) from None
        found += [survey.quantile(text, wanted) for text in amounts]
    if not found:
        raise InputError(
            "no figure is asked for", "give --mean, --total, --prop, --ratio or --quantile"
        )
    return found


def _read(
    file: Path,
    figures: "list[AskedFigure]",
    columns: list[str],
    where: str | None,
    encoding: str | None,
) -> "RawTable":
    """Read the columns that the request names, and no other."""
    from analyses.ask.expressions import names
    from transforms.read.files import read_table

    wanted = [name.strip().lower() for name in columns]
    for text in [part for figure in figures for part in figure.expressions] + [where or ""]:
        wanted += names(text) if text else []
    return read_table(file, list(dict.fromkeys(wanted)) or None, encoding)


def _without_declared(table: "RawTable") -> "RawTable":
    """Take codes that the file itself declares missing as no answer."""
    import polars as pl

    changes, notes = [], []
    for column in table.frame.columns:
        told = table.variables.get(column.strip().lower())
        if told is None or not told.user_missing:
            continue
        series = table.frame[column]
        numeric = series.dtype.is_numeric()
        hit = pl.lit(value=False)
        for code in told.user_missing:
            ends = code.split(":")
            if numeric and len(ends) == 2:
                hit = hit | pl.col(column).is_between(float(ends[0]), float(ends[1]))
            elif numeric and _is_number(code):
                hit = hit | (pl.col(column) == float(code))
            elif not numeric:
                hit = hit | (pl.col(column).cast(pl.String) == code)
        count = int(table.frame.select(hit.fill_null(value=False).sum()).item())
        if count:
            changes.append(pl.when(~hit.fill_null(value=False)).then(pl.col(column)).alias(column))
            notes.append(f"{column}: {count:,} answers are codes that the file declares missing")
    return replace(table, frame=table.frame.with_columns(changes), notes=(*table.notes, *notes))


def _is_number(code: str) -> bool:
    try:
        float(code)
    except ValueError:
        return False
    return True


def _withheld(found: "pl.DataFrame", reliability: str) -> "pl.DataFrame":
    """Blank the figures flagged S, and whole tables where the rule set drops them."""
    import polars as pl

    from analyses.engine.reliability import dropped

    lost = {
        name
        for (name,), rows in found.group_by("statistic")
        if rows.height > 1 and dropped(reliability, rows["flag"].to_list())
    }
    whole = pl.col("statistic").is_in(sorted(lost))
    hidden = (pl.col("flag") == "S") | whole
    said = pl.when(whole).then(pl.lit("table dropped by its rule")).otherwise(pl.lit("withheld"))
    return found.with_columns(
        *(pl.when(~hidden).then(pl.col(name)).alias(name) for name in BLANKED),
        pl.when(hidden)
        .then(pl.concat_str([said, pl.when(pl.col("note") != "").then(pl.col("note"))],
                            separator="; ", ignore_nulls=True))
        .otherwise(pl.col("note"))
        .alias("note"),
    )  # fmt: skip


def _about(table: "RawTable", design: Any, where: str | None, reliability: str) -> dict[str, Any]:
    from analyses.engine.reliability import rule_set

    return {
        "file": table.name,
        "sha256": table.sha256,
        "rows": table.frame.height,
        "design": {
            "weight": design.weight,
            "strata": design.strata,
            "psu": design.psu,
            "ssu": design.ssu,
            "fpc": list(design.fpc),
            "lonely": design.lonely_rule,
            "collapse": dict(design.joins),
        },
        "where": where,
        "reliability": {"name": reliability, "rules": rule_set(reliability).said},
        "notes": list(table.notes),
    }


def _print(found: "pl.DataFrame", output: Format, *, deff: bool, about: dict[str, Any]) -> None:
    if output is Format.csv:
        typer.echo(found.write_csv(), nl=False)
    elif output is Format.json:
        rows = found.to_dicts()
        for row in rows:
            row["ci"] = [row.pop("ci_lower"), row.pop("ci_upper")]
        typer.echo(json.dumps(about | {"figures": rows}, ensure_ascii=False))
    else:
        typer.echo(_markdown(found, deff=deff, rules=about["reliability"]["rules"]))


def _markdown(found: "pl.DataFrame", *, deff: bool, rules: str) -> str:
    columns = found.columns[: found.columns.index("statistic")]
    for name in SHOWN:
        columns += [name, "deff"] if name == "cv" and deff else [name]
    head = f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}"
    rows = [
        "| " + " | ".join(_cell(name, row[name]) for name in columns) + " |"
        for row in found.iter_rows(named=True)
    ]
    first = found.row(0, named=True)
    conventions = ", ".join(
        f"{name} {first[name]}" for name in ("lonely", "df_method", "deff_kind", "missing")
    )
    notes = [f"- {note}" for note in dict.fromkeys(found["note"].to_list()) if note]
    level = f"Intervals {first['ci_level']:.0%}: {', '.join(sorted(found['ci_method'].drop_nulls().unique()))}."
    return "\n".join([head, *rows, "", f"{level} Conventions: {conventions}.", rules, *notes])


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, float):
        return str(value).replace("|", "\\|")
    if name in {"cv", "deff"}:
        return f"{value:.3f}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
