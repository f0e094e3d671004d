"""What the register's door lets in: keyed hashes, years and codes; nobody's name, number or phone."""

import hashlib
from datetime import date

import polars as pl
import pytest

from data_contracts.contract.find import load
from data_contracts.errors import InputError
from data_contracts.registers.layout import FOLDER, load_layout
from transforms.read.layout import PLACE
from transforms.register.canonical import canonical, keyed_hashes, unknown_columns
from transforms.register.columns import identifiers

KEY = b"k" * 32
LAYOUT = load_layout()
SHORT = 3  # a cell of fewer characters is found in any message by chance
MEMBERS = {
    "member_id": ["0000000017", "0000000025", " 0000000033"],
    "name": ["SECRETNAME-1", "SECRETNAME-2", "SECRETNAME-3"],
    "phone": ["SECRETTEL-1", "SECRETTEL-2", "SECRETTEL-3"],
    "village": ["SECRETPLACE", "SECRETPLACE", None],
    "scheme": ["public", "Enterprise sector", "ສະໝັກໃຈ"],
    "status": ["active", "ໂຈະ", "Lapsed"],
    "sex": ["M", "ຍິງ", "2"],
    "birth_date": ["1970-05-03", "1985-01-31", None],
    "province_code": ["01", "Bokeo", "ຫລວງພະບາງ"],
    "registration_date": ["2010-01-01", "2012-06-30", "2015-01-01"],
    "exit_date": [None, None, "2016-02-29"],
    "employer_id": ["E000001", None, ""],
    "declared_income": ["1,234,567", "2,000,000", None],
    "n_dependants": ["2", None, "0"],
}
CONTRIBUTIONS = {
    "member_id": ["0000000017", "0000000025"],
    "period": ["2017-01", "2017-12"],
    "scheme": ["public", "enterprise"],
    "contribution_base": ["1500000.4", "900000"],
    "contribution_amount": ["172500", "103500"],
    "paid_date": ["2017-02-10", None],
}
EMPLOYERS = {
    "employer_id": ["E000001", "E000002"],
    "employer_name": ["SECRETFIRM", "SECRETFIRM"],
    "province_code": ["1", None],
    "isic": ["111", "1"],
    "size": ["12", None],
    "registered_date": ["2001-01-01", None],
}


def members(**columns):
    return canonical("members", pl.DataFrame(MEMBERS | columns), LAYOUT, KEY, "members.csv")


def hashed(number):
    """Compute the hash from the standard library alone."""
    return hashlib.blake2b(number.encode(), key=KEY, digest_size=8).hexdigest()


def test_a_member_by_hand():
    frame = members()
    assert frame.schema == load("core.member").polars_schema()
    assert frame["member_key"].to_list() == [hashed(f"00000000{n}") for n in (17, 25, 33)]
    assert frame["employer_key"].to_list() == [hashed("E000001"), None, None]
    assert frame["scheme"].to_list() == ["public", "enterprise", "voluntary"]
    assert frame["status"].to_list() == ["active", "suspended", "lapsed"]
    assert frame["sex"].to_list() == ["SEX_M", "SEX_F", "SEX_F"]
    assert frame["birth_year"].to_list() == [1970, 1985, None]
    assert frame["admin1_code"].to_list() == ["01", "05", "06"]
    assert frame["district_code"].to_list() == [None] * 3
    assert frame["exit_date"].to_list() == [None, None, date(2016, 2, 29)]
    assert frame["declared_income_lak"].to_list() == [1234567, 2000000, None]
    assert frame["n_dependants"].to_list() == [2, 0, 0]


def test_what_finds_a_persons_second_number_is_hashed_in_one_spelling():
    frame = members(
        name=["Xowu  Zexojo", "XOWU ZEXOJO ", "Xôwu Zexojo"],
        phone=["020 5555-1234", "(020) 55551234", "໐໒໐໕໕໕໕໑໒໓໔"],
    )
    assert frame["name_key"].to_list() == [hashed("xowu zexojo")] * 3
    assert frame["phone_key"].to_list() == [hashed("02055551234")] * 3
    assert frame["birth_key"].to_list() == [hashed("1970-05-03"), hashed("1985-01-31"), None]
    lao = members(name=["ນໍ້າ ຫລວງ", "ນ້ຳ ຫຼວງ", None])["name_key"]
    assert lao[0] == lao[1] == hashed("ນ້ຳ ຫຼວງ")
    assert lao[2] is None


@pytest.mark.parametrize(
    "days", [["3/5/2513", "31/1/2528", None], ["03.05.1970", "31.01.1985", ""], [date(1970, 5, 3), date(1985, 1, 31), None]]
)  # fmt: skip
def test_a_birth_day_has_one_hash_in_every_calendar(days):
    expected = [hashed("1970-05-03"), hashed("1985-01-31"), None]
    assert members(birth_date=days)["birth_key"].to_list() == expected


def test_a_year_alone_has_no_birth_day():
    frame = members(birth_date=["1970", "1985-01-31", None])
    assert frame["birth_year"].to_list() == [1970, 1985, None]
    assert frame["birth_key"].to_list() == [None, hashed("1985-01-31"), None]


def test_columns_that_a_register_may_lack_are_null_without_them_and_codes_with_them():
    plain = members()
    for name in ("nationality", "member_category", "residence_admin1_code"):
        assert plain[name].null_count() == plain.height
    frame = members(
        nationality=["Lao", "ຕ່າງປະເທດ", None],
        category=["Armed forces", "employee", "ອາຊີບອິດສະຫຼະ"],
        residence_province=["17", None, "Bokeo"],
    )
    assert frame["nationality"].to_list() == ["national", "foreign", None]
    assert frame["member_category"].to_list() == ["armed_forces", "employee", "self_employed"]
    assert frame["residence_admin1_code"].to_list() == ["17", None, "05"]


def test_contributions_and_employers_by_hand():
    paid = canonical("contributions", pl.DataFrame(CONTRIBUTIONS), LAYOUT, KEY, "c")
    assert paid.schema == load("core.contribution").polars_schema()
    assert paid["member_key"].to_list() == [hashed("0000000017"), hashed("0000000025")]
    assert paid["contribution_base_lak"].to_list() == [1500000, 900000]
    firms = canonical("employers", pl.DataFrame(EMPLOYERS), LAYOUT, KEY, "e")
    assert firms.schema == load("core.employer").polars_schema()
    assert firms["isic4_2d"].to_list() == ["01", "01"]  # 0111 and 01 without their zeros
    assert firms["size_employees"].to_list() == [12, None]


def test_nothing_that_identifies_comes_through_the_door():
    stored = [
        members(remarks=["SECRETNOTE", None, "020 5555 5555"]),
        canonical("contributions", pl.DataFrame(CONTRIBUTIONS), LAYOUT, KEY, "c"),
        canonical("employers", pl.DataFrame(EMPLOYERS), LAYOUT, KEY, "e"),
    ]
    for frame in stored:
        text = frame.write_csv()
        for secret in ("SECRET", "0000000017", "E000001", "1970-05-03", "5555"):
            assert secret not in text
    raw = pl.DataFrame(MEMBERS | {"remarks": [None] * 3, "photo": [None] * 3})
    assert unknown_columns("members", raw, LAYOUT, "members.csv") == 2


def test_without_the_key_a_hash_tells_nothing_and_with_it_tables_join():
    numbers = pl.Series(["0000000017", "0000000017", "17"])
    one, other = keyed_hashes(numbers, KEY), keyed_hashes(numbers, b"x" * 32)
    assert one[0] == one[1] != one[2]
    assert not set(one) & set(other)


def test_a_number_in_lao_digits_is_the_same_number():
    frame = members(member_id=["໐໐໐໐໐໐໐໐໑໗", "0000000025", "0000000033"])
    assert frame["member_key"].to_list() == members()["member_key"].to_list()


def test_buddhist_years_and_spreadsheet_dates_become_the_same_years():
    assert members(birth_date=["3/5/2513", "31/1/2528", None])["birth_year"].to_list()[:2] == [
        1970, 1985,
    ]  # fmt: skip
    assert members(birth_date=["2513", "2528", None])["birth_year"].to_list()[:2] == [1970, 1985]
    assert members(birth_date=[date(1970, 5, 3), None, None])["birth_year"][0] == 1970


REFUSED = [
    ({"member_id": ["1", "2", "1"]}, "member_id", 1, "a member number stands twice"),
    ({"member_id": ["1", "", "3"]}, "member_id", 2, "blank that must be filled"),
    ({"member_id": ["1", "2.0", "3"]}, "member_id", 2, "turned into a number"),
    ({"member_id": ["1", "2", "1.23E+09"]}, "member_id", 3, "turned into a number"),
    ({"member_id": [17, 25, 33]}, "member_id", None, "lose their leading zeros"),
    ({"member_id": [17.0, 25.0, 33.0]}, "member_id", None, "lose their leading zeros"),
    ({"scheme": ["public", "private", "voluntary"]}, "scheme", 2, "none of enterprise, public"),
    ({"sex": ["M", "F", "X"]}, "sex", 3, "none of SEX_F, SEX_M"),
    ({"birth_date": ["1970-01-01", "2513-01-01", None]}, "birth_date", 2, "Buddhist era"),
    ({"birth_date": ["1/5/2513", "2/6/2528", None]}, "birth_date", 1, "order of day and month"),
    ({"exit_date": ["9999-12-31", None, None]}, "exit_date", 1, "not between 1900 and 2100"),
    ({"declared_income": ["1,234", "2,000", None]}, "declared_income", 1, "group thousands"),
    ({"n_dependants": ["1.5", "2", None]}, "n_dependants", 1, "whole number"),
    ({"n_dependants": ["1", "99999", None]}, "n_dependants", 2, "larger than the column"),
    (
        {"province_code": ["01", "Vientiane", "03"]},
        "province_code",
        2,
        "fits|two provinces|ambiguous",
    ),
]


@pytest.mark.parametrize(("columns", "column", "row", "rule"), REFUSED)
def test_what_the_door_refuses_without_telling_the_value(columns, column, row, rule):
    with pytest.raises(InputError, match=rule) as refused:
        members(**columns)
    assert refused.value.row == row
    assert refused.value.column == column
    shown = str(refused.value)
    assert refused.value.__cause__ is None
    if column != "province_code":  # names of provinces are nobody's
        assert not any(
            str(v) in shown
            for v in columns[column]
            if v not in {None, "public", "voluntary"} and len(str(v)) >= SHORT
        )


def again(times, **columns):
    """The three members so many times over, each time with other numbers."""
    tiled = {name: cells * times for name, cells in (MEMBERS | columns).items()}
    return tiled | {"member_id": [f"{i:07d}" for i in range(3 * times)]}


def test_a_cell_that_stands_often_is_read_once_and_means_the_same_each_time():
    one, many = members(), canonical("members", pl.DataFrame(again(50)), LAYOUT, KEY, "members.csv")
    tiled = pl.concat([one] * 50).with_columns(many["member_key"])
    assert many.equals(tiled, null_equal=True)


@pytest.mark.parametrize(
    ("columns", "column", "row", "rule"), [case for case in REFUSED if case[1] != "member_id"]
)
def test_a_refusal_names_the_first_row_and_counts_all_however_often_a_cell_stands(
    columns, column, row, rule
):
    with pytest.raises(InputError) as few:
        members(**columns)
    with pytest.raises(InputError, match=rule) as many:
        canonical("members", pl.DataFrame(again(50, **columns)), LAYOUT, KEY, "members.csv")
    assert (many.value.column, many.value.row) == (column, row)
    assert many.value.rows == 50 * (few.value.rows or 1)


def own(tmp_path, was, becomes):
    text = (FOLDER / "LSSO_EXTRACT.yaml").read_text(encoding="utf-8")
    assert was in text
    path = tmp_path / "OWN.yaml"
    path.write_text(text.replace(was, becomes, 1), encoding="utf-8")
    return load_layout(str(path))


def test_a_layout_may_know_the_length_of_numbers(tmp_path):
    layout = own(tmp_path, "to: member_key,", "to: member_key, length: 10,")
    whole = canonical("members", pl.DataFrame(MEMBERS), layout, KEY, "f")
    assert whole["member_key"][0] == hashed("0000000017")
    cut = pl.DataFrame(MEMBERS | {"member_id": ["17", "0000000025", "0000000033"]})
    with pytest.raises(InputError, match="does not have 10 characters"):
        canonical("members", cut, layout, KEY, "f")


def test_a_layout_may_name_texts_that_stand_for_a_blank(tmp_path):
    layout = own(tmp_path, "to: exit_date,", 'to: exit_date, missing: ["9999-12-31"],')
    leap = date(2016, 2, 29)
    for days in (["9999-12-31", "2016-02-29", None], [date(9999, 12, 31), leap, None]):
        raw = pl.DataFrame(MEMBERS | {"exit_date": days})
        kept = canonical("members", raw, layout, KEY, "f")["exit_date"].to_list()
        assert kept == [None, leap, None]


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(InputError, match="the column is missing") as refused:
        canonical("members", pl.DataFrame(MEMBERS).drop("sex"), LAYOUT, KEY, "members.csv")
    assert refused.value.column == "sex"
    with pytest.raises(InputError, match="has no table of aggregate"):
        canonical("aggregate", pl.DataFrame(MEMBERS), LAYOUT, KEY, "f")


def test_in_a_workbook_the_sheet_and_row_are_named():
    places = [f"sheet Bokeo, row {n}" for n in (7, 8, 12)]
    with pytest.raises(InputError) as refused:
        members(sex=["M", "F", "X"], **{PLACE: places})
    assert refused.value.file == "members.csv, sheet Bokeo, row 12"


@pytest.mark.parametrize("word", ["Total", "GRAND TOTAL:", "Sub-total", "Sum of all", "ລວມທັງໝົດ"])
def test_a_totals_row_is_never_a_member(word):
    layout = load_layout("LSSO_EXTRACT")
    values = pl.Series(["0000000001", word])
    rule = layout.tables["employers"].columns["employer_id"]
    with pytest.raises(InputError, match="a totals row stands among the records") as caught:
        identifiers(values, rule, {"file": "f.csv", "column": "employer_id"})
    assert caught.value.row == 2
