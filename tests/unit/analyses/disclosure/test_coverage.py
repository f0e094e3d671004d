"""Coverage tables made fit for print: withheld domains, those withheld with them, rounding."""

import polars as pl
import pytest

from analyses.disclosure.coverage import publish_coverage
from data_contracts.errors import InputError

STAGES = ("employed", "legally_covered", "registered_unit", "affiliated")


def cascade(domains, unit="PS"):
    """Rows of est.cascade: (branch, breakdown, category) to (value, n) by stage."""
    rows = []
    for (branch, breakdown, category), stages in domains.items():
        for number, (name, (value, n)) in enumerate(zip(STAGES, stages, strict=False), 1):
            rows.append({
                "survey_id": "S", "unit_measure": unit, "branch": branch, "breakdown": breakdown,
                "category": category, "stage_no": number, "stage": name,
                "component": None if number == 1 else "some_gap", "value": float(value),
                "value_se": 44.0, "value_lower": float(value) - 60, "value_upper": float(value) + 60, "gap": 1234.0, "gap_se": 56.0, "ci_lower": 1111.0,
                "ci_upper": 1357.0, "share": 0.12345, "share_se": 0.01234, "share_lower": 0.1, "share_upper": 0.15, "shapley": 999.0,
                "shapley_se": 55.0, "source": "register" if name == "affiliated" else "survey",
                "n": n, "obs_status": "A", "note": "words",
            })  # fmt: skip
    return pl.DataFrame(rows, schema_overrides={"n": pl.Int64, "component": pl.String})


GOOD = [(9000, 90), (8000, 80), (7000, 70), (6000, None)]
FEW_ROWS = [(900, 9), (400, 4), (300, 3), (200, None)]


def reasons(frame):
    return {
        (row["branch"], row["category"]): row["suppression_reason"]
        for row in frame.iter_rows(named=True)
    }


def test_persons_are_rounded_to_hundreds_and_shares_to_tenths_of_a_percent():
    row = publish_coverage("cascade", cascade({("public", "total", "TOTAL"): GOOD})).row(
        1, named=True
    )
    assert (row["value"], row["value_se"], row["gap"], row["gap_se"]) == (8000, 40, 1200, 60)
    assert (row["share"], row["share_se"], row["n"]) == (12.3, 1.23, 80)


def test_kip_are_rounded_to_millions():
    domain = {("public", "total", "TOTAL"): [(9_499_999, 90)]}
    assert publish_coverage("cascade", cascade(domain, "LAK_MONTH"))["value"].item() == 9_000_000


def test_a_stage_of_few_rows_takes_its_domain_the_next_smallest_and_the_other_branch_with_it():
    found = reasons(
        publish_coverage(
            "cascade",
            cascade(
                {
                    ("public", "admin1_code", "01"): GOOD,
                    ("public", "admin1_code", "02"): FEW_ROWS,
                    ("public", "admin1_code", "03"): [(5000, 50), *GOOD[1:]],
                    ("enterprise", "admin1_code", "01"): GOOD,
                    ("enterprise", "admin1_code", "02"): GOOD,
                    ("enterprise", "admin1_code", "03"): [(5000, 50), *GOOD[1:]],
                    ("voluntary", "admin1_code", "02"): GOOD,
                }
            ),
        )
    )
    assert found[("public", "02")] == "reliability"
    # Else 02 were 01 + 02 + 03 less the others, and public were compulsory less enterprise.
    assert found[("public", "03")] == found[("enterprise", "02")] == "secondary"
    assert found[("enterprise", "03")] == "secondary"
    assert found[("public", "01")] == found[("enterprise", "01")] == "none"
    assert found[("voluntary", "02")] == "none"


def test_a_withheld_domain_keeps_its_labels_and_loses_every_figure():
    frame = publish_coverage("cascade", cascade({("public", "sex", "SEX_F"): FEW_ROWS}))
    gone = ("value", "value_se", "gap", "gap_se", "ci_lower", "ci_upper", "share", "share_se",
            "shapley", "shapley_se", "n", "note")  # fmt: skip
    assert all(frame[name].null_count() == frame.height for name in gone)
    assert frame["stage"].to_list() == list(STAGES)
    assert frame["obs_status"].unique().to_list() == ["S"]


def test_one_to_four_registered_persons_are_withheld_and_nobody_is_not():
    three = [*GOOD[:3], (3, None)]
    nobody = [*GOOD[:3], (0, None)]
    assert reasons(publish_coverage("cascade", cascade({("public", "sex", "SEX_M"): three}))) == {
        ("public", "SEX_M"): "reliability"
    }
    assert reasons(publish_coverage("cascade", cascade({("public", "sex", "SEX_M"): nobody}))) == {
        ("public", "SEX_M"): "none"
    }


def test_a_part_of_a_gap_is_withheld_alone():
    frame = cascade({("public", "total", "TOTAL"): GOOD})
    part = frame[2].with_columns(
        component=pl.lit("registration_unknown"),
        n=pl.lit(2, pl.Int64),
        stage_no=pl.lit(3, pl.Int64),
    )
    found = publish_coverage("cascade", pl.concat([frame, part]))
    assert found["suppression_reason"].to_list() == ["none"] * 4 + ["reliability"]


def test_figures_of_a_survey_follow_rows_and_grade():
    est = pl.DataFrame(
        {
            "unit_measure": ["PS", "RATIO", "RATIO"],
            "obs_value": [1234.0, 0.12345, 0.5],
            "se": [56.0, 0.01234, 0.1],
            "ci_lower": [1100.0, 0.1, 0.3],
            "ci_upper": [1360.0, 0.15, 0.7],
            "numerator": [None, 123.0, 2.0],
            "denominator": [None, 1000.0, 4.0],
            "n": [100, 100, 4],
            "obs_status": ["A", "U", "S"],
            "note": ["a", "b", "c"],
        }
    )
    found = publish_coverage("group", est)
    assert found["obs_value"].to_list() == [1200.0, 12.3, None]
    assert found["unit_measure"].to_list() == ["PS", "PT", "PT"]
    assert found["suppression_reason"].to_list() == ["none", "none", "reliability"]
    assert found["denominator"].to_list() == [None, 1000.0, None]


def test_an_unknown_table_is_refused():
    with pytest.raises(InputError, match="no coverage table"):
        publish_coverage("persons", pl.DataFrame())
