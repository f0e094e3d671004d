"""Villages, households and persons of the twin, with age, sex and family; no labour market here."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from data_contracts.discreet import Discreet
from transforms.twin import targets as t
from transforms.twin.draws import Array, logistic, pick, share_out, stream, take_top


@dataclass(frozen=True, repr=False)
class Frame(Discreet):
    """The sampling frame: villages, and pointers into households and persons.

    Attributes:
        villages: one row a village: prov 1-18, vtype 1-3, stratum, ea, households, and the
            village effects ``v_work``, ``v_formal``, ``v_agr``, ``v_idle``, ``v_edu``.
        first_household: shape (villages + 1,), pointer of a village's first household.
        first_person: shape (households + 1,), pointer of a household's first person.
    """

    villages: pl.DataFrame
    first_household: Array
    first_person: Array


def build_frame(scale: float, seed: int) -> Frame:
    """Lay out strata, villages and household sizes.

    Every stratum has at least 12 villages and four times the villages that a survey draws, so
    two PSUs a stratum can always be drawn; a village has at least six households.
    """
    rng = stream(seed, "frame")
    census = np.asarray(t.CENSUS_2015, dtype=np.float64)
    urban, no_road = np.asarray(t.URBAN), np.asarray(t.NO_ROAD)
    share = (
        np.stack([urban, 1 - urban - no_road, no_road], axis=1) * (census / census.sum())[:, None]
    )
    share = share.ravel()
    drawn = max(2, round(t.VILLAGES_DRAWN * scale))
    density = share * np.tile([0.55, 1.05, 1.7], 18)
    least = max(12, 4 * drawn)
    n_villages = np.maximum(np.rint(t.VILLAGES * scale * density / density.sum()), least).astype(
        int
    )
    n_households = np.maximum(
        np.rint(t.PERSONS * scale / t.HOUSEHOLD_SIZE * share), 6 * n_villages
    ).astype(int)
    stratum = np.repeat(np.arange(54), n_villages)
    count = len(stratum)
    size = rng.lognormal(0.0, 0.45, count)
    households = np.concatenate(
        [share_out(int(n_households[s]), size[stratum == s], 6) for s in range(54)]
    )
    effects = rng.standard_normal((5, count)).astype(np.float32)
    province = rng.standard_normal((5, 18)).astype(np.float32)[:, stratum // 3]
    mixed = effects + 0.5 * province
    prov, vtype = stratum // 3 + 1, stratum % 3 + 1
    villages = pl.DataFrame(
        {
            "prov": prov.astype(np.int8),
            "vtype": vtype.astype(np.int8),
            "stratum": (prov * 10 + vtype).astype(np.int16),
            "ea": np.arange(1, count + 1, dtype=np.int32),
            "households": households.astype(np.int32),
            **{f"v_{k}": mixed[i] for i, k in enumerate(("work", "formal", "agr", "idle", "edu"))},
        }
    )
    total = int(households.sum())
    sizes = 1 + np.minimum(rng.poisson(t.HOUSEHOLD_SIZE - 1, total), 14)
    return Frame(
        villages,
        np.concatenate([[0], np.cumsum(households)]),
        np.concatenate([[0], np.cumsum(sizes)]),
    )


def build_persons(frame: Frame, scale: float, seed: int) -> dict[str, Array]:
    """Draw age, sex, relationship, marital status and difficulties, one array a question.

    The number of persons aged 15 and over is exact. A blank answer is -1.
    """
    rng = stream(seed, "persons")
    first = frame.first_person
    n = int(first[-1])
    sizes = np.diff(first)
    household = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    position = (np.arange(n) - first[:-1][household]).astype(np.int8)
    village_of_household = np.repeat(
        np.arange(frame.villages.height, dtype=np.int32), frame.villages["households"].to_numpy()
    )
    partner = (rng.random(len(sizes), dtype=np.float32) < 0.9) & (sizes > 1)
    couple = partner[household]
    head, spouse = position == 0, (position == 1) & couple
    other = ~(head | spouse)
    crowd = rng.standard_normal(len(sizes)).astype(np.float32)[household]
    adults_other = round(t.WORKING_AGE * scale) - int((~other).sum())
    grown = take_top(
        0.5 * crowd + logistic(rng, n), (~other).astype(np.int8), [max(adults_other, 0)]
    )

    u = rng.random(n, dtype=np.float32)
    head_age = (24 + 50 * rng.beta(2.0, 3.2, len(sizes))).astype(np.float32)[household]
    gap = rng.normal(-3, 4, len(sizes)).astype(np.float32)[household]
    of_others = np.interp(u, [0, 0.66, 0.9, 1], [15, 25, 46, 90]).astype(np.float32)
    age = np.where(head, head_age, np.where(spouse, np.clip(head_age + gap, 17, 85), of_others))
    age = np.where(other & ~grown, 15 * u, age).astype(np.int8)

    head_male = rng.random(len(sizes), dtype=np.float32) < 0.5 + 0.4 * partner
    coin = rng.random(n, dtype=np.float32) < 0.5
    male = np.where(head, head_male[household], np.where(spouse, ~head_male[household], coin))
    married = (head | spouse) & couple
    alone = np.where(head, pick(rng, n, [1, 3, 4], [0.3, 0.2, 0.5]), np.int8(1))
    settled = other & (rng.random(n, dtype=np.float32) < np.clip((age - 16) / 25, 0, 0.8))
    together = pick(rng, n, [2, 5], [0.95, 0.05])
    marital = np.where(married | settled, together, alone).astype(np.int8)
    marital[age < 12] = -1

    person: dict[str, Array] = {
        "household": household,
        "village": village_of_household[household],
        "pid": (position + 1).astype(np.int8),
        "hl04": np.where(male, 1, 2).astype(np.int8),
        "hl05": age,
        "hl06": marital,
    }
    for name in ("hl10", "hl11", "hl12", "hl13", "hl14", "hl15"):
        v = rng.random(n, dtype=np.float32) / np.where(age > 60, 3.0, 1.0).astype(np.float32)
        answer = (1 + (v < 0.03) + (v < 0.006) + (v < 0.001)).astype(np.int8)
        answer[age < 5] = -1
        person[name] = answer
    return person
