"""Register counts over survey employment, with the denominator's sampling error; no estimation.

The survey's totals come from the estimates, the register's counts from the register; this
module only divides them. The quotient is a ratio, not a proportion: the numerator is not a
subset of the denominator (other dates, other population), so it may exceed 1.
"""

import re
from collections.abc import Mapping

import polars as pl

from analyses.engine.intervals import interval
from analyses.wave.contract_table import contract_table
from data_contracts.errors import InputError, Refused
from data_contracts.published.concepts import concepts, refusals

AFFILIATED_RULE = "registered, not left and not deceased"
USUAL = 24  # months apart beyond which a quotient is made only where it is asked for
_NEEDED = ("register_id", "register_date", "survey_id", "survey_date")


def register_coverage(
    counts: pl.DataFrame,
    employed: pl.DataFrame,
    meta: Mapping[str, str],
    *,
    months_apart: int = USUAL,
    ci_level: float = 0.95,
) -> pl.DataFrame:
    """Divide register counts by the survey's estimate of employed persons.

    With A persons in the register and E employed (standard error s, df degrees of freedom),
    coverage is R = A/E. A is a full count, so only E is random: delta method, se(R) = A s/E².
    The interval is taken on the log scale, where se(log R) = s/E: R exp(±t s/E), t with df
    degrees of freedom. It is preferred to Fieller's A/(E ∓ t s) because its limits are always
    positive and finite; Fieller's upper limit is infinite once t s/E reaches 1, and small
    provinces come near that. For small s/E the two agree. Rows by scheme have the same
    denominator as the total of their category.

    Args:
        counts: ``concept``, ``scheme``, ``breakdown``, ``category``, ``persons``.
        employed: ``breakdown``, ``category``, ``obs_value`` (persons), ``se``, ``df``; one row
            a category. Null ``se`` or ``df`` gives coverage without an interval.
        meta: ``register_id``, ``register_date`` (YYYY-MM), ``survey_id``, ``survey_date``
            (begins with YYYY); optionally ``rule`` of active contributors (default ``>=1 month
            in 12``), ``denominator_universe`` (default ``employed 15+``) and ``survey_month``
            (YYYY-MM; default the month of ``survey_date``, July where it is a year).
        months_apart: months between register and survey beyond which nothing is divided.
        ci_level: level of the interval.

    Returns:
        The columns of est.register_coverage, a row a row of ``counts``. Coverage is a fraction, null with
        the reason in ``note`` where the survey has no such category or nobody employed in it.

    Raises:
        Refused: a concept of ``counts`` may not be divided by the employed (protected persons).
        InputError: a column or an entry of ``meta`` is absent, a date has no year, or
            ``employed`` holds a category twice.
    """
    _check(counts, employed, meta, ci_level)
    survey = employed.select(
        "breakdown",
        "category",
        pl.col("obs_value").cast(pl.Float64).alias("denominator"),
        pl.col("se").cast(pl.Float64).alias("denominator_se"),
        pl.col("df").cast(pl.Float64),
    )
    joined = counts.with_columns(pl.col("persons").cast(pl.Int64)).join(
        survey, on=["breakdown", "category"], how="left", maintain_order="left"
    )
    apart = months_between(meta["register_date"], _survey_month(meta))
    usable = pl.col("denominator").is_not_nan() & (pl.col("denominator") > 0)
    usable &= pl.lit(apart <= months_apart)
    measured = usable & (pl.col("denominator_se") >= 0) & (pl.col("df") > 0)
    ratio = pl.col("persons") / pl.col("denominator")
    relative = pl.col("denominator_se") / pl.col("denominator")
    divided = joined.with_columns(
        pl.when(usable).then(ratio).alias("coverage"),
        pl.when(measured).then(ratio * relative).alias("coverage_se"),
    )
    value, se, df = (divided[name].to_numpy() for name in ("coverage", "coverage_se", "df"))
    low, high = interval(value, se, df, ci_level, "log")
    active_rule = meta.get("rule", ">=1 month in 12")
    made = divided.with_columns(
        pl.Series("ci_lower", low).fill_nan(None),
        pl.Series("ci_upper", high).fill_nan(None),
        pl.when(pl.col("concept") == "active_contributor")
        .then(pl.lit(active_rule))
        .otherwise(pl.lit(AFFILIATED_RULE))
        .alias("rule"),
        *(pl.lit(meta[name]).alias(name) for name in _NEEDED),
        pl.lit(meta.get("denominator_universe", "employed 15+")).alias("denominator_universe"),
    )
    noted = made.with_columns(_note(usable, measured, meta, (apart, months_apart)).alias("note"))
    return contract_table("est.register_coverage", noted)


def months_between(one: str, other: str) -> int:
    """Give how many months lie between two months YYYY-MM, whichever is first."""
    first, second = (int(month[:4]) * 12 + int(month[5:7]) for month in (one, other))
    return abs(first - second)


def _survey_month(meta: Mapping[str, str]) -> str:
    """Give the survey's month; the middle of its year where no month is told."""
    told = meta.get("survey_month", meta["survey_date"])
    return told[:7] if re.match(r"[0-9]{4}-[0-9]{2}", told) else f"{told[:4]}-07"


def _note(
    usable: pl.Expr, measured: pl.Expr, meta: Mapping[str, str], months: tuple[int, int]
) -> pl.Expr:
    """Say in words what a reader of the cell must know; empty when there is nothing."""
    apart, most = months
    if apart > most:
        return pl.lit(
            f"register of {meta['register_date']} and survey of {meta['survey_date']} lie {apart} months "
            f"apart: not divided, as that is more than {most} (months_apart under [coverage] in "
            "informality.toml allows more)"
        )
    parts: list[pl.Expr] = [
        pl.when(pl.col("denominator").is_null()).then(
            pl.lit("the survey has no employed persons in this category, so no coverage is given")
        ),
        pl.when(pl.col("denominator").is_not_null() & ~usable).then(
            pl.lit("the survey's estimate of employed persons is not above zero")
        ),
        pl.when(usable & ~measured.fill_null(value=False)).then(
            pl.lit("the denominator has no standard error, so no interval is given")
        ),
        pl.when(pl.col("coverage") > 1).then(
            pl.lit("above 1: persons in the register need not be among the employed of the survey")
        ),
    ]
    register_year, survey_year = meta["register_date"][:4], meta["survey_date"][:4]
    if register_year != survey_year:
        far = f", by {apart} months" if apart > USUAL else ""
        said = f"register of {register_year} over survey of {survey_year}: the dates differ{far}"
        parts.append(pl.lit(said))
    return pl.concat_str(parts, separator="; ", ignore_nulls=True)


def _check(
    counts: pl.DataFrame, employed: pl.DataFrame, meta: Mapping[str, str], ci_level: float
) -> None:
    _check_columns(counts, employed)
    _check_concepts(counts["concept"])
    for key in _NEEDED:
        if key not in meta:
            raise InputError(f"meta has no {key}", "add it")
    for key in ("register_date", "survey_date"):
        if not re.match(r"[0-9]{4}(-|$)", meta[key]):
            raise InputError(f"the {key} does not begin with a year", "write YYYY or YYYY-MM")
    if not 0 < ci_level < 1:
        raise InputError("the ci_level is no level", "give a number between 0 and 1, such as 0.95")
    if employed.select("breakdown", "category").is_duplicated().any():
        raise InputError(
            "a category stands twice",
            "give one estimate a category",
            file="employed",
            column="category",
        )


def _check_columns(counts: pl.DataFrame, employed: pl.DataFrame) -> None:
    needed = (
        (counts, "counts", ("concept", "scheme", "breakdown", "category", "persons")),
        (employed, "employed", ("breakdown", "category", "obs_value", "se", "df")),
    )
    for frame, name, columns in needed:
        for column in columns:
            if column not in frame.columns:
                raise InputError("the column is absent", "add it", file=name, column=column)


def _check_concepts(told: pl.Series) -> None:
    for concept in told.unique(maintain_order=True):
        if concept not in concepts() or "employed" not in concepts()[concept].over:
            why = refusals().get((concept, "employed"), "it is not counted among the employed")
            raise Refused(
                f"the concept {concept} is not divided by the employed: {why}",
                "give a concept that data_contracts/published/concepts.yaml lets stand over employed",
            )
