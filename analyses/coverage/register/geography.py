"""From the province of registration to the province of residence; adjustments live in adjustments.py."""

import numpy as np
import polars as pl

from analyses.coverage.register.cells import UNKNOWN

_KEY = ("scheme", "admin1_code")
KIP = "declared_due_active_lak"


def geography_matrix(rows: pl.DataFrame) -> pl.DataFrame:
    """Estimate where persons registered in a province live, from records whose residence is known.

    Args:
        rows: as ``tally_cells.in_scope`` returns them.

    Returns:
        ``scheme``, ``admin1_code`` (registered), ``to`` (residence), ``part``, ``part_active`` and
        ``part_lak`` (fractions of records, of active persons and of the kip declared for these,
        that add up to 1 over ``to``: who lives in the capital may earn more than who is only
        registered there). A province of registration with no known residence is absent: its
        records count where they are registered. Where no active person's residence is known,
        ``part_active`` is ``part``, and where no kip is, ``part_lak`` is ``part_active``.
    """
    known = (
        rows.filter((pl.col("residence_admin1_code") != UNKNOWN) & (pl.col("all_records") > 0))
        .group_by(*_KEY, pl.col("residence_admin1_code").alias("to"))
        .agg(pl.col("all_records", "active", KIP).sum())
        .sort(*_KEY, "to")
    )
    part = pl.col("all_records") / pl.col("all_records").sum().over(_KEY)
    active, kip = (pl.col(name).sum().over(_KEY) for name in ("active", KIP))
    part_active = pl.when(active > 0).then(pl.col("active") / active).otherwise(part)
    part_lak = pl.when(kip > 0).then(pl.col(KIP) / kip).otherwise(part_active)
    return known.select(
        *_KEY,
        "to",
        part.alias("part"),
        part_active.alias("part_active"),
        part_lak.alias("part_lak"),
    )


def allocation_variance(rows: pl.DataFrame, matrix: pl.DataFrame) -> pl.DataFrame:
    """Give the variance that the unknown residences leave in persons by residence.

    Of the persons registered in q with residence unknown, u, the part m that lives in p is known
    from k others: the count u m misses the true one by u(u + k)/k m (1 - m), its estimation error
    u²/k m(1-m) and its prediction error u m(1-m). Times a design effect: how much more the share
    of unknown varies between clusters than it would if records lost their residence one by one,
    at least 1. It is an upper limit, reached when all of a cluster live in one province (Kish's
    1 + (b - 1) rho, with rho of the residence at 1).

    Args:
        rows: as ``tally_cells.in_scope`` returns them.
        matrix: as ``geography_matrix`` returns it.

    Returns:
        ``scheme``, ``to``, ``variance`` (persons squared, of affiliated persons).
    """
    is_unknown = pl.col("residence_admin1_code") == UNKNOWN
    persons = rows.group_by(_KEY).agg(
        pl.col("persons").filter(is_unknown).sum().alias("u"),
        pl.col("persons").filter(~is_unknown).sum().alias("k"),
    )
    u, k, m = pl.col("u"), pl.col("k"), pl.col("part")
    return (
        matrix.join(persons, on=_KEY, how="left", maintain_order="left")
        .join(_deff(rows), on="scheme", how="left", maintain_order="left")
        .with_columns(
            pl.when(k > 0).then(u * (u + k) / k * m * (1 - m) * pl.col("deff")).alias("variance")
        )
        .group_by("scheme", "to")
        .agg(pl.col("variance").sum())
        .sort("scheme", "to")
    )


def _deff(rows: pl.DataFrame) -> pl.DataFrame:
    """Give by scheme the design effect of the share of persons whose residence is unknown."""
    summed = rows.group_by("scheme", "cluster").agg(
        pl.col("persons").sum().alias("n"),
        pl.col("persons").filter(pl.col("residence_admin1_code") == UNKNOWN).sum().alias("u"),
    )
    found = []
    for (scheme,), part in summed.sort("scheme", "cluster").group_by("scheme", maintain_order=True):
        n, u = part["n"].to_numpy(), part["u"].to_numpy()
        share = u.sum() / n.sum() if n.sum() > 0 else 0.0
        alone = n.sum() * share * (1 - share)
        between = len(n) / max(len(n) - 1, 1) * float(np.sum((u - share * n) ** 2))
        found.append((scheme, max(1.0, between / alone) if alone > 0 else 1.0))
    return pl.DataFrame(found, schema={"scheme": pl.String, "deff": pl.Float64}, orient="row")
