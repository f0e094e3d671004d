"""What a wave's profile lets one compute, and why not the rest; the computing lives in assets."""

from collections.abc import Sequence

from analyses.wave.indicators import Indicator, catalogue, computability
from data_contracts.profile.profile import Profile


def asked(profile: Profile) -> dict[str, tuple[bool, str]]:
    """Say of every canonical column whether the wave asked it, and if not, why."""
    known = {name: profile.asked(name) for name in profile.columns}
    if "enterprise_size" in known:
        known["enterprise_size_lower"] = known["enterprise_size"]
    if "age" in known:
        known["age_aggregate"] = known["age"]
    if "industry_isic4_2d" in known:
        known.setdefault("economic_sector", known["industry_isic4_2d"])
    if "market_orientation" in known:
        known["destination_of_production"] = known["market_orientation"]
    return known


def judged(profile: Profile) -> list[dict[str, str]]:
    """Say of every indicator whether the wave can give it, with the reason."""
    known, refused = asked(profile), profile.get("unavailable", {})
    rows = []
    for name, indicator in catalogue().items():
        if indicator.standard in refused:
            status, reason = "NOT COMPUTABLE", str(refused[indicator.standard])
        else:
            status, reason = computability(indicator, known)
        rows.append({
            "survey_id": profile.survey_id, "indicator": name, "status": status, "reason": reason,
        })  # fmt: skip
    return rows


def computable(profile: Profile) -> list[Indicator]:
    """Give the indicators that the wave can give."""
    can = {row["indicator"] for row in judged(profile) if row["status"] != "NOT COMPUTABLE"}
    return [indicator for name, indicator in catalogue().items() if name in can]


def breakdowns_of(profile: Profile, wanted: Sequence[str]) -> list[str]:
    """Give those of the breakdowns that the wave asked about."""
    known = asked(profile)
    return [name for name in wanted if known.get(name, (False, ""))[0]]
