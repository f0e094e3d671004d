"""The adjusted register as terms with covariances for the cascade; they are made in terms.py."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from analyses.coverage.register.cells import REGISTERED
from analyses.coverage.register.terms import TERMS, AdjustedTerms
from analyses.engine.delta import crossed, se_of
from analyses.engine.design import Floats

NAMES = ("affiliated", "active_contributor", "d_aff", "d_act", "paid_ratio")
BRANCHES = ("public", "enterprise", "voluntary")


def cascade_terms(terms: Sequence[AdjustedTerms]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give the register's terms that the cascade puts beside the survey's totals.

    ``paid_ratio`` is adjusted payments over adjusted dues of the window. Terms of one domain share
    the errors of their adjustments: covariance J S J' by the delta method. Terms of two branches
    come from different records; what they share is the error of the one matching model.

    Args:
        terms: as ``adjust`` returns them, of any cells.

    Returns:
        ``branch``, ``breakdown`` (total, sex, admin1_code of residence), ``category``, ``term``,
        ``value``, ``se`` (persons; kip a month; a fraction; null where nobody is active), ``df``
        (degrees of freedom of the se); and ``branch``, ``term``, ``other_branch``, ``other_term``, ``breakdown``, ``category``,
        ``covariance``, each pair once.
    """
    values, pairs = [], []
    shared: dict[tuple[str, str], list[tuple[str, Floats]]] = {}
    due, paid = TERMS.index("due_window_lak"), TERMS.index("paid_window_lak")
    for item in terms:
        branch, breakdown, category = item.key
        if branch not in BRANCHES or breakdown == REGISTERED:
            continue
        known = item.value[due] > 0
        ratio = item.value[paid] / item.value[due] if known else np.nan
        jacobian = np.zeros((len(NAMES), len(TERMS)))
        jacobian[:4, :4] = np.eye(4)
        if known:
            jacobian[4, [due, paid]] = -ratio / item.value[due], 1 / item.value[due]
        spread = crossed(jacobian, item.covariance)
        found = [*item.value[:4].tolist(), ratio if known else None]
        pairs += _between(shared, item.key, jacobian @ item.shared)
        for i, name in enumerate(NAMES):
            se = float(se_of(spread[i, i])) if found[i] is not None else None
            values.append((branch, breakdown, category, name, found[i], se, item.df))
            place = (breakdown, category)
            pairs += [
                (branch, NAMES[j], branch, name, *place, float(spread[i, j]))
                for j in range(i)
                if known or i < 4
            ]
    key = dict.fromkeys(("branch", "breakdown", "category", "term"), pl.String)
    pair = ("branch", "term", "other_branch", "other_term", "breakdown", "category")
    return (
        pl.DataFrame(
            values,
            schema={**key, "value": pl.Float64, "se": pl.Float64, "df": pl.Int64},
            orient="row",
        ),
        pl.DataFrame(
            pairs, schema={**dict.fromkeys(pair, pl.String), "covariance": pl.Float64}, orient="row"
        ),
    )


def _between(
    shared: dict[tuple[str, str], list[tuple[str, Floats]]], key: tuple[str, str, str], mine: Floats
) -> list[tuple[str, str, str, str, str, str, float]]:
    """Give the covariances with the branches of the domain that came before, and keep this one."""
    branch, *place = key
    before = shared.setdefault((place[0], place[1]), [])
    found = [
        (other, NAMES[j], branch, name, place[0], place[1], float(theirs[j] * mine[i]))
        for other, theirs in before
        for i, name in enumerate(NAMES)
        for j in range(len(NAMES))
        if theirs[j] * mine[i] != 0
    ]
    before.append((branch, mine))
    return found
