"""What is withheld, and that the rest cannot give it away by subtraction."""

import polars as pl
import pytest

from analyses.disclosure.estimates import publish
from data_contracts.errors import InputError


def estimates(ns, statuses=None, unit="PS") -> pl.DataFrame:
    k = len(ns)
    return pl.DataFrame(
        {
            "survey_id": ["S"] * (k + 1),
            "indicator": ["employed"] * (k + 1),
            "breakdown": ["total"] + ["admin1_code"] * k,
            "category": ["TOTAL"] + [f"{i:02d}" for i in range(k)],
            "unit_measure": [unit] * (k + 1),
            "obs_value": [0.12345 if unit == "RATIO" else 12345.0] * (k + 1),
            "se": [0.01234 if unit == "RATIO" else 123.0] * (k + 1),
            "ci_lower": [0.1] * (k + 1),
            "ci_upper": [0.2] * (k + 1),
            "cv": [0.01] * (k + 1),
            "deff": [1.234] * (k + 1),
            "numerator": [149.0] * (k + 1),
            "denominator": [1551.0] * (k + 1),
            "n": [sum(ns), *ns],
            "obs_status": ["A"] + (statuses or ["S" if n < 5 else "A" for n in ns]),
            "note": ["said"] * (k + 1),
        }
    )


def reasons(table):
    return dict(table.select("category", "suppression_reason").iter_rows())


def test_a_lone_withheld_category_takes_the_smallest_other_with_it():
    made = publish(estimates([3, 40, 20, 100]))
    assert reasons(made) == {
        "TOTAL": "none", "00": "reliability", "01": "none", "02": "secondary", "03": "none",
    }  # fmt: skip


@pytest.mark.parametrize("ns", [[3, 2, 20, 100], [6, 7, 20, 100]])
def test_no_second_category_is_withheld_where_none_is_needed(ns):
    assert "secondary" not in reasons(publish(estimates(ns))).values()


def test_withheld_cells_keep_labels_and_lose_figures():
    row = publish(estimates([3, 40, 20])).row(1, named=True)
    gone = ["obs_value", "se", "ci_lower", "ci_upper", "cv", "deff", "numerator", "denominator"]
    assert [row[name] for name in [*gone, "n", "note"]] == [None] * 10
    assert (row["obs_status"], row["category"]) == ("S", "00")
    second = publish(estimates([3, 40, 20])).row(3, named=True)
    assert (second["obs_status"], second["obs_value"], second["n"]) == ("S", None, None)


def test_rounding_of_persons_and_ratios():
    persons = publish(estimates([40, 50])).row(0, named=True)
    assert (persons["obs_value"], persons["se"], persons["numerator"]) == (12300.0, 120.0, 100.0)
    ratio = publish(estimates([40, 50], unit="RATIO")).row(0, named=True)
    assert (ratio["obs_value"], ratio["se"], ratio["unit_measure"]) == (12.3, 1.23, "PT")
    assert (ratio["ci_lower"], ratio["denominator"], ratio["deff"]) == (10.0, 1600.0, 1.23)


def test_each_indicator_and_survey_is_judged_by_itself():
    both = pl.concat([estimates([3, 40]), estimates([30, 40]).with_columns(survey_id=pl.lit("T"))])
    made = publish(both).filter(survey_id="T")
    assert set(made["suppression_reason"]) == {"none"}


def test_register_counts_are_rounded_and_small_ones_withheld():
    est = pl.DataFrame(
        {
            "register_id": ["R"] * 4,
            "scheme": ["total"] * 4,
            "breakdown": ["total", "admin1_code", "admin1_code", "admin1_code"],
            "category": ["TOTAL", "01", "02", "03"],
            "persons": [1203, 3, 400, 800],
            "denominator": [5051.0] * 4,
            "denominator_se": [77.0] * 4,
            "coverage": [0.2381] * 4,
            "coverage_se": [0.00456] * 4,
            "ci_lower": [0.22] * 4,
            "ci_upper": [0.25] * 4,
        }
    )
    made = publish(est)
    assert made["persons"].to_list() == [1200, None, None, 800]
    assert made["persons"].dtype == pl.Int64
    assert made["coverage"].to_list() == [23.8, None, None, 23.8]
    assert made["suppression_reason"].to_list() == ["none", "reliability", "secondary", "none"]


def test_an_unknown_table_is_refused():
    with pytest.raises(InputError):
        publish(pl.DataFrame({"x": [1]}))


def test_a_table_with_more_than_a_third_of_its_figures_withheld_is_dropped_by_the_ilos_rules():
    frame = estimates([3, 4, 50, 60]).with_columns(reliability=pl.lit("ilo"))
    out = publish(frame)
    assert out["suppression_reason"].to_list() == [
        "none", "reliability", "reliability", "table", "table",
    ]  # fmt: skip
    assert out["obs_value"].to_list() == [12300.0, None, None, None, None]
    nso = publish(frame.with_columns(reliability=pl.lit("nso")))
    assert nso["suppression_reason"].to_list() == [
        "none", "reliability", "reliability", "none", "none",
    ]  # fmt: skip


def test_cells_of_nobody_do_not_drop_a_table():
    frame = estimates([0, 40, 50]).with_columns(reliability=pl.lit("ilo"))
    assert publish(frame)["suppression_reason"].to_list() == ["none", "reliability", "none", "none"]
    kept = estimates([3, 40, 50, 60]).with_columns(reliability=pl.lit("ilo"))
    assert publish(kept)["suppression_reason"].to_list() == [
        "none", "reliability", "secondary", "none", "none",
    ]  # fmt: skip


def test_fewer_than_five_rows_are_withheld_whatever_the_rule_set_says():
    frame = estimates([3, 40, 50], ["A", "A", "A"]).with_columns(reliability=pl.lit("statcan"))
    assert publish(frame)["suppression_reason"].to_list() == [
        "none", "reliability", "secondary", "none",
    ]  # fmt: skip
