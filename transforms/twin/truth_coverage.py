"""What is so of cover in the twin, in persons and in kip, by simple code of its own; no sampling here.

Written apart from transforms/law/liability.py and data_contracts/law on purpose: each can convict the
other. The law of October 2017, for the kinds of person that the twin has.
"""

from typing import Final

import numpy as np
import polars as pl

from transforms.twin.contributions import SCHEMES, due_2017
from transforms.twin.draws import Array
from transforms.twin.errors import Errors
from transforms.twin.misreport import as_answered
from transforms.twin.population import Population
from transforms.twin.register import Register
from transforms.twin.truth import labour_status

COMPULSORY: Final = ("public", "enterprise")
MEASURES: Final = (
    *("employed", "legally_covered", "registered_unit", "affiliated", "active_contributor"),
    *("due_legal", "due_registered", "due_affiliated", "due_active", "due_declared", "paid"),
    "self_reported",
)
BREAKDOWNS: Final = {
    "total": ["TOTAL"],
    "sex": ["SEX_M", "SEX_F"],
    "admin1_code": [f"{code:02d}" for code in range(1, 19)],
}
SCHEMA: Final = dict.fromkeys(("measure", "branch", "breakdown", "category"), pl.String)
DAYS, WEEKS, FORTNIGHTS = 365 / 12, 52 / 12, 26 / 12
PERIOD: Final = {2: DAYS, 3: WEEKS, 4: FORTNIGHTS, 5: 1.0}


def truth_coverage(
    population: Population, register: Register, errors: Errors | None = None
) -> pl.DataFrame:
    """Compute the true value of every stage between being employed and having paid.

    The universe is that of the survey: residents aged 15 and over who are employed, in the province
    where they live. ``affiliated`` are covered and dormant residents, ``active_contributor`` the
    covered. Due is kip a month of 2017: ``due_legal`` and ``due_registered`` on the survey's
    earnings, ``due_affiliated`` and ``due_active`` on the insurable earnings (of the dormant: of the
    job in which they were covered), ``due_declared`` on the declared ones; ``paid`` is that times
    the share of what was due in 2017 that was paid for it, whenever posted. ``self_reported`` are
    those who would answer yes.

    Args:
        population: the twin.
        register: drawn from it; says who is dormant and what is declared and paid.
        errors: those that the register was drawn with; the defaults where not given.

    Returns:
        Columns measure (MEASURES, and ``error:NAME`` for each error as drawn, a share), branch
        (public, enterprise, voluntary, compulsory = the first two; ``total`` for all employed, and
        for errors that concern no one scheme), breakdown (total, sex, admin1_code), category,
        value. ``employed`` stands under total and, as the start of the cascade, compulsory. Money
        of the voluntary is not there before ``due_declared``: their earnings owe nothing by law.
    """
    planted = errors if errors is not None else Errors()
    values = _survey_side(population, planted) | _register_side(register)
    rows = []
    for (measure, branch), by in values.items():
        for breakdown, names in BREAKDOWNS.items():
            found = zip(names, by[breakdown], strict=True)
            rows += [(measure, branch, breakdown, name, float(value)) for name, value in found]
    rows += [
        (f"error:{name}", branch, "total", "TOTAL", value)
        for (name, branch), value in errors_as_drawn(population, register, planted).items()
    ]
    table = pl.DataFrame(rows, schema=SCHEMA | {"value": pl.Float64}, orient="row")
    added = (
        table.filter(pl.col("branch").is_in(COMPULSORY), pl.col("measure").is_in(MEASURES))
        .group_by("measure", "breakdown", "category", maintain_order=True)
        .agg(pl.col("value").sum())
        .with_columns(branch=pl.lit("compulsory"))
    )
    return pl.concat([table, added.select(table.columns)])


def legal_branch(person: dict[str, Array]) -> Array:
    """Give by the law of 2017 the branch of each job: 0 public, 1 enterprise, 2 voluntary, -1 open.

    Employees of government; of enterprises, state-owned ones and associations; employers, own-account
    and family workers. Households, embassies and unclear statuses are not said by the law. Shape
    (persons,); meaningful for the employed.
    """
    status, unit, household = person["ac03"], person["ac13"], person["ac11a"] == 2
    employee = ((status == 1) | (status == 2)) & ~household
    branch = np.full(len(status), -1, dtype=np.int8)
    branch[employee & (unit == 1)] = 0
    branch[employee & np.isin(unit, (2, 3, 4))] = 1
    branch[np.isin(status, (3, 4, 5))] = 2
    return branch


def earnings(person: dict[str, Array]) -> Array:
    """Give monthly earnings in kip from the amount and its period, whole numbers, halves up."""
    parts = np.select([person["eri07"] == code for code in PERIOD], list(PERIOD.values()), 0.0)
    monthly = np.maximum(person["eri06"], 0).astype(np.float64) * parts
    whole: Array = np.floor(monthly + 0.5).astype(np.int64)
    return whole


def _sums(sex: Array, lives: Array, weight: Array) -> dict[str, Array]:
    """Sum over all, by sex (1, 2) and by province (1 to 18)."""
    return {
        "total": np.asarray([weight.sum()]),
        "sex": np.bincount(sex - 1, weight, 2),
        "admin1_code": np.bincount(lives - 1, weight, 18),
    }


def _survey_side(population: Population, errors: Errors) -> dict[tuple[str, str], dict[str, Array]]:
    rows = np.flatnonzero(labour_status(population.person)[0])
    names = ("hl04", "ac03", "ac11a", "ac13", "ac15", "eri06", "eri07", "sp01", "covered")
    person = {name: population.person[name][rows] for name in names}
    lives = population.villages["prov"].to_numpy()[population.person["village"][rows]]
    answer = as_answered(person["sp01"], person["covered"], population.recall[rows], errors)
    legal = legal_branch(person)
    registered = np.isin(person["ac13"], (1, 2, 5)) | (person["ac15"] == 1)
    pay = earnings(person)

    def sums(weight: Array) -> dict[str, Array]:
        return _sums(person["hl04"], lives.astype(np.int64), weight.astype(np.float64))

    everybody, yes = np.ones(len(rows), dtype=bool), answer == 1
    values = {
        ("employed", "total"): sums(everybody),
        ("employed", "compulsory"): sums(everybody),
        ("self_reported", "total"): sums(yes),
    }
    for code, branch in enumerate(SCHEMES):
        mine = legal == code
        values[("legally_covered", branch)] = sums(mine)
        values[("registered_unit", branch)] = sums(mine & registered)
        values[("self_reported", branch)] = sums(mine & yes)
        if branch in COMPULSORY:
            due = due_2017(np.full(len(pay), code), pay)
            values[("due_legal", branch)] = sums(due * mine)
            values[("due_registered", branch)] = sums(due * (mine & registered))
    return values


def _register_side(register: Register) -> dict[tuple[str, str], dict[str, Array]]:
    values = {}
    first = register.facts.filter(~pl.col("is_second"))
    for branch in SCHEMES:
        held = first.filter(
            pl.col("kind").is_in(["covered", "dormant"]), pl.col("scheme") == branch
        )
        facts = {name: held[name].to_numpy() for name in held.columns}
        active = facts["kind"] == "covered"

        def sums(weight: Array, facts: dict[str, Array] = facts) -> dict[str, Array]:
            return _sums(facts["sex"], facts["lives"], weight.astype(np.float64))

        declared = facts["due_declared"] * active
        values[("affiliated", branch)] = sums(np.ones(len(active)))
        values[("active_contributor", branch)] = sums(active)
        if branch in COMPULSORY:
            values[("due_affiliated", branch)] = sums(facts["due"])
            values[("due_active", branch)] = sums(facts["due"] * active)
        of_2017 = [sums(declared * facts[name]) for name in ("months_paid", "months_due")]
        total = sums(declared)
        values[("due_declared", branch)] = total
        values[("paid", branch)] = {
            by: np.divide(of_2017[0][by] * total[by], of_2017[1][by], where=of_2017[1][by] > 0,
                          out=np.zeros_like(total[by]))
            for by in total
        }  # fmt: skip
    return values


def errors_as_drawn(
    population: Population, register: Register, errors: Errors
) -> dict[tuple[str, str], float]:
    """Measure each planted error on what was drawn, by name and the branch that it concerns.

    Under ``total`` duplicates and dormant are shares of all affiliated records; under a branch, of
    its records of persons in the survey's universe (no foreigners, no armed forces).
    """
    held = register.members.join(register.facts.drop("scheme"), on="member_id")
    held = held.filter(pl.col("exit_date").is_null())
    is_kind = {name: pl.col("kind") == name for name in ("foreign", "armed_forces", "dormant")}
    outside = (pl.col("lives") != 1) & (pl.col("scheme") != "voluntary")
    in_capital = (pl.col("province_code") == "01") & outside
    scheme = pl.col("scheme")
    persons = held.filter(~pl.col("is_second"), pl.col("kind") != "dormant")
    paid = persons.filter(scheme == "enterprise", pl.col("kind") == "covered")
    base = paid.select(pl.col("declared", "insurable").clip(450_000, 4_500_000).sum()).row(0)
    employed = labour_status(population.person)[0]
    covered, places = population.person["covered"][employed], population.recall[employed]
    says_yes = as_answered(np.ones_like(covered), covered, places, errors) == 1
    shares = {
        ("duplicates", "total"): held["is_second"].mean(),
        ("dormant", "total"): held.select(is_kind["dormant"].mean()).item(),
        ("late_posting", "total"): persons["is_late_2017"].mean(),
        ("head_office", "total"): held.select(in_capital.sum() / outside.sum()).item(),
        ("under_declaration", "enterprise"): 1 - base[0] / base[1],
        ("foreigners", "enterprise"): held.filter(scheme == "enterprise")
        .select(is_kind["foreign"].mean()).item(),
        ("foreigners", "voluntary"): held.filter(scheme == "voluntary")
        .select(is_kind["foreign"].mean()).item(),
        ("armed_forces", "public"): held.filter(scheme == "public")
        .select(is_kind["armed_forces"].mean()).item(),
        ("sensitivity", "total"): says_yes[covered == 1].mean(),
        ("specificity", "total"): (~says_yes[covered == 0]).mean(),
    }  # fmt: skip
    resident = held.filter(pl.col("kind").is_in(["covered", "dormant"]))
    for branch, schemes in {**{one: [one] for one in SCHEMES}, "compulsory": COMPULSORY}.items():
        mine = resident.filter(scheme.is_in(schemes))
        shares["duplicates", branch] = mine["is_second"].mean()
        shares["dormant", branch] = mine.select(is_kind["dormant"].mean()).item()
    return {key: float(value) for key, value in shares.items()}
