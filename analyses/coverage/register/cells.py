"""The register's tally as sums by cluster for each scheme and domain; no rate is estimated here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from analyses.engine.design import Floats
from data_contracts.discreet import Discreet
from data_contracts.errors import InputError

SCHEMES: Mapping[str, tuple[str, ...]] = {
    "total": ("public", "enterprise", "voluntary"),
    "compulsory": ("public", "enterprise"),
    "public": ("public",),
    "enterprise": ("enterprise",),
    "voluntary": ("voluntary",),
}
REGISTERED = "registration_admin1_code"  # province of registration; admin1_code is of residence
UNKNOWN = "X"
_BY = ("cluster", "scheme", "sex", "admin1_code", "residence_admin1_code")
_KINDS = ("nationality", "member_category", "membership")
_OF_RECORDS = (
    "records",
    "persons",
    "dependants",
    "expected_false_pairs",
    "expected_missed_pairs",
)
_OF_ACTIVE = ("active", "previous_final", "previous_known")
_OF_KIP = (
    "declared_due_lak",
    "declared_due_active_lak",
    "due_window_lak",
    "paid_window_lak",
    "previous_paid_final_lak",
    "previous_paid_known_lak",
)
MEASURES = _OF_RECORDS + _OF_ACTIVE + _OF_KIP
_SPLIT = (
    "active",
    "previous_final",
    "previous_known",
    "declared_due_lak",
    "declared_due_active_lak",
    "due_window_lak",
    "paid_window_lak",
)
_SPLITS = tuple(f"split_{name}" for name in _SPLIT)
_DOUBTED = ("doubted_active", "missed_active")
_ACTIVE_COUNTED = ("all_active",)
_COUNTED = ("all_records", "armed_records", "foreign_records", "unknown_records", "sorted_records")


@dataclass(frozen=True, repr=False)
class RegisterCell(Discreet):
    """Sums of one scheme and domain.

    Args:
        scheme: a key of ``SCHEMES``.
        breakdown: ``total``, ``sex``, ``registration_admin1_code`` or ``admin1_code``.
        category: code within the breakdown.
        sums: measure -> sums by cluster, each of shape (clusters,), in one order. ``MEASURES`` are
            over the scope (affiliated nationals outside the armed forces); ``all_records`` and
            the like over all affiliated records.
        names: the clusters.
    """

    scheme: str
    breakdown: str
    category: str
    sums: Mapping[str, Floats]
    names: tuple[str, ...]

    @property
    def clusters(self) -> int:
        """Number of clusters with a record in the cell."""
        return len(self.names)

    def total(self, measure: str) -> float:
        """Give the cell's sum of a measure."""
        return float(self.sums[measure].sum())


def check(tally: pl.DataFrame) -> None:
    """Raise InputError naming the first column of linked.register_tally that is absent."""
    for column in (*_BY, *_KINDS, *MEASURES, *_SPLITS):
        if column not in tally.columns:
            raise InputError("the column is absent", "add it", file="tally", column=column)


def in_scope(tally: pl.DataFrame) -> pl.DataFrame:
    """Keep the affiliated and weigh every measure by the part of the row that is in scope.

    A row of the armed forces or of foreigners has weight 0. A row whose nationality is not known
    has weight 1 - f with f the foreigners among the records of its scheme whose nationality is
    known (0 where it is known for none).

    Args:
        tally: rows of linked.register_tally.

    Returns:
        Rows of the affiliated: ``cluster``, ``scheme``, ``sex``, ``admin1_code``,
        ``residence_admin1_code``, ``MEASURES`` in scope and less what missed matches add
        (``unmissed``), ``doubted_active`` and ``missed_active``, and records whatever their scope:
        ``all_records``, ``all_active``, ``armed_records``, ``foreign_records`` (part f of the unknown included),
        ``unknown_records`` (nationality not known) and ``sorted_records`` (member category known).
    """
    check(tally)
    armed = (pl.col("member_category") == "armed_forces").fill_null(value=False)
    nation = pl.when(armed).then(None).otherwise(pl.col("nationality").fill_null("unknown"))
    foreign, known, unknown = (
        nation.is_in(codes).fill_null(value=False)
        for codes in (["foreign"], ["foreign", "national"], ["unknown"])
    )
    records = pl.col("records")
    share = (records * foreign).sum() / pl.max_horizontal((records * known).sum(), pl.lit(1))
    part = pl.when(foreign).then(1.0).when(unknown).then(share.over("scheme")).otherwise(0.0)
    scoped = (
        tally.filter(pl.col("membership") == "affiliated")
        .with_columns(pl.col(*MEASURES, *_SPLITS).cast(pl.Float64).fill_null(0.0))
        .with_columns(
            records.alias("all_records"),
            pl.col("active").alias("all_active"),
            (records * armed).alias("armed_records"),
            (records * part).alias("foreign_records"),
            (records * unknown).alias("unknown_records"),
            (
                records
                * pl.col("member_category").is_not_null()
                * (pl.col("member_category") != "unknown").fill_null(value=False)
            ).alias("sorted_records"),
            (pl.when(armed).then(0.0).otherwise(1.0) - part).alias("weight"),
        )
        .with_columns(pl.col(*MEASURES, *_SPLITS) * pl.col("weight"))
        .group_by(_BY)
        .agg(pl.col(*MEASURES, *_SPLITS, *_COUNTED, *_ACTIVE_COUNTED).sum())
        .sort(_BY)
    )
    return unmissed(scoped)


def unmissed(rows: pl.DataFrame) -> pl.DataFrame:
    """Take off every measure what the matches that were missed, less those made wrongly, add to it.

    A pair that matching missed counts two persons for one, and two active ones where both numbers
    were paid for within the window, as when a person changed numbers in it. How much a match takes
    off each measure is known from the matches made in the scheme: the sum of ``split_`` over their
    number, records less persons.

    How many were missed is the matching model's estimate for the whole register; they are given to
    the cells as the matches made are, for a slip of the pen is as likely anywhere. (The probabilities
    of the pairs refused in a cell tell less: where many live, more strangers agree by chance.)
    Where no match was made, a cell keeps its own, and a second number is taken not to be paid for.

    Args:
        rows: measures and ``split_`` columns by cell.

    Returns:
        Rows with measures so reduced, without ``split_``; ``missed_active``, what was taken off
        the active, and ``doubted_active``, the same for the missed and the wrong ones added up.
    """
    made = pl.col("records") - pl.col("persons")
    net = pl.col("expected_missed_pairs") - pl.col("expected_false_pairs")
    both = pl.col("expected_missed_pairs") + pl.col("expected_false_pairs")
    matches = made.sum()
    by_match = (
        pl.when(matches > 0.5).then(pl.col(f"split_{name}").sum() / matches).otherwise(0.0)
        for name in _SPLIT
    )
    shared = (
        pl.when(matches > 0.5)
        .then(made * pl.col(name).sum() / matches)
        .otherwise(pl.col(name))
        .alias(name)
        for name in ("expected_false_pairs", "expected_missed_pairs")
    )
    return (
        rows.with_columns(
            *shared,
            *(
                part.over("scheme").alias(name)
                for name, part in zip(_SPLITS, by_match, strict=True)
            ),
        )
        .with_columns(
            (both * pl.col("split_active")).alias("doubted_active"),
            (net * pl.col("split_active")).alias("missed_active"),
            pl.col("persons") - net,
            *(pl.col(name) - net * pl.col(f"split_{name}") for name in _SPLIT),
        )
        .drop(_SPLITS)
    )


def by_residence(rows: pl.DataFrame, matrix: pl.DataFrame) -> pl.DataFrame:
    """Give rows of unknown residence to provinces as the geography matrix says.

    Args:
        rows: as ``in_scope`` returns them.
        matrix: ``scheme``, ``admin1_code`` (registered), ``to`` (residence), ``part`` (of records),
            ``part_active`` (of active persons) and ``part_lak`` (of kip); each adds up to 1 over ``to``.

    Returns:
        Rows with ``residence_admin1_code`` known; all sums as before.
    """
    known = rows.filter(pl.col("residence_admin1_code") != UNKNOWN)
    unknown = rows.filter(pl.col("residence_admin1_code") == UNKNOWN)
    spread = (
        unknown.join(matrix, on=["scheme", "admin1_code"], how="left", maintain_order="left")
        .with_columns(
            pl.col("to").fill_null(pl.col("admin1_code")).alias("residence_admin1_code"),
            pl.col("part", "part_active", "part_lak").fill_null(1.0),
        )
        .with_columns(
            pl.col(*_OF_RECORDS, *_COUNTED) * pl.col("part"),
            pl.col(*_OF_ACTIVE, *_DOUBTED, *_ACTIVE_COUNTED) * pl.col("part_active"),
            pl.col(*_OF_KIP) * pl.col("part_lak"),
        )
        .select(rows.columns)
    )
    return pl.concat([known, spread])


def cells(
    rows: pl.DataFrame,
    breakdowns: Mapping[str, str | None],
    schemes: Mapping[str, tuple[str, ...]] = SCHEMES,
) -> Iterator[RegisterCell]:
    """Sum rows by cluster for every scheme and category.

    Args:
        rows: as ``in_scope`` or ``by_residence`` returns them.
        breakdowns: breakdown -> its column, None for the whole.
        schemes: name -> schemes that it sums.

    Yields:
        Cells by scheme, breakdown and category (sorted), clusters sorted.
    """
    measures = [*MEASURES, *_DOUBTED, *_COUNTED, *_ACTIVE_COUNTED]
    for scheme, parts in schemes.items():
        inside = rows.filter(pl.col("scheme").is_in(parts))
        for breakdown, column in breakdowns.items():
            category = pl.lit("TOTAL") if column is None else pl.col(column).fill_null(UNKNOWN)
            summed = (
                inside.group_by(category.alias("category"), "cluster")
                .agg(pl.col(measures).sum())
                .sort("category", "cluster")
            )
            for (code,), part in summed.partition_by(
                "category", as_dict=True, maintain_order=True
            ).items():
                sums = {name: part[name].to_numpy().astype(np.float64) for name in measures}
                yield RegisterCell(scheme, breakdown, str(code), sums, tuple(part["cluster"]))
