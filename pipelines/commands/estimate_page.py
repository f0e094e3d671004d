"""What `informality estimate` prints: figures withheld where they must be, a table, its conventions in words."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pipelines.commands.printout import Block, Printout, json_line, table

if TYPE_CHECKING:
    import polars as pl

    from analyses.ask.face import Design
    from transforms.read.table import RawTable

BLANKED = ("estimate", "se", "ci_lower", "ci_upper", "cv", "deff")
FEW = (
    10  # rows behind a withheld figure that would tell of persons (UK GSS: tables of fewer than 10)
)
_COUNTED = r"^\w+\((.*?)\)( == .*)?$"  # total(x == 1), prop(x) == 1: what is counted
SHOWN = ("statistic", "estimate", "se", "ci_lower", "ci_upper", "cv", "df", "n", "n_psu", "flag")


def withheld(found: "pl.DataFrame", reliability: str) -> "pl.DataFrame":
    """Blank the figures flagged S, and whole tables where the rule set drops them.

    A count that is withheld in one form is withheld in every form of the output: total, share, mean and
    number of rows of the same expression in the same domain.
    """
    import polars as pl

    from analyses.engine.reliability import dropped

    lost = {
        name
        for (name,), rows in found.group_by("statistic")
        if rows.height > 1 and dropped(reliability, rows["flag"].to_list())
    }
    whole = pl.col("statistic").is_in(sorted(lost))
    domain = list(found.columns[: found.columns.index("statistic")])
    counted = pl.col("statistic").str.replace(_COUNTED, "${1}${2}")
    hidden = (pl.col("flag") == "S").any().over([*domain, counted]) | whole
    said = pl.when(whole).then(pl.lit("table dropped by its rule")).otherwise(pl.lit("withheld"))
    return found.with_columns(
        *(pl.when(~hidden).then(pl.col(name)).alias(name) for name in BLANKED),
        pl.when(~hidden | (pl.col("n") >= FEW)).then(pl.col("n")).alias("n"),
        pl.when(hidden)
        .then(pl.concat_str([said, pl.when(pl.col("note") != "").then(pl.col("note"))],
                            separator="; ", ignore_nulls=True))
        .otherwise(pl.col("note"))
        .alias("note"),
    )  # fmt: skip


def described(
    table: "RawTable", design: "Design", where: str | None, reliability: str
) -> dict[str, Any]:
    """Say what the figures come from: file, design, subpopulation, rules of reliability, notes."""
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


def printout(found: "pl.DataFrame", about: Mapping[str, Any], *, deff: bool) -> Printout:
    """Give the figures in every format; ``about`` goes before them in JSON."""
    rows = found.to_dicts()
    for row in rows:
        row["ci"] = [row.pop("ci_lower"), row.pop("ci_upper")]
    told = json_line({**about, "figures": rows})
    parts = _in_words(found, about["reliability"]["rules"], deff=deff)
    return Printout({"figures": found}, parts, told, width=150, tight=True)


def _in_words(found: "pl.DataFrame", rules: str, *, deff: bool) -> Iterator[Block]:
    groups = found.columns[: found.columns.index("statistic")]
    columns = [*groups, *(name for name in SHOWN[: SHOWN.index("cv") + 1])]
    columns += [*(["deff"] if deff else []), *SHOWN[SHOWN.index("cv") + 1 :]]
    rows = ([_shown(name, row[name]) for name in columns] for row in found.iter_rows(named=True))
    yield table(columns, rows, right=range(len(groups) + 1, len(columns) - 1))
    first = found.row(0, named=True)
    conventions = ", ".join(
        f"{name} {first[name]}" for name in ("lonely", "df_method", "deff_kind", "missing")
    )
    methods = ", ".join(sorted(found["ci_method"].drop_nulls().unique()))
    yield f"Intervals {first['ci_level']:.0%}: {methods}. Conventions: {conventions}."
    yield rules
    yield from (f"- {note}" for note in dict.fromkeys(found["note"].to_list()) if note)


def _shown(name: str, value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, float):
        return str(value)
    if name in {"cv", "deff"}:
        return f"{value:.3f}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
