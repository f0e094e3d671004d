"""The twin's social-security register in a raw layout; the survey knows nothing of it.

The columns follow the plausible extract of lao_context 2.3: no public layout exists. The sizes
are the insured members published for about 2022/23; contributions are those of the 24 months
2016-01 to 2017-12, so that register and survey share the year 2017.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from transforms.twin import targets as t
from transforms.twin.calibrate import Array, pick, share_out, stream
from transforms.twin.contributions import SCHEMES, contribute, paid_months
from transforms.twin.population import Population

DISTRICTS: Final = (9, 7, 5, 7, 5, 12, 10, 11, 7, 11, 7, 10, 15, 8, 4, 10, 5, 5)
SURVEY_DAY: Final = np.datetime64("2017-10-01")


@dataclass(frozen=True)
class Register:
    """Three raw tables of the register.

    Attributes:
        members: one row a member: member_id (ten digits, leading zeros kept), name and phone
            (tokens, nobody's), scheme, status, sex (M, F), birth_date, province_code (text 01 to
            18), district_code, village, registration_date, exit_date, employer_id,
            declared_income (kip a month), n_dependants.
        contributions: member_id, period (YYYY-MM), scheme, contribution_base and
            contribution_amount (kip), paid_date.
        employers: employer_id, employer_name (token), province_code, isic, size, registered_date.
    """

    members: pl.DataFrame
    contributions: pl.DataFrame
    employers: pl.DataFrame


def register(population: Population, seed: int) -> Register:
    """Draw the register: covered workers first, then members that a survey does not see.

    Of the insured (not exited), 8 % are dormant: no contribution in 2017. Members who exited
    before 2017 (pensioners, deceased) come on top, 1.5 %. Members without a person in the
    population (barracks, foreigners, second registrations) copy a covered worker's profile;
    three in ten of them sit in province 01, where head offices register.
    """
    rng = stream(seed, "register")
    who, scheme, state = _choose_members(rng, population)
    n = len(who)
    person = {k: population.person[k][who] for k in ("hl04", "hl05", "village")}
    province = population.villages["prov"].to_numpy()[person["village"]].astype(np.int64)
    province[(state == 1) & (rng.random(n) < 0.3)] = 1
    income = _declared(rng, population.monthly_pay[who], scheme)
    first_year = np.asarray([1995, 2002, 2014])[scheme]
    day = first_year - 1970 + rng.random(n) * (2017.6 - first_year)
    joined = np.datetime64("1970-01-01") + (day * 365.2425).astype("timedelta64[D]")
    quit_month = rng.integers(0, 12, n)
    birth = SURVEY_DAY - ((person["hl05"] + rng.random(n)) * 365.2425).astype("timedelta64[D]")
    birth = np.where(state == 3, np.minimum(birth, np.datetime64("1957-06-30")), birth)
    grown = birth + np.timedelta64(17 * 365, "D")
    joined = np.maximum(joined, np.minimum(grown, np.datetime64("2017-06-01")))
    joined = np.where(state >= 2, np.minimum(joined, np.datetime64("2015-12-15")), joined)
    left = (np.datetime64("2016-01") + quit_month).astype("datetime64[D]") + rng.integers(0, 28, n)
    employer, employers = _employ(rng, province, scheme, population.scale)

    token = rng.permutation(n) + 1
    village = person["village"] + 1
    district = province * 100 + village % np.asarray(DISTRICTS)[province - 1] + 1
    word = np.asarray(["active", "active", "suspended", "lapsed", "pensioner", "deceased"])
    word_at = np.where(state == 2, pick(rng, n, [2, 3], [0.4, 0.6]), state)
    word_at = np.where(state == 3, pick(rng, n, [4, 5], [0.8, 0.2]), word_at)
    members = pl.DataFrame(
        {
            "number": token,
            "member_id": pl.Series(token * 7 % 10_000_000).cast(pl.String).str.zfill(10),
            "name": _token("NAME-", token, 7),
            "scheme": np.asarray(SCHEMES)[scheme],
            "status": word[word_at],
            "sex": np.asarray(["M", "F"])[person["hl04"] - 1],
            "birth_date": birth.astype("datetime64[D]"),
            "province_code": pl.Series(province).cast(pl.String).str.zfill(2),
            "district_code": pl.Series(district).cast(pl.String).str.zfill(4),
            "village": _token("V-", village, 5),
            "registration_date": joined.astype("datetime64[D]"),
            "exit_date": left.astype("datetime64[D]"),
            "employer_id": _token("E", employer, 6),
            "declared_income": income,
            "n_dependants": rng.poisson(1.45, n).astype(np.int16),
            "phone": _token("TEL-", token, 7),
        }
    ).with_columns(
        pl.when(pl.Series(state == 3)).then(pl.col("exit_date")).alias("exit_date"),
        pl.when(pl.Series(employer > 0)).then(pl.col("employer_id")).alias("employer_id"),
    )
    paid = paid_months(rng, joined, scheme, state, quit_month)
    contributions = contribute(rng, members["member_id"], scheme, income, paid)
    return Register(members.sort("number").drop("number"), contributions, employers)


def _token(prefix: str, number: Array, digits: int) -> pl.Series:
    """Write numbers as opaque text with leading zeros."""
    return prefix + pl.Series(number).cast(pl.String).str.zfill(digits)


def _choose_members(rng: np.random.Generator, population: Population) -> tuple[Array, Array, Array]:
    """Choose a person's row, scheme 0-2 and state (0 in the frame, 1 not, 2 dormant, 3 exited)."""
    q = population.person
    covered = np.flatnonzero(q["covered"] == 1)
    unit, own = q["ac13"][covered], np.isin(q["ac03"][covered], (3, 4, 5))
    scheme_of = np.where(own, 2, np.where(unit == 1, 0, 1))
    people: list[Array] = []
    scheme: list[Array] = []
    state: list[Array] = []
    for code, name in enumerate(SCHEMES):
        insured = round(t.MEMBERS[name] * population.scale)
        active = round(insured * (1 - t.DORMANT))
        seen = covered[scheme_of == code][:active]
        counts = [active - len(seen), insured - active, round(0.015 * insured)]
        groups = [seen, *(rng.choice(seen, size=k) for k in counts)]
        for at, rows in enumerate(groups):
            people.append(rows)
            scheme.append(np.full(len(rows), code))
            state.append(np.full(len(rows), at))
    return np.concatenate(people), np.concatenate(scheme), np.concatenate(state)


def _declared(rng: np.random.Generator, pay: Array, scheme: Array) -> Array:
    """Give declared monthly income (kip): salary, 70 % of pay, or a chosen reference income."""
    salary = np.clip(pay, 1_000_000, 4_400_000)
    chosen = np.asarray([900_000, 1_200_000, 1_500_000, 2_000_000])
    reference = chosen[pick(rng, len(pay), [0, 1, 2, 3], [0.5, 0.25, 0.15, 0.1])]
    declared = np.select(
        [scheme == 0, scheme == 1], [salary, np.clip(0.7 * pay, 3e5, 9e6)], reference
    )
    income: Array = (np.rint(declared / 1000) * 1000).astype(np.int64)
    return income


def _employ(
    rng: np.random.Generator, province: Array, scheme: Array, scale: float
) -> tuple[Array, pl.DataFrame]:
    """Give each member an employer number (0 for voluntary) and list the employers."""
    census = np.asarray(t.CENSUS_2015, dtype=np.float64)
    sizes = [share_out(max(round(k * scale), 36), census, 1) for k in (700, 2_300)]
    number = np.zeros(len(province), dtype=np.int64)
    home = np.where(rng.random(len(province)) < 0.9, province, 1) - 1
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
            "province_code": pl.Series(where).cast(pl.String).str.zfill(2),
            "isic": pl.Series(np.where(kinds == 0, 84, trade)).cast(pl.String).str.zfill(2),
            "size": np.bincount(number, minlength=offset + 1)[1:].astype(np.int32),
            "registered_date": joined,
        }
    )
    return number, employers
