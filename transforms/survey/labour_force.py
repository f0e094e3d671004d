"""Labour-force status under the 13th and the 19th ICLS; informality of the job lives elsewhere.

The rules are data: ``data_contracts/rules/labour_force_icls13.yaml`` and ``_icls19.yaml``.
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

_EMPLOYMENT_QUESTIONS = (
    "worked_for_pay",
    "worked_for_profit",
    "helped_family_business",
    "absent_job",
)
_DELIVERED = {
    "employed": "employed",
    "unemployed": "unemployed",
    "outside": "outside",
    "below_working_age": None,  # a file's own word for "no status"
}
_NOT_DELIVERED = "not_asked"
_NO_QUESTION = 14  # the step of a file that asked nothing about employment


def labour_force_status(person: pl.DataFrame, parameters: Mapping[str, Any]) -> pl.DataFrame:
    """Add labour-force status to persons, with the step that decided it.

    A status delivered by the file (``lfs_status_given``) is taken as it is, below working age
    too, and has step 0. Otherwise the status is null below working age (and where age is null).
    A standard whose questions were not asked gives null: both when no employment question was
    asked, and the 19th ICLS where market orientation was asked of nobody. A question that was not
    asked is never a no: who is not employed by what was asked, in a file that did not ask the rest
    (or did not ask about looking for work), has a null status with the step that says so.

    Args:
        person: one row a person: ``age`` and the evidence columns of ``core.person``. A column
            that is absent counts as not asked, a null as no answer.
        parameters: variants by name, see the two tables; those absent take their defaults.

    Returns:
        ``person`` with ``working_age`` (Boolean), ``lfs_status_icls19``, ``lfs_status_icls13``,
        ``lfs_status`` (String) and ``lfs_status_step`` (Int8), replacing any already there.

    Raises:
        InputError: ``age`` is absent, an answer is unknown, or a person of working age has no
            status under the native standard.
    """
    if "age" not in person.columns:
        raise InputError("there is no age", "map it in the survey's profile", column="age")
    tables = {
        standard: load_decision_table(rule_file(f"labour_force_{standard.lower()}"))
        for standard in ("ICLS19", "ICLS13")
    }
    chosen = resolve_parameters(list(tables.values()), parameters)
    of_age = (person["age"] >= chosen["min_age_labour"]).fill_null(value=False)
    nothing = pl.lit(None, dtype=pl.String)
    columns = [of_age.alias("working_age")]
    steps = {}
    for standard, table in tables.items():
        decided = _decide(table, person, chosen)
        name = f"lfs_status_{standard.lower()}"
        unasked = standard == "ICLS19" and _market_orientation_unasked(person)
        told = decided.select(
            pl.when(of_age & (not unasked)).then(pl.col("result")).otherwise(nothing).alias(name),
            pl.when(of_age & (not unasked) & (pl.col("step") != _NO_QUESTION))
            .then(pl.col("step"))
            .alias("step"),
        )
        columns.append(told[name])
        steps[standard] = (told[name], told["step"])
    native, native_step = steps[chosen["icls_native"]]
    columns += _native(person, native, native_step)
    done = person.with_columns(columns)
    _refuse_undecided(done, str(chosen["icls_native"]))
    return done


def _decide(
    table: DecisionTable, person: pl.DataFrame, parameters: Mapping[str, Any]
) -> pl.DataFrame:
    answers = {name: _answers(person, name) for name in _EMPLOYMENT_QUESTIONS}
    asked = pl.any_horizontal(*(pl.col(name) != _NOT_DELIVERED for name in answers))
    business = [pl.col(name) for name in ("worked_for_profit", "helped_family_business")]
    computed = pl.DataFrame(answers).select(
        _yes_no(asked).alias("employment_questions"),
        pl.when(pl.all_horizontal(one == _NOT_DELIVERED for one in business))
        .then(pl.lit(_NOT_DELIVERED))
        .otherwise(_yes_no(pl.any_horizontal(one == "yes" for one in business)))
        .alias("own_or_family_business"),
    )
    nodes = nodes_from_evidence(table, person, parameters).hstack(computed)
    return evaluate(table, nodes, parameters)


def _native(person: pl.DataFrame, native: pl.Series, native_step: pl.Series) -> list[pl.Series]:
    given = _answers(person, "lfs_status_given").replace("no_answer", _NOT_DELIVERED)
    delivered = given != _NOT_DELIVERED
    unknown = delivered & ~given.is_in(list(_DELIVERED))
    if unknown.any():
        raise InputError(
            "a delivered status that is none of employed, unemployed, outside",
            "map the file's codes in the survey's profile",
            column="lfs_status_given",
            row=int(unknown.arg_true()[0]) + 1,
            rows=int(unknown.sum()),
        )
    taken = given.replace_strict(_DELIVERED, default=None, return_dtype=pl.String)
    frame = pl.DataFrame(
        {"delivered": delivered, "taken": taken, "native": native, "step": native_step}
    )
    chosen = frame.select(
        pl.when("delivered").then("taken").otherwise("native").alias("lfs_status"),
        pl.when("delivered")
        .then(pl.lit(0, dtype=pl.Int8))
        .otherwise("step")
        .alias("lfs_status_step"),
    )
    return chosen.get_columns()


def _answers(person: pl.DataFrame, column: str) -> pl.Series:
    if column not in person.columns:
        return pl.Series(column, [_NOT_DELIVERED], dtype=pl.String).new_from_index(0, person.height)
    return person[column].cast(pl.String).fill_null("no_answer")


def _yes_no(condition: pl.Expr) -> pl.Expr:
    return pl.when(condition).then(pl.lit("yes")).otherwise(pl.lit("no"))


def _market_orientation_unasked(person: pl.DataFrame) -> bool:
    return bool((_answers(person, "market_orientation") == _NOT_DELIVERED).all())


def _refuse_undecided(person: pl.DataFrame, standard: str) -> None:
    undecided = (
        person["working_age"] & person["lfs_status"].is_null() & person["lfs_status_step"].is_null()
    )
    if undecided.any():
        raise InputError(
            f"persons of working age have no labour-force status under {standard}",
            "map the employment questions (and market orientation for ICLS19), or map "
            "lfs_status_given, or set icls_native to the survey's own standard",
            column="lfs_status",
            row=int(undecided.arg_true()[0]) + 1,
            rows=int(undecided.sum()),
        )
