"""One draw of the 2010 survey from the same twin, in that file's raw layout and codes."""

import numpy as np
import polars as pl

from transforms.twin.draws import Array, pick, stream
from transforms.twin.labour import EMPLOYED, UNEMPLOYED
from transforms.twin.population import Population
from transforms.twin.survey import design_columns, draw_sample


def draw_survey_2010(population: Population, seed: int) -> pl.DataFrame:
    """Draw one survey in the raw 2010 layout, one row a person of any age.

    The people are those of 2017 (weights add up to that population); the questions are those of
    2010: own-use producers count as employed (13th ICLS), status also says unemployed (ac3 = 8),
    ISIC has lost its leading zero, ``villaget`` is text, province 18 is inside 10, and nothing
    asks for registration, bookkeeping or size. Codes: lao_lfs_variables, section 1.
    """
    sample = draw_sample(population, seed)
    rng = stream(seed, "survey 2010")
    person = {k: v[sample.rows] for k, v in population.person.items()}
    n = len(sample.rows)
    design = design_columns(population, sample)
    vtype = population.villages["vtype"].to_numpy()[sample.village]
    age, status = person["hl05"], person["status"]
    adult, farmer = age >= 15, person["own_use"] == 1
    job = status == EMPLOYED
    working = job | farmer
    seeking = (status == UNEMPLOYED) & ~farmer
    ac3 = np.full(n, -1, dtype=np.int8)
    ac3[farmer] = np.where(person["ep02"] == 1, 6, 7)[farmer]
    ac3[job] = _status_2010(rng, person)[job]
    ac3[seeking & (rng.random(n) < 0.5)] = 8
    employee = job & (ac3 <= 4)
    worked = np.where(person["ep06"] == 1, 2, 1) if n else person["ep06"]
    ac1 = np.where(working, np.where(farmer & ~job, 1, worked), 2)
    ac2 = np.where(ac1 == 2, np.where(working, 1, 2), -1)
    farm = person["lsic2"].astype(np.int16) * 100
    group = np.where(person["lsic2"] < 4, 11, pick(rng, n, [10, 20], [1, 1]))
    trade = farm + np.where(person["lsic2"] == 99, 0, group)  # 9900 is the only class of 99
    more = pick(rng, n, [1, 2], [0.12, 0.88])
    contract = np.where(person["ac05"] == 1, 4, pick(rng, n, [1, 2, 3], [1, 1, 1]))
    profit = np.where(person["eri06"] >= 0, population.monthly_pay[sample.rows], person["eri01"])
    level, went = _schooling_2010(person)
    values: dict[str, Array] = {
        "wt_per": np.round(sample.weight, 6),
        **design,
        "prov": np.where(design["prov"] == 18, 10, design["prov"]),
        "villaget": vtype,
        "hl4": person["hl04"],
        "hl5": age,
        "hl7": _recode(person["hl06"], {1: 2, 2: 1, 3: 3, 4: 6, 5: 4}),
        "ed2": went,
        "ed4": np.where(went == 1, np.where(person["ed02"] == 2, 1, 2), -1),
        "ed8": level,
        "ed10": np.where(went == 1, np.where(person["ed02"] == 2, 1, 2), -1),
        "ac1": np.where(adult, ac1, -1),
        "ac2": np.where(adult, ac2, -1),
        "ac3": ac3,
        "ac4_isco": np.where(job, person["lsco4"], np.where(farmer, 6310, -1)),
        "ac5_isic": np.where(job, trade, np.where(farmer, 111, -1)),
        "ac6": np.where(job, person["ac18"], np.where(farmer, 3, -1)),
        "ac8": np.where(job & (profit >= 0), np.rint(profit), -1).astype(np.int64),
        "ac9_5": np.where(employee, person["ac10"], -1),
        "ac9_6": np.where(employee, person["ac09"], -1),
        "ac10": np.where(job, person["ac20"], np.where(farmer, 2, -1)),
        "ac11_1": np.where(job, person["wt02a"], np.where(farmer, 30, -1)),
        "ac11_2": np.where(job, person["wt02b"], np.where(farmer, 0, -1)),
        "ue1": np.where(adult & ~working, np.where(seeking, 1, 2), -1),
        "ue4": np.where(adult & seeking, 1, -1),
        "ud1": np.where(working, more, -1),
        "ud2": np.where(working & (more == 1), pick(rng, n, [1, 2], [0.7, 0.3]), -1),
        "ss1": np.where(employee, np.where(contract == 4, 1, 2), -1),
        "ss2": np.where(employee, contract, -1),
        "ss5_4": np.where(employee, person["ac08"], -1),
    }
    return _blanks(values)


def _blanks(values: dict[str, Array]) -> pl.DataFrame:
    """Make a table of answers, where a negative one is blank."""
    return (
        pl.DataFrame(values)
        .with_columns(pl.when(pl.col(k) >= 0).then(pl.col(k)) for k in values if k != "wt_per")
        .with_columns(pl.col("villaget").cast(pl.String))
    )


def _recode(answer: Array, codes: dict[int, int]) -> Array:
    """Replace codes; anything else becomes -1."""
    out = np.full(len(answer), -1, dtype=np.int8)
    for old, new in codes.items():
        out[answer == old] = new
    return out


def _status_2010(rng: np.random.Generator, person: dict[str, Array]) -> Array:
    """Give ac3 of those with a job: 1, 2, 4 public, 3 private employee, 5-7 not employees."""
    unit, status = person["ac13"], person["ac03"]
    public = np.where(unit == 2, 4, pick(rng, len(unit), [1, 2], [0.7, 0.3]))
    employee = np.where(np.isin(unit, (1, 2)), public, 3)
    return np.select([status == 3, status == 4, status == 5], [5, 6, 7], employee)


def _schooling_2010(person: dict[str, Array]) -> tuple[Array, Array]:
    """Give ed8 (level) and ed2 (1 ever at school, 2 never) from the 2017 answers."""
    steps = {0: 0, 11: 0, 41: 4, 42: 5, 43: 6, 44: 6, 45: 7, 46: 8}
    steps |= dict.fromkeys(range(12, 17), 1) | dict.fromkeys(range(21, 25), 2)
    steps |= dict.fromkeys(range(31, 34), 3)
    went = np.where(person["ed02"] < 0, -1, np.where(person["ed02"] == 1, 2, 1))
    return _recode(person["ed06"], steps), went
