"""One comparison with a reference, and the files that hold the references; no quantity is made here."""

import json
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl

from analyses.ask.roads import Cells, Scored, from_rows
from analyses.engine.design import Design
from analyses.engine.intervals import interval
from analyses.engine.sample import Sample, sample
from analyses.engine.statistics import Ratio, Total
from tests.places import SHARED

VECTORS = SHARED / "vectors"
MICRODATA = SHARED / "microdata"
EXACT = 1e-8
ITERATED = 1e-6  # quantile intervals and iterative calibration
ZERO = 1e-12  # a reference this small beside its scale is a rounded zero


@dataclass(frozen=True)
class Comparison:
    """One quantity, ours and the reference's: its worst number, and how many numbers it has.

    A comparison outside its tolerance is right only with ``reason``: the named difference of
    definition, and ``reach``, how far that difference takes it.
    """

    family: str
    quantity: str
    ours: float
    reference: float
    difference: float
    count: int = 1
    tolerance: float = EXACT
    reason: str = ""
    reach: float = 0.0

    @property
    def within(self) -> bool:
        return self.difference <= self.tolerance

    @property
    def explained(self) -> bool:
        return self.within or (bool(self.reason) and self.difference <= self.reach)


@dataclass(frozen=True)
class Skipped:
    """Entries of the references that are not compared here, and why."""

    entries: str
    reason: str


@dataclass(frozen=True)
class Family:
    """Comparisons under one name, in the order they are made."""

    name: str
    rows: list[Comparison]

    def add(self, quantity, ours, reference, *, scale=0.0, tolerance=EXACT, reason="", reach=0.0):
        """Compare numbers, arrays or nested lists of one shape.

        Relative to the reference; where that is a rounded zero, relative to ``scale`` (a standard
        error's estimate, a covariance's two standard errors).
        """
        a, b = numbers(ours), numbers(reference)
        assert a.size == b.size, f"{self.name} {quantity}: {a.size} numbers against {b.size}"
        a, b = a.ravel(), b.ravel()
        size = np.broadcast_to(np.abs(numbers(scale)).ravel(), b.shape)
        base = np.where(np.abs(b) > ZERO * size, np.abs(b), size)
        with np.errstate(invalid="ignore", divide="ignore"):
            away = np.where(a == b, 0.0, np.abs(a - b) / base)
        away = np.where(np.isnan(a) & np.isnan(b), 0.0, away)
        away = np.where(np.isnan(away), np.inf, away)
        at = int(np.argmax(away))
        self.rows.append(
            Comparison(
                self.name, quantity, float(a[at]), float(b[at]), float(away[at]), a.size,
                tolerance, reason, reach,
            )
        )  # fmt: skip

    def covariance(self, quantity, ours, reference, value, **options):
        """Compare covariances on the scale of their standard errors (of the figure, where it is 0)."""
        r = numbers(reference).reshape(ours.shape)
        se, size = np.sqrt(np.maximum(np.diag(r), 0)), np.abs(value)
        size = np.where(se > 1e-10 * size, se, size)
        scale = np.outer(size, size)
        self.add(quantity, ours / scale, r / scale, scale=1.0, **options)

    def entry(self, quantity, entry, value, covariance, *, df=None, deff=None, **options):
        """Compare an entry of R's figures: est, se, vcov, ci_z, ci_t, deff as it has them."""
        value, covariance = np.atleast_1d(value), np.atleast_2d(covariance)
        se = np.sqrt(np.maximum(np.diag(covariance), 0))
        self.add(f"{quantity}: estimate", value, entry["est"], **options)
        self.add(f"{quantity}: SE", se, entry["se"], scale=value, **options)
        if "vcov" in entry:
            self.covariance(f"{quantity}: covariance", covariance, entry["vcov"], value, **options)
        if "ci_z" in entry:
            ours = [interval(v, s, np.inf, 0.95) for v, s in zip(value, se, strict=True)]
            self.add(f"{quantity}: normal interval", ours, entry["ci_z"], **options)
        if "ci_t" in entry:
            ours = [interval(v, s, df, 0.95) for v, s in zip(value, se, strict=True)]
            self.add(f"{quantity}: t interval", ours, entry["ci_t"], **options)
        if "deff" in entry and deff is not None:
            self.add(f"{quantity}: design effect", deff, entry["deff"], scale=1.0, **options)

    def model(self, quantity, entry, fit, degf, *, tolerance=EXACT, dispersion=True):
        """Compare a model's entry: coefficients, SE, covariance, df, intervals, t, p, deviance."""
        self.add(f"{quantity}: coefficients", fit.coefficients, entry["est"], tolerance=tolerance)
        self.add(f"{quantity}: SE", fit.se, entry["se"], tolerance=tolerance)
        self.covariance(
            f"{quantity}: covariance", fit.covariance, entry["vcov"], fit.coefficients,
            tolerance=tolerance,
        )  # fmt: skip
        self.add(f"{quantity}: df", fit.df, entry["df_resid"])
        self.add(f"{quantity}: intervals", fit.intervals(), entry["ci"], tolerance=tolerance)
        ours = fit.intervals(df=degf)
        self.add(
            f"{quantity}: intervals, df of the design", ours, entry["ci_ddf"], tolerance=tolerance
        )
        self.add(f"{quantity}: t", fit.coefficients / fit.se, entry["t"], tolerance=tolerance)
        self.add(f"{quantity}: p", fit.p, entry["p"], scale=1.0, tolerance=tolerance)
        self.add(f"{quantity}: deviance", fit.deviance, entry["deviance"], tolerance=tolerance)
        if dispersion:  # under replication it differs between versions of R survey
            self.add(
                f"{quantity}: dispersion", fit.dispersion, entry["dispersion"], tolerance=tolerance
            )


def numbers(value):
    """Turn numbers, lists, and R's written NaN, Inf and NA into an array."""
    if isinstance(value, dict):
        value = list(value.values())
    words = {"NaN": np.nan, "Inf": np.inf, "-Inf": -np.inf, None: np.nan}
    flat = np.array(value, dtype=object)
    each = [words.get(v, v) if v is None or isinstance(v, str) else v for v in flat.ravel()]
    return np.array(each, dtype=np.float64).reshape(flat.shape)


@dataclass(frozen=True)
class Combined:
    """Several statistics side by side: a statistic of a user's own, for their covariance."""

    parts: list

    def value(self, weight):
        """Give all figures, in the order of the parts."""
        return np.concatenate([part.value(weight) for part in self.parts])

    def influence(self, weight, value):
        """Give all influences, in the order of the parts."""
        ends = np.cumsum([len(part.value(weight)) for part in self.parts])
        pieces = np.split(value, ends[:-1])
        return np.concatenate(
            [part.influence(weight, v) for part, v in zip(self.parts, pieces, strict=True)], axis=1
        )


@cache
def expected(name):
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


@cache
def frame(name):
    return pl.read_csv(VECTORS / f"{name}.csv", infer_schema_length=None, null_values=["NA"])


@cache
def bound(name, design):
    return sample(frame(name), design)


def column(s: Sample, name: str):
    """Give a column as numbers, blanks as NaN."""
    return s.frame[name].cast(pl.Float64).fill_null(np.nan).to_numpy()


def flags(s: Sample, name: str, value):
    """Give 1 where a column has a value, else 0."""
    return (s.frame[name] == value).fill_null(value=False).cast(pl.Float64).to_numpy()


API = {
    "srs_fpc": ("apisrs", Design("pw", None, None, fpc=("fpc",))),
    "srs": ("apisrs", Design("pw", None, None)),
    "strat_fpc": ("apistrat", Design("pw", "stype", None, fpc=("fpc",))),
    "strat": ("apistrat", Design("pw", "stype", None)),
    "clus1_fpc": ("apiclus1", Design("pw", None, "dnum", fpc=("fpc",))),
    "clus1": ("apiclus1", Design("pw", None, "dnum")),
    "clus2_fpc": ("apiclus2", Design("pw", None, "dnum", ssu="snum", fpc=("fpc1", "fpc2"))),
    "clus2": ("apiclus2", Design("pw", None, "dnum", ssu="snum")),
}


def mean_of(y, within=None):
    """Give the statistic of means over rows of a domain, blanks left out (R ``na.rm``)."""
    y = y if y.ndim == 2 else y[:, None]
    kept = np.isfinite(y).all(axis=1) * (1.0 if within is None else within)
    x = np.repeat(kept[:, None], y.shape[1], axis=1)
    return Ratio(np.where(x > 0, y, 0.0), x)


def total_of(y, within=None):
    """Give the statistic of totals over rows of a domain, blanks left out."""
    return Total(mean_of(y, within).y)


def ratio_of(y, x, within=None):
    """Give the statistic of a ratio over rows of a domain, blanks left out."""
    kept = (np.isfinite(y) & np.isfinite(x)) * (1.0 if within is None else within)
    return Ratio(np.where(kept > 0, y, 0.0)[:, None], np.where(kept > 0, x, 0.0)[:, None])


def by_of(statistic, groups):
    """Give a one-figure statistic in the domains of 0/1 columns, side by side."""
    if isinstance(statistic, Total):
        return Total(statistic.y * groups)
    return Ratio(statistic.y * groups, statistic.x * groups)


def effects(s: Sample, statistic, kind="wor", within=None):
    """Give the design effect of each figure, from the general road of ``survey.estimate``."""
    ratio = isinstance(statistic, Ratio)
    inside = np.ones(len(s.weight)) if within is None else within
    cells = Cells(np.where(inside > 0, 0, -1), 0)
    found = []
    for i in range(statistic.y.shape[1]):
        x = pl.Series(statistic.x[:, i]) if ratio else None
        if ratio and x.is_in([0.0, 1.0]).all():
            x = x.cast(pl.Int8)
        found.append(
            from_rows(s, Scored(pl.Series(statistic.y[:, i]), x), cells, "r", kind).deff[0]
        )
    return found
