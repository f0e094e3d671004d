"""Whether one wave can be recomputed under another's rules, and its rows when it is."""

from dataclasses import dataclass
from typing import Literal

import polars as pl

from data_contracts.catalogue.indicators import Indicator
from data_contracts.conditions import ways
from data_contracts.profile.profile import Profile
from pipelines.figures.core import derive, with_main_job
from transforms.survey.harmonise import harmonise

Status = Literal["SEPARATED", "SAME RULES", "STANDARD ALONE", "NOT SEPARABLE", "NOT COMPUTABLE"]
# From the most to the least that can be said.
STATUSES: tuple[Status, ...] = ("SAME RULES", "SEPARATED", "STANDARD ALONE", "NOT SEPARABLE")


@dataclass(frozen=True)
class Verdict:
    """How far one wave can be recomputed under the other's rules, and why not further."""

    status: Status
    reason: str


def recomputable(rules: Profile, on: Profile, indicator: Indicator) -> Verdict:
    """Say whether one wave's rules can be applied to another wave's answers.

    Args:
        rules: the profile whose standard, lowest age and variants are applied.
        on: the profile of the wave that they are applied to.
        indicator: the figure.
    """
    groups = _groups(indicator)
    same_standard = rules.standards.icls == on.standards.icls
    own = {p.survey_id: p.asked("lfs_status_given")[0] for p in (rules, on)}
    if _rules(rules) == _rules(on) and not any(own.values()):
        return Verdict("SAME RULES", "both waves follow the same standard and variants")
    if own[on.survey_id]:
        return Verdict(
            "NOT SEPARABLE",
            f"{on.survey_id} takes the labour-force status from its own questions, and other rules "
            "find no answers in it",
        )
    if not same_standard and not on.asked("market_orientation")[0]:
        return Verdict(
            "NOT SEPARABLE",
            f"{on.survey_id} did not ask whether farm output is for sale, so the two standards "
            "cannot be told apart in it",
        )
    said = rules.definitions
    lone = [text for g in groups if g in said and (text := said[g].only_here) is not None]
    if own[rules.survey_id] and not all(g in said for g in groups if g.endswith("employment")):
        lone.append(f"{rules.survey_id} takes the labour-force status from its own questions")
    if lone:
        return Verdict("STANDARD ALONE", "; ".join(lone))
    return Verdict(
        "SEPARATED",
        "each wave keeps its own questions, and what their wording changes is in the rate",
    )


def under_rules(on: Profile, rules: Profile, raw: pl.DataFrame) -> pl.DataFrame:
    """Derive one wave's statuses under another wave's standard, lowest age and variants.

    Args:
        on: the wave's own profile: names, codes and corrections stay its own.
        rules: the profile whose rules are applied.
        raw: the wave's rows as delivered.

    Returns:
        One row a person with the main job's columns, as ``survey_rows`` gives them. Who is
        employed under these rules alone has the job answers that the file holds, mostly blank.
    """
    changed = {
        "standards": on.standards.model_copy(update={"icls": rules.standards.icls}),
        "min_age_labour": rules.min_age_labour,
        "parameters": rules.parameters,
    }
    person, job = derive(on.model_copy(update=changed), harmonise(on, raw, on.survey_id))
    return with_main_job(person, job)


def _rules(profile: Profile) -> tuple[object, ...]:
    return (
        profile.standards.icls,
        profile.min_age_labour,
        dict(profile.parameters),
    )


def _groups(indicator: Indicator) -> list[str]:
    """Name the definitions that an indicator rests on."""
    statuses: set[object] = {
        value
        for condition in indicator.conditions
        for way in ways(condition)
        for value in way.get("lfs_status", ())
    }
    groups = ["employment"] if "employed" in statuses else []
    groups += ["unemployment"] if "unemployed" in statuses else []
    groups += ["informality"] if indicator.standard == "informality" else []
    covered = {"social_security", "employer_social_contribution"} & set(indicator.columns)
    return groups + (["social_security"] if covered else [])
