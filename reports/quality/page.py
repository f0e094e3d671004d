"""The quality report of a wave or of the register as one HTML page; findings are made elsewhere."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from data_contracts.catalogue.indicators import catalogue
from data_contracts.catalogue.key_figures import judged_answers
from data_contracts.quality.rules import QualityRule, load_rules
from reports.labels import area_names
from reports.writers.html import page

BLOCKS = {
    "intake": "How the file was read",
    "format": "Columns, keys and codes",
    "external": "Beside published figures",
    "missing": "Answers that are missing",
    "bivariate": "Answers that must agree",
    "wage": "Earnings",
    "informality": "Informality and its evidence",
    "weights": "Survey weights",
    "household": "Households and the sampling design",
    "waves": "Duplicates",
    "heaping": "Round numbers",
    "register": "Register",
}
NOTE = QualityRule(
    id="reader_notes",
    block="intake",
    severity="warning",
    statement="",
    source="the reader of the file",
    remedy="see whether the assumption is right; if not, ask for the file in its original form",
)


def quality_page(
    findings: pl.DataFrame,
    effects: pl.DataFrame,
    places: pl.DataFrame,
    facts: Mapping[str, Any],
) -> bytes:
    """Give the page: no script, no request, fonts inside.

    Args:
        findings: rows of est.quality of one wave, or of the register.
        effects: rows of est.quality_effect of the wave.
        places: check_id, category, admin1_code, failed, checked.
        facts: survey_id, title, ref_area, files (each name, sha256, rows, synthetic), admin1_labels,
            code_version.

    Returns:
        UTF-8 HTML; the same arguments give the same bytes.
    """
    return page(
        "quality.html.j2",
        facts=facts,
        counts=counts(findings),
        verdict=verdict(counts(findings)),
        groups=_failed_groups(findings, effects, places, facts),
        others=_others(findings),
    )


def counts(findings: pl.DataFrame) -> dict[str, int]:
    """Count blocking, warning, passed and not applicable verdicts."""
    failed = findings.filter(pl.col("status") == "failed")
    return {
        "blocking": failed.filter(pl.col("severity") == "error").height,
        "warnings": failed.filter(pl.col("severity") == "warning").height,
        "passed": findings.filter(pl.col("status") == "passed").height,
        "not applicable": findings.filter(pl.col("status") == "not_applicable").height,
    }


def verdict(counted: Mapping[str, int]) -> str:
    """Say in one sentence what the counts mean."""
    if counted["blocking"]:
        return (
            "This file breaks rules that no figure can stand on: do not use it before it is mended."
        )
    if counted["warnings"]:
        return "Nothing stands in the way of using this file. Some points need a person's eye."
    return "This file keeps every rule that could be judged."


def _failed_groups(
    findings: pl.DataFrame, effects: pl.DataFrame, places: pl.DataFrame, facts: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Failed findings by block, blocking ones first."""
    rules = {**load_rules("survey"), **load_rules("register")}
    areas = area_names(facts["ref_area"], facts["admin1_labels"])
    failed = findings.filter(pl.col("status") == "failed").sort("severity", "check_id", "category")
    groups = []
    for block, title in BLOCKS.items():
        rows = failed.filter(pl.col("block") == block)
        items = []
        for row in rows.iter_rows(named=True):
            own = (pl.col("check_id") == row["check_id"]) & (pl.col("category") == row["category"])
            rule = rules.get(row["check_id"], NOTE)
            items.append({
                **row,
                "breach": sentence(
                    rule.said(row["failed"], row["checked"], row["measure"], row["category"])
                    if rule.found else row["statement"]
                ),
                "found": found(row),
                "remedy": sentence(rule.remedy),
                "source": rule.source,
                "effects": _effects(effects.filter(own)),
                "places": [
                    {**one, "name": areas.get(one["admin1_code"], one["admin1_code"]) or "unknown",
                     "share": _percent(one["failed"] / one["checked"] if one["checked"] else 0.0)}
                    for one in places.filter(own).iter_rows(named=True)
                ],
            })  # fmt: skip
        if items:
            groups.append({"title": title, "items": items})
    return groups


def _others(findings: pl.DataFrame) -> list[dict[str, Any]]:
    """Passed and not applicable findings by block."""
    rest = findings.filter(pl.col("status") != "failed").sort("status", "check_id", "category")
    groups = []
    for block, title in BLOCKS.items():
        rows = rest.filter(pl.col("block") == block)
        if rows.height:
            items = [{**row, "found": found(row)} for row in rows.iter_rows(named=True)]
            groups.append({"title": title, "items": items})
    return groups


def found(row: Mapping[str, Any]) -> str:
    """Say what was counted or measured, with the limit."""
    parts = []
    measure, low, high = row["measure"], row["low"], row["high"]
    is_share = bool(row["checked"]) and measure is not None and low is None and high is not None
    is_share = is_share and abs(row["failed"] / row["checked"] - measure) < 1e-9
    if is_share:
        allowed = "none allowed" if high == 0 else f"at most {_percent(high)} allowed"
        return f"{row['failed']:,} of {row['checked']:,} break it ({_percent(measure)}; {allowed})"
    if row["failed"]:
        share = f" ({_percent(row['failed'] / row['checked'])})" if row["checked"] else ""
        parts.append(f"{row['failed']:,} of {row['checked']:,}{share}")
    if measure is not None:
        parts.append(f"measure {_number(measure)}{_limits(low, high)}")
    return "; ".join(parts)


def sentence(text: str) -> str:
    """Begin with a capital letter and end with a full stop."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _limits(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f" (between {_number(low)} and {_number(high)})"
    if low is not None:
        return f" (at least {_number(low)})"
    return f" (at most {_number(high)})" if high is not None else ""


def _effects(rows: pl.DataFrame) -> list[dict[str, str]]:
    """Headline figures in the catalogue's order."""
    by_name = {row["indicator"]: row for row in rows.iter_rows(named=True)}
    return [_effect(by_name[name]) for name in judged_answers() if name in by_name]


def _effect(row: Mapping[str, Any]) -> dict[str, str]:
    total = catalogue()[row["indicator"]].kind == "total"

    def said(value: float | None) -> str:
        if value is None:
            return "nobody left"
        return (
            f"{round(value, -2):,.0f}" if total else f"{100 * value:.1f} %"
        )  # as pages print them

    change = row["difference"]
    unit = "" if total else " points"
    moved = (
        ""
        if change is None
        else f"{round(change, -2):+,.0f}"
        if total
        else f"{100 * change:+.2f}{unit}"
    )
    return {
        "name": judged_answers()[row["indicator"]].name,
        "before": said(row["obs_value"]),
        "without": said(row["without_value"]),
        "change": moved.replace("-", "\u2212"),
    }


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %" if 0 < share < 0.01 else f"{100 * share:.1f} %"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 or value == round(value) else f"{value:,.3g}"
