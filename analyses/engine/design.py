"""The sampling design: strata, PSUs, weights and the lonely-PSU rule; no estimate is made here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from data_contracts.discreet import Discreet
from data_contracts.errors import InputError

Lonely = Literal["fail", "certainty", "remove", "adjust", "average"]
DfMethod = Literal["design", "domain", "r", "stata"]
JOINED = "collapse by map"  # what results print as the rule where strata were joined
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Design:
    """How the rows were sampled (R ``svydesign(nest = TRUE)``), and by which rules errors are made.

    The pipeline's road sums one-stage designs with replacement by PSU (``collapse``, which needs
    strata, PSUs and weights); the general one (``sample``) takes every part of it.

    Args:
        weight: column of weights; without it every row weighs 1. Whole weights are summed exactly.
        strata: column of strata; without it there is one stratum.
        psu: column of primary sampling units, nested in strata: one label in two strata is two
            PSUs. Without it every row is its own.
        ssu: column of second-stage units, nested in PSUs.
        fpc: by stage, the column with the population's number of units in the stratum, or the
            sampled fraction where all its values are at most 1.
        lonely: what a stratum with one PSU adds to the variance. ``fail`` (R's default) stops;
            ``certainty`` and ``remove`` add nothing; ``adjust`` measures from the mean of all PSUs;
            ``average`` adds the mean of the other strata (names and rules of R survey 4.5).
        joins: stratum to the stratum that it is joined with when rows are bound (ask/bind.py), for
            strata with one PSU, labels as text; in place of ``lonely``.
        notes: what was done to the rows before; printed with every figure.
        weight_scale: persons a unit of the weight column (a millionth for ``weight_micro``).
        df_method: which PSUs less strata are a figure's degrees of freedom. ``design``: all of the
            sample's; ``r`` (R's ``degf`` of a subset; est tables call it ``domain``): those that
            hold rows of the figure; ``stata``: all PSUs of the strata that hold such rows.
        joined: number of strata that a map has joined with others in the column of strata already.

    Raises:
        InputError: a rule does not exist, or a map and a lonely-PSU rule are both given.
    """

    weight: str | None = None
    strata: str | None = None
    psu: str | None = None
    ssu: str | None = None
    fpc: tuple[str, ...] = ()
    lonely: Lonely = "fail"
    joins: Mapping[str, str] = field(default_factory=dict, hash=False)
    notes: tuple[str, ...] = ()
    weight_scale: float = 1.0
    df_method: DfMethod = "r"
    joined: int = 0

    def __post_init__(self) -> None:
        """Refuse rules that do not exist."""
        for said, value, choices in (
            ("this lonely-PSU rule", self.lonely, get_args(Lonely)),
            ("this rule for degrees of freedom", self.df_method, get_args(DfMethod)),
        ):
            if value not in choices:
                raise InputError(f"{said} does not exist", f"use one of {', '.join(choices)}")
        if (self.joins or self.joined) and self.lonely != "fail":
            raise InputError(
                "a collapse map and a lonely-PSU rule are both given",
                "choose one: after the map no stratum has one PSU",
            )

    @property
    def lonely_rule(self) -> str:
        """The rule for strata with one PSU as results print it."""
        return JOINED if self.joins or self.joined else self.lonely

    @property
    def units(self) -> tuple[str, ...]:
        """The columns of the sampled units, first stage first."""
        return tuple(name for name in (self.psu, self.ssu) if name)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it names."""
        named = (self.weight, self.strata, *self.units, *self.fpc)
        return tuple(dict.fromkeys(name for name in named if name))

    def one_stage(self) -> tuple[str, str, str]:
        """Give the columns of strata, PSUs and weights, by which rows are summed.

        Raises:
            InputError: one of them is not named.
        """
        if not (self.strata and self.psu and self.weight):
            raise InputError(
                "sums by PSU need a column of strata, of PSUs and of weights",
                "name all three; a file without strata is one stratum",
            )
        return self.strata, self.psu, self.weight


@dataclass(frozen=True, repr=False)
class Psus(Discreet):
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

    def factor(self, lonely: Lonely, reached: Truths | None = None) -> Floats:
        """Give what the variance between PSUs is multiplied with: 1, but by the rule ``average``.

        Args:
            lonely: the rule.
            reached: by stratum and cell, whether it holds rows of the cell; None: all hold them.

        Returns:
            One factor a cell, or one for all.
        """
        if lonely != "average":
            return np.ones(1)
        held = np.ones((len(self.sizes), 1), np.bool_) if reached is None else reached
        return average_factor(held, self.sizes == 1)


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


def between_psus(z: Floats, psus: Psus, lonely: Lonely) -> tuple[Floats, Floats]:
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
    return centred(z, psus.sizes, z.mean(axis=0) if lonely == "adjust" else None), psus.factor(
        lonely
    )


def centred(z: Floats, sizes: Ints, grand_mean: Floats | None) -> Floats:
    """Centre the PSU totals of whole strata and scale them by sqrt(n_h / (n_h - 1)).

    Args:
        z: PSU totals, shape (PSUs, figures), stratum by stratum.
        sizes: number of PSUs in each stratum.
        grand_mean: what the strata with one PSU are measured from, one row for all of them or
            one each; None: they add nothing.
    """
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    means = np.add.reduceat(z, starts, axis=0) / sizes[:, None]
    if grand_mean is not None:
        means[sizes == 1] = grand_mean
    scale = np.sqrt(sizes / np.maximum(sizes - 1, 1))
    found = z - means.repeat(sizes, axis=0)
    found *= scale.repeat(sizes)[:, None]
    return found


def domain_mean(sums: Floats, sizes: Ints, reached: Truths) -> Floats:
    """Give what the rule ``adjust`` measures the total of a stratum's only PSU from.

    The mean over all PSUs of the strata that hold the domain, those without rows of it counted as
    zero; nothing in a stratum that does not hold it (R survey 4.5 on ``subset(design)``).

    Args:
        sums: the domains' sums over PSUs, shape (domains,).
        sizes: number of PSUs in each stratum.
        reached: by stratum and domain, whether the stratum holds rows of the domain.

    Returns:
        Shape (strata, domains).
    """
    found: Floats = reached * (sums / np.maximum(sizes @ reached, 1))
    return found


def average_factor(reached: Truths, alone: Truths) -> Floats:
    """Give the factor by which the rule ``average`` raises the other strata's variance, by domain.

    Strata that hold the domain over those of them with several PSUs (R's ``svyrecvar`` on
    ``subset(design)``); NaN where all of them have one: the variance is then unknown.

    Args:
        reached: by stratum and domain, whether the stratum holds rows of the domain.
        alone: by stratum, whether it has one PSU.

    Raises:
        InputError: every stratum of the design has one PSU.
    """
    if alone.all():
        raise InputError("every stratum has one PSU", "give the design its real strata")
    strata = np.count_nonzero(reached, axis=0)
    several = np.count_nonzero(reached & ~alone[:, None], axis=0)
    found: Floats = np.where(several, np.maximum(strata, 1) / np.maximum(several, 1), np.nan)
    return np.where(strata, found, 1.0)
