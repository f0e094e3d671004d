"""Typed quantities: what may not be divided and why, what may, and the interval of the result."""

import random
from dataclasses import replace

import pytest

from analyses.published import rules
from analyses.published.arithmetic import add, base_of, ratio, share_of, subtract
from analyses.published.quantity import Quantity, paid_months
from data_contracts.errors import InputError, Refused
from data_contracts.published.concepts import concepts, refusals, sums
from data_contracts.published.tables import pair_rules

ALL = "enterprise+public+voluntary"


def survey(concept, value=1000.0, **told):
    told = {"universe": concept, "standard": "ICLS19", "source": "LFS", "date": "2023-06"} | told
    return quantity(concept, value, **told)


def register(concept, value=100.0, **told):
    told = {"universe": "register", "scheme": ALL, "branch": "old_age", "source": "LSSO"} | told
    return quantity(concept, value, **told)


def quantity(concept, value, **told):
    half = told.pop("half", 0.0)
    usual = {
        "id": f"{concept}_{told.get('scheme', '')}_{told.get('part', '')}_{told.get('period', '')}",
        "age": "15+", "unit": "persons", "period": "2022", "date": "2023-01",
        "low": value - half, "high": value + half,
    }  # fmt: skip
    return Quantity(**(usual | {"concept": concept, "value": value} | told))


EMPLOYED = survey("employed")
POPULATION = survey("population", age="all", standard="")
AFFILIATED = register("affiliated")
ACTIVE = register("active_contributor")
PROTECTED = register("protected_person", age="all")
VOLUNTARY = register("affiliated", scheme="voluntary")
REPORTED = quantity(
    "self_reported_coverage", 90, universe="employees", scheme="any", branch="old_age",
    source="LFS", standard="ICLS19",
)  # fmt: skip
OBLIGED = quantity(
    "legally_covered_mandatory", 400, universe="employed", scheme="enterprise+public",
    branch="old_age", source="LFS and law", standard="ICLS19",
)  # fmt: skip
PENSIONERS = register("beneficiary", age="60+")
RATE = survey("informal_employed", 86.4, id="rate", unit="percent", universe="employed", half=0.05)
PAID = register("contribution_paid", 500.0, unit="LAK per month")
DUE = quantity(
    "contribution_due", 900.0, universe="employed", scheme=ALL, branch="old_age",
    unit="LAK per year", source="LFS and law",
)  # fmt: skip

ILLEGAL = {
    "members over all ages": (
        AFFILIATED, POPULATION, {"concept", "age"}, "the population holds children and the retired"),
    "contributors over all ages": (
        ACTIVE, POPULATION, {"concept", "age"}, "the population holds children and the retired"),
    "2025 over 2022, unsaid": (
        replace(AFFILIATED, period="2025"), EMPLOYED, {"dates"}, "is of 2025, employed__"),
    "a month of 2024 over a year, unsaid": (
        replace(ACTIVE, period="2024-12"), EMPLOYED, {"dates"}, "is of 2024-12"),
    "an open period that ends too early": (
        replace(ACTIVE, period="2019/2021"), EMPLOYED, {"dates"}, "is of 2019/2021"),
    "protected persons over the employed": (
        PROTECTED, EMPLOYED, {"concept", "age"}, "include dependants, who are not among the employed"),
    "protected persons over the labour force": (
        PROTECTED, survey("labour_force"), {"concept", "age"}, "who are not in the labour force"),
    "protected persons over working age": (
        PROTECTED, survey("working_age"), {"concept", "age"}, "include dependants below working age"),
    "dependants over the employed": (
        register("dependant"), EMPLOYED, {"concept"}, "persons protected through a member are not counted among employed"),
    "ages 15+ over 15-64": (
        AFFILIATED, survey("working_age", age="15-64"), {"age"}, "numerator's ages are 15+, the denominator's 15-64"),
    "unstated ages of workers over all ages": (
        replace(AFFILIATED, age="not stated"), survey("working_age", age="all"), {"age"}, "ages are not stated, the denominator's all"),
    "enterprise over voluntary members": (
        register("active_contributor", scheme="enterprise"), VOLUNTARY, {"scheme"}, "holds members of enterprise, whom the denominator (voluntary)"),
    "all members over those obliged by law": (
        AFFILIATED, OBLIGED, {"scheme"}, "holds members of voluntary, whom the denominator (enterprise+public)"),
    "health over old-age members": (
        register("active_contributor", branch="health"), AFFILIATED, {"branch"}, "of the branch health, the denominator of old_age"),
    "1 in 12 over 3 in 12": (
        register("active_contributor", scheme="voluntary"), register("active_contributor", rule=paid_months(3)), {"rule"},
        "active means >=1 month in 12 above and >=3 months in 12 below"),
    "density over months": (
        register("active_contributor", scheme="voluntary", rule="density >=0.5 in 12"), ACTIVE, {"rule"}, "density >=0.5 in 12 above"),
    "affiliated over active": (AFFILIATED, ACTIVE, {"concept"}, "it is the other way round"),
    "members over protected persons": (
        VOLUNTARY, PROTECTED, {"concept", "age"}, "how many dependants a member has"),
    "recipients over members": (
        PENSIONERS, AFFILIATED, {"concept", "age"}, "need not be insured today"),
    "recipients over contributors": (
        replace(PENSIONERS, age="15+"), ACTIVE, {"concept"}, "system dependency ratio"),
    "recipients over the employed": (
        replace(PENSIONERS, age="15+"), EMPLOYED, {"concept"}, "pensioners are not among the employed"),
    "the law's circle over members": (
        OBLIGED, AFFILIATED, {"concept"}, "members are the part"),
    "asked of employees, over all employed": (
        REPORTED, EMPLOYED, {"universe"}, "only employees were asked"),
    "asked of the labour force, over the employed": (
        replace(REPORTED, universe="labour_force"), EMPLOYED, {"universe"}, "counted among employed and unemployed persons, who are not all employed"),
    "told coverage of informal employees": (
        replace(REPORTED, universe="informal_employees"), survey("informal_employees"), {"circular"}, "0 or 1 by definition"),
    "compulsory members over informal jobs": (
        AFFILIATED, survey("informal_employed"), {"circular"}, "members of enterprise+public are compulsorily insured"),
    "employed over the informal": (
        EMPLOYED, survey("informal_employed"), {"concept"}, "employed persons are not counted among"),
    "unemployed over the employed": (
        survey("unemployed"), EMPLOYED, {"concept"}, "unemployed persons are not counted among employed persons"),
    "a number over itself": (EMPLOYED, EMPLOYED, {"concept"}, "of the same scheme, part and time"),
    "a rate over a rate": (RATE, replace(RATE, id="other"), {"rate"}, "is a rate, and only counts or sums"),
    "jobs over persons": (
        survey("informal_employed", unit="jobs"), EMPLOYED, {"unit"}, "jobs and persons are different units"),
    "a month's money over a year's": (PAID, DUE, {"unit"}, "LAK per month and LAK per year"),
    "13th over 19th ICLS": (
        survey("informal_employed", standard="ICLS13"), EMPLOYED, {"standard"}, "follows ICLS13, the denominator ICLS19"),
    "a province over the country": (
        register("affiliated", part="province=01"), EMPLOYED, {"part"}, "of province=01, the denominator of total"),
    "one province over another": (
        register("affiliated", part="province=01"), register("affiliated", part="province=02"), {"part"}, "the denominator of province=02"),
    "over what may be zero": (
        survey("informal_employed"), survey("employed", 1000.0, half=1000.0), {"zero"}, "may be zero"),
}  # fmt: skip


@pytest.mark.parametrize("case", ILLEGAL, ids=str)
def test_an_illegal_division_is_refused_with_its_reasons(case):
    above, below, why, words = ILLEGAL[case]
    with pytest.raises(Refused) as no:
        ratio(above, below)
    assert set(no.value.why) == why
    assert words in no.value.rule
    assert no.value.remedy
    assert no.value.exit_code == 2


def test_there_are_more_than_twenty_illegal_divisions():
    assert len(ILLEGAL) >= 20


@pytest.mark.parametrize(
    "case", [c for c in ILLEGAL if ILLEGAL[c][2] != {"dates"}], ids=str
)  # fmt: skip
def test_only_dates_are_forgiven_by_allow_mixed_dates(case):
    above, below, why, _ = ILLEGAL[case]
    with pytest.raises(Refused) as no:
        ratio(above, below, allow_mixed_dates=True)
    assert set(no.value.why) == why


LEGAL = {
    "members over the employed": (AFFILIATED, EMPLOYED, "ratio"),
    "members over the labour force": (AFFILIATED, survey("labour_force"), "ratio"),
    "members over working age": (AFFILIATED, survey("working_age"), "ratio"),
    "voluntary members over informal jobs": (VOLUNTARY, survey("informal_employed"), "ratio"),
    "voluntary among members": (VOLUNTARY, AFFILIATED, "proportion"),
    "active among members": (ACTIVE, AFFILIATED, "proportion"),
    "a province among members": (register("affiliated", part="province=01"), AFFILIATED, "proportion"),
    "a province's members over its employed": (
        register("affiliated", part="province=01"), survey("employed", part="province=01"), "ratio"),
    "protected persons over the population": (PROTECTED, POPULATION, "ratio"),
    "recipients over those above pension age": (
        PENSIONERS, survey("above_pension_age", age="60+"), "ratio"),
    "obliged by law over the employed": (OBLIGED, EMPLOYED, "proportion"),
    "compulsory members over the obliged": (
        register("active_contributor", scheme="enterprise"), OBLIGED, "ratio"),
    "told coverage over those asked": (REPORTED, survey("employees"), "proportion"),
    "informal over the employed": (survey("informal_employed"), EMPLOYED, "proportion"),
    "informal over the labour force": (survey("informal_employed"), survey("labour_force"), "proportion"),
    "women among the employed": (survey("employed", part="sex=female"), EMPLOYED, "proportion"),
    "paid over due": (PAID, replace(DUE, unit="LAK per month"), "ratio"),
}  # fmt: skip


@pytest.mark.parametrize("case", LEGAL, ids=str)
def test_a_legal_division_passes_without_an_argument(case):
    above, below, kind = LEGAL[case]
    got = ratio(above, below)
    assert got.value == above.value / below.value
    assert got.kind == kind
    assert (got.numerator, got.denominator) == (above, below)


def test_mixed_dates_write_their_own_footnote():
    got = ratio(replace(AFFILIATED, period="2025"), EMPLOYED, allow_mixed_dates=True)
    assert any(
        "Numerator of 2025 (LSSO), denominator of 2022 (LFS)" in note for note in got.footnotes
    )
    assert not any("Numerator of" in note for note in ratio(AFFILIATED, EMPLOYED).footnotes)
    assert got.kind == "ratio"


def test_footnotes_tell_of_the_register_the_ages_and_the_open_date():
    members = replace(AFFILIATED, id="members", age="not stated", period="2022/2023")
    notes = " ".join(ratio(members, EMPLOYED).footnotes)
    assert "A ratio, not a proportion" in notes
    assert "The ages of members are not published; taken as 15+." in notes
    assert "The date of members is not published; it lies in 2022/2023." in notes


def test_a_number_that_does_not_say_what_it_is_is_refused():
    for wrong in (
        {"concept": "coverage"}, {"universe": "everybody"}, {"period": "last year"},
        {"source": ""}, {"scheme": ""}, {"branch": ""}, {"low": 101.0}, {"high": 99.0},
        {"value": float("nan")},
    ):  # fmt: skip
        with pytest.raises(InputError):
            replace(AFFILIATED, **wrong)


def test_an_active_contributor_has_a_rule():
    assert ACTIVE.rule == ">=1 month in 12"  # the rule of the register's counts (coverage_ratio)
    assert (paid_months(1, 3), paid_months(6)) == (">=1 month in 3", ">=6 months in 12")
    with pytest.raises(InputError):
        paid_months(13)


def test_schemes_are_not_summed_without_an_overlap_rule():
    public = register("affiliated", 60.0, scheme="public")
    own = register("affiliated", 30.0, scheme="voluntary")
    with pytest.raises(Refused, match="in several schemes and would be counted as often"):
        add([public, own], id="both")
    told = add([public, own], id="both", overlap="the law lets nobody be in both")
    assert (told.value, told.scheme) == (90.0, "public+voluntary")
    assert "the law lets nobody be in both" in told.footnotes[-1]
    in_both = register("affiliated", 5.0, scheme="public+voluntary", half=2.0)
    less = add([public, own], id="both", overlap=in_both)
    assert (less.value, less.low, less.high) == (85.0, 83.0, 87.0)


SUMS = {
    "voluntary legal coverage to compulsory": (
        [OBLIGED, replace(OBLIGED, id="v", concept="legally_covered_voluntary", scheme="voluntary")], "concept", "never added to compulsory"),
    "members and contributors": ([AFFILIATED, ACTIVE], "concept", "not declared parts of a whole"),
    "employed and members": ([EMPLOYED, AFFILIATED], "concept", "not declared parts of a whole"),
    "rates": ([RATE, replace(RATE, id="r2", part="sex=female")], "rate", "rates are not added"),
    "two years": ([survey("employed", part="sex=male"), survey("employed", part="sex=female", period="2017")], "dates", "_2017 of 2017"),
    "two definitions": ([survey("employed", part="sex=male"), survey("employed", part="sex=female", standard="ICLS13")], "standard", "differ in standard"),
    "a part and its whole": ([EMPLOYED, survey("employed", part="sex=female")], "twice", "the same persons stand in two"),
    "parts of two breakdowns": ([survey("employed", part="area=urban"), survey("employed", part="sex=female")], "twice", "the same persons"),
    "a province's unemployed to all employed": ([EMPLOYED, survey("unemployed", part="province=01")], "part", "differ in part: province=01, total"),
    "dependants of another scheme": ([VOLUNTARY, register("dependant", age="all")], "scheme", "differ in scheme"),
    "a scheme inside the other": ([register("affiliated", scheme="public"), AFFILIATED], "twice", "the same persons stand in two"),
    "branches": ([AFFILIATED, replace(AFFILIATED, id="h", branch="health", scheme="public")], "branch", "differ in branch"),
}  # fmt: skip


@pytest.mark.parametrize("case", SUMS, ids=str)
def test_an_illegal_sum_is_refused_with_its_reason(case):
    parts, why, words = SUMS[case]
    with pytest.raises(Refused) as no:
        add(parts, id="sum", part="total", overlap="said to be apart")
    assert why in no.value.why
    assert words in no.value.rule


BOTH_SEXES = [survey("employed", part="sex=male"), survey("employed", part="sex=female")]
COUNT = survey("informal_employed", 2_140_000.0, half=5_000.0)
# What else is refused, so that each rule of the table has a case that it alone refuses.
OTHERS = [
    lambda: add([register("affiliated", scheme="public"), VOLUNTARY], id="x"),
    lambda: add(BOTH_SEXES, id="x"),
    lambda: add([OBLIGED, replace(OBLIGED, id="v", concept="legally_covered_voluntary")], id="x"),
    lambda: add([EMPLOYED, survey("unemployed", unit="jobs")], id="x"),
    lambda: add([EMPLOYED, survey("unemployed", age="15-64")], id="x"),
    lambda: add([ACTIVE, replace(ACTIVE, id="r", part="sex=male", rule=paid_months(3))], id="x"),
    lambda: subtract(EMPLOYED, survey("unemployed"), id="x"),
    lambda: subtract(EMPLOYED, survey("informal_employed", unit="jobs"), id="x"),
    lambda: subtract(EMPLOYED, survey("informal_employed", age="15-64"), id="x"),
    lambda: subtract(EMPLOYED, survey("informal_employed", standard="ICLS13"), id="x"),
    lambda: subtract(EMPLOYED, survey("informal_employed", part="sex=male"), id="x"),
    lambda: subtract(PROTECTED, register("dependant", scheme="public"), id="x"),
    lambda: subtract(AFFILIATED, replace(VOLUNTARY, branch="health"), id="x"),
    lambda: subtract(ACTIVE, replace(ACTIVE, id="r", scheme="public", rule=paid_months(3)), id="x"),
    lambda: subtract(replace(EMPLOYED, unit="percent"), replace(COUNT, unit="percent"), id="x"),
    lambda: base_of(COUNT, replace(RATE, age="15-64"), "employed", id="x"),
    lambda: base_of(COUNT, replace(RATE, standard="ICLS13"), "employed", id="x"),
    lambda: base_of(COUNT, replace(RATE, unit="persons"), "employed", id="x"),
    lambda: base_of(COUNT, replace(RATE, part="sex=female"), "employed", id="x"),
    lambda: base_of(COUNT, RATE, "unemployed", id="x"),
    lambda: share_of(EMPLOYED, replace(RATE, age="15-64"), id="x"),
    lambda: share_of(EMPLOYED, replace(RATE, standard="ICLS13"), id="x"),
    lambda: share_of(EMPLOYED, replace(RATE, unit="persons"), id="x"),
    lambda: share_of(survey("labour_force"), RATE, id="x"),
]


def reasons_of(deed):
    try:
        deed()
    except Refused as no:
        return no.why, no.reasons
    except ZeroDivisionError:  # what the rule on zero keeps away
        pass
    return ()


def all_reasons():
    """What every refused case of this file is told, in order."""
    told = [reasons_of(lambda pair=case[:2]: ratio(*pair)) for case in ILLEGAL.values()]
    for parts, *_ in SUMS.values():
        told.append(reasons_of(lambda p=parts: add(p, id="s", part="total", overlap="apart")))
    return told + [reasons_of(deed) for deed in OTHERS]


ROWS = [
    (operation, place, field)
    for operation in ("division", "dates", "sum", "difference", "base", "share")
    for place, rule in enumerate(pair_rules(operation))
    for field in rule.each
]


@pytest.mark.parametrize(("operation", "place", "field"), ROWS)
def test_no_rule_can_be_taken_out_of_the_table_unnoticed(monkeypatch, operation, place, field):
    """Each row of rules.yaml changes what at least one refused case is told."""
    with_all = all_reasons()

    def without(asked):
        found = list(pair_rules(asked))
        if asked == operation:
            rest = tuple(one for one in found[place].each if one != field)
            found[place] = replace(found[place], each=rest)
        return found

    monkeypatch.setattr(rules, "pair_rules", without)
    assert all(with_all)
    assert all_reasons() != with_all


def test_declared_parts_make_up_their_whole_and_come_off_again():
    jobs, none = survey("employed", 900.0), survey("unemployed", 100.0)
    force = add([jobs, none], id="force")
    assert (force.concept, force.universe, force.value) == ("labour_force", "labour_force", 1000.0)
    back = subtract(force, none, id="jobs")
    assert (back.concept, back.value) == ("employed", 900.0)
    compulsory = subtract(AFFILIATED, replace(VOLUNTARY, value=30.0, low=30.0), id="c")
    assert (compulsory.scheme, compulsory.value) == ("enterprise+public", 70.0)
    with pytest.raises(Refused, match="no declared part"):
        subtract(EMPLOYED, none, id="x")
    with pytest.raises(Refused, match="differ in part"):
        subtract(force, survey("unemployed", 10.0, part="province=01"), id="x")
    with pytest.raises(InputError, match="needs two"):
        add([jobs], id="x")
    parts = [survey("employed", 400.0, part="sex=male"), survey("employed", 500.0, part="sex=female")]  # fmt: skip
    assert add(parts, id="all", part="total").value == 900.0
    with pytest.raises(Refused, match="nothing says what"):
        add(parts, id="all")


def test_a_base_is_implied_only_by_count_and_rate_of_one_thing():
    count = survey("informal_employed", 2_140_000.0, half=5_000.0)
    assert base_of(count, RATE, "employed", id="e").value == pytest.approx(2_140_000 / 0.864)
    for wrong, word in (
        (replace(RATE, period="2017"), "rate of 2017"),
        (replace(RATE, standard="ICLS13"), "follows ICLS19, the denominator ICLS13"),
        (replace(RATE, part="sex=female"), "different things"),
        (replace(RATE, unit="persons"), "a rate in percent"),
    ):
        with pytest.raises(Refused, match=word):
            base_of(count, wrong, "employed", id="e")
    with pytest.raises(Refused, match="do not lie in unemployed"):
        base_of(count, RATE, "unemployed", id="e")
    assert share_of(EMPLOYED, RATE, id="i").value == pytest.approx(864.0)
    with pytest.raises(Refused, match="is a share of employed"):
        share_of(survey("labour_force"), RATE, id="i")


def test_the_interval_holds_every_value_that_rounding_allows_and_no_more():
    """Against 4,000 draws within the limits; the naive quotient of intervals would be wider."""
    count = survey("informal_employed", 2_140_000.0, half=5_000.0)
    none = survey("unemployed", 61_207.0, half=500.0)
    jobs = base_of(count, RATE, "employed", id="e")
    force = add([jobs, none], id="lf")
    got = ratio(jobs, force)
    draw = random.Random(1)  # noqa: S311 - no secret
    seen = []
    for _ in range(4000):
        i = draw.uniform(count.low, count.high)
        e = 100 * i / draw.uniform(RATE.low, RATE.high)
        seen.append(e / (e + draw.uniform(none.low, none.high)))
    assert got.low <= min(seen)
    assert max(seen) <= got.high
    assert max(seen) - min(seen) > 0.8 * (got.high - got.low)
    naive = jobs.high / force.low - jobs.low / force.high
    assert got.high - got.low < naive / 10


def test_two_numbers_of_one_name_are_refused():
    with pytest.raises(InputError, match="the same id"):
        ratio(replace(VOLUNTARY, id="x"), replace(AFFILIATED, id="x"))


def test_the_concepts_hang_together():
    known = concepts()
    assert all(other in known for one in known.values() for other in one.over)
    assert all(a in known and b in known for a, b in refusals())
    assert not any(below in known[above].over for above, below in refusals())
    assert all(part in known for parts in sums().values() for part in parts)
    assert all(one.name not in one.over for one in known.values())
