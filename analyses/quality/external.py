"""The wave's figures beside published ones and beside what its profile expects."""

from collections.abc import Iterable

import polars as pl

from analyses.quality.subject import FindingRows, Subject, not_applicable, verdict, within
from data_contracts.quality.rules import QualityRule

# published name -> indicator
_INDICATORS = {
    "working_age_population_15plus": "working_age_population",
    "informal_workers": "informal_employment",
    **{
        name: name
        for name in (
            "labour_force", "employed", "unemployed", "labour_force_participation_rate",
            "employment_to_population_ratio", "unemployment_rate", "informal_employment_rate",
        )
    },
}  # fmt: skip
_BREAKDOWNS = {"total": "total", "sex": "sex", "area": "area_type", "industry": "economic_sector"}
_CATEGORIES = {
    "total": "TOTAL", "15+": "TOTAL", "male": "SEX_M", "female": "SEX_F", "urban": "GEO_COV_URB",
    "rural": "GEO_COV_RUR", "agriculture": "ECO_SECTOR_AGR", "industry": "ECO_SECTOR_IND",
    "services": "ECO_SECTOR_SER",
}  # fmt: skip


def published_margin(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Compare every published figure that the wave estimates too."""
    figures, published = subject.figures, _published(subject, rule)
    if figures is None or published.is_empty():
        yield not_applicable(subject, rule, "no published figure of this wave is on file")
        return
    if subject.size is None:
        yield not_applicable(subject, rule, "a synthetic file that does not say its scale")
        return
    pairs = published.join(figures, on=["indicator", "breakdown", "category"], how="inner")
    if pairs.is_empty():
        yield not_applicable(subject, rule, "the wave gives none of the published figures")
        return
    repeats: dict[str, int] = {}
    for row in pairs.sort("indicator", "breakdown", "category", "value").iter_rows(named=True):
        name = f"{row['indicator']}, {row['category']}"
        repeats[name] = repeats.get(name, 0) + 1
        told = name if repeats[name] == 1 else f"{name} ({repeats[name]})"
        yield _compared(subject, rule, told, row)


def urban_share(subject: Subject, rule: QualityRule) -> Iterable[FindingRows]:
    """Judge the weighted share of urban residents, in percent, against the profile's."""
    known = subject.facts.get("expected", {}).get("urban_share_pct")
    if not known:
        yield not_applicable(subject, rule, "the profile expects no urban share (expected:)")
        return
    urban = subject.person.filter(pl.col("area_type") == "GEO_COV_URB")["weight"].sum()
    share = 100 * float(urban) / float(subject.person["weight"].sum())
    value, points = float(known["value"]), float(known["tolerance_points"])
    yield within(
        subject, rule, share, value - points, value + points, reason=f"from: {known['source']}"
    )


def _published(subject: Subject, rule: QualityRule) -> pl.DataFrame:
    """Published figures of the wave's country and year, in our names; unusable ones left out."""
    empty = pl.DataFrame(schema={"indicator": pl.String})
    if subject.margins is None or subject.facts.get("ref_area") != rule.limits["ref_area"]:
        return empty
    total = pl.col("breakdown").is_in(["sex"]) & (pl.col("category") == "total")
    return (
        subject.margins.filter(
            pl.col("year").cast(pl.String) == str(subject.facts.get("reference_year")),
            ~pl.col("note").fill_null("").str.starts_with("UNUSABLE"),
            ~pl.col("note").fill_null("").str.contains("lower bound|truncated"),
            pl.col("indicator").is_in(list(_INDICATORS)),
            pl.col("breakdown").is_in(list(_BREAKDOWNS)),
            pl.col("category").is_in(list(_CATEGORIES)),
        )
        .with_columns(
            pl.when(total).then(pl.lit("total")).otherwise("breakdown").alias("breakdown")
        )
        .select(
            pl.col("indicator").replace(_INDICATORS),
            pl.col("breakdown").replace(_BREAKDOWNS),
            pl.col("category").replace(_CATEGORIES),
            pl.col("value").cast(pl.Float64)
            / pl.when(pl.col("unit") == "percent").then(100.0).otherwise(1.0),
            pl.col("source").alias("published_by"),
        )
    )


def _compared(
    subject: Subject, rule: QualityRule, name: str, row: dict[str, object]
) -> FindingRows:
    """Give the verdict on one figure: the measure is the estimate over the published figure."""
    size = subject.size if row["unit_measure"] == "PS" else 1.0
    told = float(str(row["value"])) * float(size or 1.0)
    ours = float(str(row["obs_value"])) if row["obs_value"] is not None else None
    if ours is None or not told:
        return not_applicable(subject, rule, "it could not be estimated", name)
    band = float(rule.limits["band_pct"]) / 100
    low, high = (1 - band) / (1 + band), (1 + band) / (1 - band)
    ends = (row["ci_lower"], row["ci_upper"])
    inside = None not in ends and float(str(ends[0])) <= told <= float(str(ends[1]))
    return verdict(
        subject,
        rule,
        holds=inside or low <= ours / told <= high,
        category=name,
        measure=ours / told,
        low=low,
        high=high,
        checked=int(str(row["n"] or 0)),
        reason=f"estimate over published; published by: {row['published_by']}",
    )
