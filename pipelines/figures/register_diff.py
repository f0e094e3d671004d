"""What changed between two extracts of a register: members, contributions, late postings, corrections; nothing is stored."""

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from transforms.register.plausible import last_usual_month

KEY = ["member_key", "period", "scheme"]
AMOUNTS = ["contribution_base_lak", "contribution_amount_lak", "paid_date"]
KIP = "contribution_amount_lak"


class Change(NamedTuple):
    """One line: of which table, what, how many rows, and the kip of contributions they change."""

    table: str
    what: str
    rows: int
    kip: int | None = None


def register_changes(
    old: Mapping[str, pl.DataFrame], new: Mapping[str, pl.DataFrame]
) -> list[Change]:
    """Compare two extracts that were read with one key.

    Args:
        old: canonical tables by name (core.member, core.contribution, core.employer).
        new: the same of the later extract.

    Returns:
        Members and employers: in both, new, gone, and for each column how many changed. Contributions:
        in both unchanged, of months after the old extract's last (new), of its months but posted since
        (late postings, and for each month), taken back, and corrected with the kip that it changes.
    """
    found = [*_persons("core.member", "member_key", old, new), *_payments(old, new)]
    return [*found, *_persons("core.employer", "employer_key", old, new)]


def _persons(
    table: str, key: str, old: Mapping[str, pl.DataFrame], new: Mapping[str, pl.DataFrame]
) -> list[Change]:
    before, after = old[table], new[table]
    both = before.join(after, on=key, how="inner", suffix="_new")
    found = [
        Change(table, "in both", both.height),
        Change(table, "new", after.join(before, on=key, how="anti").height),
        Change(table, "gone", before.join(after, on=key, how="anti").height),
    ]
    for name in before.columns:
        if name != key:
            changed = both.filter(pl.col(name).ne_missing(pl.col(f"{name}_new"))).height
            if changed:
                found.append(Change(table, f"{name} changed", changed))
    return found


def _payments(old: Mapping[str, pl.DataFrame], new: Mapping[str, pl.DataFrame]) -> list[Change]:
    table = "core.contribution"
    before, after = old[table], new[table]
    last = last_usual_month(before) or ""
    both = before.join(after, on=KEY, how="inner", suffix="_new")
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_new")) for name in AMOUNTS)
    corrected = both.filter(differs)
    added = after.join(before, on=KEY, how="anti")
    late = added.filter(pl.col("period") <= last)
    gone = before.join(after, on=KEY, how="anti")
    moved = (corrected[f"{KIP}_new"].fill_null(0) - corrected[KIP].fill_null(0)).sum()
    later = added.filter(pl.col("period") > last)
    found = [
        Change(table, "in both, unchanged", both.height - corrected.height),
        Change(table, f"new, of months after {last}", later.height, _kip(later)),
        Change(table, f"late postings, of months to {last}", late.height, _kip(late)),
        Change(table, "corrected", corrected.height, int(moved)),
        Change(table, "taken back", gone.height, 0 - _kip(gone)),
    ]
    by_month = late.group_by("period").agg(pl.len(), pl.col(KIP).sum()).sort("period")
    return found + [
        Change(table, f"late postings of {month}", rows, int(kip or 0))
        for month, rows, kip in by_month.iter_rows()
    ]


def _kip(rows: pl.DataFrame) -> int:
    return int(rows[KIP].fill_null(0).sum())
