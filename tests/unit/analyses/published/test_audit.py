"""The audit of the published figures, against the table worked out by hand in lao_context.md section 3.

The numbers beside each test are those of that page (figures, their intervals from rounding and
which base prints which percentage), not of this program.
"""

import csv
from pathlib import Path

import pytest
import yaml

import data_contracts
from analyses.published.arithmetic import ratio
from analyses.published.audit import audit
from analyses.published.bases import bases_that_print, decimals_of
from analyses.published.figures import FILE, derive, load_published
from data_contracts.errors import InputError, Refused

MARGINS = Path(str(data_contracts.__file__)).parent / "codes" / "published_margins.csv"


@pytest.fixture(scope="module")
def found():
    return audit()


@pytest.fixture(scope="module")
def figures():
    return derive(load_published().figures)


# 3.1: millions to three decimals; 3.3 number 1 for the members that mixing would mean.
@pytest.mark.parametrize(
    ("name", "value", "low", "high", "unit"),
    [
        ("informal_workers", 2.14, 2.135, 2.145, 1e6),
        ("informality_rate", 86.4, 86.35, 86.45, 1),
        ("employed", 2.477, 2.470, 2.484, 1e6),
        ("labour_force", 2.538, 2.531, 2.545, 1e6),
        ("unemployed", 61_207, 61_207, 61_207, 1),
        ("voluntary_members", 26_793, 26_793, 26_793, 1),
        ("members", 353_962, 353_962, 353_962, 1),
        ("protected_persons", 867_277, 867_277, 867_277, 1),
        ("voluntary_members_later", 43_329, 43_329, 43_329, 1),
        ("mandatory_members", 327_169, 327_169, 327_169, 1),
        ("dependants", 513_315, 513_315, 513_315, 1),
        ("members_if_mixed", 570_118, 566_392, 573_894, 1),
        ("members_if_frozen", 370_498, 370_498, 370_498, 1),
    ],
)
def test_quantities_and_their_intervals(found, name, value, low, high, unit):
    line = next(one for one in found.quantities if one.id == name)
    decimals = 3 if unit == 1e6 else 2 if value < 100 else 0
    got = [round(x / unit, decimals) for x in (line.value, line.low, line.high)]
    assert got == [value, low, high]


def test_formal_jobs_keep_the_dependence_of_their_two_inputs(figures):
    # 2.135 (1/0.8645 - 1) and 2.145 (1/0.8635 - 1) million by hand; apart, the two intervals
    # would give 324,636 to 349,076
    formal = figures["formal_workers"]
    assert round(formal.value) == 336_852
    assert formal.low == pytest.approx(2.135e6 * (1 / 0.8645 - 1))
    assert formal.high == pytest.approx(2.145e6 * (1 / 0.8635 - 1))


# 3.2 and 3.3, percent as printed there
@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("informal_workers/employed", "86.4"),
        ("informal_workers/labour_force", "84.3"),
        ("unemployed/labour_force", "2.41"),
        ("employed/labour_force", "97.6"),
        ("voluntary_members/members", "7.569"),
        ("1-members/employed", "85.7"),
        ("1-members/labour_force", "86.1"),
        ("members/working_age", "6.9"),
        ("members/employed", "14.3"),
        ("protected_persons/population", "11.7"),
        ("voluntary_members/informal_workers", "1.25"),
        ("voluntary_members_later/informal_workers", "2.02"),
        ("voluntary_members_later/employed", "1.75"),
        ("voluntary_members_later/labour_force", "1.71"),
        ("voluntary_members_later/working_age", "0.85"),
        ("voluntary_members_later/voluntary_members", "161.7"),
        ("mandatory_members/formal_workers", "97"),
    ],
)
def test_ratios(found, name, printed):
    line = next(one for one in found.ratios if one.id == name)
    decimals = len(printed.partition(".")[2])
    assert f"{line.value:.{decimals}f}" == printed
    assert line.low <= line.value <= line.high


def test_every_mixed_date_ratio_says_so(found):
    later = [one for one in found.ratios if one.id.startswith("voluntary_members_later/")]
    assert len(later) == 5
    assert all(any("the dates differ" in note for note in one.footnotes) for one in later)
    assert not any("dates differ" in n for o in found.ratios if o not in later for n in o.footnotes)


def test_the_informality_rate_is_of_the_employed(found):
    tries = [one for one in found.bases if one.claim == "informality_rate"]
    told = {(one.base, one.printed): (one.finer, one.verdict) for one in tries}
    assert told == {
        ("employed", "2.4"): ("2.41", "reproduces"),
        ("employed", "97.6"): ("97.59", "reproduces"),
        ("labour_force", "2.4"): ("2.47", "does not"),
        ("labour_force", "97.6"): ("97.53", "does not"),
    }
    if_force = next(one for one in tries if (one.base, one.printed) == ("labour_force", "2.4"))
    assert (round(if_force.low, 3), round(if_force.high, 3)) == (2.464, 2.478)
    assert "Its base is the employed" in found.verdicts["informality_rate"]
    assert "the labour force, which is wrong" in found.verdicts["informality_rate"]


# 3.2: which bases print the percentage as it was printed
@pytest.mark.parametrize(
    ("claim", "bases"),
    [
        ("voluntary_share", {("voluntary_members", "members")}),
        ("nine_in_ten", {("members", "employed"), ("members", "labour_force"), ("members", "working_age")}),
        ("two_percent", {("voluntary_members_later", b) for b in ("informal_workers", "employed", "labour_force")}),
        ("fifteen_percent", set()),
        ("thirty_percent", set()),
    ],
)  # fmt: skip
def test_the_bases_that_reproduce_a_percentage(found, claim, bases):
    own = [one for one in found.bases if one.claim == claim]
    assert {(o.numerator, o.base) for o in own if o.verdict == "reproduces"} == bases
    assert not any(one.verdict == "can reproduce" for one in own)


def test_only_informal_workers_print_two_point_nought(found, figures):
    assert "only voluntary members later over informal workers prints 2.0" in found.verdicts["two_percent"]  # fmt: skip
    count = figures["voluntary_members_later"]
    assert [round(x / 1e6, 3) for x in bases_that_print(count, 2, 0.5)] == [1.733, 2.889]
    assert [round(x / 1e6, 3) for x in bases_that_print(count, 2, 0.05)] == [2.114, 2.222]


def test_an_illegal_pair_is_tried_and_refused_with_its_reason(found):
    refused = {(o.numerator, o.base): o.reason for o in found.bases if o.verdict == "refused"}
    assert "include dependants" in refused["protected_persons", "employed"]
    assert "compulsorily insured" in refused["members", "informal_workers"]
    assert "holds members of voluntary" in refused["voluntary_members", "mandatory_members"]
    assert all(refused.values())


def test_members_exceed_the_formal_jobs_for_every_value_that_rounding_allows(found):
    flag = next(one for one in found.flags if one.id == "members_exceed_formal_jobs")
    assert flag.holds == "always"
    assert "353,962" in flag.statement
    assert "336,852" in flag.statement
    told = " ".join(flag.explanations)
    for word in ("voluntary", "own-account", "employer's payments", "duplicates", "foreigners",
                 "survey is of 2022", "sampling error"):  # fmt: skip
        assert word in told


# 3.3, by its numbers there: 5, 1, 2, 3, 4 and 10, and the sensitivity below the list
@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("compulsory_near_formal", ["97.1 %", "50 %"]),
        ("vintages_mixed", ["570,118", "566,392", "573,894", "61.1 %", "353,962"]),
        ("mixed_breaks_nine_in_ten", ["23.0 %", "77.0 %"]),
        ("later_over_earlier", ["12.2 %", "11.7 %", "370,498"]),
        ("two_percent", ["1.733", "2.889", "2.114", "2.222", "2.02 %", "1.71 %"]),
        ("trend_on_frozen_base", ["1.25 %", "2.02 %", "2022"]),
        ("rates_of_2017", ["82.88", "82.66", "66.5"]),
        ("rate_alone_as_check", ["2.550", "2.498", "2.605", "2.489", "2.437", "2.543", "86.0 %", "outside"]),
        ("employed_cut_not_rounded", ["2.4 million", "cut off after the first decimal, it fits"]),
    ],
)  # fmt: skip
def test_contradictions(found, name, numbers):
    flag = next(one for one in found.flags if one.id == name)
    assert flag.holds == "always"
    for number in numbers:
        assert number in flag.statement


def test_ilostat_is_a_second_concept_and_never_divided(found, figures):
    flag = next(one for one in found.flags if one.id == "ilostat_is_another_concept")
    # 0.905 x 3.509 million = 3,175,645; less 2.14 million = 1,035,645
    for number in ("90.5 %", "3,509,000", "86.4 %", "2,476,852", "1,035,645", "two concepts"):
        assert number in flag.statement
    assert any("13th ICLS" in why for why in flag.explanations)
    with pytest.raises(Refused, match="do not count the same persons"):
        ratio(figures["informal_ilostat"], figures["employed"])


def test_flags_follow_the_figures(tmp_path):
    """With 300,000 members the first flag falls; with coarser rounding others become possible."""
    told = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    told["figures"]["members"]["value"] = 300_000
    told["figures"]["informality_rate"]["half_width"] = 2
    mine = tmp_path / "mine.yaml"
    mine.write_text(yaml.safe_dump(told), encoding="utf-8")
    got = {flag.id: flag.holds for flag in audit(mine).flags}
    assert got["members_exceed_formal_jobs"] == "sometimes"
    assert got["rate_alone_as_check"] == "never"
    told["figures"]["informality_rate"]["half_width"] = 0.05
    mine.write_text(yaml.safe_dump(told), encoding="utf-8")
    again = audit(mine)
    assert {f.id: f.holds for f in again.flags}["members_exceed_formal_jobs"] == "never"
    assert "No base reproduces it" in again.verdicts["voluntary_share"]  # 26,793 of 300,000: 8.9 %


@pytest.mark.parametrize(
    "harm",
    [
        lambda t: t.pop("claims"),
        lambda t: t["figures"].pop("members"),
        lambda t: t["figures"]["members"].pop("scheme"),
        lambda t: t["figures"]["members"].update(value="many"),
        lambda t: t["figures"]["members"].update(confidence="sure"),
        lambda t: t["figures"]["members"].update(colour="red"),
        lambda t: t["figures"]["informality_rate"].update(period="2017"),
        lambda t: t["ratios"][0].update(over=["informal_workers", "nobody"]),
        lambda t: t["claims"][0]["bases"].append("nobody"),
        lambda t: t["claims"][0].pop("percent"),
        lambda t: t.update(claims=[one for one in t["claims"] if one["id"] != "two_percent"]),
    ],
)
def test_a_broken_file_is_refused(tmp_path, harm):
    told = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    harm(told)
    mine = tmp_path / "mine.yaml"
    mine.write_text(yaml.safe_dump(told), encoding="utf-8")
    with pytest.raises(InputError):
        audit(mine)


def test_the_figures_agree_with_the_published_margins():
    known = {}
    with MARGINS.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            key = (row["year"], row["indicator"], row["category"])
            known.setdefault(key, []).append(float(row["value"]))  # one figure, several sources
    figures = load_published().figures
    for name, key in {
        "unemployed": ("2022", "unemployed", "total"),
        "unemployment_rate": ("2022", "unemployment_rate", "total"),
        "informality_rate": ("2022", "informal_employment_rate", "total"),
        "informal_workers": ("2022", "informal_workers", "total"),
        "members": ("2022", "nssf_insured_members", "total"),
        "voluntary_members": ("2022", "nssf_insured_members", "voluntary_self_employed"),
        "protected_persons": ("2022", "nssf_protected_persons", "members_plus_dependants"),
        "voluntary_members_later": ("2025", "nssf_insured_members", "voluntary_informal"),
        "rate_2017_ilo": ("2017", "informal_employment_rate", "total"),
        "rate_2017_lsb_854": ("2017", "share_informal_sector_8.5.4_LSB", "total"),
        "rate_2017_lsb_831": ("2017", "informal_employment_rate_8.3.1_LSB", "total"),
    }.items():
        own = figures[name]
        assert any(own.low - 1e-9 <= value <= own.high + 1e-9 for value in known[key]), name


def test_decimals_of_a_rounding():
    assert [decimals_of(x) for x in (0.5, 0.05, 0.005, 5, 0)] == [0, 1, 2, 0, 0]
