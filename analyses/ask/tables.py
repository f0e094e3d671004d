"""Figures by cell to a table: intervals, flags, notes and conventions; estimation lives elsewhere."""

import numpy as np
import polars as pl

from analyses.ask.figures import Domain, Part
from analyses.ask.options import Options
from analyses.ask.ranks import concentration_of, quantiles_of
from analyses.engine.figures import Figures, Intervals, intervals_of
from analyses.engine.reliability import flags
from analyses.engine.sample import Sample

UNKNOWN = "design unknown: the interval ignores clustering"
NEGATIVE = "some weights are negative: figures of small domains may be impossible"
SCALED = "the weights add up to the number of rows: totals count rows, not the population"
AT_END = {"logit", "xlogit", "likelihood", "asin", "beta"}  # these take exact ends at 0 and 1
_SAID = {"exclude": "left out, their PSUs kept", "zero": "counted as zero"}


def table_of(part: Part, found: Figures | None, options: Options, sample: Sample) -> pl.DataFrame:
    """Give a part's figures as a table; without figures they are made here (ranks.py)."""
    proportion = False
    if part.figure.kind == "concentration":
        made = [(part.label, *concentration_of(part, options, sample))]
    elif found is None:
        labels = [f"{part.label} {probability:g}" for probability in part.figure.probabilities]
        each = quantiles_of(part, options, sample)
        made = [(label, *pair) for label, pair in zip(labels, each, strict=True)]
    else:
        proportion = part.scored.is_proportion
        ends = intervals_of(found, options.level, proportion=proportion, method=options.ci)
        made = [(part.label, found, ends)]
    return pl.concat(
        _rows(part, label, options, figures, ends, proportion=proportion)
        for label, figures, ends in made
    )


def _rows(
    part: Part,
    label: str,
    options: Options,
    found: Figures,
    ends: Intervals,
    *,
    proportion: bool,
) -> pl.DataFrame:
    flag = flags(
        options.reliability, n=found.n, value=found.value, se=found.se, low=ends.low,
        high=ends.high, df=found.df, proportion=proportion,
    )  # fmt: skip
    with np.errstate(divide="ignore", invalid="ignore"):
        cv = found.se / np.abs(found.value)
    lost = [[missing_note(int(rows), options)] if rows else [] for rows in part.missing]
    said = [
        "; ".join([*part.notes, *missing, *([note] if note else [])])
        for note, missing in zip(ends.notes, lost, strict=True)
    ]
    rule = options.quantile_rule if part.figure.kind == "quantile" else None
    frame = pl.DataFrame(
        {
            "cell": np.arange(len(cv)),
            "statistic": [label] * len(cv),
            "estimate": found.value,
            "se": found.se,
            "ci_lower": ends.low,
            "ci_upper": ends.high,
            "ci_level": [options.level] * len(cv),
            "ci_method": pl.Series(ends.methods, dtype=pl.String),
            "cv": cv,
            "deff": found.deff,
            "df": found.df,
            "n": found.n,
            "n_missing": part.missing,
            "n_psu": found.n_psu,
            "n_strata": found.n_strata,
            "flag": flag,
            "note": said,
            "quantile_rule": pl.Series([rule] * len(cv), dtype=pl.String),
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
    if own.weight is not None and sums_to_the_sample(sample):
        notes.append(SCALED)
    if (sample.weight < 0).any():
        notes.append(NEGATIVE)
    if own.weight is None:
        notes.append("no weight named: every row weighs 1")
    return notes


def sums_to_the_sample(sample: Sample) -> bool:
    """Tell whether weights are scaled to 1 on the average, so that they sum to the rows.

    Weights that are all 1 are a census or an unweighted file, and say so themselves.
    """
    live = sample.weight[sample.weight != 0]
    scaled = bool(np.isclose(live.sum(), len(live), rtol=1e-4)) or bool(
        np.isclose(live.sum(), len(sample.weight), rtol=1e-4)
    )
    return scaled and not bool((live == 1).all())


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
    if UNKNOWN in notes or NEGATIVE in notes:
        table = table.with_columns(pl.col("flag").replace("A", "U"))
    if SCALED in notes:
        total = pl.col("statistic").str.starts_with("total(")
        table = table.with_columns(
            pl.when(total).then(pl.col("flag").replace("A", "U")).otherwise(pl.col("flag"))
        )
    last = pl.col("quantile_rule")
    return table.select(pl.all().exclude("quantile_rule"), last)
