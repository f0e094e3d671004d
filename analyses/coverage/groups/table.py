"""Figures of groups that overlap: each group is a domain of the one engine; who belongs is defined in groups.py."""

from collections.abc import Sequence

import polars as pl

from analyses.coverage.groups.groups import (
    OVERLAP,
    Group,
    groups,
    headline,
    refuse_circles,
    verdict,
)
from analyses.engine.collapse import collapse
from analyses.engine.design import Design
from analyses.engine.reliability import DEFAULT
from analyses.wave.contract_table import contract_table
from analyses.wave.estimates import estimate
from analyses.wave.indicators import annotate, left_out, score_of, scores
from data_contracts.catalogue.indicators import Indicator
from data_contracts.conditions import expression
from data_contracts.errors import InputError
from data_contracts.profile.plan import WavePlan

BETWEEN = " / "  # group and breakdown in the name of a domain
KEY = ["group", "indicator"]
TABLE = "est.group"


def group_estimates(
    rows: pl.DataFrame,
    design: Design,
    wave: WavePlan,
    *,
    chosen: Sequence[Group] | None = None,
    indicators: Sequence[Indicator] | None = None,
    breakdowns: Sequence[str] = (),
    ci_level: float = 0.95,
    rules: str = DEFAULT,
) -> pl.DataFrame:
    """Estimate the headline indicators for every group that the wave can tell.

    A group is a domain: scores are zero outside it, no row is left out and every PSU of the design
    stays, as R survey's ``subset`` of a design (estimates.py names the statistics and intervals).
    Groups overlap.

    Args:
        rows: one row a person, all persons, the main job's columns joined on the left.
        design: the sampling design.
        wave: the wave's plan.
        chosen: the groups; those of data_contracts/catalogue/groups.yaml where not given.
        indicators: the indicators; ``groups.HEADLINE`` where not given.
        breakdowns: columns whose categories are crossed with each group.
        ci_level: probability of the intervals.
        rules: the reliability rule set.

    Returns:
        The columns of est.group, unrounded: those of est.estimate with ``group`` and
        ``group_title`` in front and ``computability`` and ``reason``. What the wave cannot tell is
        one row without a figure, status M; a group that nobody of the sample is in has status S.

    Raises:
        Refused: a figure is decided by the group's own definition, such as coverage of informal
            employees.
        InputError: a column is missing, or see ``collapse``.
    """
    asked_for = list(groups().values() if chosen is None else chosen)
    wanted = list(headline() if indicators is None else indicators)
    refuse_circles(asked_for, wanted, breakdowns)
    judged = _verdicts(asked_for, wanted, wave)
    able = judged.filter(pl.col("computability") != "NOT COMPUTABLE")
    told = [g for g in asked_for if g.id in set(able["group"])]
    found = [i for i in wanted if i.id in set(able["indicator"])]
    frames = [_not_computable(judged, wanted)]
    if told and found:
        _check(rows, told)
        figures = _figures(rows, design, told, found, breakdowns, ci_level, rules)
        kept = able.join(figures, on=KEY, how="left", maintain_order="left")
        frames.append(_completed(kept, rows, told, found, wave))
    return _labelled(pl.concat(frames, how="diagonal_relaxed"), asked_for, design, wave, rules)


def _verdicts(
    chosen: Sequence[Group], indicators: Sequence[Indicator], wave: WavePlan
) -> pl.DataFrame:
    rows = [(g.id, i.id, *verdict(g, i, wave)) for g in chosen for i in indicators]
    return pl.DataFrame(rows, schema=[*KEY, "computability", "reason"], orient="row")


def _check(rows: pl.DataFrame, chosen: Sequence[Group]) -> None:
    for group in chosen:
        for name in group.columns:
            if name not in rows.columns:
                raise InputError(
                    f"the column is missing for group {group.id}",
                    "join core.job to core.person, or leave the group out",
                    column=name,
                )


def _figures(
    rows: pl.DataFrame,
    design: Design,
    chosen: Sequence[Group],
    indicators: Sequence[Indicator],
    breakdowns: Sequence[str],
    ci_level: float,
    rules: str,
) -> pl.DataFrame:
    """Estimate each group, and each group by category, as categories of columns of their own."""
    domains: dict[str, pl.Expr] = {}
    for group in chosen:
        member = expression(group.condition)
        domains[f"{group.id}{BETWEEN}total"] = pl.when(member).then(pl.lit("TOTAL"))
        for name in breakdowns:
            code = pl.col(name).cast(pl.String)
            domains[f"{group.id}{BETWEEN}{name}"] = pl.when(member).then(code)
    scored = scores(rows, indicators).with_columns(**domains)
    totals = collapse(scored, design, [score_of(i) for i in indicators], list(domains))
    split = pl.col("breakdown").str.split_exact(BETWEEN, 1)
    return (
        estimate(totals, ci_level=ci_level, rules=rules)
        .filter(pl.col("breakdown") != "total")
        .with_columns(
            group=split.struct.field("field_0"),
            breakdown=split.struct.field("field_1"),
        )
    )


def _completed(
    figures: pl.DataFrame,
    rows: pl.DataFrame,
    chosen: Sequence[Group],
    indicators: Sequence[Indicator],
    wave: WavePlan,
) -> pl.DataFrame:
    """Fill in the groups that nobody is in, and say who is left out."""
    empty = pl.col("breakdown").is_null()
    units = {i.id: "PS" if i.kind == "total" else "RATIO" for i in indicators}
    filled = figures.with_columns(
        note=pl.when(empty)
        .then(pl.lit("Nobody in the sample belongs to this group."))
        .otherwise("note"),
        obs_status=pl.when(empty).then(pl.lit("S")).otherwise("obs_status"),
        breakdown=pl.col("breakdown").fill_null("total"),
        category=pl.col("category").fill_null("TOTAL"),
        unit_measure=pl.col("unit_measure").fill_null(pl.col("indicator").replace(units)),
        n=pl.col("n").fill_null(0),
    )
    said = pl.DataFrame(
        [(g.id, i.id, _left(rows, g, i)) for g in chosen for i in indicators],
        schema=[*KEY, "_left"],
        orient="row",
    )
    with_notes = filled.join(said, on=KEY, how="left", maintain_order="left")
    in_total = pl.when(pl.col("breakdown") == "total").then(pl.col("_left"))
    note = pl.concat_str(in_total, "note", separator=" ", ignore_nulls=True)
    return annotate(
        with_notes.with_columns(note=pl.when(note != "").then(note)).drop("_left"),
        indicators,
        wave.standards,
    )


def _left(rows: pl.DataFrame, group: Group, indicator: Indicator) -> str:
    """Say how many do not tell whether they belong, or have no answer to the indicator."""
    said = left_out(rows.filter(expression(group.condition)), [indicator]).get(indicator.id, "")
    if group.base is None or group.told is None:
        return said
    base = rows.filter(expression(group.base))
    silent = base.height - base.filter(expression(group.told)).height
    if not silent:
        return said
    number = f"{silent:,}" if silent >= 5 else "Fewer than 5"
    return (
        f"{number} of {base.height:,} sample rows do not tell whether they belong to the group "
        f"and are outside it. {said}"
    ).strip()


def _not_computable(judged: pl.DataFrame, indicators: Sequence[Indicator]) -> pl.DataFrame:
    """Give a row without a figure for each that the wave cannot tell."""
    known = {i.id: i for i in indicators}
    barred = judged.filter(pl.col("computability") == "NOT COMPUTABLE")
    return barred.with_columns(
        ilostat_indicator=pl.Series(
            [known[n].ilostat_indicator for n in barred["indicator"]], dtype=pl.String
        ),
        standard=pl.lit("none"),
        universe=pl.Series([known[n].universe for n in barred["indicator"]], dtype=pl.String),
        breakdown=pl.lit("total"),
        category=pl.lit("TOTAL"),
        unit_measure=pl.Series(
            ["PS" if known[n].kind == "total" else "RATIO" for n in barred["indicator"]],
            dtype=pl.String,
        ),
        n=pl.lit(0, pl.Int64),
        obs_status=pl.lit("M"),
    )


def _labelled(
    figures: pl.DataFrame, chosen: Sequence[Group], design: Design, wave: WavePlan, rules: str
) -> pl.DataFrame:
    """Put the wave's and the groups' labels on, in the order of est.group."""
    labels = pl.DataFrame(
        {
            "group": [g.id for g in chosen],
            "group_title": [g.title for g in chosen],
            "_group_note": [g.note for g in chosen],
            "_order": range(len(chosen)),
        },
        schema_overrides={"_group_note": pl.String},
    )
    has = pl.col("obs_value").is_not_null()
    over_some = pl.col("denominator").is_not_null() & has
    design_note = " ".join(wave.notes) or None
    grade = pl.col("obs_status")
    note = pl.concat_str(
        pl.lit(OVERLAP),
        pl.lit(design_note, pl.String),
        "_group_note",
        "note",
        separator=" ",
        ignore_nulls=True,
    )
    labelled = (
        contract_table(TABLE, figures)
        .drop("group_title")
        .join(labels, on="group", how="left", maintain_order="left")
        .sort("_order", maintain_order=True)
        .with_columns(
            survey_id=pl.lit(wave.survey_id),
            ref_area=pl.lit(wave.ref_area),
            time_period=pl.lit(wave.time_period),
            standard=pl.col("standard").fill_null("none"),
            numerator_date=pl.when(has).then(pl.lit(wave.time_period)),
            denominator_date=pl.when(over_some).then(pl.lit(wave.time_period)),
            lonely_psu=pl.when(has).then(pl.lit(design.lonely_rule)),
            df_method=pl.when(has).then(pl.lit(design.df_method)),
            reliability=pl.lit(rules),
            obs_status=grade if wave.units_known else grade.replace("A", "U"),
            reason=pl.when(pl.col("reason") != "").then("reason"),
            note=note,
        )
    )
    return contract_table(TABLE, labelled)
