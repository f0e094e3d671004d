"""Informality: the ILO's truth table, the 20 vectors of measurement.md 2.4, the variants."""

from pathlib import Path

import polars as pl
import pytest

from data_contracts.errors import InputError
from transforms.survey.informality import informality

TRUTH_TABLE = Path(__file__).with_name("ilo_unit_of_production_truth_table.csv")
LAO = {
    "registration_no_terminal": False,
    "household_first": True,
    "ss_dk": "unknown",
    "size_threshold": 2,
    "unknown_status_as_employee": True,
}
EVIDENCE = {
    "status_icse93": pl.String,
    "industry_isic4_2d": pl.String,
    "institutional_unit": pl.String,
    "destination_of_production": pl.String,
    "bookkeeping": pl.String,
    "registration": pl.String,
    "employer_social_contribution": pl.String,
    "workplace_type": pl.String,
    "enterprise_size_lower": pl.Int32,
    "enterprise_size_upper": pl.Int32,
    "paid_annual_leave": pl.String,
    "paid_sick_leave": pl.String,
    "own_use_producer": pl.String,
}
UNASKED = {
    name: None if name.startswith(("enterprise", "industry")) else "not_asked" for name in EVIDENCE
} | {"status_icse93": "STE_ICSE93_1", "institutional_unit": "private_business"}
STATUS = {
    "EES": "STE_ICSE93_1",
    "EMPR": "STE_ICSE93_2",
    "OAW": "STE_ICSE93_3",
    "coop": "STE_ICSE93_4",
    "CFW": "STE_ICSE93_5",
    "other": "STE_ICSE93_6",
}


def jobs(*rows):
    return pl.DataFrame([UNASKED | row for row in rows], schema=EVIDENCE)


def judge(row, **parameters):
    got = informality(jobs(row), parameters).row(0, named=True)
    return got["unit_of_production"], got["sector_rule_step"], got["nature_of_job"]


# --- the truth table ------------------------------------------------------------------------

MEANS = {
    "institutional_sector": {
        "formal_unit": {"institutional_unit": "soe"},
        "private_or_unknown": {"institutional_unit": "private_business"},
        "private_household": {"institutional_unit": "household_employer"},
    },
    "destination_of_production": {
        "market_or_unknown": {"destination_of_production": "dont_know"},
        "only_own_use": {"destination_of_production": "only_own_use"},
    },
    "bookkeeping": {
        "complete_accounts": {"bookkeeping": "yes"},
        "no_or_unknown": {"bookkeeping": "dont_know"},
    },
    "registration": {
        "registered": {"registration": "yes"},
        "not_registered_or_other_or_dk": {"registration": "dont_know"},
        "not_asked_or_blank": {"registration": "no_answer"},
    },
    "status": {
        "employee": {"status_icse93": "STE_ICSE93_1"},
        "other_status": {"status_icse93": "STE_ICSE93_3"},
    },
    "social_security": {
        "yes": {"employer_social_contribution": "yes"},
        "not_asked": {"employer_social_contribution": "not_asked"},
        "no_or_dk_or_blank": {"employer_social_contribution": "dont_know"},
    },
    "place_of_work": {
        "fixed_visible": {"workplace_type": "fixed_premises"},
        "not_fixed": {"workplace_type": "street"},
        "missing": {"workplace_type": "no_answer"},
    },
    "size": {
        "ge_threshold": {"enterprise_size_lower": 10, "enterprise_size_upper": 19},
        "lt_threshold": {"enterprise_size_lower": 2, "enterprise_size_upper": 4},
        "missing": {},
    },
}


def truth():
    table = pl.read_csv(TRUTH_TABLE)
    rows = []
    for combination in table.iter_rows(named=True):
        row = {}
        for node, meaning in MEANS.items():
            row |= meaning[combination[node]]
        rows.append(row)
    return table, jobs(*rows)


def test_all_1944_combinations_of_the_ilo_tree():
    table, rows = truth()
    got = informality(rows, {})
    assert table.height == 1944
    assert (
        got["unit_of_production"].to_list() == table["expected_sector"].str.to_lowercase().to_list()
    )
    # measurement.md 2.2: 16 combinations reach the exception rule, 1,928 are the tree's own.
    assert ((got["sector_rule_step"] == 12) == (table["basis"] == "default_missing")).all()
    assert got["sector_rule_step"].unique().sort().to_list() == list(range(1, 13))


def test_the_step_is_the_first_criterion_that_holds():
    table, rows = truth()
    got = informality(rows, {})
    employee = pl.col("status") == "employee"
    no_ss = pl.col("social_security") == "no_or_dk_or_blank"
    gap = (pl.col("place_of_work") == "missing") | (pl.col("size") == "missing")
    fixed = pl.col("place_of_work") == "fixed_visible"
    # measurement.md 2.2, restated on the CSV's own words.
    step = (
        pl.when(pl.col("institutional_sector") == "formal_unit").then(1)
        .when(pl.col("institutional_sector") == "private_household").then(2)
        .when(pl.col("destination_of_production") == "only_own_use").then(3)
        .when(pl.col("bookkeeping") == "complete_accounts").then(4)
        .when(pl.col("registration") == "registered").then(5)
        .when(pl.col("registration") == "not_registered_or_other_or_dk").then(6)
        .when(employee & (pl.col("social_security") == "yes")).then(7)
        .when(pl.col("place_of_work") == "not_fixed").then(8)
        .when(fixed & (pl.col("size") == "lt_threshold")).then(9)
        .when(fixed & (pl.col("size") == "ge_threshold")).then(10)
        .when(employee & no_ss & gap).then(11)
        .otherwise(12)
    )  # fmt: skip
    assert got["sector_rule_step"].to_list() == table.select(step.alias("s"))["s"].to_list()


def test_fourteen_combinations_turn_formal_when_not_registered_does_not_end_the_tree():
    # measurement.md 2.2, first row of the variants (without the ILO's Lao size bands).
    table, rows = truth()
    framework = informality(rows, {})["unit_of_production"]
    variant = informality(rows, {"registration_no_terminal": False})["unit_of_production"]
    flipped = table.filter(framework != variant)
    assert flipped.height == 14
    assert set(variant.filter(framework != variant)) == {"formal"}
    assert set(flipped["registration"]) == {"not_registered_or_other_or_dk"}


# --- the twenty vectors ---------------------------------------------------------------------

BIG = {"enterprise_size_lower": 20, "enterprise_size_upper": None}
FIXED = {"workplace_type": "fixed_premises"}


def vector(status, unit="private_business", book=None, reg=None, ss="not_asked", **more):
    row = {
        "status_icse93": STATUS[status],
        "institutional_unit": unit,
        "employer_social_contribution": ss,
    }
    row |= {} if book is None else {"bookkeeping": book}
    return row | ({} if reg is None else {"registration": reg}) | more


def leave(annual, sick):
    return {"paid_annual_leave": annual, "paid_sick_leave": sick}


VECTORS = [
    (1, vector("EES", "government", ss="no", **leave("yes", "yes")), "formal", 1, "informal"),
    (2, vector("EES", "government", **leave("yes", "yes")), "formal", 1, "formal"),
    (3, vector("EES", "government", **leave("yes", "no")), "formal", 1, "informal"),
    (4, vector("EES", "household_employer", ss="yes"), "household", 2, "formal"),
    (5, vector("OAW", destination_of_production="only_own_use"), "household", 3, "informal"),
    (6, vector("OAW", book="yes", reg="no"), "formal", 4, "formal"),
    (
        7,
        vector("EMPR", book="no", reg="yes", destination_of_production="mainly_sale"),
        "formal",
        5,
        "formal",
    ),
    (8, vector("EES", book="no", reg="no", ss="yes", **FIXED, **BIG), "informal", 6, "formal"),
    (9, vector("EES", book="no", reg="dont_know", ss="yes"), "informal", 6, "formal"),
    (10, vector("EES", book="no", reg="no_answer", ss="yes"), "formal", 7, "formal"),
    (
        11,
        vector("EES", book="no", reg="no_answer", ss="no", workplace_type="street", **BIG),
        "informal",
        8,
        "informal",
    ),
    (
        12,
        vector(
            "EES", book="no", reg="no_answer", ss="no", **FIXED,
            enterprise_size_lower=2, enterprise_size_upper=2,
        ),
        "informal",
        9,
        "informal",
    ),
    (13, vector("EES", book="no", reg="no_answer", ss="no", **FIXED, **BIG), "formal", 10, "informal"),
    (
        14,
        vector("EES", book="no", reg="no_answer", ss="no", workplace_type="no_answer", **BIG),
        "informal",
        11,
        "informal",
    ),
    (
        15,
        vector(
            "EES", book="no", reg="no_answer", workplace_type="no_answer", **BIG,
            **leave("yes", "yes"),
        ),
        "informal",
        12,
        "formal",
    ),
    (16, vector("OAW", book="no", reg="no_answer", **FIXED, **BIG), "formal", 10, "formal"),
    (17, vector("CFW", book="yes", reg="yes"), "formal", 4, "informal"),
    (18, vector("coop", book="no", reg="no"), "informal", 6, "informal"),
    (19, vector("other", book="no", reg="no_answer", ss="yes"), "informal", 12, "formal"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "sector", "step", "nature"), [v[1:] for v in VECTORS], ids=[v[0] for v in VECTORS]
)
def test_vectors_of_the_sheet(row, sector, step, nature):
    assert judge(row) == (sector, step, nature)


def test_vectors_judged_together_equal_vectors_judged_alone():
    got = informality(jobs(*(row for _, row, *_ in VECTORS)), {})
    assert got["unit_of_production"].to_list() == [v[2] for v in VECTORS]
    assert got["nature_of_job"].to_list() == [v[4] for v in VECTORS]
    assert set(got["informality_standard"]) == {"ICLS17_ILO@2"}
    assert got["sector_rule_step"].dtype == pl.Int8
    assert got["nature_rule_step"].dtype == pl.Int8


def test_vector_8_is_formal_under_the_lao_variant():
    assert judge(VECTORS[7][1], **LAO) == ("formal", 7, "formal")


def test_vector_20_nothing_asked_is_not_computable():
    got = informality(jobs({"institutional_unit": "not_asked"}), {})
    assert got["unit_of_production"].item() is None
    assert got["nature_of_job"].item() is None


# --- variants -------------------------------------------------------------------------------


def test_household_first_puts_the_household_before_the_formal_unit():
    domestic_work = vector("EES", "government", industry_isic4_2d="97")
    assert judge(domestic_work)[:2] == ("formal", 1)
    assert judge(domestic_work, household_first=True)[:2] == ("household", 2)


@pytest.mark.parametrize(
    ("own_use", "first", "expected"),
    [
        ("yes", True, ("household", 2)),
        ("no", True, ("formal", 4)),
        ("yes", False, ("formal", 4)),
        (None, True, ("formal", 4)),
    ],
)
def test_own_household_counts_as_household_only_by_own_use_recovery(own_use, first, expected):
    row = vector("OAW", "own_household", book="yes", own_use_producer=own_use)
    assert judge(row, household_first=first)[:2] == expected


def test_isic_97_is_a_household():
    assert judge(vector("EES", "dont_know", industry_isic4_2d="97"))[:2] == ("household", 2)


@pytest.mark.parametrize(
    ("ss_dk", "nature"), [("no", "informal"), ("unknown", "formal"), ("not_asked", "formal")]
)
@pytest.mark.parametrize("answer", ["dont_know", "no_answer", None])
def test_ss_dk_says_how_dont_know_and_blank_are_read(ss_dk, nature, answer):
    row = vector("EES", "government", ss=answer, **leave("yes", "yes"))
    assert judge(row, ss_dk=ss_dk)[2] == nature


def test_isco63_needs_its_column_and_makes_a_household():
    frame = jobs(vector("OAW", book="yes")).with_columns(occupation_isco08_2d=pl.lit("63"))
    assert informality(frame, {})["unit_of_production"].item() == "formal"
    changed = informality(frame, {"isco63_is_household": True})
    assert changed["unit_of_production"].item() == "household"
    with pytest.raises(InputError, match="two-digit"):
        informality(jobs(vector("OAW")), {"isco63_is_household": True})


@pytest.mark.parametrize(
    ("lower", "upper", "threshold", "expected"),
    [
        (6, 9, 6, ("formal", 10)),
        (5, 5, 6, ("informal", 9)),
        (5, 9, 6, ("informal", 12)),  # the threshold cuts the bracket
        (5, 9, 5, ("formal", 10)),
        (2, 4, 2, ("formal", 10)),
        (1, None, 6, ("informal", 12)),  # open and undecidable
        (None, None, 6, ("informal", 12)),
        (None, 4, 6, ("informal", 9)),
    ],
)
def test_brackets_against_the_threshold(lower, upper, threshold, expected):
    row = vector("OAW", reg="no_answer", **FIXED)
    row |= {"enterprise_size_lower": lower, "enterprise_size_upper": upper}
    assert judge(row, size_threshold=threshold)[:2] == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, ("informal", 8)), (False, ("formal", 10)), ("unused", ("informal", 12))],
)
def test_size_may_count_without_premises_or_not_at_all(value, expected):
    row = vector("OAW", reg="no_answer", workplace_type="street", **BIG)
    assert judge(row, size_requires_fixed_premises=value)[:2] == expected


@pytest.mark.parametrize(("treated", "nature"), [(True, "formal"), (False, "informal")])
def test_unknown_status_may_always_be_informal(treated, nature):
    row = vector("other", "government", ss="yes")
    assert judge(row, unknown_status_as_employee=treated)[2] == nature


@pytest.mark.parametrize(("value", "expected"), [(-1, ("formal", 7)), (0, ("informal", 6))])
@pytest.mark.parametrize("answer", ["no_answer", "not_applicable", None])
def test_registration_missing_is_a_choice(value, expected, answer):
    row = vector("EES", ss="yes") | {"registration": answer}
    assert judge(row, registration_missing=value)[:2] == expected


@pytest.mark.parametrize("value", [-1, 0])
def test_a_survey_that_did_not_ask_for_registration_never_says_not_registered(value):
    row = vector("EES", ss="yes") | {"registration": "not_asked"}
    assert judge(row, registration_missing=value)[:2] == ("formal", 7)


def test_an_own_account_worker_who_does_not_sell_is_informal_even_in_a_formal_unit():
    row = vector("OAW", "corporation", destination_of_production="only_own_use")
    assert judge(row) == ("formal", 1, "informal")


# --- refusals and computability -------------------------------------------------------------


@pytest.mark.parametrize(
    "parameters",
    [{"size_treshold": 6}, {"registration_missing": False}, {"size_threshold": "6"}, {"ss_dk": 0}],
)
def test_a_misspelt_parameter_or_value_is_refused(parameters):
    with pytest.raises(InputError):
        informality(jobs({}), parameters)


def test_parameters_of_the_labour_force_tables_are_passed_over():
    assert judge({}, icls_native="ICLS19", min_age_labour=15) == judge({})


def test_an_unknown_answer_is_refused_by_row_and_never_quoted():
    with pytest.raises(InputError) as caught:
        informality(jobs({}, {}, {"bookkeeping": "sEcReT"}), {})
    assert (caught.value.column, caught.value.row) == ("bookkeeping", 3)
    assert "sEcReT" not in str(caught.value)


def test_an_unknown_standard_is_refused():
    with pytest.raises(InputError, match="ICLS17_ILO"):
        informality(jobs({}), {}, standard="ICLS21")


# --- a question that was not asked is never a no ---------------------------------------------


def nature(row, **parameters):
    got = informality(jobs(row), parameters).row(0, named=True)
    return got["nature_of_job"], got["nature_rule_step"]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({}, (None, 11)),
        ({"paid_annual_leave": "yes"}, (None, 11)),
        ({"paid_annual_leave": "no"}, ("informal", 5)),  # not both kinds, whatever the other is
        (leave("yes", "yes"), ("formal", 4)),
        (leave("yes", "not_applicable"), (None, 11)),
        (leave("yes", "no_answer"), ("informal", 5)),  # asked and not answered: the ILO's reading
        ({"employer_social_contribution": "not_applicable"}, (None, 11)),
        ({"employer_social_contribution": "no"}, ("informal", 3)),
    ],
)
def test_an_employee_of_whom_nothing_was_asked_is_neither_formal_nor_informal(row, expected):
    assert nature(row | {"bookkeeping": "no"}) == expected


@pytest.mark.parametrize("status", ["EMPR", "OAW", "coop"])
def test_a_unit_of_which_nothing_was_asked_has_no_sector_and_its_owner_no_nature(status):
    assert judge(vector(status)) == (None, 13, None)
    assert judge(vector(status, "government")) == ("formal", 1, "formal")
    assert judge(vector(status, book="no_answer")) == ("informal", 12, "informal")
    assert judge(vector("CFW")) == (None, 13, "informal")


def test_size_speaks_only_where_premises_were_asked_or_are_not_needed():
    row = vector("OAW", **BIG)
    assert judge(row)[:2] == (None, 13)
    assert judge(row, size_requires_fixed_premises=False)[:2] == ("formal", 10)
    assert judge(row | FIXED)[:2] == ("formal", 10)
    assert judge(row | FIXED, size_requires_fixed_premises="unused")[:2] == (None, 13)


def test_own_contribution_speaks_only_where_that_is_declared_and_the_employers_was_not_asked():
    answers = pl.DataFrame({"social_security": ["yes", "no", "not_applicable"]})
    frame = jobs({}, {}, {}).hstack(answers).with_columns(bookkeeping=pl.lit("no"))
    assert informality(frame, {})["nature_of_job"].to_list() == [None] * 3
    own = informality(frame, {"employee_contribution": "own"})
    assert own["nature_of_job"].to_list() == ["formal", "informal", None]
    assert own["unit_of_production"].to_list() == ["formal", "informal", "informal"]
    assert own["employer_social_contribution"].to_list() == ["not_asked"] * 3
    asked = frame.with_columns(employer_social_contribution=pl.lit("no"))
    judged = informality(asked, {"employee_contribution": "own"})
    assert judged["nature_of_job"].to_list() == ["informal"] * 3
