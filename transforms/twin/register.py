"""The twin's social-security register in a raw layout; the survey knows nothing of it.

The columns follow the plausible extract of lao_context 2.3: no public layout exists. The sizes
are near the insured members published for about 2022/23; contributions are those of the 24 months
2016-01 to 2017-12 as an extract of 31 January 2018 holds them, so that register and survey share
the year 2017.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from data_contracts.discreet import Discreet
from transforms.twin import identities, membership
from transforms.twin import targets as t
from transforms.twin.contributions import (
    MONTHS,
    SCHEMES,
    YEARS,
    contribute,
    due_2017,
    months_from_2016,
    paid_months,
)
from transforms.twin.draws import Array, pick, share_out, stream
from transforms.twin.errors import Errors
from transforms.twin.membership import ARMED_FORCES, COVERED, DORMANT, EXITED, KINDS, Membership
from transforms.twin.population import Population

DISTRICTS: Final = (9, 7, 5, 7, 5, 12, 10, 11, 7, 11, 7, 10, 15, 8, 4, 10, 5, 5)
SURVEY_DAY: Final = np.datetime64("2017-10-01")
LAST_REGISTRATION: Final = np.datetime64("2017-11-01")
KNOWN_RESIDENCE: Final = 0.8
SAME_PHONE: Final = 0.6
CATEGORY: Final = ("Civil servant", "Employee", "Self-employed")


@dataclass(frozen=True, repr=False)
class Register(Discreet):
    """Three raw tables of the register, and the facts behind them.

    Attributes:
        members: one row a number: member_id (ten digits, leading zeros kept), name and phone
            (made up), scheme, status, sex (M, F), birth_date, province_code (text 01 to 18; of
            registration), district_code, village, registration_date, exit_date, employer_id,
            declared_income (kip a month), n_dependants, nationality, category, residence_province
            (text 01 to 18, known for 80 %).
        contributions: member_id, period (YYYY-MM), scheme, contribution_base and
            contribution_amount (kip), paid_date; what was posted by the extract.
        employers: employer_id, employer_name (token), province_code, isic, size, registered_date.
        facts: one row a number in the order of ``members``, never written to a file: member_id,
            person (its number), row (in the population; null for foreigners, the armed forces
            and the exited), scheme, kind, sex, lives (province), is_second, mistyped (none, name,
            birth), is_late_2016 and is_late_2017 (that year is posted in March to June of the
            next), insurable and declared (kip a month), due and due_declared on them (kip a month
            by the law of 2017), months_due and months_paid (of 2017, whenever posted).
    """

    members: pl.DataFrame
    contributions: pl.DataFrame
    employers: pl.DataFrame
    facts: pl.DataFrame


def register(population: Population, seed: int, errors: Errors | None = None) -> Register:
    """Draw the register: every covered resident, and the errors around them.

    The active contributors of 2017 are the covered residents (a fact of the population),
    foreigners and the armed forces. Another seed redraws who is affected by an error, never who is
    covered. Members who left before 2017 (pensioners, deceased) come on top. With all errors at 0
    the register says what is so.

    Args:
        population: whose covered persons are registered.
        seed: of the register alone.
        errors: the planted errors; the defaults where not given.
    """
    planted = errors if errors is not None else Errors()
    rng = stream(seed, "register")
    who = membership.choose_members(rng, population, planted)
    persons = _persons(rng, population, who, planted.under_declaration)
    quit_month = persons["quit_month"].to_numpy()
    paid = paid_months(rng, persons["joined"].to_numpy(), who.scheme, who.active, quit_month)
    late = {year: _late(rng, paid[:, YEARS[year]], planted.late_posting) for year in YEARS}
    persons = persons.with_columns(
        pl.Series("is_late_2016", late[2016]),
        pl.Series("is_late_2017", late[2017] & who.active),
        pl.Series("months_paid", paid[:, YEARS[2017]].sum(axis=1)),
    )
    numbers = pl.concat([persons, _second_numbers(rng, persons, who)])
    members, employers = _members(rng, numbers, planted.head_office, population.scale)
    first = persons.height
    again = numbers["person"].to_numpy()[first:]
    place, takes_over = np.arange(first), np.full(first, MONTHS)
    place[again] = np.arange(first, numbers.height)
    takes_over[again] = months_from_2016(numbers["joined"].to_numpy()[first:])
    paid[persons["is_late_2017"].to_numpy(), YEARS[2017]] = False
    ids = members["member_id"]
    contributions = contribute(rng, persons, paid, late[2016], (ids, place, takes_over))
    order = members["number"].arg_sort()
    facts = _facts(numbers.with_columns(ids))
    return Register(members[order].drop("number"), contributions, employers, facts[order])


def _token(prefix: str, number: Array, digits: int) -> pl.Series:
    """Write numbers as opaque text with leading zeros."""
    return prefix + pl.Series(number).cast(pl.String).str.zfill(digits)


def _codes(number: pl.Series | Array, digits: int) -> pl.Series:
    return pl.Series(number).cast(pl.String).str.zfill(digits)


def _late(rng: np.random.Generator, paid: Array, share: float) -> Array:
    """Draw whose whole year is posted late, each for himself, among those who paid for any of it.

    Not an exact share: how far two years differ by chance is what an interval must know.
    """
    drawn: Array = paid.any(axis=1) & (rng.random(len(paid)) < share)
    return drawn


def _persons(
    rng: np.random.Generator, population: Population, who: Membership, undeclared: float
) -> pl.DataFrame:
    """Give one row a person: identity, dates of membership and income."""
    n = len(who.kind)
    person = {k: population.person[k][who.person] for k in ("hl04", "hl05", "village")}
    first_year = np.asarray([1995, 2002, 2014])[who.scheme]
    day = first_year - 1970 + rng.random(n) * (2017.6 - first_year)
    joined = np.datetime64("1970-01-01") + (day * 365.2425).astype("timedelta64[D]")
    birth = SURVEY_DAY - ((person["hl05"] + rng.random(n)) * 365.2425).astype("timedelta64[D]")
    grown = birth + np.timedelta64(17 * 365, "D")
    joined = np.maximum(joined, np.minimum(grown, np.datetime64("2017-06-01")))
    joined = np.where(who.active, joined, np.minimum(joined, np.datetime64("2015-12-15")))
    quit_month = rng.integers(0, 12, n)
    left = (np.datetime64("2016-01") + quit_month).astype("datetime64[D]") + rng.integers(0, 28, n)
    insurable, declared = membership.declared_income(rng, who, undeclared)
    asleep, gone = pick(rng, n, [0, 1], [0.4, 0.6]), pick(rng, n, [0, 1], [0.8, 0.2])
    words = np.asarray(["active", "suspended", "lapsed", "pensioner", "deceased"])
    status = np.where(who.kind == DORMANT, 1 + asleep, np.where(who.kind == EXITED, 3 + gone, 0))
    return pl.DataFrame(
        {
            "person": np.arange(n),
            "row": who.person,
            "scheme": who.scheme,
            "kind": who.kind,
            "sex": person["hl04"],
            "birth": birth.astype("datetime64[D]"),
            "name": identities.draw_names(rng, n),
            "phone": rng.permutation(n) + 1,
            "village": person["village"] + 1,
            "lives": membership.provinces_of(population, who.person),
            "joined": joined.astype("datetime64[D]"),
            "left": left,
            "quit_month": quit_month,
            "status": words[status],
            "insurable": insurable,
            "declared": declared,
            "n_dependants": rng.poisson(1.45, n).astype(np.int16),
            "is_second": np.zeros(n, dtype=bool),
            "mistyped": np.full(n, identities.TYPING[0]),
        }
    )


def _second_numbers(
    rng: np.random.Generator, persons: pl.DataFrame, who: Membership
) -> pl.DataFrame:
    """Give some active persons a second number, from a later day on; columns as ``_persons``."""
    again = persons[np.flatnonzero(who.second)]
    n = again.height
    wrong = identities.mistyping(rng, n)
    joined, birth = again["joined"].to_numpy(), again["birth"].to_numpy()
    wait = (LAST_REGISTRATION - joined).astype(int) * rng.random(n)
    phone = again["phone"].to_numpy()
    other = persons.height + rng.permutation(n) + 1
    return again.with_columns(
        pl.Series("joined", joined + wait.astype("timedelta64[D]")),
        pl.Series("name", identities.mistype_names(rng, again["name"], wrong)),
        pl.Series("birth", identities.mistype_days(rng, birth, wrong)),
        pl.Series("phone", np.where(rng.random(n) < SAME_PHONE, phone, other)),
        pl.Series("is_second", np.ones(n, dtype=bool)),
        pl.Series("mistyped", np.asarray(identities.TYPING)[wrong]),
    )


def _members(
    rng: np.random.Generator, numbers: pl.DataFrame, head_office: float, scale: float
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Write the raw members file, with ``number`` to sort it by, and the employers."""
    n = numbers.height
    scheme, kind, lives = (numbers[k].to_numpy() for k in ("scheme", "kind", "lives"))
    province = membership.register_province(rng, lives, scheme, kind != EXITED, head_office)
    employer, employers = _employ(rng, province, scheme, scale)
    token = rng.permutation(n) + 1
    village = numbers["village"].to_numpy()
    district = province * 100 + village % np.asarray(DISTRICTS)[province - 1] + 1
    soldier = kind == ARMED_FORCES
    residence = _codes(lives, 2).zip_with(
        pl.Series(rng.random(n) < KNOWN_RESIDENCE), pl.Series([None], dtype=pl.String)
    )
    left = pl.when(pl.Series(kind == EXITED)).then(numbers["left"])
    has_employer = pl.Series(employer > 0)
    members = pl.DataFrame(
        {
            "number": token,
            "member_id": _codes(token * 7 % 10_000_000, 10),
            "name": numbers["name"],
            "scheme": np.asarray(SCHEMES)[scheme],
            "status": numbers["status"],
            "sex": np.asarray(["M", "F"])[numbers["sex"].to_numpy() - 1],
            "birth_date": numbers["birth"],
            "province_code": _codes(province, 2),
            "district_code": _codes(district, 4),
            "village": _token("V-", village, 5),
            "registration_date": numbers["joined"],
            "exit_date": numbers["left"],
            "employer_id": _token("E", employer, 6),
            "declared_income": numbers["declared"],
            "n_dependants": numbers["n_dependants"],
            "phone": _token("TEL-", numbers["phone"].to_numpy(), 7),
            "nationality": np.where(kind == membership.FOREIGN, "Foreign", "Lao"),
            "category": np.where(soldier, "Armed forces", np.asarray(CATEGORY)[scheme]),
            "residence_province": residence,
        }
    ).with_columns(
        left.alias("exit_date"),
        pl.when(has_employer).then(pl.col("employer_id")).alias("employer_id"),
    )
    return members, employers


def _employ(
    rng: np.random.Generator, province: Array, scheme: Array, scale: float
) -> tuple[Array, pl.DataFrame]:
    """Give each number an employer of its province (0 for voluntary) and list the employers."""
    census = np.asarray(t.CENSUS_2015, dtype=np.float64)
    sizes = [share_out(max(round(k * scale), 36), census, 1) for k in (700, 2_300)]
    number = np.zeros(len(province), dtype=np.int64)
    home = province - 1
    offset = 0
    for code, count in enumerate(sizes):
        first = np.cumsum(count) - count + offset + 1
        skew = rng.random(len(province)) ** 2.5
        number = np.where(scheme == code, first[home] + (count[home] * skew).astype(int), number)
        offset += int(count.sum())
    kinds = np.repeat([0, 1], [int(s.sum()) for s in sizes])
    trade = pick(rng, offset, [10, 14, 23, 41, 47, 55, 64], [3, 3, 1, 3, 4, 3, 2])
    where = np.concatenate([np.repeat(np.arange(1, 19), count) for count in sizes])
    joined = np.datetime64("1995-01-01") + rng.integers(0, 7600, offset).astype("timedelta64[D]")
    employers = pl.DataFrame(
        {
            "employer_id": _token("E", np.arange(1, offset + 1), 6),
            "employer_name": _token("EMPLOYER-", np.arange(1, offset + 1), 6),
            "province_code": _codes(where, 2),
            "isic": _codes(np.where(kinds == 0, 84, trade), 2),
            "size": np.bincount(number, minlength=offset + 1)[1:].astype(np.int32),
            "registered_date": joined,
        }
    )
    return number, employers


def _facts(numbers: pl.DataFrame) -> pl.DataFrame:
    """Say of each number what is so."""
    scheme, kind = numbers["scheme"].to_numpy(), numbers["kind"].to_numpy()
    start = np.maximum(months_from_2016(numbers["joined"].to_numpy()), YEARS[2017].start)
    in_frame = pl.col("kind").is_in([COVERED, DORMANT])
    kept = ("member_id", "person", "sex", "lives", "is_second", "mistyped", "is_late_2016")
    return numbers.select(
        *kept,
        "is_late_2017",
        pl.when(in_frame).then("row").alias("row"),
        pl.Series("scheme", np.asarray(SCHEMES)[scheme]),
        pl.Series("kind", np.asarray(KINDS)[kind]),
        "insurable",
        "declared",
        pl.Series("due", due_2017(scheme, numbers["insurable"].to_numpy())),
        pl.Series("due_declared", due_2017(scheme, numbers["declared"].to_numpy())),
        pl.Series("months_due", MONTHS - start),
        "months_paid",
    )
