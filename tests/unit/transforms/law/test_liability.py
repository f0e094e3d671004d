"""Legal status, base and contributions: cases worked out by hand, and what one edited line changes."""

import csv
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from data_contracts.errors import InputError
from data_contracts.law.law import FOLDER, load_law
from data_contracts.law.lines import Amount, RateOf
from transforms.law.liability import liability

CASES = list(csv.DictReader((Path(__file__).parent / "law_cases.csv").open(encoding="utf-8")))
RULES = ("status_rule", "rate_rule", "floor_rule", "ceiling_rule", "rounding_rule")
FOUND = (
    "legal_status",
    "insurable_base_lak",
    "due_employer_lak",
    "due_member_lak",
    "due_total_lak",
)
PERSON = {
    "status_icse93": pl.String, "institutional_unit": pl.String, "institutional_sector": pl.String,
    "enterprise_size_lower": pl.Int32, "enterprise_size_upper": pl.Int32, "nationality": pl.String,
    "age": pl.Int16, "earnings_monthly": pl.Float64, "reference_income_lak": pl.Int64,
    "date": pl.Date,
}  # fmt: skip


def number(text):
    return int(text) if text else None


def person(case):
    return {
        "status_icse93": f"STE_ICSE93_{case['status']}",
        "institutional_unit": case["unit"],
        "institutional_sector": case["sector"] or None,
        "enterprise_size_lower": number(case["size_lower"]),
        "enterprise_size_upper": number(case["size_upper"]),
        "nationality": case["nationality"],
        "age": number(case["age"]),
        "earnings_monthly": float(case["earnings"]) if case["earnings"] else None,
        "reference_income_lak": number(case["chosen"]),
        "date": date.fromisoformat(case["date"]),
    }


def persons(*rows):
    return pl.DataFrame(rows, schema=PERSON, orient="row")


def settings(case):
    return dict(part.split("=") for part in case["settings"].split(";") if part)


def grid():
    """Every kind of person of the cases, on every date of the cases."""
    people = pl.DataFrame([person(case) for case in CASES], schema=PERSON)
    return people.drop("date").join(people.select("date").unique().sort("date"), how="cross")


# Worked out by hand from the rates, limits and wages of lao_context 2.2, one sentence a case.
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['case']}: {case['worked_out']}")
def test_a_case_worked_out_by_hand(case):
    row = liability(persons(person(case)), settings=settings(case)).row(0, named=True)
    employer, member = number(case["employer"]), number(case["member"])
    total = None if member is None else employer + member
    wanted = (case["legal_status"], number(case["base"]), employer, member, total)
    assert tuple(row[name] for name in FOUND) == wanted


def changed_rows(frame, law, other, answers):
    """Rows whose results differ under two laws, and those where either law names the line."""
    before = liability(frame, settings=answers, law=law)
    after = liability(frame, settings=answers, law=other)
    differs = pl.Series([a != b for a, b in zip(before.rows(), after.rows(), strict=True)])
    return before, after, differs


def names(frame, line):
    return frame.select(
        pl.any_horizontal(
            pl.col(rule)
            .fill_null("")
            .str.split("|")
            .list.join("+")
            .str.split("+")
            .list.contains(line)
            for rule in RULES
        )
    ).to_series()


EDITS = [
    ("coverage.yaml", "self_employed_law_34", "value: voluntary", "value: none"),
    (
        "contributions.yaml",
        "enterprise_rate_law_34",
        "employer_per_mille: 60",
        "employer_per_mille: 70",
    ),
    ("contributions.yaml", "enterprise_floor_half", "per_mille: 500", "per_mille: 600"),
    ("contributions.yaml", "enterprise_ceiling_1740", "lak: 4500000", "lak: 4600000"),
    ("contributions.yaml", "voluntary_floor_quoted", "lak: 1200000", "lak: 1300000"),
    ("minimum_wage.yaml", "minimum_wage_2024", "lak: 2500000", "lak: 2600000"),
    ("coverage.yaml", "working_age_14", "years: 14", "years: 41"),
]


@pytest.mark.parametrize(("file", "line", "old", "new"), EDITS, ids=[edit[1] for edit in EDITS])
def test_editing_one_line_of_a_file_changes_its_rows_and_no_other(tmp_path, file, line, old, new):
    folder = Path(shutil.copytree(FOLDER, tmp_path / "law"))
    text = (folder / file).read_text(encoding="utf-8").splitlines()
    at = [i for i, row in enumerate(text) if f"id: {line}," in row]
    assert len(at) == 1
    assert old in text[at[0]]
    text[at[0]] = text[at[0]].replace(old, new)
    (folder / file).write_text("\n".join(text), encoding="utf-8")
    before, after, differs = changed_rows(grid(), load_law(), load_law(folder), {})
    assert differs.any()
    assert not (differs & ~(names(before, line) | names(after, line))).any()


def other_value(line):
    """The line with another value of its kind."""
    value = line.value
    figures = {
        "rate": RateOf(employer_per_mille=1, member_per_mille=2),
        "working_age": Amount(years=41),
    }
    if not isinstance(value, str):
        more = {name: held * 2 + 1 for name, held in value.model_dump(exclude_none=True).items()}
        other = type(value).model_construct(**more)
    elif line.kind == "coverage":
        other = "none" if value != "none" else "voluntary"
    else:
        other = figures.get(line.kind, Amount(lak=1_000_000))
    return line.model_copy(update={"value": other})


@pytest.mark.parametrize(
    "kind", ["coverage", "rate", "floor", "ceiling", "minimum_wage", "rounding"]
)
def test_no_line_reaches_rows_that_do_not_name_it(kind):
    law, frame = load_law(), grid().filter(pl.int_range(pl.len()) % 4 == 0)
    answers = {"enterprise_floor": "minimum_wage", "voluntary_floor": "minimum_wage"}
    moved = []
    for at, line in enumerate(law.lines):
        if line.kind != kind or not line.chosen(law.settle(answers)):
            continue
        edited = replace(law, lines=(*law.lines[:at], other_value(line), *law.lines[at + 1 :]))
        before, after, differs = changed_rows(frame, law, edited, answers)
        assert not (differs & ~(names(before, line.id) | names(after, line.id))).any(), line.id
        moved += [line.id] if differs.any() else []
    assert moved


def test_an_empty_frame_gives_an_empty_answer():
    assert liability(persons(), date(2024, 1, 1)).shape == (0, 11)


def test_one_day_may_stand_for_all_rows():
    frame = persons(person(CASES[6])).drop("date")
    assert liability(frame, date(2017, 3, 1))["due_total_lak"].to_list() == [517_500]
    with pytest.raises(InputError, match="no day is given"):
        liability(frame)


@pytest.mark.parametrize(
    ("column", "value"),
    [("institutional_unit", "moon"), ("status_icse93", "1"), ("earnings_monthly", -987654.0),
     ("earnings_monthly", float("nan")), ("nationality", "LA"), ("date", None)],
)  # fmt: skip
def test_what_the_law_does_not_know_is_refused_without_its_value(column, value):
    frame = persons(person(CASES[6]), {**person(CASES[6]), column: value})
    with pytest.raises(InputError, match="row 2") as told:
        liability(frame)
    assert str(value) not in str(told.value) or value is None


def test_order_and_number_of_rows_stay():
    frame = grid()
    whole = liability(frame)
    backwards = liability(frame.reverse()).reverse()
    assert whole.equals(backwards)
    assert whole.height == frame.height
