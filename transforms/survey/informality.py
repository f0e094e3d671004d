"""Informality of the unit and of the job, 17th ICLS; coverage by social security lives elsewhere.

The rules are data: ``data_contracts/rules/unit_of_production_icls17.yaml`` and
``nature_of_job_icls17.yaml``. Here is only what a table cannot say: brackets and combinations.
"""

from collections.abc import Mapping
from typing import Any

import polars as pl

from data_contracts.decision_table import (
    DecisionTable,
    load_decision_table,
    resolve_parameters,
    rule_file,
)
from data_contracts.errors import InputError
from transforms.survey.decision_table import evaluate, nodes_from_evidence

STANDARDS = {"ICLS17_ILO": ("unit_of_production_icls17", "nature_of_job_icls17")}
_UNASKED = ("not_asked", "not_applicable")


def informality(
    job: pl.DataFrame, parameters: Mapping[str, Any], standard: str = "ICLS17_ILO"
) -> pl.DataFrame:
    """Add the sector of the unit and the nature of the job, each with its deciding step.

    Where ``institutional_unit`` was asked of nobody the derived columns are null: the ILO does
    not compute informality then. A question that was not asked is never a no: where nothing was
    asked of a unit or of an employee's job the row is null, with the step that says so. Whether a
    wave can be judged at all is said in data_contracts/profile/evidence.py.

    Args:
        job: one row a job: evidence columns of ``core.job``, optionally ``own_use_producer``
            (of the person) and ``occupation_isco08_2d``. A column that is absent counts as not
            asked, a null as no answer.
        parameters: national variants by name, see the tables; those absent take their defaults.
        standard: name of the rule set.

    Returns:
        ``job`` with ``unit_of_production``, ``sector_rule_step``, ``nature_of_job``,
        ``nature_rule_step``, ``informality_standard``, replacing any already there.

    Raises:
        InputError: an unknown standard, parameter or answer.
    """
    if standard not in STANDARDS:
        raise InputError(
            f"there is no informality standard {standard}", f"choose {', '.join(STANDARDS)}"
        )
    sector, nature = (load_decision_table(rule_file(name)) for name in STANDARDS[standard])
    chosen = resolve_parameters([sector, nature], parameters)
    label = pl.lit(f"{standard}@{sector.version}").alias("informality_standard")
    if _asked_of_nobody(job, "institutional_unit"):
        text, number = pl.lit(None, dtype=pl.String), pl.lit(None, dtype=pl.Int8)
        return job.with_columns(
            text.alias("unit_of_production"),
            number.alias("sector_rule_step"),
            text.alias("nature_of_job"),
            number.alias("nature_rule_step"),
            label,
        )
    nodes = _sector_nodes(sector, job, chosen)
    done = job.with_columns(
        evaluate(sector, nodes, chosen, result="unit_of_production", step="sector_rule_step")
    )
    nodes = nodes_from_evidence(nature, _contributions(done, chosen), chosen)
    judged = evaluate(nature, nodes, chosen, result="nature_of_job", step="nature_rule_step")
    return done.with_columns(judged).with_columns(label)


def _sector_nodes(
    table: DecisionTable, job: pl.DataFrame, parameters: Mapping[str, Any]
) -> pl.DataFrame:
    computed = job.select(
        _household_unit(job, parameters).alias("household_unit"),
        _unit_asked(job, parameters).alias("unit_asked"),
        _size(job, int(parameters["size_threshold"])).alias("size"),
    )
    evidence = _contributions(job, parameters)
    return nodes_from_evidence(table, evidence, parameters).hstack(computed)


def _contributions(job: pl.DataFrame, parameters: Mapping[str, Any]) -> pl.DataFrame:
    """Let the employee's own contribution speak where that is declared and the employer's was not asked."""
    employers, own = "employer_social_contribution", "social_security"
    if parameters["employee_contribution"] != "own" or not _asked_of_nobody(job, employers):
        return job
    return job if own not in job.columns else job.with_columns(pl.col(own).alias(employers))


def _unit_asked(job: pl.DataFrame, parameters: Mapping[str, Any]) -> pl.Expr:
    """Tell units of which something was asked that could have made them formal; see the node's text."""
    asked = _answered(job, "bookkeeping") | _answered(job, "registration")
    rule = parameters["size_requires_fixed_premises"]
    if rule != "unused":
        bounds = [n for n in ("enterprise_size_lower", "enterprise_size_upper") if n in job.columns]
        sized = pl.any_horizontal(*(pl.col(n).is_not_null() for n in bounds), pl.lit(value=False))
        asked |= sized & (_answered(job, "workplace_type") if rule else pl.lit(value=True))
    return pl.when(asked).then(pl.lit("yes")).otherwise(pl.lit("no"))


def _answered(job: pl.DataFrame, column: str) -> pl.Expr:
    """Tell rows in which a question was put to the person; a null is no answer to it."""
    if column not in job.columns:
        return pl.lit(value=False)
    return ~pl.col(column).cast(pl.String).is_in(_UNASKED).fill_null(value=False)


def _household_unit(job: pl.DataFrame, parameters: Mapping[str, Any]) -> pl.Expr:
    """Tell household units; see the node's text in the table."""
    is_household = _is(job, "institutional_unit", "household_employer") | _is(
        job, "industry_isic4_2d", "97"
    )
    if parameters["isco63_is_household"]:
        if "occupation_isco08_2d" not in job.columns:
            raise InputError(
                "isco63_is_household needs the two-digit occupation",
                "add occupation_isco08_2d or leave the parameter at false",
                column="occupation_isco08_2d",
            )
        is_household |= _is(job, "occupation_isco08_2d", "63")
    if parameters["household_first"]:
        own_household = _is(job, "institutional_unit", "own_household")
        is_household |= own_household & _is(job, "own_use_producer", "yes")
    return pl.when(is_household).then(pl.lit("yes")).otherwise(pl.lit("no"))


def _size(job: pl.DataFrame, threshold: int) -> pl.Expr:
    """Place a bracket against the threshold; one that the threshold cuts is missing."""
    lower, upper = (
        pl.col(name) if name in job.columns else pl.lit(None, dtype=pl.Int32)
        for name in ("enterprise_size_lower", "enterprise_size_upper")
    )
    return (
        pl.when((lower >= threshold).fill_null(value=False))
        .then(pl.lit("large"))
        .when((upper < threshold).fill_null(value=False))
        .then(pl.lit("small"))
        .otherwise(pl.lit("missing"))
    )


def _is(job: pl.DataFrame, column: str, value: str) -> pl.Expr:
    if column not in job.columns:
        return pl.lit(value=False)
    return (pl.col(column).cast(pl.String) == value).fill_null(value=False)


def _asked_of_nobody(job: pl.DataFrame, column: str) -> bool:
    if column not in job.columns:
        return True
    return bool((job[column].cast(pl.String) == "not_asked").fill_null(value=True).all())
