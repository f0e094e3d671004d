"""Signs that two codes are the other way round: men and women, urban and rural, yes and no."""

from collections.abc import Iterable, Mapping

import polars as pl

from analyses.engine.delta import se_of
from analyses.quality.subject import FindingRows, Subject, not_applicable, verdict, within
from data_contracts.conditions import Condition, expression
from data_contracts.quality.rules import QualityRule

_FAR = 3.0  # standard errors of a difference between the sexes
# name -> (universe, trait, whether women have more of it)
_SIGNS: Mapping[str, tuple[Condition, Condition, bool]] = {
    "widowhood": ({"age": {"min": 30}}, {"marital_status": ["MTS_WIDOWED"]}, True),
    "participation": (
        {"working_age": [True]},
        {"lfs_status": ["employed", "unemployed"]},
        False,
    ),
    "machine operators and drivers": (
        {"lfs_status": ["employed"]},
        {"occupation_major": ["OCU_ISCO08_8"]},
        False,
    ),
}


def sex_signs(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Fail when any sign between the sexes is inverted."""
    signs = _signs(subject, rule)
    yield _said(subject, rule, signs, holds="inverted" not in signs.values())


def sex_swapped(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Fail when a sign is inverted and none is as usual, widowhood among those judged."""
    signs = _signs(subject, rule)
    if "widowhood" not in signs:
        yield not_applicable(subject, rule, "too few widowed persons to judge")
        return
    seen = set(signs.values())
    yield _said(subject, rule, signs, holds="inverted" not in seen or "usual" in seen)


def sex_ratio(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Judge men per 100 women, weighted."""
    weight = {
        sex: float(subject.person.filter(pl.col("sex") == sex)["weight"].sum())
        for sex in ("SEX_M", "SEX_F")
    }
    if not weight["SEX_F"]:
        yield verdict(subject, rule, holds=False, reason="there are no women in the file")
        return
    ratio = 100 * weight["SEX_M"] / weight["SEX_F"]
    yield within(subject, rule, ratio, float(rule.limits["low"]), float(rule.limits["high"]))


def area_signs(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Judge the ratio of agriculture's shares, urban over rural."""
    shares, counts = {}, {}
    agriculture: Condition = {"economic_sector": ["ECO_SECTOR_AGR"]}
    for area in ("GEO_COV_URB", "GEO_COV_RUR"):
        universe: Condition = {"area_type": [area], "lfs_status": ["employed"]}
        shares[area], counts[area] = _share(subject, universe, agriculture)
    urban, rural = shares["GEO_COV_URB"], shares["GEO_COV_RUR"]
    fewest = int(rule.limits["min_rows"])
    if min(counts.values()) < fewest or not (urban or rural):
        reason = f"fewer than {fewest} employed in one of the areas, or no agriculture"
        yield not_applicable(subject, rule, reason)
    elif not rural:
        yield verdict(subject, rule, holds=False, reason="all agriculture is in urban areas")
    else:
        high = float(rule.limits["high"])
        yield within(subject, rule, urban / rural, None, high, reason="urban over rural share")


def covered_more_often_in_government(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Judge the share covered among government employees over that in agriculture."""
    answered = ["yes", "no"]
    government, n_government = _share(
        subject,
        {"institutional_unit": ["government"], "social_security": answered},
        {"social_security": ["yes"]},
    )
    farming, n_farming = _share(
        subject,
        {"economic_sector": ["ECO_SECTOR_AGR"], "social_security": answered},
        {"social_security": ["yes"]},
    )
    fewest = int(rule.limits["min_rows"])
    if min(n_government, n_farming) < fewest:
        yield not_applicable(subject, rule, f"fewer than {fewest} answers in one of the groups")
        return
    yield within(
        subject, rule, government - farming, 0.0, None,
        reason="the measure is the difference of the two shares",
    )  # fmt: skip


def _share(subject: Subject, universe: Condition, trait: Condition) -> tuple[float, int]:
    """Give the unweighted share with a trait and the rows of the universe."""
    inside = expression(universe)
    rows, having = subject.rows.select(
        inside.sum().alias("rows"), (inside & expression(trait)).sum().alias("having")
    ).row(0)
    return (having / rows if rows else 0.0), int(rows)


def _signs(subject: Subject, rule: QualityRule) -> dict[str, str]:
    """Say of every sign that can be judged whether it is usual, inverted or unclear."""
    found = {}
    for name, (universe, trait, women_more) in _SIGNS.items():
        lead = _women_lead(subject, universe, trait, rule)
        if lead is not None:
            unclear = "unclear" if lead == 0 else ""
            found[name] = unclear or ("usual" if (lead > 0) == women_more else "inverted")
    return found


def _said(
    subject: Subject, rule: QualityRule, signs: Mapping[str, str], *, holds: bool
) -> FindingRows:
    return verdict(
        subject,
        rule,
        holds=holds,
        failed=sum(sign == "inverted" for sign in signs.values()),
        checked=len(signs),
        reason="; ".join(f"{name}: {sign}" for name, sign in signs.items()),
    )


def _women_lead(
    subject: Subject, universe: Condition, trait: Condition, rule: QualityRule
) -> int | None:
    """Give 1 where women have more of a trait, -1 where men have, 0 where neither is clear.

    Clear is a ratio of shares beyond the rule's limits and a difference of three standard errors
    (unweighted, simple random). None where too few persons are in the universe or have the trait.
    """
    fewest = int(rule.limits["min_rows"])
    (women, n_women), (men, n_men) = (
        _share(subject, {**dict(universe), "sex": [sex]}, trait)  # type: ignore[arg-type]
        for sex in ("SEX_F", "SEX_M")
    )
    having = women * n_women + men * n_men
    if min(n_women, n_men) < fewest or having < fewest:
        return None
    whole = having / (n_women + n_men)
    error = float(se_of(whole * (1 - whole) * (1 / n_women + 1 / n_men)))
    if abs(women - men) <= _FAR * error:
        return 0
    if women > men * float(rule.limits["high"]):
        return 1
    return -1 if women < men * float(rule.limits["low"]) else 0
