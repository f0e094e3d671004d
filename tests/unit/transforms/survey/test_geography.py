import json

import polars as pl
import pytest

from data_contracts.areas import districts, provinces
from data_contracts.errors import InputError
from tests.places import SHARED
from transforms.survey.geography import district_code, province_code

BORDERS = SHARED / "geo" / "lao_adm1.geojson"


def coded(values, date="2017"):
    series = pl.Series("prov", values)
    return province_code(series, date=date, file="f.csv", column="prov").to_list()


def refused(values, date="2017"):
    with pytest.raises(InputError) as caught:
        coded(values, date)
    return str(caught.value)


def in_district(values, province, date="2017"):
    return district_code(
        pl.Series("dist", values, pl.String),
        province=pl.Series(province, dtype=pl.String),
        date=date,
        file="f.csv",
        column="dist",
    ).to_list()


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("1", "01"),
        ("01", "01"),
        (" 10 ", "10"),
        ("\u0ed1\u0ed0", "10"),
        ("LA-VT", "01"),
        ("la-vi", "10"),
        ("LA13", "13"),
        ("LA-XS", "18"),
        ("VIENTIANE CAPITAL", "01"),
        ("Vientiane (Province)", "10"),
        ("Province of Vientiane", "10"),
        ("Vientiane Prov.", "10"),
        ("Savannakhet Province", "13"),
        ("Province of Xékong", "15"),
        ("Oudômxai", "04"),
        ("Luang-Prabang", "06"),
        ("Xieng  Khouang", "09"),
        ("Sainyabuli", "08"),
        ("Xaisômboun", "18"),
        ("ນະຄອນຫຼວງວຽງຈັນ", "01"),
        ("ນະຄອນຫລວງ ວຽງຈັນ", "01"),
        ("ນະຄອນຫຼວງ", "01"),
        ("ແຂວງວຽງຈັນ", "10"),
        ("ແຂວງ ຫລວງນໍ້າທາ", "03"),
        ("ໄຊສົມບູນ", "18"),
    ],
)
def test_a_province_is_known_by_code_iso_name_and_alias(written, code):
    assert coded([written]) == [code]


def test_numbers_are_codes_and_blanks_stay_blank():
    assert coded([1.0, 18.0, None]) == ["01", "18", None]
    assert coded(["", None, "7"]) == [None, None, "07"]


def test_every_name_and_code_of_the_list_finds_its_own_province_and_no_other():
    for area in provinces().values():
        date = "2000" if area.code == "XN" else "2017"
        for written in (*area.names, *area.codes):
            if written in {"Vientiane", "Viangchan", "ວຽງຈັນ"}:
                assert "ambiguous" in refused([written], date)
            else:
                assert coded([written], date) == [area.code]


@pytest.mark.skipif(not BORDERS.exists(), reason="the shared map of the provinces is not here")
def test_the_names_of_ochas_map_lead_to_its_codes():
    # OCHA COD-AB Lao PDR of 2019-11-12, names and codes as published.
    for feature in json.loads(BORDERS.read_text(encoding="utf-8"))["features"]:
        said = feature["properties"]
        names = {said["name_en"], said["name_lo"], said["name_iso"]}
        clear = names - {"Vientiane", "Viangchan", "ວຽງຈັນ"}
        codes = {said["iso"], said["pcode"], said["lsb"]}
        assert set(coded(sorted(clear | codes))) == {said["lsb"]}


@pytest.mark.parametrize("written", ["Vientiane", "viangchan", "ວຽງຈັນ", " VIENTIANE "])
def test_vientiane_alone_is_refused_and_both_are_named(written):
    message = refused(["01", written, written])
    assert message.startswith("f.csv, column prov, row 2 (2 rows in all): ")
    assert "01 Vientiane Capital (LA-VT) and 10 Vientiane Province (LA-VI)" in message


def test_la_xn_and_la_xs_are_told_apart_by_date():
    assert coded(["LA-XN", "Xaysomboun", "18", "ໄຊສົມບູນ"], "2003") == ["XN"] * 4
    assert coded(["LA-XS", "Xaysomboun", "18", "ໄຊສົມບູນ"], "2015") == ["18"] * 4
    late = refused(["LA-XN"], "2017")
    assert "(LA-XN) stood from 1994 to 2006-01-13" in late
    assert "is 18 Xaysomboun (LA-XS) meant?" in late
    early = refused(["LA-XS"], "2003")
    assert "since 2013-12-13" in early
    assert "is XN Xaysomboun Special Zone (LA-XN) meant?" in early
    assert "LA-XN" in refused(["LA-XN"], None)


@pytest.mark.parametrize("written", ["18", "LA-XS", "Xaysomboun", "LA-XN"])
def test_a_file_of_2010_has_no_xaysomboun(written):
    assert "not the time of this file (2010)" in refused(["10", written], "2010")


@pytest.mark.parametrize("written", ["Savanaket", "Xaysabury", "Sarawane", "19", "0", "LA-ZZ"])
def test_a_near_miss_is_refused_and_never_mapped(written):
    message = refused([written, "01", written])
    assert "row 1 (2 rows in all): 1 different texts are no province" in message
    assert written not in message.replace("row 1 ", "")


def test_the_nearest_official_name_is_a_hint_and_the_delivered_text_stays_out():
    message = refused(["Savanaket-MARKER"])
    assert "Savannakhet" in message
    assert "MARKER" not in message


def test_row_numbers_are_those_of_the_file():
    rows = pl.Series([4, 9, 12])
    series = pl.Series("prov", ["1", "x", "x"])
    with pytest.raises(InputError, match=r"row 9 \(2 rows in all\)"):
        province_code(series, date="2017", file="f.csv", column="prov", rows=rows)


def test_a_district_is_known_by_code_and_name_within_its_province():
    assert in_district(["101", "0206", "LA0301", "Muang Sing", "ເມືອງໄຊທານີ", None],
                       ["01", "02", "03", "03", "01", "04"]) == [
        "0101", "0206", "0301", "0302", "0106", None,
    ]  # fmt: skip


def test_a_name_of_two_districts_is_told_by_the_province_or_refused():
    assert in_district(["Viengkham", "Viengkham"], ["06", "10"]) == ["0610", "1009"]
    with pytest.raises(InputError, match="ambiguous"):
        in_district(["Viengkham"], [None])


def test_a_district_outside_its_province_is_refused_with_the_count():
    with pytest.raises(InputError, match=r"row 2 \(2 rows in all\): the district lies in another"):
        in_district(["0101", "0101", "Khong"], ["01", "02", "17"])


def test_every_name_of_a_district_finds_it_within_its_province():
    for area in districts().values():
        written = [*area.names, *area.codes]
        assert in_district(written, [area.code[:2]] * len(written)) == [area.code] * len(written)


def test_a_code_of_one_list_means_meun_only_when_no_other_district_had_it():
    assert in_district(["1011"], ["10"]) == ["1013"]
    with pytest.raises(InputError, match="no district"):
        in_district(["1011"], ["10"], "2010")
