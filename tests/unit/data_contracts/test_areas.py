from collections import Counter

import pytest

from data_contracts.areas import districts, provinces
from data_contracts.code_lists import code_rows, isic4_divisions

# Districts a province, codes 01 to 18, 148 in all: 2015 census (lao_context, section 4).
DISTRICTS = (9, 7, 5, 7, 5, 12, 10, 11, 7, 11, 7, 10, 15, 8, 4, 10, 5, 5)
# ISO 3166-2:LA in the bureau's order (lao_context, section 4).
ISO = [
    "VT",
    "PH",
    "LM",
    "OU",
    "BK",
    "LP",
    "HO",
    "XA",
    "XI",
    "VI",
    "BL",
    "KH",
    "SV",
    "SL",
    "XE",
    "CH",
    "AT",
    "XS",
]


def test_eighteen_provinces_and_the_special_zone_with_iso_codes():
    today = [area for area in provinces().values() if area.valid_at(None)]
    assert [area.code for area in today] == [f"{i:02d}" for i in range(1, 19)]
    assert [area.iso for area in today] == [f"LA-{iso}" for iso in ISO]
    assert set(provinces()) - {area.code for area in today} == {"XN"}


def test_populations_add_up_to_the_census():
    # 6,492,228 persons on 1 March 2015 (lao_context, section 4).
    found = [int(row["population_2015"] or 0) for row in code_rows("lao_provinces")]
    assert sum(found) == 6_492_228


@pytest.mark.parametrize(
    ("code", "date", "stands"),
    [
        ("XN", "1993", False),
        ("XN", "1994", True),
        ("XN", "2006", True),
        ("XN", "2006-01-14", False),
        ("XN", None, False),
        ("18", "2010", False),
        ("18", "2013-11", False),
        ("18", "2013-12-12", False),
        ("18", "2013-12-13", True),
        ("18", "2013", True),
        ("18", None, True),
        ("10", "1990-05", True),
    ],
)
def test_an_area_stands_in_its_years(code, date, stands):
    assert provinces()[code].valid_at(date) is stands


def test_districts_by_province_as_the_census_counts_them():
    found = Counter(code[:2] for code in districts())
    assert tuple(found[f"{i:02d}"] for i in range(1, 19)) == DISTRICTS
    assert sum(DISTRICTS) == len(districts()) == 148


def test_district_codes_that_were_read_in_a_source():
    # lao_context, section 4: 0206 Nyot-Ou, 0301 Namtha; the nine districts of the capital.
    assert districts()["0206"].name_en == "Nyot-Ou"
    assert districts()["0301"].name_en == "Namtha"
    capital = [area.name_en for code, area in districts().items() if code.startswith("01")]
    assert sorted(capital) == sorted(
        [
            "Chanthabuly",
            "Sikhottabong",
            "Xaysetha",
            "Sisattanak",
            "Naxaithong",
            "Xaythany",
            "Hadxaifong",
            "Sangthong",
            "Mayparkngum",
        ]
    )


def test_every_area_has_a_lao_name_a_source_and_a_confidence():
    lao = range(0x0E80, 0x0F00)
    for row in (*code_rows("lao_provinces"), *code_rows("lao_districts")):
        assert all(ord(letter) in lao or letter == " " for letter in row["name_lo"])
        assert row["name_lo"]
        assert row["source"]
        assert row["confidence"] in {"H", "M", "L", "K"}


def test_names_belong_to_areas_and_stand_once():
    known = {**provinces(), **districts()}
    rows = [(row["code"], row["name"], row["language"]) for row in code_rows("lao_area_names")]
    assert {code for code, _, _ in rows} <= set(known)
    assert len(set(rows)) == len(rows)
    assert {language for _, _, language in rows} == {"en", "lo", "code"}


def test_the_88_divisions_of_isic_and_their_21_sections():
    # United Nations, ISIC Rev. 4 (2008): 21 sections, 88 divisions; numbers never given out.
    assert len(isic4_divisions()) == len(code_rows("isic4_divisions")) == 88
    assert "".join(sorted({row["section"] for row in code_rows("isic4_divisions")})) == (
        "ABCDEFGHIJKLMNOPQRSTU"
    )
    unused = {"00", "04", "34", "40", "44", "48", "54", "57", "67", "76", "83", "89"}
    assert {f"{i:02d}" for i in range(100)} - isic4_divisions() == unused
