"""Who lives with a covered worker: an upper estimate of protection through a household member.

The household is all that is known: relationship to its head is no canonical column, so a lodger
counts like a spouse. Living with a covered worker is not coverage and is never added to the affiliated.
"""

from collections.abc import Sequence

import polars as pl

from analyses.engine.collapse import Score, collapse
from analyses.engine.design import Design
from analyses.engine.reliability import DEFAULT
from analyses.wave.contract_table import contract_table
from analyses.wave.estimates import estimate
from data_contracts.errors import InputError
from data_contracts.profile.plan import WavePlan

CONCEPT = "lives_with_covered_worker"
UNIVERSES = {
    "all_persons": "persons of all ages",
    "employed_not_covered": "employed persons who say that they do not contribute",
    "not_employed": "persons of all ages who are not employed",
}
SAID = (
    "Lives with a covered worker: an upper estimate of protected persons, by household alone, as "
    "relationship is not known. It is not coverage and is never added to the affiliated."
)
HOUSEHOLD = ["survey_id", "hh_id"]
NEEDED = (*HOUSEHOLD, "lfs_status", "social_security")


def covered_households(rows: pl.DataFrame) -> pl.DataFrame:
    """Tell who is a covered worker, and who is none and lives with one.

    Args:
        rows: one row a person, all persons of each household: survey_id, hh_id, lfs_status,
            social_security of the main job.

    Returns:
        The rows with ``covered_worker`` and ``lives_with_covered_worker`` (Boolean, never null).

    Raises:
        InputError: a column is missing.
    """
    for name in NEEDED:
        if name not in rows.columns:
            raise InputError("the column is missing", "join core.job to core.person", column=name)
    covered = (pl.col("lfs_status") == "employed") & (pl.col("social_security") == "yes")
    return rows.with_columns(covered_worker=covered.fill_null(value=False)).with_columns(
        (~pl.col("covered_worker") & pl.col("covered_worker").any().over(HOUSEHOLD)).alias(CONCEPT)
    )


def indirect(
    rows: pl.DataFrame,
    design: Design,
    wave: WavePlan,
    *,
    breakdowns: Sequence[str] = (),
    ci_level: float = 0.95,
    rules: str = DEFAULT,
) -> pl.DataFrame:
    """Estimate how many live with a covered worker, and their share of each universe.

    Covered workers themselves are in the denominator of ``all_persons`` and never in the numerator.
    Totals and ratios by estimates.py; households lie within sampling units, so the design's
    variance holds the likeness of a household's members.

    Args:
        rows: as for ``covered_households``, with the design's columns and the breakdowns.
        design: the sampling design.
        wave: the wave's plan.
        breakdowns: columns that every person has an answer to, such as sex or province.
        ci_level: probability of the intervals.
        rules: the reliability rule set.

    Returns:
        The columns of est.indirect, unrounded: for each universe the number (PS) and the share
        (RATIO). One row each without a figure, status M, where the wave did not ask everybody.
    """
    known, reason = wave.asked.get("social_security", (False, "not in the survey's profile"))
    if known and not wave.profile.household:
        known, reason = False, "the file names no households, so who lives with whom is not known"
    if not known:
        return _labelled(
            _without(f"Needs social_security: {reason}."), design, wave, ci_level, rules
        )
    among = {
        "all_persons": pl.lit(value=True),
        "employed_not_covered": (pl.col("lfs_status") == "employed")
        & (pl.col("social_security") == "no"),
        "not_employed": pl.col("lfs_status").is_null() | (pl.col("lfs_status") != "employed"),
    }
    scored = covered_households(rows).with_columns(
        *(e.fill_null(value=False).cast(pl.Int8).alias(f"{u}__den") for u, e in among.items())
    )
    scored = scored.with_columns(
        (pl.col(CONCEPT).cast(pl.Int8) * pl.col(f"{u}__den")).alias(f"{u}__num") for u in among
    )
    wanted = [Score(f"{u} PS", f"{u}__num") for u in among]
    wanted += [Score(f"{u} RATIO", f"{u}__num", f"{u}__den") for u in among]
    figures = estimate(
        collapse(scored, design, wanted, list(breakdowns)), ci_level=ci_level, rules=rules
    )
    named = pl.col("indicator").str.split(" ").list.first()
    return _labelled(figures.with_columns(universe=named), design, wave, ci_level, rules)


def _without(reason: str) -> pl.DataFrame:
    """Give rows without a figure."""
    made = [(universe, unit) for universe in UNIVERSES for unit in ("PS", "RATIO")]
    return pl.DataFrame(made, schema=["universe", "unit_measure"], orient="row").with_columns(
        breakdown=pl.lit("total"),
        category=pl.lit("TOTAL"),
        n=pl.lit(0),
        obs_status=pl.lit("M"),
        note=pl.lit(reason),
    )


def _labelled(
    figures: pl.DataFrame, design: Design, wave: WavePlan, ci_level: float, rules: str
) -> pl.DataFrame:
    """Put the labels on, in the order of est.indirect."""
    grade = pl.col("obs_status")
    said = pl.lit(" ".join([SAID, *wave.notes]))
    made = figures.with_columns(
        survey_id=pl.lit(wave.survey_id),
        ref_area=pl.lit(wave.ref_area),
        time_period=pl.lit(wave.time_period),
        concept=pl.lit(CONCEPT),
        universe_title=pl.col("universe").replace_strict(UNIVERSES),
        ci_level=pl.lit(ci_level),
        lonely_psu=pl.lit(design.lonely_rule),
        df_method=pl.lit(design.df_method),
        reliability=pl.lit(rules),
        obs_status=grade if wave.units_known else grade.replace("A", "U"),
        note=pl.concat_str(said, "note", separator=" ", ignore_nulls=True),
    )
    return contract_table("est.indirect", made)
