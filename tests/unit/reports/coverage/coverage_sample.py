"""Fabricated rows of the published coverage tables; nothing in them describes a real country.

The steps were worked by hand: each gap is the stage before less the stage, each share that gap over
the first stage less the last, to a tenth of a per cent.
"""

import polars as pl

ID, REGISTER, MONTH = "LAO_TEST", "LSSO", "2017-12"
FACTS = {
    "survey_id": ID,
    "title": "Lao Labour Force Survey 2017, fabricated for tests",
    "ref_area": "LAO",
    "files": [{"name": "lfs.sav", "sha256": "ab" * 32, "rows": 8657, "synthetic": True}],
    "admin1_labels": {},
    "code_version": "0.1.0+test",
    "register_id": REGISTER,
    "register_date": MONTH,
}
STAGES = {
    "PS": (
        ("employed", None, "survey"),
        ("legally_covered", "legal", "survey"),
        ("registered_unit", "registration", "survey"),
        ("affiliated", "affiliation", "register"),
        ("active_contributor", "payment", "register"),
    ),
    "LAK_MONTH": (
        ("due_legal", None, "survey"),
        ("due_registered", "registration", "survey"),
        ("due_affiliated", "affiliation", "both"),
        ("due_active", "payment", "both"),
        ("due_declared", "under_declaration", "register"),
        ("paid", "arrears", "register"),
    ),
}
COMPULSORY = (2_477_000, 712_300, 455_000, 331_200, 300_800)
MONEY = (141_204, 97_011, 71_300, 64_800, 56_100, 54_900)  # million kip a month


def steps(
    values,
    *,
    unit="PS",
    branch="compulsory",
    breakdown="total",
    category="TOTAL",
    by=1,
    start=0,
    **more,
):
    """Give the rows of one cascade whose stages have the given values; ``start`` skips stages."""
    whole, rows, before = values[0] - values[-1], [], None
    for number, ((stage, component, source), value) in enumerate(
        zip(STAGES[unit][start:], values, strict=True), 1 + start
    ):
        first = before is None
        gap = None if first else before - value
        rows.append({
            "survey_id": ID, "register_id": REGISTER, "ref_area": "LAO", "time_period": "2017",
            "register_date": MONTH, "unit_measure": unit, "branch": branch, "breakdown": breakdown,
            "category": category, "stage_no": number, "stage": stage,
            "component": None if first else component, "value": value * by, "value_se": 0.02 * value * by,
            "value_lower": round(value * (1 - 0.0392) / 100) * 100.0 * by,
            "value_upper": round(value * (1 + 0.0392) / 100) * 100.0 * by,
            "gap": None if first else gap * by, "gap_se": None if first else 0.05 * abs(gap) * by,
            "ci_lower": None if first else (gap - 0.1 * abs(gap)) * by,
            "ci_upper": None if first else (gap + 0.1 * abs(gap)) * by,
            "share": None if first else round(100 * gap / whole, 1), "share_se": None if first else 1.0,
            "share_lower": None if first else round(100 * gap / whole - 2.0, 1),
            "share_upper": None if first else round(100 * gap / whole + 2.0, 1),
            "shapley": None if first else gap * by, "shapley_se": None if first else 100.0 * by,
            "source": source, "n": 8000, "obs_status": "A", "note": None, "suppression_reason": "none",
        } | more)  # fmt: skip
        before = value
    return rows


def part(stage, component, gap, number, **more):
    """Give a row that is part of a gap."""
    row = steps(COMPULSORY, **more)[1] | {"value": gap, "value_se": 900.0}
    return row | {
        "stage": stage, "component": component, "stage_no": number, "gap": gap, "gap_se": 900.0,
        "ci_lower": gap - 1800.0, "ci_upper": gap + 1800.0, "share": 1.1, "share_se": 0.1,
        "share_lower": 0.9, "share_upper": 1.3,
        "shapley": None, "shapley_se": None, "note": "part of the gap of this stage, not added to it",
    }  # fmt: skip


def cascade(extra=()):
    rows = [
        *steps(COMPULSORY),
        part("legal_status_unknown", "legal_unknown", 24_100, 2),
        part("registration_unknown", "registration_unknown", 31_500, 3),
        *steps((231_900, 228_000, 190_100, 181_000), branch="public", start=1),
        *steps((480_400, 227_000, 141_100, 119_800), branch="enterprise", start=1),
        *steps((1_702_000, 402_000, 31_400, 28_900), branch="voluntary", start=1),
        *steps(MONEY, unit="LAK_MONTH", by=1_000_000),
        *steps((52_000, 51_000, 43_500, 41_300, 41_300, 41_000), unit="LAK_MONTH", branch="public", by=1_000_000),
        *steps((89_204, 46_011, 27_800, 23_500, 14_800, 13_900), unit="LAK_MONTH", branch="enterprise", by=1_000_000),
        *steps((1_180_000, 301_400, 205_000, 155_100, 139_900), breakdown="sex", category="SEX_F"),
        *steps((1_297_000, 410_900, 250_000, 176_100, 160_900), breakdown="sex", category="SEX_M"),
    ]  # fmt: skip
    for number in range(1, 19):
        base = 250_000 - 11_000 * number
        rows += steps(
            (base, round(base * 0.29, -2), round(base * 0.18, -2), round(base * (0.19 if number == 3 else 0.13), -2), round(base * 0.12, -2)),
            breakdown="admin1_code", category=f"{number:02}",
        )  # fmt: skip
    for row in rows:
        if row["branch"] == "voluntary":
            row["note"] = None
        if row["category"] == "18":
            row.update(HIDDEN)
        if row["category"] == "17":
            row.update(obs_status="U")
        if row["stage"] == "employed" and row["breakdown"] == "total":
            row["note"] = "about all employed persons; it says nothing about informal employees"
    rows += [
        row | {"value": None, "value_se": None, "value_lower": None, "value_upper": None, "obs_status": "M", "n": None}
        | dict.fromkeys(("gap", "gap_se", "ci_lower", "ci_upper", "share", "share_se", "share_lower",
                         "share_upper", "shapley", "shapley_se"))
        | {"note": "NOT COMPUTABLE: the law's data or the earnings give nobody here an amount"}
        for row in steps((2, 2, 2, 2, 2, 1), unit="LAK_MONTH", branch="voluntary")
    ]  # fmt: skip
    return pl.DataFrame([*rows, *extra], infer_schema_length=None)


HIDDEN = {
    "suppression_reason": "reliability", "obs_status": "S", "n": None,
    **dict.fromkeys(("value", "value_se", "value_lower", "value_upper", "gap", "gap_se", "ci_lower", "ci_upper",
                     "share", "share_se", "share_lower", "share_upper", "shapley", "shapley_se")),
}  # fmt: skip


def adjustment():
    rows = [
        ("enterprise", "total", "TOTAL", "foreigners", 7.1, 0.1, "estimated", "the register's nationality", ""),
        ("enterprise", "total", "TOTAL", "duplicates", 2.0, 0.1, "estimated", "matching within the register", ""),
        ("enterprise", "total", "TOTAL", "dormant", 8.2, 0.2, "estimated", "the ledger of contributions", ""),
        ("enterprise", "total", "TOTAL", "late_posting", 3.1, 0.2, "estimated", "the previous window, 31 days after its end", "rests on few late persons"),
        ("enterprise", "total", "TOTAL", "geography", 100.0, 0.0, "estimated", "", ""),
        ("public", "total", "TOTAL", "armed_forces", 13.0, 0.5, "given", "assumption of this test", ""),
        ("public", "total", "TOTAL", "duplicates", None, None, "estimated", "matching within the register", ""),
        *(("total", "admin1_code", f"{n:02}", "geography", 91.0 + n, 1.0, "estimated", "residence of 80 % of members", "") for n in range(1, 19)),
    ]  # fmt: skip
    names = (
        "scheme",
        "breakdown",
        "category",
        "adjustment",
        "value",
        "se",
        "origin",
        "source",
        "note",
    )
    made = []
    for row in rows:
        one = dict(zip(names, row, strict=True)) | {"register_id": REGISTER, "register_date": MONTH}
        value, se = one["value"], one["se"]
        known = value is not None
        made.append(one | {
            "ci_lower": value - 2 * se if known else None, "ci_upper": value + 2 * se if known else None,
            "suppression_reason": "none" if known else "reliability",
        })  # fmt: skip
    return pl.DataFrame(made, infer_schema_length=None)


def adjusted():
    made = []
    for concept, scheme, category, raw, value, base, mine in (
        ("affiliated", "total", "TOTAL", 353_900, 346_400, 2_477_000, None),
        ("affiliated", "public", "TOTAL", 194_000, 190_100, 2_477_000, None),
        ("affiliated", "enterprise", "TOTAL", 128_500, 141_100, 2_477_000, None),
        ("active_contributor", "total", "TOTAL", 318_700, 329_700, 2_477_000, 336_900),
        ("active_contributor", "public", "TOTAL", 181_000, 181_000, 2_477_000, None),
        ("active_contributor", "enterprise", "TOTAL", 118_100, 119_800, 2_477_000, None),
        ("active_contributor", "total", "01", 120_500, 96_100, 400_000, None),
        ("active_contributor", "total", "02", 5_200, 7_300, 70_000, None),
    ):  # fmt: skip
        share = round(100 * value / base, 1)
        made.append({
            "survey_id": ID, "register_id": REGISTER, "register_date": MONTH, "concept": concept,
            "scheme": scheme, "breakdown": "total" if category == "TOTAL" else "admin1_code",
            "category": category, "raw": raw, "adjusted": value, "adjusted_se": 2_100.0,
            "ci_lower": value - 4_100.0, "ci_upper": value + 4_100.0, "mc_se": 2_110.0,
            "mc_lower": value - 4_200.0, "mc_upper": value + 4_000.0, "denominator": base,
            "denominator_se": 31_000.0, "denominator_lower": base - 60_800.0,
            "denominator_upper": base + 60_800.0, "coverage": share, "coverage_se": 0.2,
            "coverage_lower": share - 0.4, "coverage_upper": share + 0.4,
            "self_report": mine, "self_report_se": 9_100.0 if mine else None,
            "self_report_lower": mine - 17_800.0 if mine else None,
            "self_report_upper": mine + 17_800.0 if mine else None,
            "self_report_corrected": mine - 7_000.0 if mine else None,
            "corrected_se": 9_900.0 if mine else None,
            "corrected_lower": mine - 26_400.0 if mine else None,
            "corrected_upper": mine + 12_400.0 if mine else None, "bound_lower": 290_000.0 if mine else None,
            "bound_upper": 402_000.0 if mine else None, "note": "", "suppression_reason": "none",
        })  # fmt: skip
    return pl.DataFrame(made, infer_schema_length=None)


# Adds up by hand: 353,900 - 8,100 - 1,500 - 21,000 - 6,900 - 24,800 + 9,700 - 4,500 + 38,100 + 2,000 = 336,900
BRIDGE = (
    ("lsso_says", 353_900, 0, "register", ""),
    ("pensioners", -8_100, 0, "register", ""),
    ("left", -1_500, 0, "register", ""),
    ("age", 0, 0, "register", "the tally holds no ages: members are taken to be 15 or older"),
    ("foreigners", -21_000, 300, "estimated", ""),
    ("duplicates", -6_900, 200, "estimated", ""),
    ("dormant", -24_800, 400, "estimated", ""),
    ("late_posting", 9_700, 500, "estimated", ""),
    ("dependants", -4_500, 0, "register", ""),
    ("misreport", 38_100, 8_000, "given", "assumption: 50,000 who do not say it, 88,100 who say it wrongly"),
    ("unexplained", 2_000, 12_300, "both", "reported less expected; sampling alone makes up to 18,200 either way"),
    ("lfs_says", 336_900, 9_100, "survey", ""),
)  # fmt: skip


def bridge():
    return pl.DataFrame(
        [
            {
                "survey_id": ID, "register_id": REGISTER, "scheme": "total", "breakdown": "total",
                "category": "TOTAL", "row_no": number, "row": name, "persons": persons, "se": float(se),
                "ci_lower": persons - 2.0 * se, "ci_upper": persons + 2.0 * se, "origin": origin,
                "note": note, "suppression_reason": "none",
            }
            for number, (name, persons, se, origin, note) in enumerate(BRIDGE, 1)
        ]
    )  # fmt: skip


def group():
    made = []
    for name, title, able in (
        ("all_employed", "All employed persons", True),
        ("women", "Women", True),
        ("domestic_workers", "Domestic workers", True),
        ("rural_without_road", "Persons in rural villages without a road", False),
    ):
        for indicator, value in (("employed", 1_180_000.0), ("coverage_gap_rate", 86.4), ("informal_employment_rate", 82.9)):  # fmt: skip
            persons = indicator == "employed"
            hidden = name == "domestic_workers" and not persons
            shown = able and not hidden
            made.append({
                "survey_id": ID, "ref_area": "LAO", "time_period": "2017", "group": name,
                "group_title": title, "indicator": indicator, "breakdown": "total", "category": "TOTAL",
                "unit_measure": "PS" if persons else "PT", "obs_value": value if shown else None,
                "ci_lower": value * 0.98 if shown else None, "ci_upper": value * 1.02 if shown else None,
                "n": 4012 if shown else None, "obs_status": "A" if shown else "S" if able else "M",
                "computability": "COMPUTABLE" if able else "NOT COMPUTABLE",
                "reason": None if able else "the stratum's codes are not public", "note": None,
                "suppression_reason": "reliability" if hidden else "none",
            })  # fmt: skip
    return pl.DataFrame(made, infer_schema_length=None)


def affordability():
    return pl.concat([of_earnings("employer", 6.0), of_earnings("member", 5.5)])


def of_earnings(base, median):
    made = []
    for breakdown, category in (
        ("total", "TOTAL"),
        *(("earnings_decile", f"D{k:02}") for k in range(1, 11)),
        ("status_icse93", "STE_ICSE93_1"),
        ("status_icse93", "STE_ICSE93_3"),
    ):
        for measure, value in (("median_share", median), ("mean_share", 7.9), ("share_above_burden", 21.4)):  # fmt: skip
            made.append({
                "survey_id": ID, "ref_area": "LAO", "time_period": "2017", "base_rule": base,
                "breakdown": breakdown, "category": category, "measure": measure, "burden": 0.1,
                "obs_value": value, "se": 0.3, "ci_lower": value - 0.6, "ci_upper": value + 0.6,
                "n": 2011, "obs_status": "A", "note": None, "suppression_reason": "none",
            })  # fmt: skip
    return pl.DataFrame(made)


def indirect():
    made = []
    for universe, title in (
        ("all_persons", "persons of all ages"),
        ("employed_not_covered", "employed persons who say that they do not contribute"),
    ):
        for unit, value in (("PS", 612_000.0), ("PT", 9.1)):
            made.append({
                "survey_id": ID, "ref_area": "LAO", "time_period": "2017",
                "concept": "lives_with_covered_worker", "universe": universe, "universe_title": title,
                "breakdown": "total", "category": "TOTAL", "unit_measure": unit, "obs_value": value,
                "ci_lower": value * 0.95, "ci_upper": value * 1.05, "n": 30_000, "denominator": 6_725_000.0,
                "obs_status": "A", "note": None, "suppression_reason": "none",
            })  # fmt: skip
    return pl.DataFrame(made)


def pub():
    return {
        "cascade": cascade(), "adjustment": adjustment(), "adjusted": adjusted(), "bridge": bridge(),
        "group": group(), "affordability": affordability(), "indirect": indirect(),
    }  # fmt: skip
