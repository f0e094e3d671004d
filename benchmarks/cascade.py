"""How often the intervals of the coverage tables hold the twin's planted truth, and how far off they are.

The population is drawn once; survey and register are redrawn from it, and go through the code of a
run: profile, law, matching within the register, tally, adjustments, cascade, bridge. The register
takes longest, so each of its redraws meets several surveys. Sensitivity and specificity of the
self-report are drawn anew for each survey from the prior that the analysis is given. Run:
python benchmarks/cascade.py --scale 1 --registers 100 --surveys 5
"""

import argparse
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import duckdb
import ibis
import numpy as np
import polars as pl

from analyses.coverage.register.rates import adjustment_table, register_rates
from data_contracts.profile.plan import resolve
from data_contracts.profile.profile import load_profile
from data_contracts.registers.layout import load_layout
from pipelines.figures.core import KEY, derive
from pipelines.figures.coverage import (
    RegisterSide,
    beside_register,
    law_terms,
)
from pipelines.settings_file import CoverageSettings
from transforms.law.survey_liability import survey_liability
from transforms.register.canonical import canonical
from transforms.register.matching import match_members
from transforms.register.tally import register_tally
from transforms.survey.harmonise import harmonise
from transforms.twin.errors import Errors
from transforms.twin.population import Population, population
from transforms.twin.register import register
from transforms.twin.survey import draw_survey
from transforms.twin.truth_coverage import truth_coverage

PROFILE, MONTH, SETTINGS = "LAO_2017_LFS", "2017-12", CoverageSettings()
RECOVERED = ("duplicates", "dormant", "late_posting", "foreigners", "armed_forces", "head_office",
             "under_declaration")  # fmt: skip
ON = ("unit_measure", "branch", "breakdown", "category", "stage")
STAGES = {"PS": ("employed", "legally_covered", "registered_unit", "affiliated", "active_contributor"),
          "LAK_MONTH": ("due_legal", "due_registered", "due_affiliated", "due_active",
                        "due_declared", "paid")}  # fmt: skip


def drawn_register(
    people: Population, seed: int, errors: Errors
) -> tuple[RegisterSide, pl.DataFrame]:
    """Draw a register, read it as a delivered one, and give its tally and the truth behind it."""
    drawn, layout = register(people, seed, errors), load_layout("LSSO_EXTRACT")
    members = canonical("members", drawn.members, layout, b"benchmark", "members")
    keys = pl.DataFrame(
        {"member_id": drawn.members["member_id"], "member_key": members["member_key"]}
    )
    # Hashing millions of member numbers anew would tell nothing: they take the members' keys.
    contributions = drawn.contributions.join(keys, on="member_id", maintain_order="left").select(
        "member_key",
        "period",
        "scheme",
        pl.col("contribution_amount").alias("contribution_amount_lak"),
        "paid_date",
    )
    connection = duckdb.connect()
    backend = ibis.duckdb.from_connection(connection)

    def stored(name: str, frame: pl.DataFrame) -> ibis.Table:
        connection.register("given", frame.to_arrow())
        connection.execute(f"CREATE TABLE {name} AS FROM given")
        return backend.table(name)

    people_listed = stored("members", members)
    matching = match_members(people_listed)
    tally = register_tally(
        people_listed,
        stored("contributions", contributions),
        stored("persons", matching.persons),
        law_terms(MONTH, {}),
        MONTH,
    ).to_polars()
    connection.close()
    return RegisterSide("LSSO", MONTH, tally), truth_coverage(people, drawn, errors)


def figures(
    people: Population, seed: int, book: RegisterSide, errors: Errors
) -> dict[str, pl.DataFrame]:
    """Draw a survey whose answers err as the prior allows, and give the coverage tables."""
    rng = np.random.default_rng([seed, 5])
    yes, no = SETTINGS.sensitivity, SETTINGS.specificity
    as_drawn = replace(
        errors,
        sensitivity=float(np.clip(rng.normal(yes.value, yes.se), 0.5, 1.0)),
        specificity=float(np.clip(rng.normal(no.value, no.se), 0.5, 1.0)),
    )
    profile = load_profile(PROFILE)
    person, job = derive(profile, harmonise(profile, draw_survey(people, seed, as_drawn), "twin"))
    rows = person.join(job, on=KEY, how="left", maintain_order="left")
    plan = resolve(profile)
    judged = survey_liability(rows, ref_area="LAO", day=plan.reference_day)
    return beside_register(plan, judged, book, SETTINGS, draws=0)


def gaps(truth: pl.DataFrame) -> pl.DataFrame:
    """Give the true stages and the gap before each, on the keys of est.cascade."""
    rows = []
    for unit, stages in STAGES.items():
        for (branch, breakdown, category), cells in truth.group_by(
            "branch", "breakdown", "category"
        ):
            known = dict(cells.select("measure", "value").iter_rows())
            present = [name for name in stages if known.get(name) is not None]
            fall = known[present[0]] - known[present[-1]] if present else 0.0
            before = None
            for name in present:
                gap = None if before is None else known[before] - known[name]
                rows.append((unit, branch, breakdown, category, name, known[name], gap, fall))
                before = name
    schema = dict.fromkeys(ON, pl.String) | dict.fromkeys(("true", "true_gap", "fall"), pl.Float64)
    return pl.DataFrame(rows, schema=schema, orient="row")


def redraws(
    people: Population, errors: Errors, surveys: int, seed: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give one register's redraws: cascade beside truth, and the bridge's and bounds' verdicts."""
    book, truth = drawn_register(people, seed, errors)
    known = gaps(truth)
    cascades, rest = [], []
    for number in range(surveys):
        found = figures(people, 10_000 * seed + number, book, errors)
        wanted = found["cascade"].filter(pl.col("gap").is_not_null() | (pl.col("stage_no") == 1))
        cascades.append(wanted.join(known, on=ON, how="inner").select(
            *ON, "component", "value", "value_se", "gap", "gap_se", "ci_lower", "ci_upper", "true",
            "true_gap", "fall",
        ))  # fmt: skip
        again = recovered(book, found["cascade"], truth)
        rest.append(
            _verdicts(found, truth).with_columns(pl.lit(v).alias(k) for k, v in again.items())
        )
    return pl.concat(cascades), pl.concat(rest)


def recovered(book: RegisterSide, cascade: pl.DataFrame, truth: pl.DataFrame) -> dict[str, float]:
    """Divide what was found of each planted error of the register by what was planted.

    Duplicates and dormant are compared in the compulsory branches, the survey's universe; dormant
    with late posting given back; head offices among members whose residence is known.
    """
    rates = register_rates(book.tally)
    table = adjustment_table(rates, book.register_id, book.month).filter(breakdown="total")
    found = {
        (scheme, name): value
        for scheme, name, value in table.select("scheme", "adjustment", "value").iter_rows()
    }
    planted = {
        (name.removeprefix("error:"), branch): value
        for name, branch, value in truth.filter(breakdown="total")
        .select("measure", "branch", "value")
        .iter_rows()
    }
    outside = book.tally.filter(
        pl.col("residence_admin1_code").is_in(["X", "01"]).not_()
        & (pl.col("scheme") != "voluntary")
    )
    moved = outside.filter(admin1_code="01")["records"].sum() / outside["records"].sum()
    money = cascade.filter(
        unit_measure="LAK_MONTH", branch="enterprise", breakdown="total", stage="due_declared"
    ).row(0, named=True)
    return {
        "duplicates": found["compulsory", "duplicates"] / planted["duplicates", "compulsory"],
        "dormant": found["compulsory", "dormant_net"] / planted["dormant", "compulsory"],
        "late_posting": found["total", "late_posting"]
        / (planted["late_posting", "total"] / (1 - planted["late_posting", "total"])),
        "foreigners": found["enterprise", "foreigners"] / planted["foreigners", "enterprise"],
        "armed_forces": found["public", "armed_forces"] / planted["armed_forces", "public"],
        "head_office": moved / planted["head_office", "total"],
        "under_declaration": money["gap"]
        / (money["gap"] + money["value"])
        / planted["under_declaration", "enterprise"],
    }


def _verdicts(found: dict[str, pl.DataFrame], truth: pl.DataFrame) -> pl.DataFrame:
    """Say whether the bridge's last step holds nothing and the bounds hold the covered."""
    whole = (pl.col("scheme") == "total") & (pl.col("breakdown") == "total")
    left = found["bridge"].filter(whole, pl.col("row") == "unexplained").row(0, named=True)
    active = (
        found["adjusted"]
        .filter(whole, pl.col("concept") == "active_contributor")
        .row(0, named=True)
    )
    true = truth.filter(measure="active_contributor", breakdown="total").filter(
        pl.col("branch").is_in(["public", "enterprise", "voluntary"])
    )["value"].sum()  # fmt: skip
    return pl.DataFrame(
        {
            "nothing_left": [left["ci_lower"] <= 0 <= left["ci_upper"]],
            "bounds_hold": [active["bound_lower"] <= true <= active["bound_upper"]],
            "adjusted_off": [active["adjusted"] / true - 1],
            "adjusted_holds": [active["ci_lower"] <= true <= active["ci_upper"]],
        }
    )


def _summary(table: pl.DataFrame) -> pl.DataFrame:
    """Give, by component, the share of redraws whose interval held the truth and the bias."""
    inside = pl.col("true_gap").is_between("ci_lower", "ci_upper")
    return (
        table.filter(pl.col("true_gap").is_not_null())
        .group_by("unit_measure", "branch", "breakdown", "component", maintain_order=True)
        .agg(
            redraws=pl.len(),
            held_pct=100 * inside.mean(),
            gap=pl.col("true_gap").mean(),
            bias_pct_of_fall=100 * ((pl.col("gap") - pl.col("true_gap")) / pl.col("fall")).mean(),
            bias_pct_of_gap=100 * (pl.col("gap") - pl.col("true_gap")).mean() / pl.col("true_gap").mean(),
            said_se=pl.col("gap_se").mean(),
            spread=(pl.col("gap") - pl.col("true_gap")).std(),
        )
    )  # fmt: skip


def _parts(options: argparse.Namespace) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    seeds = range(options.first, options.first + options.registers)
    people = population(options.scale, 1)
    work = partial(redraws, people, Errors(), options.surveys)
    if options.processes == 1:
        yield from map(work, seeds)
        return
    with ProcessPoolExecutor(options.processes) as pool:
        yield from pool.map(work, seeds)


def main() -> None:
    """Print what the redraws held."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--scale", type=float, default=1.0)
    options.add_argument("--registers", type=int, default=100)
    options.add_argument("--surveys", type=int, default=5)
    options.add_argument("--first", type=int, default=1, help="first seed")
    options.add_argument("--processes", type=int, default=1)
    options.add_argument("--save", help="folder for the redraws, to be put together with others")
    chosen = options.parse_args()
    began = time.perf_counter()
    parts = list(_parts(chosen))
    cascades, rest = (pl.concat(part) for part in zip(*parts, strict=True))
    if chosen.save:
        folder = Path(chosen.save)
        for name, frame in (("cascade", cascades), ("rest", rest)):
            frame.write_parquet(folder / f"{name}-{chosen.first:05d}.parquet")
        cascades, rest = (
            pl.read_parquet(folder / f"{name}-*.parquet") for name in ("cascade", "rest")
        )
    with pl.Config(tbl_rows=-1, tbl_cols=-1, tbl_width_chars=200, tbl_hide_dataframe_shape=True,
                   float_precision=2):  # fmt: skip
        print(_summary(cascades))
        print(rest.select(
            pl.len().alias("redraws"), *(pl.col(name).sum() for name in ("nothing_left", "bounds_hold", "adjusted_holds")),
            pl.col("adjusted_off").abs().mean(),
        ))  # fmt: skip
    print("found over planted, and redraws within 15 %")
    print(rest.select(pl.col(name).mean() for name in RECOVERED))
    print(rest.select(pl.col(name).is_between(0.85, 1.15).sum() for name in RECOVERED))
    print(f"scale {chosen.scale}, {chosen.registers} registers x {chosen.surveys} surveys, "
          f"{time.perf_counter() - began:.0f} s")  # fmt: skip


if __name__ == "__main__":
    main()
