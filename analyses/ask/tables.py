"""Figures by cell to a table: intervals, flags, notes and conventions; estimation lives elsewhere."""

from dataclasses import dataclass
from typing import get_args

import numpy as np
import polars as pl

from analyses.ask.figures import Domain, Missing, Part
from analyses.ask.roads import DeffKind, Figures, degrees
from analyses.engine.concentration import Concentration
from analyses.engine.delta import se_of
from analyses.engine.design import DfMethod, Floats, Ints
from analyses.engine.intervals import interval
from analyses.engine.proportions import (
    METHODS,
    CiMethod,
    exact_ends,
    proportion_interval,
    rare,
    size_without_variation,
)
from analyses.engine.quantiles import Rule, quantiles
from analyses.engine.reliability import flags, rule_set
from analyses.engine.sample import Sample
from data_contracts.errors import InputError

UNKNOWN = "design unknown: the interval ignores clustering"
AT_END = {"logit", "xlogit", "likelihood", "asin", "beta"}  # these take exact ends at 0 and 1
_SAID = {"exclude": "left out, their PSUs kept", "zero": "counted as zero"}


@dataclass(frozen=True)
class Options:
    """The conventions of one call, checked; ``survey.estimate`` says what they mean."""

    ci: CiMethod | None
    level: float
    deff: DeffKind
    missing: Missing
    df_method: DfMethod
    quantile_rule: Rule
    reliability: str
    road: str

    def __post_init__(self) -> None:
        """Refuse options that do not exist."""
        rule_set(self.reliability)
        if self.ci is not None and self.ci not in METHODS:
            raise InputError(f"there is no interval {self.ci}", f"use one of {', '.join(METHODS)}")
        if not 0 < self.level < 1:
            raise InputError("a confidence level lies between 0 and 1", "use 0.95")
        for name, value, choices in (
            ("deff", self.deff, ("wor", "wr")),
            ("missing", self.missing, ("exclude", "zero", "fail")),
            ("df_method", self.df_method, get_args(DfMethod)),
            ("road", self.road, ("auto", "psus", "rows")),
        ):
            if value not in choices:
                raise InputError(f"there is no {name} {value}", f"use one of {', '.join(choices)}")


def table_of(part: Part, found: Figures | None, options: Options, sample: Sample) -> pl.DataFrame:
    """Give a part's figures as a table; quantiles and concentration indices are made here."""
    if part.figure.kind == "concentration":
        return _concentration_table(part, options, sample)
    if found is None:
        return _quantile_table(part, options, sample)
    proportion = part.scored.is_proportion
    low, high, methods, notes = _intervals(found, proportion, options)
    return _rows(
        part, part.label, options, found.value, found.se, low, high, methods, found.deff, found.df,
        found.n, found.n_psu, found.n_strata, notes, proportion=proportion,
    )  # fmt: skip


def _intervals(
    found: Figures, proportion: bool, options: Options
) -> tuple[Floats, Floats, list[str | None], list[str]]:
    method = (options.ci or "logit") if proportion else "wald"
    low, high = np.full(len(found.value), np.nan), np.full(len(found.value), np.nan)
    notes = [""] * len(low)
    own = [method] * len(low)
    if proportion and options.ci is None:
        few = rare(found.value, found.se, found.df, found.n, options.level)
        own = ["beta" if beta else method for beta in few]
    with np.errstate(divide="ignore", invalid="ignore"):
        for i, (value, se, df) in enumerate(zip(found.value, found.se, found.df, strict=True)):
            if not proportion:
                low[i], high[i] = interval(value, se, df, options.level)
            else:
                low[i], high[i] = proportion_interval(
                    value, se, df, own[i], options.level, n=int(found.n[i])
                )
    methods: list[str | None] = [
        None if np.isnan(end) else name for end, name in zip(low, own, strict=True)
    ]
    ends = (found.value <= 0) | (found.value >= 1)
    if proportion and method in AT_END and ends.any():
        size = size_without_variation(
            found.n, found.n_psu, found.df, float(found.deff[0]), options.level
        )
        exact_low, exact_high = exact_ends(found.value, size, options.level)
        low, high = np.where(ends, exact_low, low), np.where(ends, exact_high, high)
        for i in np.flatnonzero(ends).tolist():
            methods[i] = "beta"
            notes[i] = (
                f"no variation in the sample; Clopper-Pearson interval, effective n {size[i]:.0f}"
            )
    return low, high, methods, notes


def _concentration_table(part: Part, options: Options, sample: Sample) -> pl.DataFrame:
    """Make the index of each cell; a cell in which nobody holds the good has none."""
    if options.missing == "zero":
        raise InputError("no answer is no rank", "leave such rows out of a concentration index")
    good = part.scored.y.cast(pl.Float64).to_numpy()
    rank = (
        np.zeros(len(good)) if part.scored.x is None else part.scored.x.cast(pl.Float64).to_numpy()
    )
    width, live = part.cells.count + 1, sample.weight > 0
    value, se = np.full(width, np.nan), np.full(width, np.nan)
    rows = [part.cells.rows(c) & live for c in range(width)]
    for c in range(width):
        if good[rows[c]].any():
            within = rows[c].astype(np.float64)
            index = Concentration(good, rank, within, part.figure.correction, part.figure.bounds)
            found = index.value(sample.weight)
            value[c] = found[0]
            se[c] = se_of(sample.covariance(index, found)[0, 0])
    held = np.array([degrees(sample, inside, options.df_method) for inside in rows])
    low, high = interval(value, se, held[:, 2], options.level)
    return _rows(
        part, part.label, options, value, se, low, high,
        [None if np.isnan(end) else "wald" for end in low], np.full(width, np.nan), held[:, 2],
        np.array([inside.sum() for inside in rows]), held[:, 0], held[:, 1], [""] * width,
        proportion=False,
    )  # fmt: skip


def _quantile_table(part: Part, options: Options, sample: Sample) -> pl.DataFrame:
    method = options.ci or "wald"
    tables = []
    y = part.scored.y.cast(pl.Float64).to_numpy()
    width = part.cells.count + 1
    held = np.array(
        [
            degrees(sample, part.cells.rows(c) & (sample.weight > 0), options.df_method)
            for c in range(width)
        ]
    )
    n = np.array([int((part.cells.rows(c) & (sample.weight > 0)).sum()) for c in range(width)])
    for probability in part.figure.probabilities:
        grid = np.full((4, width), np.nan)
        for c in np.flatnonzero(n).tolist():
            q = quantiles(
                sample, y, part.cells.rows(c).astype(np.float64), [probability],
                rule=options.quantile_rule, method=method, level=options.level, df=int(held[c, 2]),
            )[0]  # fmt: skip
            grid[:, c] = q.value, q.se, q.ci_lower, q.ci_upper
        label = f"{part.label} {probability:g}"
        tables.append(
            _rows(
                part, label, options, grid[0], grid[1], grid[2], grid[3],
                [None if np.isnan(v) else f"woodruff {method}" for v in grid[2]],
                np.full(width, np.nan), held[:, 2], n, held[:, 0], held[:, 1], [""] * width,
                proportion=False,
            )
        )  # fmt: skip
    return pl.concat(tables)


def _rows(
    part: Part,
    label: str,
    options: Options,
    value: Floats,
    se: Floats,
    low: Floats,
    high: Floats,
    methods: list[str | None],
    deff: Floats,
    df: Ints,
    n: Ints,
    n_psu: Ints,
    n_strata: Ints,
    notes: list[str],
    *,
    proportion: bool,
) -> pl.DataFrame:
    flag = flags(
        options.reliability, n=n, value=value, se=se, low=low, high=high, df=df,
        proportion=proportion,
    )  # fmt: skip
    with np.errstate(divide="ignore", invalid="ignore"):
        cv = se / np.abs(value)
    said = [
        "; ".join(
            [*part.notes, *([missing_note(int(lost), options)] if lost else []),
             *([note] if note else [])]
        )
        for note, lost in zip(notes, part.missing, strict=True)
    ]  # fmt: skip
    frame = pl.DataFrame(
        {
            "cell": np.arange(len(value)),
            "statistic": [label] * len(value),
            "estimate": value,
            "se": se,
            "ci_lower": low,
            "ci_upper": high,
            "ci_level": [options.level] * len(value),
            "ci_method": pl.Series(methods, dtype=pl.String),
            "cv": cv,
            "deff": deff,
            "df": df,
            "n": n,
            "n_missing": part.missing,
            "n_psu": n_psu,
            "n_strata": n_strata,
            "flag": flag,
            "note": said,
            "quantile_rule": pl.Series(
                [options.quantile_rule if part.figure.kind == "quantile" else None] * len(value),
                dtype=pl.String,
            ),
        }
    )
    floats = pl.selectors.float()
    return frame.with_columns(pl.when(floats.is_finite()).then(floats))


def missing_note(lost: int, options: Options) -> str:
    """Say how many rows have no answer and what became of them."""
    return f"{lost} rows without an answer {_SAID[options.missing]}"


def conventions(sample: Sample, options: Options) -> dict[str, str]:
    """Give the conventions that every result prints."""
    return {
        "missing": options.missing,
        "lonely": "none" if sample.replicates else sample.design.lonely_rule,
        "df_method": options.df_method,
    }


def design_notes(sample: Sample) -> list[str]:
    """Say what the design leaves unknown."""
    own, notes = sample.design, list(sample.design.notes)
    if sample.replicates is None:
        if own.joined:
            strata = "1 stratum" if own.joined == 1 else f"{own.joined} strata"
            notes.append(f"{strata} joined with another by the map")
        if not own.psu and not own.strata and not own.fpc:
            notes.append(UNKNOWN)
        elif not own.psu:
            notes.append("no PSUs named: rows count as drawn one by one")
        elif not own.strata:
            notes.append("no strata named: one stratum")
    if own.weight is None:
        notes.append("no weight named: every row weighs 1")
    return notes


def finished(
    table: pl.DataFrame, domain: Domain, sample: Sample, options: Options, notes: list[str]
) -> pl.DataFrame:
    """Put the domains' codes in front and the conventions at the end."""
    if domain.cells.count or domain.groups.width:
        groups = domain.groups.with_row_index("cell", offset=1).with_columns(
            pl.col("cell").cast(pl.Int64)
        )
        table = table.filter(pl.col("cell") > 0).join(
            groups, on="cell", how="left", maintain_order="left"
        )
        table = table.select(
            *domain.groups.columns, pl.all().exclude("cell", *domain.groups.columns)
        )
    else:
        table = table.drop("cell")
    said = "; ".join(notes)
    note = pl.concat_str(
        [pl.lit(said), pl.when(pl.col("note") != "").then(pl.col("note"))],
        separator="; ", ignore_nulls=True,
    ) if said else pl.col("note")  # fmt: skip
    table = table.with_columns(
        note.alias("note"),
        *(pl.lit(said).alias(name) for name, said in conventions(sample, options).items()),
        pl.lit(options.deff).alias("deff_kind"),
        pl.lit(options.reliability).alias("reliability"),
    )
    if UNKNOWN in notes:
        table = table.with_columns(pl.col("flag").replace("A", "U"))
    last = pl.col("quantile_rule")
    return table.select(pl.all().exclude("quantile_rule"), last)
