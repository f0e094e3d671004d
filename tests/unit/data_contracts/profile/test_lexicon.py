"""Expected codes: the words' plain meaning in each language; the Lao words await a Lao reader."""

import pytest

from data_contracts.contract.find import load
from data_contracts.profile.lexicon import (
    bracket,
    find,
    fold,
    lexicon,
    recognise,
)
from transforms.survey.harmonise import JOB_TEXT, PERSON_TEXT


@pytest.mark.parametrize(
    ("column", "label", "code"),
    [
        ("sex", "Male", "SEX_M"),
        ("sex", "Female", "SEX_F"),
        ("sex", "MUJER", "SEX_F"),
        ("sex", "Hommes", "SEX_M"),
        ("sex", "homem", "SEX_M"),
        ("sex", "ຊາຍ", "SEX_M"),
        ("sex", "ຍິງ", "SEX_F"),
        ("area_type", "1. Urbaine", "GEO_COV_URB"),
        ("area_type", "ຊົນນະບົດ", "GEO_COV_RUR"),
        ("lfs_status_given", "Desocup Aspirante", "unemployed"),
        ("lfs_status_given", "Ocupado", "employed"),
        ("lfs_status_given", "fuera de la fuerza de trabajo", "outside"),
        ("status_icse93", "Own-account worker", "STE_ICSE93_3"),
        ("status_icse93", "Aide familial", "STE_ICSE93_5"),
        ("status_icse93", "Conta própria", "STE_ICSE93_3"),
        ("status_icse93", "ລູກຈ້າງ", "STE_ICSE93_1"),
        ("marital_status", "Célibataire", "MTS_SINGLE"),
        ("marital_status", "viúvo(a)", "MTS_WIDOWED"),
        ("status_icse93", "Employer", "STE_ICSE93_2"),
        ("status_icse93", "Employeur", "STE_ICSE93_2"),
        ("status_icse93", "Employé", "STE_ICSE93_1"),
        ("status_icse93", "Trabalhador por conta de outrem", "STE_ICSE93_1"),
        ("status_icse93", "Berusaha sendiri", "STE_ICSE93_3"),
        ("status_icse93", "Làm công ăn lương", "STE_ICSE93_1"),
        ("lfs_status_given", "Pengangguran", "unemployed"),
        ("lfs_status_given", "Thất nghiệp", "unemployed"),
        ("area_type", "Perdesaan", "GEO_COV_RUR"),
        ("area_type", "Nông thôn", "GEO_COV_RUR"),
        ("social_security", "Não sabe", "dont_know"),
        ("social_security", "Tidak tahu", "dont_know"),
        ("social_security", "Không biết", "dont_know"),
        ("social_security", "Ne sait pas", "dont_know"),
        ("social_security", "NS/NR", "dont_know"),
        ("bookkeeping", "Tidak", "no"),
        ("bookkeeping", "Không", "no"),
        ("bookkeeping", "Có", "yes"),
        ("bookkeeping", "No, y es agropecuaria", "no"),
        ("bookkeeping", "Sí", "yes"),
        ("bookkeeping", "Não", "no"),
        ("bookkeeping", "Don't know", "dont_know"),
        ("bookkeeping", "no sabe", "dont_know"),
        ("bookkeeping", "ບໍ່ແມ່ນ", "no"),
        ("bookkeeping", "ແມ່ນ", "yes"),
        ("bookkeeping", "ບໍ່ຮູ້", "dont_know"),
    ],
)
def test_value_labels_are_recognised_in_seven_languages(column, label, code):
    assert recognise(column, label) == code


@pytest.mark.parametrize(
    ("column", "label"),
    [
        ("sex", "Both men and women"),  # two codes tie
        ("sex", "Intersex"),
        ("lfs_status_given", "Not employed"),  # jobless or outside: cannot be told
        ("lfs_status_given", "self-employed"),
        ("contract_duration", "no permanente de larga duración"),
        ("no_such_column", "yes"),
    ],
)
def test_what_cannot_be_told_is_not_guessed(column, label):
    assert recognise(column, label) == ""


def test_a_label_read_in_the_wrong_encoding_is_still_found():
    assert fold("factor de expansiÃ³n") == fold("Factor de EXPANSIÓN") == ("factor", "expansion")


def test_a_phrase_weighs_by_the_share_of_the_label_that_it_covers():
    assert find("sexo", fold("Sexo")) == 1
    assert find("sexo", fold("Sexo del jefe de hogar")) == pytest.approx(1 / 3)
    assert find("contrat*", fold("Type de contrat")) == pytest.approx(1 / 2)
    assert find("^no", fold("trabajo no remunerado")) == 0


@pytest.mark.parametrize(
    ("label", "band"),
    [
        ("10 a menos de 20", [10, 19]),
        ("5-9", [5, 9]),
        ("100 o más", [100, None]),
        ("20+", [20, None]),
        ("1,000 or more", [1000, None]),
        ("less than 5", [1, 4]),
        ("1 person", [1, 1]),
        ("ignorado", None),
        ("9 to 5", None),
        ("Hasta 5", [1, 5]),
        ("Más de 5", [6, None]),
        ("5 ou plus", [5, None]),
        ("Plus de 5", [6, None]),
        ("Jusqu'à 5", [1, 5]),
        ("Até 5", [1, 5]),
        ("Mais de 50", [51, None]),
        ("Kurang dari 5", [1, 4]),
        ("Lebih dari 20", [21, None]),
        ("20 orang ke atas", [20, None]),
        ("Dưới 5 người", [1, 4]),
        ("Từ 20 người trở lên", [20, None]),
        ("Trên 20 người", [21, None]),
        ("20 ຄົນຂຶ້ນໄປ", [20, None]),
        ("ຫຼາຍກວ່າ 20 ຄົນ", [21, None]),
        ("at least 10", [10, None]),
        ("up to 4 persons", [1, 4]),
        ("no more than 4", [1, 4]),
    ],
)
def test_bands_of_sizes_are_read_from_their_labels(label, band):
    assert bracket(label) == band


def test_the_lexicon_speaks_of_the_canonical_columns_and_their_codes_alone():
    codes = {
        column.name: set(column.valid)
        for table in ("core.person", "core.job")
        for column in load(table).columns
        if column.valid
    }
    entries = lexicon()
    assert {*PERSON_TEXT, *JOB_TEXT} <= set(entries)
    for column, entry in entries.items():
        assert entry.words, column
        if column in codes:
            assert set(entry.codes) - {"unclear"} <= codes[column], column
