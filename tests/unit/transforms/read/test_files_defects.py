"""The twelve faults seen in real survey files, each made anew in a small file of our own."""

import zipfile

import polars as pl
import pyreadstat
import pytest

from analyses.engine.collapse import Score, collapse
from analyses.engine.design import Design
from analyses.quality.subject import Subject
from analyses.quality.weights import weights_sum_to_population
from analyses.wave.estimates import estimate
from data_contracts.errors import InputError
from data_contracts.profile.profile import load_profile
from data_contracts.quality.rules import load_rules
from transforms.read.files import read_table
from transforms.survey.harmonise import harmonise


def profile(tmp_path, **replaced):
    """Give the small profile with some of its lines replaced."""
    from tests.unit.transforms.small_survey import PROFILE

    text = PROFILE
    for line, new in replaced.items():
        (old,) = [each for each in text.splitlines() if each.strip().startswith(f"{line}:")]
        text = text.replace(old, new)
    path = tmp_path / "TST_2020_LFS.yaml"
    path.write_text(text, encoding="utf-8")
    return load_profile(str(path))


def delivered(path, made):
    return harmonise(made, read_table(path, made.raw_names()).frame, path.name)


def put(rows, **columns):
    return rows.with_columns(pl.Series(name, values) for name, values in columns.items())


def test_1_text_of_another_encoding_is_told_or_refused(tmp_path, rows):
    """A Stata file of 2012 holds Latin-1 without saying so."""
    path = tmp_path / "old.dta"
    said = put(rows, remark=["caf\u00e9"] * 8)
    pyreadstat.write_dta(said, path, version=12)
    raw = path.read_bytes()
    assert b"caf\xe9" in raw or "caf\u00e9".encode() in raw
    path.write_bytes(raw.replace("caf\u00e9".encode(), b"caf\xe9 "))
    found = read_table(path, ["hh", "remark"])
    assert found.frame["remark"][0].startswith("caf\u00e9")
    assert any("cp1252" in note or "latin" in note for note in found.notes)


def test_2_one_column_of_latin_1_in_a_text_file_is_told(tmp_path, rows):
    path = tmp_path / "rows.csv"
    path.write_bytes(put(rows, remark=["se\u00f1ora"] * 8).write_csv().encode("latin-1"))
    found = read_table(path)
    assert found.frame["remark"][0] == "se\u00f1ora"
    assert any("cp1252" in note for note in found.notes)


def test_3_of_733_columns_only_the_mapped_ones_are_read(tmp_path, rows):
    path = tmp_path / "wide.dta"
    empty = {f"c{i:03d}": [None] * 8 for i in range(721)}
    wide = pl.concat(
        [rows, pl.DataFrame(empty, schema=dict.fromkeys(empty, pl.Float64))], how="horizontal"
    )
    pyreadstat.write_dta(wide, path)
    found = read_table(path, ["hh", "c700"]).frame
    assert found.columns == ["HH", "c700"]
    assert found.dtypes == [pl.String, pl.Float64]
    assert found["c700"].null_count() == 8


def test_4_a_partly_labelled_size_is_read_by_its_counts(tmp_path, rows):
    path = tmp_path / "size.sav"
    numbers = put(rows, size=[1, 9, 10, 11, 99, None, 5, 6])
    bands = {10: "10 to 19", 11: "20 and more", 99: "NS/NR"}
    pyreadstat.write_sav(numbers, path, variable_value_labels={"size": bands})
    job = delivered(path, profile(tmp_path)).job
    assert job["enterprise_size_lower"].to_list() == [1, 9, 10, 20, None, None, 5, 6]
    assert job["enterprise_size_upper"].to_list() == [1, 9, 19, None, None, None, 5, 6]


def test_5_sentinels_of_many_widths_are_missing_and_unlisted_ones_refused(tmp_path, rows):
    age = "  age: {from: AGE, number: true, missing: [9, 99, 999, 99999999, -1]}"
    path = tmp_path / "rows.csv"
    put(rows, age=["40", "38", "9", "99", "999", "99999999", "-1", "15"]).write_csv(path)
    ages = delivered(path, profile(tmp_path, age=age)).person["age"].to_list()
    assert ages == [40, 38, None, None, None, None, None, 15]
    with pytest.raises(InputError, match="column age"):
        delivered(path, profile(tmp_path))


def test_6_yes_and_no_as_5_6_household_values_on_one_row_and_no_person_number(tmp_path, rows):
    registration = '  registration: {from: reg, codes: {5: "yes", 6: "no", 7: "yes", 8: "no"}, blank: no_answer}'
    pay = "  earnings_monthly: {from: pay, number: true, fill: household}"
    path = tmp_path / "rows.csv"
    changed = put(
        rows,
        reg=["5", "6", "7", "8", "5", "6", "", "8"],
        pay=["100", "", "70", "", "60", "", "50", ""],
        pn=["1", None, "1", None, "1", "2", "1", None],
    )
    changed.write_csv(path)
    made = delivered(path, profile(tmp_path, registration=registration, earnings_monthly=pay))
    assert made.job["registration"].to_list() == [
        "yes", "no", "yes", "no", "yes", "no", "no_answer", "no",
    ]  # fmt: skip
    assert made.job["earnings_monthly"].to_list() == [100, 100, 70, 70, 60, 60, 50, 50]
    assert made.person.height == 8
    assert not made.person.select("hh_id", "person_id").is_duplicated().any()


def test_7_names_beyond_ascii_with_underscores_and_in_any_case(tmp_path, rows):
    design = "design: {strata: [Estrato], psu: [_UPM], weight: FACTOR}"
    size = "  enterprise_size: {from: tamaño, counts: [1, 9], brackets: {10: [10, 19], 11: [20, null], 99: [null, null]}}"
    path = tmp_path / "rows.csv"
    named = rows.rename({"st": "ESTRATO", "ea": "_upm", "wt": "Factor", "size": "TAMAÑO"})
    put(named, ESTRATO=["urbano alto"] * 4 + ["rural"] * 4).write_csv(path)
    made = delivered(path, profile(tmp_path, design=design, enterprise_size=size))
    assert made.person["strata"].unique().sort().to_list() == ["rural", "urbano alto"]
    assert made.job["enterprise_size_lower"].to_list()[:2] == [1, 9]


@pytest.mark.parametrize(
    ("factor", "status", "said"),
    [(1.0, "passed", ""), (0.25, "failed", "an annual weight on one quarter's file")],
)
def test_8_an_annual_weight_on_one_quarter_is_told(factor, status, said):
    """The corpus delivers a whole such file and sees it refused; here the check itself is asked."""
    person = pl.DataFrame({"weight": [factor * 1000.0] * 100})
    known = {"population": {"persons": 100_000, "tolerance_pct": 10, "source": "ours"}}
    subject = Subject("TST_2020_LFS", person, pl.DataFrame(), {}, facts=known)
    rule = load_rules("survey")["weights_sum_to_population"]
    (found,) = weights_sum_to_population(subject, rule)
    assert found.finding.status == status
    assert said in found.finding.reason
    assert rule.severity == "error"


def test_9_semicolons_a_mark_and_an_archive_member_of_another_name(tmp_path, rows):
    path = tmp_path / "Base_2021.zip"
    content = b"\xef\xbb\xbf" + rows.write_csv(separator=";").encode()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ENE/2021/trim4/datos_final.csv", content)
    assert delivered(path, profile(tmp_path)).person.height == 8


def test_10_a_stratum_with_one_psu_is_named_and_a_rule_reads_it(tmp_path, rows):
    path = tmp_path / "rows.csv"
    put(rows, ea=["1", "1", "2", "2", "1", "1", "1", "1"]).write_csv(path)
    with pytest.raises(InputError, match=r"1 strata have one PSU.*: b"):
        delivered(path, profile(tmp_path))
    design = "design: {strata: [st], psu: [ea], weight: wt, lonely: adjust}"
    assert delivered(path, profile(tmp_path, design=design)).person.height == 8


def test_11_in_clusters_of_one_mind_the_design_effect_is_their_size():
    """Kish 1965: deff = 1 + (m - 1) rho; with rho = 1 it is m, here with the finite factors."""
    psus, m = 400, 12
    rows = pl.DataFrame(
        {
            "strata": ["all"] * psus * m,
            "psu": [str(i) for i in range(psus) for _ in range(m)],
            "weight": [100.0] * psus * m,
            "covered": [i % 4 == 0 for i in range(psus) for _ in range(m)],
            "one": [True] * psus * m,
        }
    )
    totals = collapse(rows, Design("weight", "strata", "psu"), [Score("c", "covered", "one")])
    found = estimate(totals).row(0, named=True)
    n, size = psus * m, 100 * psus * m
    by_hand = m * psus / (psus - 1) * (n - 1) / n / (1 - n / size)
    assert found["deff"] == pytest.approx(by_hand, rel=1e-9)
    naive = (0.25 * 0.75 / (psus * m)) ** 0.5
    assert found["se"] / naive == pytest.approx(m**0.5, rel=0.01)


def test_12_text_for_numbers_reserved_names_one_without_age_and_lost_zeros(tmp_path, rows):
    path = tmp_path / "rows.dta"
    changed = put(rows, age=["40", "38", "35", "20", "33", "70", "", "15"], ilo_lfs=[1] * 8)
    pyreadstat.write_dta(put(changed, isic=[111, 111, 4711, 8411, 111, None, 4711, 4711]), path)
    made = delivered(path, profile(tmp_path))
    assert made.dropped == {"no_age": 1}
    assert made.job["industry_isic4_2d"].to_list()[0] == "01"
    assert not [name for name in made.person.columns if name.startswith("ilo_")]
