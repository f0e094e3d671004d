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
_UNIT_EVIDENCE = ("bookkeeping", "registration", "enterprise_size")
_FURTHER_EVIDENCE = {
    "destination_of_production": "destination of production",
    "bookkeeping": "bookkeeping",
    "registration": "registration",
    "enterprise_size": "size of the unit",
    "workplace_type": "place of work",
    "employer_social_contribution": "the employer's social contribution",
    "paid_annual_leave": "paid annual leave",
    "paid_sick_leave": "paid sick leave",
}


def informality(
    job: pl.DataFrame, parameters: Mapping[str, Any], standard: str = "ICLS17_ILO"
) -> pl.DataFrame:
    """Add the sector of the unit and the nature of the job, each with its deciding step.

    Where ``institutional_unit`` was asked of nobody the derived columns are null: the ILO does
    not compute informality then (ask ``computability`` first, it gives the reason).

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
    nodes = nodes_from_evidence(nature, done, chosen)
    judged = evaluate(nature, nodes, chosen, result="nature_of_job", step="nature_rule_step")
    return done.with_columns(judged).with_columns(label)


def computability(asked: Mapping[str, bool]) -> tuple[str, str]:
    """Say whether informality can be computed from what a survey asked, and why.

    Args:
        asked: canonical evidence column -> was it asked in the survey; absent means not asked.
            The size may be given as ``enterprise_size`` or by its two bounds.

    Returns:
        ``COMPUTABLE``, ``PARTIAL`` or ``NOT COMPUTABLE``, and the reason in words.
    """
    known = dict(asked)
    size_names = ("enterprise_size", "enterprise_size_lower", "enterprise_size_upper")
    known["enterprise_size"] = any(asked.get(name, False) for name in size_names)
    if not known.get("institutional_unit", False):
        return (
            "NOT COMPUTABLE",
            (
                "the kind of institutional unit was not asked in the survey, and the ILO's rules do "
                "not compute informality without it"
            ),
        )
    if not any(known.get(name, False) for name in _UNIT_EVIDENCE):
        return (
            "NOT COMPUTABLE",
            (
                "bookkeeping, registration and size of the unit were not asked, so the sector of a "
                "private unit cannot be told"
            ),
        )
    if not known.get("status_icse93", True):
        return ("NOT COMPUTABLE", "status in employment was not asked")
    missing = [words for name, words in _FURTHER_EVIDENCE.items() if not known.get(name, False)]
    if missing:
        return (
            "PARTIAL",
            (
                f"not asked: {', '.join(missing)}; the rules go on with what was asked and read "
                "the rest as missing"
            ),
        )
    return ("COMPUTABLE", "all evidence that the rules use was asked")


def _sector_nodes(
    table: DecisionTable, job: pl.DataFrame, parameters: Mapping[str, Any]
) -> pl.DataFrame:
    computed = job.select(
        _household_unit(job, parameters).alias("household_unit"),
        _size(job, int(parameters["size_threshold"])).alias("size"),
    )
    return nodes_from_evidence(table, job, parameters).hstack(computed)


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
