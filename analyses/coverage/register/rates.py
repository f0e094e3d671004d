"""The tally's adjustments for every scheme and domain, and their table; one cell's are in rate_estimates.py."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from analyses.coverage.register.adjustments import Given, Rates, named
from analyses.coverage.register.cells import (
    REGISTERED,
    SCHEMES,
    UNKNOWN,
    RegisterCell,
    by_residence,
    cells,
    in_scope,
)
from analyses.coverage.register.geography import allocation_variance, geography_matrix
from analyses.coverage.register.rate_estimates import estimate_rates
from analyses.engine.intervals import interval
from analyses.wave.contract_table import contract_table


def register_rates(tally: pl.DataFrame, given: Sequence[Given] = ()) -> list[Rates]:
    """Estimate the adjustments of a register by scheme and domain.

    Args:
        tally: rows of linked.register_tally.
        given: adjustments that are taken as given.

    Returns:
        One a scheme (total, compulsory, public, enterprise, voluntary) and category of total, sex,
        ``registration_admin1_code`` (province of registration) and ``admin1_code`` (of residence;
        absent where the register knows nobody's residence and no geography is given).

    Raises:
        InputError: a column is absent.
    """
    rows = in_scope(tally)
    by = {"total": None, "sex": "sex", REGISTERED: "admin1_code"}
    found = list(cells(rows, by))
    wholes = {cell.scheme: cell for cell in found if cell.breakdown == "total"}
    rates = [estimate_rates(cell, wholes[cell.scheme], given) for cell in found]
    registered = {
        (cell.scheme, cell.category): cell for cell in found if cell.breakdown == REGISTERED
    }
    return rates + list(_of_residence(rows, (registered, wholes), given))


def _of_residence(
    rows: pl.DataFrame,
    others: tuple[dict[tuple[str, str], RegisterCell], dict[str, RegisterCell]],
    given: Sequence[Given],
) -> list[Rates]:
    registered, wholes = others
    if not (rows["residence_admin1_code"] != UNKNOWN).any():
        return _as_registered(registered, wholes, given)
    matrix = geography_matrix(rows)
    left = {
        (scheme, to): variance
        for scheme, to, variance in allocation_variance(rows, matrix).iter_rows()
    }
    found = []
    by = {"admin1_code": "residence_admin1_code"}
    for cell in cells(by_residence(rows, matrix), by):
        variance = sum(left.get((s, cell.category)) or 0.0 for s in SCHEMES[cell.scheme])
        geography = _geography(registered.get((cell.scheme, cell.category)), cell, variance)
        whole = wholes[cell.scheme]
        found.append(estimate_rates(cell, whole, given, geography, inside=True))
    return found


def _geography(
    registered: RegisterCell | None, resident: RegisterCell, variance: float
) -> tuple[float, float, float]:
    """Give residents over registered with the variance between clusters and of the allocation.

    1 where nobody is registered: residents then count as they are.
    """
    if registered is None or registered.total("persons") == 0:
        return 1.0, 0.0, variance / max(resident.total("persons"), 1.0) ** 2
    base = registered.total("persons")
    value = resident.total("persons") / base
    names = sorted({*registered.names, *resident.names})
    place = {name: i for i, name in enumerate(names)}
    z = np.zeros(len(names))
    z[[place[name] for name in resident.names]] += resident.sums["persons"]
    z[[place[name] for name in registered.names]] -= value * registered.sums["persons"]
    between = len(names) / max(len(names) - 1, 1) * float(np.sum((z / base) ** 2))
    return value, between, variance / base**2


def _as_registered(
    registered: dict[tuple[str, str], RegisterCell],
    wholes: dict[str, RegisterCell],
    given: Sequence[Given],
) -> list[Rates]:
    """Take the provinces of registration where a given geography leads from them to residence."""
    found = []
    for (scheme, category), cell in registered.items():
        moved = RegisterCell(scheme, "admin1_code", category, cell.sums, cell.names)
        if any(item.adjustment == "geography" and item.fits(moved) for item in given):
            found.append(estimate_rates(moved, wholes[scheme], given))
    return found


def adjustment_table(
    rates: Sequence[Rates], register_id: str, register_date: str, *, ci_level: float = 0.95
) -> pl.DataFrame:
    """Give the adjustments as est.adjustment.

    Args:
        rates: as ``register_rates`` returns them.
        register_id: the register.
        register_date: its month, YYYY-MM.
        ci_level: level of the intervals, value plus and minus t standard errors (of the process)
            with clusters - 1 degrees of freedom; normal for a given rate.

    Returns:
        The columns of est.adjustment; geography only for provinces of residence. ``dormant_net`` is dormant with late
        posting given back. A rate that nobody knows is null, with a note.
    """
    found: list[dict[str, Any]] = []
    for item in rates:
        cell = item.cell
        place = {"scheme": cell.scheme, "breakdown": cell.breakdown, "category": cell.category}
        for name, value, se, se_register in named(item):
            if name == "geography" and cell.breakdown != "admin1_code":
                continue
            known = np.isfinite(value)
            given = item.given.get(name)
            row: dict[str, Any] = place | {
                "register_id": register_id,
                "register_date": register_date,
                "adjustment": name,
                "origin": "given" if given else "estimated",
                "source": given.source if given else "the register's tally",
                "note": item.notes.get(name, ""),
            }
            if known:
                row |= {"value": value, "se_register": se_register}
            if known and (given is not None or item.df > 0):
                low, high = interval(value, se, np.inf if given else max(item.df, 1), ci_level)
                row |= {"se": se, "ci_lower": low, "ci_upper": high}
            found.append(row)
    return contract_table("est.adjustment", found)
