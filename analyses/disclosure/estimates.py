"""Estimates to published cells: what is withheld, why, and how it is rounded; nothing is estimated."""

import polars as pl

from analyses.engine.reliability import dropped
from data_contracts.errors import InputError

FEW = 5  # sample rows (ILO, measurement.md 4.1) or register persons
SERIES = ("survey_id", "ref_area", "time_period", "indicator", "breakdown")
REGISTER_SERIES = (
    "register_id", "register_date", "survey_id", "survey_date", "concept", "rule", "scheme",
    "breakdown",
)  # fmt: skip
NONE, RELIABILITY, SECONDARY, TABLE = "none", "reliability", "secondary", "table"


def publish(est: pl.DataFrame) -> pl.DataFrame:
    """Turn est.estimate, est.driver or est.register_coverage into its pub table.

    Withheld for reliability: cells with obs_status S or, whatever the rule set says, of fewer than 5
    rows; drivers with fewer than 5 rows; register counts of 1 to 4 persons. Where the rule set of a
    figure drops tables (ILO: more than a third of the cells S), all categories of such an (indicator,
    breakdown) are withheld, with reason ``table``; cells of nobody do not count. If that leaves exactly one withheld category in an (indicator,
    breakdown), it could be had by subtraction from the total, so the smallest other category
    (fewest rows, or persons in a register; the first by code among equals) is withheld too, with
    reason ``secondary``. A withheld cell keeps its labels and loses its figures.

    Rounded: persons to 100 (their standard error to 10), ratios as percent to 0.1 (their standard
    error to 0.01), cv to 0.001, deff to 0.01; a driver's coefficient and odds ratio to 0.001, its
    marginal effect as percentage points to 0.1 (standard error to 0.01), p to 0.0001.

    Args:
        est: one of the three tables, told apart by its columns.

    Returns:
        The same rows and columns, and suppression_reason (none, reliability, table, secondary).

    Raises:
        InputError: the table is none of the three.
    """
    have = set(est.columns)
    if "obs_value" in have:
        return _estimates(est)
    if "ame" in have:
        return _drivers(est)
    if "coverage" in have:
        return _coverage(est)
    raise InputError("this table has no publication rule", "publish an est.* table")


def _estimates(est: pl.DataFrame) -> pl.DataFrame:
    primary = (pl.col("obs_status") == "S") | (pl.col("n") < FEW)
    marked = _without_dropped(_mark(est, primary, "n", SERIES))
    persons = pl.col("unit_measure") == "PS"
    hidden = pl.col("suppression_reason") != NONE
    figures = [
        *(
            pl.when(persons).then(_to(name, 100)).otherwise(_percent(name)).alias(name)
            for name in ("obs_value", "ci_lower", "ci_upper")
        ),
        pl.when(persons).then(_to("se", 10)).otherwise(_percent("se", 2)).alias("se"),
        pl.col("cv").round(3),
        pl.col("deff").round(2),
        _to("numerator", 100),
        _to("denominator", 100),
        pl.col("n"),
    ]
    return marked.with_columns(
        *(pl.when(~hidden).then(figure) for figure in figures),
        pl.when(persons).then(pl.col("unit_measure")).otherwise(pl.lit("PT")).alias("unit_measure"),
        pl.when(hidden).then(pl.lit("S")).otherwise(pl.col("obs_status")).alias("obs_status"),
        pl.when(~hidden).then(pl.col("note")).alias("note")
        if "note" in est.columns
        else pl.lit(None, dtype=pl.String).alias("note"),
    ).select([*est.columns, "suppression_reason"])


def _without_dropped(marked: pl.DataFrame) -> pl.DataFrame:
    """Withhold every category of a table of which the rule set's share of figures is S."""
    if "reliability" not in marked.columns:
        return marked
    keys = [name for name in SERIES if name in marked.columns]
    counted = marked.filter((pl.col("breakdown") != "total") & (pl.col("n") > 0))
    lost = [
        key
        for key, cells in counted.group_by(keys, maintain_order=True)
        if dropped(cells["reliability"][0], cells["obs_status"].to_list())
    ]
    if not lost:
        return marked
    gone = pl.DataFrame(lost, schema={name: marked.schema[name] for name in keys}, orient="row")
    hit = marked.join(gone.with_columns(_lost=True), on=keys, how="left", nulls_equal=True,
                      maintain_order="left")["_lost"].fill_null(value=False)  # fmt: skip
    primary = pl.col("suppression_reason") == RELIABILITY
    return marked.with_columns(
        pl.when(hit & ~primary)
        .then(pl.lit(TABLE))
        .otherwise("suppression_reason")
        .alias("suppression_reason")
    )


def _drivers(est: pl.DataFrame) -> pl.DataFrame:
    hidden = (pl.col("n") < FEW).fill_null(value=False)
    figures = [
        *(pl.col(name).round(3) for name in ("coefficient", "coefficient_se", "odds_ratio")),
        *(_percent(name) for name in ("ame", "ame_ci_lower", "ame_ci_upper")),
        _percent("ame_se", 2),
        pl.col("p_value").round(4),
        pl.col("n"),
    ]
    reason = pl.when(hidden).then(pl.lit(RELIABILITY)).otherwise(pl.lit(NONE))
    return est.with_columns(
        reason.alias("suppression_reason"), *(pl.when(~hidden).then(figure) for figure in figures)
    )


def _coverage(est: pl.DataFrame) -> pl.DataFrame:
    few = pl.col("persons").is_between(1, FEW - 1)
    marked = _mark(est, few, "persons", REGISTER_SERIES)
    hidden = pl.col("suppression_reason") != NONE
    figures = [
        _to("persons", 100).cast(pl.Int64),
        _to("denominator", 100),
        _to("denominator_se", 10),
        *(_percent(name) for name in ("coverage", "ci_lower", "ci_upper")),
        _percent("coverage_se", 2),
    ]
    return marked.with_columns(*(pl.when(~hidden).then(figure) for figure in figures))


def _mark(est: pl.DataFrame, primary: pl.Expr, size: str, series: tuple[str, ...]) -> pl.DataFrame:
    """Add suppression_reason: primary cells, and a second one where one alone would not hide."""
    keys = [name for name in series if name in est.columns]
    table = est.with_row_index("_row").with_columns(
        primary.fill_null(value=False).alias("_first"),
        (pl.col("breakdown") == "total").alias("_whole"),
    )
    lone = (
        table.filter(~pl.col("_whole"))
        .group_by(keys, maintain_order=True)
        # A cell of nobody hides nobody: it is withheld but calls for no second one.
        .agg((pl.col("_first") & (pl.col(size) != 0)).sum().alias("_hidden"))
        .filter(pl.col("_hidden") == 1)
    )
    second = (
        table.filter(~pl.col("_whole") & ~pl.col("_first"))
        .join(lone, on=keys, how="semi", nulls_equal=True)
        .sort(size, "category", nulls_last=True)
        .unique(keys, keep="first", maintain_order=True)["_row"]
    )
    reason = (
        pl.when("_first")
        .then(pl.lit(RELIABILITY))
        .when(pl.col("_row").is_in(second.implode()))
        .then(pl.lit(SECONDARY))
        .otherwise(pl.lit(NONE))
    )
    return table.with_columns(reason.alias("suppression_reason")).drop("_row", "_first", "_whole")


def _to(name: str, step: int) -> pl.Expr:
    return (pl.col(name) / step).round() * step


def _percent(name: str, digits: int = 1) -> pl.Expr:
    return (pl.col(name) * 100).round(digits)
