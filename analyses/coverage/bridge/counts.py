"""Whom a register could be quoted for, counted by scheme and domain; the bridge is in table.py."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from analyses.coverage.register.cells import SCHEMES, UNKNOWN, check

_OTHERS = ("left", "deceased", "not_yet")


@dataclass(frozen=True)
class Quoted:
    """Counts of one scheme and category, whatever the membership.

    Args:
        key: scheme, breakdown (total, sex, admin1_code: of registration) and category.
        records: of every membership.
        dependants: of all records.
        without: records that are no affiliated ones: ``pensioners``; ``armed_forces`` neither
            affiliated nor pensioners; ``left``, ``deceased``, ``not_yet`` outside the armed forces.
    """

    key: tuple[str, str, str]
    records: float
    dependants: float
    without: Mapping[str, float]

    @property
    def is_province(self) -> bool:
        """Whether the category is a province."""
        return self.key[1] == "admin1_code"


def quoted(tally: pl.DataFrame) -> Iterator[Quoted]:
    """Count the records that a register could be quoted for.

    Args:
        tally: rows of linked.register_tally.

    Yields:
        Counts by scheme, breakdown and category; also provinces where somebody lives and nobody
        is registered.
    """
    check(tally)
    armed = (pl.col("member_category") == "armed_forces").fill_null(value=False)
    records, membership = pl.col("records"), pl.col("membership")
    counts = {
        "all": records.sum(),
        "dependants": pl.col("dependants").sum(),
        "pensioners": records.filter(membership == "pensioner").sum(),
        "armed_forces": records.filter(membership.is_in(_OTHERS) & armed).sum(),
    } | {name: records.filter((membership == name) & ~armed).sum() for name in _OTHERS}
    sums = [expr.cast(pl.Float64).alias(name) for name, expr in counts.items()]
    for scheme, parts in SCHEMES.items():
        inside = tally.filter(pl.col("scheme").is_in(parts))
        for breakdown in ("total", "sex", "admin1_code"):
            by = pl.lit("TOTAL") if breakdown == "total" else pl.col(breakdown).fill_null(UNKNOWN)
            found = inside.group_by(by.alias("category")).agg(sums)
            if breakdown == "admin1_code":
                found = _with_residents(found, inside, list(counts))
            for row in found.sort("category").iter_rows(named=True):
                without = {name: row[name] for name in list(counts)[2:]}
                key = (scheme, breakdown, row["category"])
                yield Quoted(key, row["all"], row["dependants"], without)


def _with_residents(found: pl.DataFrame, inside: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Add provinces in which members live and none is registered, with zeros."""
    homes = inside.filter(
        (pl.col("membership") == "affiliated") & (pl.col("residence_admin1_code") != UNKNOWN)
    ).select(pl.col("residence_admin1_code").alias("category"))
    new = homes.unique().join(found, on="category", how="anti")
    return pl.concat([found, new.with_columns(pl.lit(0.0).alias(name) for name in names)])
