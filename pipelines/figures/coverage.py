"""One wave beside one register: every coverage table from survey rows and the register's tally.

Nothing is read or stored here, and Dagster is not known: a benchmark that redraws the twin
computes its figures as a run does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from analyses.coverage.bridge.table import bridge_table
from analyses.coverage.cascade.table import cascade, survey_cascade
from analyses.coverage.cascade.totals import BRANCHES, COMPULSORY, Basis, has_law, survey_basis
from analyses.coverage.groups.affordability import affordability
from analyses.coverage.groups.indirect import indirect
from analyses.coverage.groups.table import group_estimates
from analyses.coverage.misreport.rates import Answers
from analyses.coverage.register.adjustments import Given
from analyses.coverage.register.cascade_terms import cascade_terms
from analyses.coverage.register.rates import register_rates
from analyses.coverage.register.table import SURVEY_COLUMNS, adjusted_table
from analyses.coverage.register.terms import DRAWS, AdjustedTerms, adjust
from analyses.engine.delta import crossed, se_of
from analyses.wave.register_coverage import USUAL, months_between
from data_contracts.discreet import Discreet
from data_contracts.law.law import NO_LIMIT, rules_at
from pipelines.figures.estimates import design_of
from transforms.law.survey_liability import survey_liability

if TYPE_CHECKING:
    from data_contracts.profile.plan import WavePlan
    from pipelines.settings_file import CoverageSettings

PARTS = ("member", "employer")  # of a contribution, the member's first
DOMAINS = ("sex", "admin1_code")


@dataclass(frozen=True, repr=False)
class RegisterSide(Discreet):
    """What a register gives: its tally and the month it stands for."""

    register_id: str
    month: str
    tally: pl.DataFrame

    def is_near(self, day: date, months: int) -> bool:
        """Whether it may stand beside a survey of that day: no more than so many months apart."""
        return months_between(self.month, f"{day:%Y-%m}") <= months


def law_terms(month: str, settings: Mapping[str, str]) -> pl.DataFrame:
    """Give rate, floor and ceiling in force on the first of a month; unknown ones leave a scheme out.

    Returns:
        scheme, rate_per_mille (employer and member together), floor_lak, ceiling_lak (kip a month;
        null where there is none).
    """
    rules = rules_at(date.fromisoformat(f"{month}-01"), settings)
    rows = []
    for scheme in BRANCHES:
        employer, member = rules.rate(scheme, "employer").value, rules.rate(scheme, "member").value
        floor, ceiling = rules.floor(scheme).value, rules.ceiling(scheme).value
        if employer is None or member is None or floor is None or ceiling is None:
            continue
        rows.append((scheme, employer + member, floor, None if ceiling == NO_LIMIT else ceiling))
    figures = ("rate_per_mille", "floor_lak", "ceiling_lak")
    schema = {"scheme": pl.String} | dict.fromkeys(figures, pl.Float64)
    return pl.DataFrame(rows, schema=schema, orient="row")


def coverage_figures(
    plan: WavePlan,
    rows: pl.DataFrame,
    register: RegisterSide | None,
    coverage: CoverageSettings,
    *,
    draws: int = DRAWS,
) -> dict[str, pl.DataFrame]:
    """Compute the coverage tables of a wave.

    Args:
        plan: the wave's.
        rows: one row a person, the main job beside it, all persons.
        register: the register; None where there is none. One further than ``months_apart``
            months from the middle of the survey's year is not put beside it.
        coverage: choices of the law, self-report, given adjustments, burden.
        draws: Monte Carlo draws of the adjusted register.

    Returns:
        est tables by name without ``est.``: cascade, group, affordability, indirect; and with a
        register adjusted and bridge.
    """
    judged = survey_liability(
        rows, ref_area=plan.ref_area, day=plan.reference_day, settings=coverage.law
    )
    near = register if register and _may_stand(register, plan, coverage) else None
    tables = _survey_tables(plan, judged, coverage)
    if near is None or not has_law(judged):
        tables["cascade"] = _cascade(plan, judged, coverage, None, ())
        return tables
    return tables | beside_register(plan, judged, near, coverage, draws=draws)


def _may_stand(register: RegisterSide, plan: WavePlan, coverage: CoverageSettings) -> bool:
    return register.is_near(plan.reference_day, coverage.months_apart)


def beside_register(
    plan: WavePlan,
    judged: pl.DataFrame,
    register: RegisterSide,
    coverage: CoverageSettings,
    *,
    draws: int = DRAWS,
) -> dict[str, pl.DataFrame]:
    """Compute the tables in which register and survey meet: cascade, adjusted and bridge.

    Args:
        plan: the wave's.
        judged: the survey's rows as survey_liability gives them.
        register: the register.
        coverage: choices of the law, self-report, given adjustments.
        draws: Monte Carlo draws of the adjusted register.
    """
    rates = register_rates(register.tally, given_adjustments(coverage))
    terms = [adjust(rate) for rate in rates]
    survey = survey_side(survey_basis(judged, design_of(plan), plan.present(DOMAINS)))
    answers, level = answers_of(coverage), plan.conventions.level
    labels = {"survey_id": plan.survey_id, "register_id": register.register_id,
              "register_date": register.month}  # fmt: skip
    found = {
        "cascade": _cascade(plan, judged, coverage, register, terms),
        "adjusted": adjusted_table(rates, survey, answers, labels, draws=draws, ci_level=level),
        "bridge": bridge_table(register.tally, rates, survey, answers, labels, ci_level=level),
    }
    apart = months_between(register.month, f"{plan.reference_day:%Y-%m}")
    if apart <= USUAL:
        return found
    said = pl.lit(f"register of {register.month} and survey of {plan.time_period} lie {apart} months "
                  "apart, and are put together because months_apart asks for it")  # fmt: skip
    noted = pl.concat_str(pl.col("note").replace("", None), said, separator="; ", ignore_nulls=True)
    return {name: frame.with_columns(noted.alias("note")) for name, frame in found.items()}


def answers_of(coverage: CoverageSettings) -> Answers:
    """Give sensitivity and specificity of the self-report as settings say."""
    yes, no = coverage.sensitivity, coverage.specificity
    source = yes.source if yes.source == no.source else f"{yes.source}; {no.source}"
    return Answers(yes.value, no.value, yes.se, no.se, source)


def given_adjustments(coverage: CoverageSettings) -> list[Given]:
    """Give the adjustments that settings give."""
    return [Given(name, item.value, item.se, item.source) for name, item in coverage.given.items()]


def survey_side(basis: Basis) -> pl.DataFrame:
    """Give persons and self-reported covered persons, for all and by branch, in every domain.

    In ``self_report`` those who did not answer are taken to be as those who did; ``said`` counts who
    said so, as the headline does. By branch the persons are its legally
    covered.

    Returns:
        ``adjusted.SURVEY_COLUMNS``; scheme total, compulsory, or a branch.
    """
    groups: dict[str, Sequence[str]] = {branch: (branch,) for branch in BRANCHES}
    groups["compulsory"] = COMPULSORY
    rows = [_survey_row(basis, domain, "total", ()) for domain in range(len(basis.domains))]
    for scheme, branches in groups.items():
        rows += [
            _survey_row(basis, domain, scheme, branches) for domain in range(len(basis.domains))
        ]
    return pl.DataFrame(
        rows, schema_overrides=dict.fromkeys(("self_report", "said"), pl.Float64)
    ).select(SURVEY_COLUMNS)


def _survey_row(basis: Basis, domain: int, scheme: str, branches: Sequence[str]) -> dict[str, Any]:
    if branches:
        everybody = _sum(basis, [f"{branch}:legal" for branch in branches])
        answered = _sum(basis, [f"{branch}:answered" for branch in branches])
        yes = _sum(basis, [f"{branch}:reported" for branch in branches])
    else:
        everybody, yes = basis["employed"], basis["reported"]
        answered = everybody - basis["reported_unknown"]
    reported = yes / answered * everybody
    figures = (everybody, reported, yes, reported - yes)
    pair = np.stack([figure.slope[domain] for figure in figures])
    with np.errstate(invalid="ignore"):
        spread = crossed(pair, basis.covariance[domain])
    breakdown, category = basis.domains[domain]
    known = bool(np.isfinite(reported.value[domain]) and np.isfinite(spread).all())
    return {
        "scheme": scheme,
        "breakdown": breakdown,
        "category": category,
        "employed": float(everybody.value[domain]),
        "employed_se": float(se_of(spread[0, 0])) if known else 0.0,
        "self_report": float(reported.value[domain]) if known else None,
        "self_report_se": float(se_of(spread[1, 1])) if known else None,
        "said": float(yes.value[domain]) if known else None,
        "said_se": float(se_of(spread[2, 2])) if known else None,
        "silent_se": float(se_of(spread[3, 3])) if known else None,
        "covariance": float(spread[0, 1]) if known else None,
        "df": float(basis.df[domain]),
    }


def _sum(basis: Basis, names: Sequence[str]) -> Any:
    first, *others = (basis[name] for name in names)
    for other in others:
        first = first + other
    return first


def _survey_tables(
    plan: WavePlan, judged: pl.DataFrame, coverage: CoverageSettings
) -> dict[str, pl.DataFrame]:
    """Compute what needs no register: groups, affordability, indirect coverage."""
    level, rules, design = plan.conventions.level, plan.conventions.reliability, design_of(plan)
    return {
        "group": group_estimates(judged, design, plan, ci_level=level, rules=rules),
        "affordability": pl.concat(
            affordability(
                owing, design, plan, rule, "owed", burden=coverage.burden, ci_level=level,
                reliability=rules,
            )
            for rule, owing in _bases(plan, judged, coverage)
        ),
        "indirect": indirect(judged, design, plan, breakdowns=("sex",), ci_level=level, rules=rules),
    }  # fmt: skip


def _bases(
    plan: WavePlan, judged: pl.DataFrame, coverage: CoverageSettings
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Give what is compared with earnings, as a column ``owed``: 0 for whom it does not concern.

    ``member`` and ``employer``: what the law asks of each of the two in a compulsory scheme; what the
    employer pays does not come out of the earnings. ``voluntary``: what a person who may join would pay
    on the minimum wage, where the law of the day gives rate and wage.
    """
    compulsory = pl.col("branch").is_in(COMPULSORY)
    for part in PARTS:
        owed: pl.Expr = pl.when(compulsory).then(f"due_{part}_lak").when("is_employed").then(0)
        if not has_law(judged):
            owed = pl.lit(None, dtype=pl.Int64)
        yield part, judged.with_columns(owed=owed)
    rules = rules_at(plan.reference_day, coverage.law)
    member, wage = rules.rate("voluntary", "member").value, rules.minimum_wage().value
    if has_law(judged) and member is not None and wage is not None:
        mine = pl.when(pl.col("branch") == "voluntary").then(member * wage // 1000)
        yield "voluntary", judged.with_columns(owed=mine.when("is_employed").then(0))


def _cascade(
    plan: WavePlan,
    judged: pl.DataFrame,
    coverage: CoverageSettings,
    register: RegisterSide | None,
    terms: Sequence[AdjustedTerms],
) -> pl.DataFrame:
    labels: dict[str, str | None] = {
        "survey_id": plan.survey_id, "ref_area": plan.ref_area, "time_period": plan.time_period,
    }  # fmt: skip
    domains, design = plan.present(DOMAINS), design_of(plan)
    level, rules = plan.conventions.level, plan.conventions.reliability
    if not has_law(judged):
        return survey_cascade(judged, design, labels, breakdowns=domains, level=level, rules=rules)
    given = coverage.specificity.value, coverage.specificity.se
    if register is None:
        return cascade(judged, design, None, labels, specificity=given, breakdowns=domains,
                       level=level, rules=rules)  # fmt: skip
    labels |= {"register_id": register.register_id, "register_date": register.month}
    frame, covariance = cascade_terms(terms)
    return cascade(judged, design, frame, labels, covariance=covariance, specificity=given,
                   breakdowns=domains, level=level, rules=rules)  # fmt: skip
