"""The whole synthetic population of Lao PDR in 2017, put together; each topic has its own file."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from data_contracts.errors import InputError
from transforms.twin import targets as t
from transforms.twin.draws import Array, logistic, pick, stream, take_top
from transforms.twin.frame import Frame, build_frame, build_persons
from transforms.twin.jobs import answer_job, choose_formal, choose_kind, choose_sector
from transforms.twin.labour import EMPLOYED, answer_employment, answer_search, build_status
from transforms.twin.misreport import recall
from transforms.twin.pay import answer_pay, answer_trade

# Highest level attended (ed06), from least to most schooling, with the share of each.
LEVELS: Final = (11, 12, 13, 14, 15, 16, 21, 22, 23, 24, 31, 32, 33, 41, 42, 43, 44, 45, 46)
SHARES: Final = (1, 4, 6, 8, 9, 18, 6, 6, 6, 8, 3, 3, 9, 2, 1, 5, 4.5, 0.4, 0.1)


@dataclass(frozen=True)
class Population:
    """Every village, household and person of the twin.

    Attributes:
        scale: 1.0 is 6.9 million persons.
        seed: what the population was drawn from.
        frame: villages and the pointers into households and persons.
        person: one array a question, shape (persons,): the raw answers of 2017, -1 where a
            question was not asked or left blank; and the facts behind them, ``status`` (1
            employed, 2 unemployed, 3 outside, 0 under 15), ``own_use`` and ``covered``.
        monthly_pay: kip a month of the employed, shape (persons,), 0 for the others.
        recall: place of each employed person among the covered, or among those who are not, shape
            (persons,): who reports the own cover wrongly, see ``misreport``.
    """

    scale: float
    seed: int
    frame: Frame
    person: dict[str, Array]
    monthly_pay: Array
    recall: Array

    @property
    def villages(self) -> pl.DataFrame:
        """The village frame: prov, vtype, stratum, ea, households and village effects."""
        return self.frame.villages


def population(scale: float, seed: int) -> Population:
    """Draw the population, calibrated to the usable published margins of 2017.

    Who is in the labour force, unemployed, in agriculture and in informal employment is chosen
    by exact quota on a score with village, province, schooling and personal parts: margins hold
    to the nearest person and traits cluster in villages. See ``targets`` for the sources.

    Args:
        scale: share of the real size, above 0; 1.0 is 6.9 million persons.
        seed: the same scale and seed give the same population.

    Raises:
        InputError: the scale is not above 0.
    """
    if not scale > 0:
        raise InputError("the scale of the twin must be above 0", "use 0.02 for tests") from None
    frame = build_frame(scale, seed)
    # The least number of villages and households a stratum must have inflates a very small twin.
    person = build_persons(frame, scale, seed)
    n = len(person["pid"])
    effect = {c: frame.villages[c].to_numpy() for c in frame.villages.columns if c[:2] == "v_"}
    kind_of_village = frame.villages["vtype"].to_numpy()[person["village"]]
    person["vtype1"] = np.minimum(kind_of_village, 2).astype(np.int8)

    adults = np.flatnonzero(person["hl05"] >= 15)
    of = {k: person[k][adults] for k in ("hl04", "hl05", "village", "vtype1")}
    urban = of["vtype1"] == 1
    schooling = logistic(stream(seed, "schooling"), len(adults)) * np.float32(0.55)
    edu = schooling + 0.6 * urban + 0.4 * effect["v_edu"][of["village"]]
    edu = (edu - 0.015 * (of["hl05"] - 38.0) - 0.1 * (of["hl04"] == 2)).astype(np.float32)
    status, own_use = build_status(
        seed,
        of["hl04"],
        of["hl05"],
        urban=urban,
        edu=edu,
        work=effect["v_work"][of["village"]],
        idle=effect["v_idle"][of["village"]],
    )

    at = np.flatnonzero(status == EMPLOYED)
    sex, town, skill, place = of["hl04"][at], urban[at], edu[at], of["village"][at]
    farm = choose_sector(seed, sex, town, skill, effect["v_agr"][place])
    formal = choose_formal(seed, sex, farm, urban=town, edu=skill, vill=effect["v_formal"][place])
    kind = choose_kind(seed, sex, farm, formal)
    job = answer_job(seed, farm, formal, kind, effect["v_formal"][place])
    job |= answer_trade(seed, farm, kind)

    spread = np.full(len(adults), -1, dtype=np.int8)
    spread[at] = job["ac03"]
    farming = np.zeros(len(adults), dtype=bool)
    farming[at] = farm
    answers = answer_employment(seed, status, own_use, spread, farming)
    answers |= answer_search(seed, status)
    answers |= _answer_own_use(seed, own_use)
    job |= answer_pay(seed, formal, skill, job, answers["ep06"][at] == 1)
    answers |= {"status": status, "own_use": own_use}
    for name, values in answers.items():
        _place(person, name, adults, values, n)
    monthly = np.zeros(n, dtype=np.float32)
    monthly[adults[at]] = job.pop("monthly_pay")
    for name, values in job.items():
        _place(person, name, adults[at], values, n)
    places = np.zeros(n, dtype=np.float32)
    cell = (frame.villages["prov"].to_numpy()[place] * 2 + sex).astype(np.int16)
    places[adults[at]] = recall(seed, job["covered"], (cell * 9 + kind).astype(np.int16))
    _answer_schooling(seed, person, adults, edu)
    return Population(scale, seed, frame, person, monthly, places)


def _place(person: dict[str, Array], name: str, rows: Array, values: Array, n: int) -> None:
    """Put the answers of some persons into a full column, in the smallest type that holds them."""
    top = int(values.max()) if len(values) else 0
    fact = name in {"status", "own_use", "covered"}
    kind = np.int8 if top < 128 else np.int16 if top < 32_768 else np.int32
    person[name] = np.full(n, 0 if fact else -1, dtype=kind)
    person[name][rows] = values


def _answer_own_use(seed: int, own_use: Array) -> dict[str, Array]:
    """Answer opw04 (does not sell) and, of those who sell, opw05 (sells less than half)."""
    rng = stream(seed, "own use")
    n = len(own_use)
    grows = own_use | (rng.random(n, dtype=np.float32) < 0.2)
    opw04 = np.where(grows, pick(rng, n, [1, 2], [0.6, 0.4]), -1).astype(np.int8)
    half = np.where(own_use, np.int8(1), pick(rng, n, [1, 2], [0.5, 0.5]))
    return {"opw04": opw04, "opw05": np.where(opw04 == 2, half, -1).astype(np.int8)}


def _answer_schooling(seed: int, person: dict[str, Array], adults: Array, edu: Array) -> None:
    """Answer ed02, ed03 and ed06 of all aged 5 and over; youth not in work or school is exact."""
    rng = stream(seed, "attendance")
    n = len(person["pid"])
    age = person["hl05"]
    rank = np.argsort(np.argsort(edu)) / max(len(edu), 1)
    edges = np.cumsum(SHARES) / sum(SHARES)
    level = np.full(n, -1, dtype=np.int8)
    scaled = np.clip((rank - 0.12) / 0.88, 0, 0.999999)
    level[adults] = np.asarray(LEVELS, dtype=np.int8)[np.searchsorted(edges, scaled, side="right")]
    never = np.zeros(n, dtype=bool)
    never[adults] = rank < 0.12
    child = (age >= 5) & (age < 15)
    reached = np.minimum(age.astype(int) - 6, 8)
    level[child] = np.asarray([11, 12, 13, 14, 15, 16, 21, 22, 23], dtype=np.int8)[reached[child]]
    never[child] = rng.random(int(child.sum())) < 0.06
    u = rng.random(n, dtype=np.float32)
    attends = (child & (u < 0.94)) | ((age >= 25) & (u < 0.005))
    youth = (age >= 15) & (age < 25)
    idle = youth & (person["status"] != EMPLOYED)
    quota = max(int(idle.sum()) - round(t.NEET * int(youth.sum())), 0)
    score = -0.2 * (age - 15.0) + logistic(rng, n)
    attends |= take_top(score, np.where(idle, 0, -1), [quota])
    attends |= youth & ~idle & (u < 0.04)
    attends &= child | ~never | idle
    never &= ~attends
    asked = age >= 5
    ed02 = np.where(never, 1, np.where(attends, 2, 3)).astype(np.int8)
    level[asked & ~never & (u > 0.995)] = 0
    person["ed02"] = np.where(asked, ed02, -1).astype(np.int8)
    ed03 = np.where(level == 0, 0, 1)
    person["ed03"] = np.where(asked & ~never, ed03, -1).astype(np.int8)
    person["ed06"] = np.where(asked & ~never & (ed03 == 1), level, -1).astype(np.int8)
