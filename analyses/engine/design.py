"""The sampling design: strata, PSUs, weights and the lonely-PSU rule; no estimate is made here."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from data_contracts.errors import InputError

Lonely = Literal["fail", "certainty", "remove", "adjust", "average"]
DfMethod = Literal["design", "domain"]
COLLAPSE = "collapse by map"
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Design:
    """Which columns carry a stratified one-stage (with-replacement) design.

    PSUs are nested in strata: the same PSU label in two strata is two PSUs.

    Args:
        strata: column of stratum labels.
        psu: column of PSU labels.
        weight: column of weights; an integer column is summed exactly.
        weight_scale: persons a unit of the weight column (a millionth for ``weight_micro``;
            1.0 for a weight in persons).
        lonely: what a stratum with one PSU adds to the variance. ``fail`` stops; ``certainty``
            and ``remove`` add nothing; ``adjust`` measures from the mean of all PSUs;
            ``average`` adds the mean of the other strata (names and rules of R survey 4.5).
        df_method: ``design`` takes PSUs less strata of the whole design for every figure;
            ``domain`` counts those that hold rows of the figure (as R's ``degf`` of a subset).
        ssu: column of second-stage units, nested in PSUs (used by ``sample``, not by ``collapse``).
        fpc: by stage, the column with the population's number of units in the stratum, or the
            sampled fraction where all its values are at most 1 (used by ``sample``).
        collapsed: number of strata that a map has joined with others in the column of strata.
        notes: what else was done to the design before, printed with each figure.
    """

    strata: str = "strata"
    psu: str = "psu"
    weight: str = "weight_micro"
    weight_scale: float = 1e-6
    lonely: Lonely = "fail"
    df_method: DfMethod = "design"
    ssu: str | None = None
    fpc: tuple[str, ...] = ()
    collapsed: int = 0
    notes: tuple[str, ...] = ()

    @property
    def lonely_rule(self) -> str:
        """The rule for strata with one PSU as results print it."""
        return COLLAPSE if self.collapsed else self.lonely

    @property
    def strata_columns(self) -> tuple[str, ...]:
        """The column of the first stage's strata, if there is one."""
        return (self.strata,) if self.strata else ()

    @property
    def unit_columns(self) -> tuple[str, ...]:
        """The columns of the sampled units, first stage first."""
        return tuple(name for name in (self.psu, self.ssu) if name)

    def __post_init__(self) -> None:
        """Refuse rules that do not exist."""
        if self.lonely not in {"fail", "certainty", "remove", "adjust", "average"}:
            raise InputError("this lonely-PSU rule does not exist", "see analyses/engine/design.py")
        if self.df_method not in {"design", "domain"}:
            raise InputError("this rule for degrees of freedom does not exist", "see design.py")
        if self.collapsed and self.lonely != "fail":
            raise InputError(
                "a collapse map and a lonely-PSU rule are both given",
                "choose one: after the map no stratum has one PSU",
            )


@dataclass(frozen=True)
class Psus:
    """The PSUs of a design, sorted by stratum and label.

    Args:
        strata: stratum label of each PSU.
        labels: label of each PSU.
        stratum: stratum number (0, 1, ...) of each PSU, never falling.
    """

    strata: tuple[str, ...]
    labels: tuple[str, ...]
    stratum: Ints

    @property
    def sizes(self) -> Ints:
        """Number of PSUs in each stratum."""
        return np.bincount(self.stratum).astype(np.int64)

    @property
    def df(self) -> int:
        """PSUs less strata of the whole design."""
        return len(self.labels) - len(self.sizes)

    def check_lonely(self, lonely: Lonely) -> None:
        """Raise InputError naming the strata with one PSU, if the rule is to fail on them."""
        if lonely != "fail":
            return
        alone = sorted({self.strata[i] for i in np.flatnonzero(self.sizes[self.stratum] == 1)})
        if alone:
            raise lonely_error(alone)


def lonely_error(strata: list[str]) -> InputError:
    """Give the refusal that lists the strata with one PSU."""
    shown = ", ".join(strata[:10]) + (" and others" if len(strata) > 10 else "")
    return InputError(
        f"{len(strata)} strata have one PSU, so their variance is unknown: {shown}",
        "join each with the stratum most like it (a collapse map), or choose a lonely-PSU rule: "
        "adjust (cautious), average, certainty",
    )


def number_psus(pairs: list[tuple[str, str]]) -> tuple[Psus, Ints]:
    """Sort (stratum, PSU) pairs and number their strata.

    Args:
        pairs: distinct pairs in any order.

    Returns:
        The sorted PSUs, and the order: entry i is the old position of new PSU i.
    """
    order = sorted(range(len(pairs)), key=pairs.__getitem__)
    strata = tuple(pairs[i][0] for i in order)
    numbers = {name: i for i, name in enumerate(dict.fromkeys(strata))}
    stratum = np.array([numbers[name] for name in strata], dtype=np.int64)
    return Psus(strata, tuple(pairs[i][1] for i in order), stratum), np.array(order, dtype=np.int64)


def between_psus(z: Floats, psus: Psus, lonely: Lonely) -> tuple[Floats, float]:
    """Centre PSU totals in their strata and scale them by sqrt(n_h / (n_h - 1)).

    The variance of the sum of ``z`` is the cross product of the result times the factor:
    sum_h n_h/(n_h-1) sum_i (z_hi - mean z_h)(z_hi - mean z_h)' (Taylor linearisation, ultimate
    clusters: Wolter 2007; R survey's ``svyrecvar``). Two passes, sums in a fixed order.

    Args:
        z: PSU totals of linearised values, shape (PSUs, figures).
        psus: the PSUs, in the order of ``z``.
        lonely: the rule for strata with one PSU.

    Returns:
        Centred, scaled totals of the shape of ``z``, and a factor (1, except for ``average``).

    Raises:
        InputError: ``lonely`` is ``fail`` and a stratum has one PSU.
    """
    psus.check_lonely(lonely)
    factor = average_factor(psus) if lonely == "average" else 1.0
    return centred(z, psus.sizes, z.mean(axis=0) if lonely == "adjust" else None), factor


def centred(z: Floats, sizes: Ints, grand_mean: Floats | None) -> Floats:
    """Centre the PSU totals of whole strata and scale them by sqrt(n_h / (n_h - 1)).

    Args:
        z: PSU totals, shape (PSUs, figures), stratum by stratum.
        sizes: number of PSUs in each stratum.
        grand_mean: what a stratum with one PSU is measured from; None: it adds nothing.
    """
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    means = np.add.reduceat(z, starts, axis=0) / sizes[:, None]
    if grand_mean is not None:
        means[sizes == 1] = grand_mean
    scale = np.sqrt(sizes / np.maximum(sizes - 1, 1))
    found = z - means.repeat(sizes, axis=0)
    found *= scale.repeat(sizes)[:, None]
    return found


def average_factor(psus: Psus) -> float:
    """Give the factor by which the rule ``average`` raises the other strata's variance.

    Raises:
        InputError: every stratum has one PSU.
    """
    sizes = psus.sizes
    alone = int((sizes == 1).sum())
    if alone == len(sizes):
        raise InputError("every stratum has one PSU", "give the design its real strata")
    return float(len(sizes) / (len(sizes) - alone))
