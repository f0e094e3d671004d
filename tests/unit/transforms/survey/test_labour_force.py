"""Labour-force status: the 13 vectors of measurement.md 1.2 and the cases around them."""

import polars as pl
import pytest

from data_contracts.errors import InputError
from transforms.survey.labour_force import labour_force_status

BLANK = {
    "age": 30,
    "worked_for_pay": "no",
    "worked_for_profit": "no",
    "helped_family_business": "no",
    "activity_agricultural": "not_applicable",
    "market_orientation": "not_applicable",
    "absent_job": "no",
    "absence_reason": "not_applicable",
    "absence_return_3m": "not_applicable",
    "absence_paid": "not_applicable",
    "searched": "no",
    "search_method_active": "not_applicable",
    "future_start": "no",
    "available_2w": "no",
    "own_use_producer": "no",
    "lfs_status_given": "not_asked",
}
FARM = {"worked_for_profit": "yes", "activity_agricultural": "yes"}
ACTIVE = {"searched": "yes", "search_method_active": "yes", "available_2w": "yes"}
PASSIVE = ACTIVE | {"search_method_active": "no"}
LAID_OFF = {"absent_job": "yes", "absence_reason": "other"}
NOT_SURE = LAID_OFF | {"absence_return_3m": "dont_know", "absence_paid": "no"}
E, U, OUT, N = "employed", "unemployed", "outside", None

# measurement.md 1.2, in its order: answers, 19th ICLS, 13th ICLS, step of the 19th.
VECTORS = [
    ({"worked_for_pay": "yes"}, E, E, 1),
    ({"worked_for_profit": "yes", "activity_agricultural": "no"}, E, E, 2),
    (FARM | {"market_orientation": "mainly_sale"}, E, E, 3),
    (FARM | {"market_orientation": "mainly_own_use", "available_2w": "yes"}, OUT, E, 4),
    (FARM | {"market_orientation": "only_own_use"} | ACTIVE, U, E, 11),
    (
        {
            "helped_family_business": "yes",
            "activity_agricultural": "yes",
            "market_orientation": "only_own_use",
        },
        OUT,
        E,
        5,
    ),
    ({"absent_job": "yes", "absence_reason": "leave"}, E, E, 7),
    (LAID_OFF | {"absence_return_3m": "yes"}, E, E, 8),
    (NOT_SURE, OUT, OUT, 9),
    (PASSIVE, OUT, OUT, 13),
    (ACTIVE | {"available_2w": "no"}, OUT, OUT, 13),
    ({"future_start": "yes", "available_2w": "yes"}, U, U, 12),
    ({"age": 14, "worked_for_pay": "yes"}, N, N, N),
]


def people(*rows):
    return pl.DataFrame([BLANK | row for row in rows])


def statuses(rows, **parameters):
    return labour_force_status(people(*rows), parameters)


@pytest.mark.parametrize("native", ["ICLS19", "ICLS13"])
def test_the_thirteen_vectors(native):
    got = statuses([row for row, *_ in VECTORS], icls_native=native)
    assert got["lfs_status_icls19"].to_list() == [icls19 for _, icls19, _, _ in VECTORS]
    assert got["lfs_status_icls13"].to_list() == [icls13 for _, _, icls13, _ in VECTORS]
    assert got["lfs_status"].to_list() == got[f"lfs_status_{native.lower()}"].to_list()
    assert got["working_age"].to_list() == [True] * 12 + [False]


def test_the_step_names_the_row_of_the_rule_table():
    got = statuses([row for row, *_ in VECTORS])
    assert got["lfs_status_step"].to_list() == [step for *_, step in VECTORS]
    assert got["lfs_status_step"].dtype == pl.Int8


def test_a_delivered_status_is_kept_as_delivered_below_working_age_too():
    got = statuses(
        [
            {"lfs_status_given": "unemployed", "worked_for_pay": "yes"},
            {"lfs_status_given": "employed", "age": 12},
            {"lfs_status_given": "below_working_age", "age": 12},
            {"lfs_status_given": None, "worked_for_pay": "yes"},
        ]
    )
    assert got["lfs_status"].to_list() == [U, E, N, E]
    assert got["lfs_status_step"].to_list() == [0, 0, 0, 1]
    assert got["lfs_status_icls19"][0] == E


def test_a_file_that_delivers_status_alone_needs_no_evidence():
    got = labour_force_status(
        pl.DataFrame({"age": [40, 10], "lfs_status_given": ["outside", "not_asked"]}), {}
    )
    assert got["lfs_status"].to_list() == [OUT, N]
    assert got["lfs_status_icls19"].to_list() == [N, N]
    assert got["lfs_status_icls13"].to_list() == [N, N]


@pytest.mark.parametrize("destination", ["dont_know", "no_answer", None])
def test_unknown_market_orientation_follows_its_parameter(destination):
    row = FARM | {"market_orientation": destination}
    assert statuses([row])["lfs_status_icls19"].item() == OUT
    assert statuses([row])["lfs_status_step"].item() == 6
    counted = statuses([row], market_orientation_unknown="employed")
    assert counted["lfs_status_icls19"].item() == E
    assert counted["lfs_status_icls13"].item() == E


def test_absence_without_attachment_is_national_practice_under_the_13th_only():
    counted = statuses([NOT_SURE], absence_unattached_icls13="employed")
    assert counted["lfs_status_icls13"].item() == E
    assert counted["lfs_status_icls19"].item() == OUT


def test_own_use_goods_are_employment_under_the_13th_when_so_chosen():
    row = {"own_use_producer": "yes"}
    assert statuses([row])["lfs_status_icls13"].item() == OUT
    assert statuses([row], own_use_goods_icls13="employed")["lfs_status_icls13"].item() == E


def test_the_lao_program_on_absence():
    # lao_lfs_variables.md 2: ep07 = 12 excluded; ep08 not sure and ep09 = 1 employed.
    got = statuses(
        [
            LAID_OFF | {"absence_return_3m": "no", "absence_paid": "yes"},
            LAID_OFF | {"absence_reason": "no_answer", "absence_return_3m": "yes"},
            LAID_OFF | {"absence_reason": "off_season", "absence_return_3m": "yes"},
        ]
    )
    assert got["lfs_status"].to_list() == [E, OUT, OUT]


def test_null_answers_are_no_answer_and_never_hide_a_person():
    row = dict.fromkeys(BLANK, None) | {"age": 30}
    got = labour_force_status(
        pl.DataFrame([row], schema_overrides=dict.fromkeys(BLANK, pl.String) | {"age": pl.Int16}),
        {},
    )
    assert got["lfs_status"].item() == OUT


def test_a_person_without_age_is_not_of_working_age():
    got = labour_force_status(
        people({"worked_for_pay": "yes"}).with_columns(age=pl.lit(None, dtype=pl.Int16)), {}
    )
    assert got["working_age"].to_list() == [False]
    assert got["lfs_status"].item() is None


def test_min_age_labour_is_a_parameter():
    assert statuses([{"age": 14, "worked_for_pay": "yes"}], min_age_labour=14)[
        "lfs_status"
    ].to_list() == [E]


def test_a_13th_icls_survey_has_no_19th_icls_status():
    rows = [{"market_orientation": "not_asked", "worked_for_pay": "yes"}]
    got = statuses(rows, icls_native="ICLS13")
    assert got["lfs_status_icls19"].item() is None
    assert got["lfs_status"].item() == E
    with pytest.raises(InputError, match="ICLS19"):
        statuses(rows, icls_native="ICLS19")


def test_an_empty_file_gives_an_empty_frame():
    assert labour_force_status(people({}).clear(), {}).height == 0


@pytest.mark.parametrize("column", ["worked_for_pay", "absence_reason", "lfs_status_given"])
def test_an_unknown_answer_is_refused_by_row_and_never_quoted(column):
    with pytest.raises(InputError) as caught:
        statuses([{}, {column: "sEcReT"}])
    assert caught.value.column == column
    assert caught.value.row == 2
    assert "sEcReT" not in str(caught.value)


# --- a question that was not asked is never a no ---------------------------------------------

NOT_ASKED = "not_asked"


def told(row, **parameters):
    got = statuses([row], **parameters).row(0, named=True)
    return got["lfs_status"], got["lfs_status_step"]


@pytest.mark.parametrize("standard", ["ICLS13", "ICLS19"])
@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"worked_for_pay": NOT_ASKED}, (N, 15)),
        ({"worked_for_pay": NOT_ASKED} | FARM | {"market_orientation": "only_sale"}, (E, 3)),
        ({"worked_for_profit": NOT_ASKED, "helped_family_business": NOT_ASKED}, (N, 15)),
        ({"helped_family_business": NOT_ASKED}, (OUT, 13)),
        ({"searched": NOT_ASKED, "future_start": NOT_ASKED}, (N, 18)),
        (ACTIVE | {"searched": NOT_ASKED, "future_start": "yes"}, (U, 12)),
        (ACTIVE | {"available_2w": NOT_ASKED}, (N, 17)),
        ({"available_2w": NOT_ASKED}, (OUT, 13)),  # did not search: availability decides nothing
        (LAID_OFF | dict.fromkeys(("absence_return_3m", "absence_paid"), NOT_ASKED), (N, 16)),
        (LAID_OFF | {"absence_paid": NOT_ASKED, "absence_return_3m": "no"}, (OUT, 9)),
        ({"absent_job": NOT_ASKED}, (OUT, 19)),
    ],
)
def test_what_was_not_asked_is_no_answer_against_a_status(standard, row, expected):
    assert told(row, icls_native=standard) == expected


def test_a_trader_is_no_farmer_because_agriculture_was_not_asked():
    trader = {"worked_for_profit": "yes", "activity_agricultural": NOT_ASKED}
    farmer = {"age": 40} | FARM | {"market_orientation": "only_sale"}
    got = statuses([trader, farmer])
    assert got["lfs_status"].to_list() == [N, E]
    assert got["lfs_status_step"].to_list() == [21, 3]
    assert statuses([trader, farmer], icls_native="ICLS13")["lfs_status"].to_list() == [E, E]
