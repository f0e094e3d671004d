"""Compare every figure of the engine with its reference and print the table; the figures live beside.

Run ``python -m tests.agreement.parity``, with ``--misses`` for the summary and what lies outside 1e-8.
"""

import sys
import time
from collections.abc import Callable

from tests.agreement import (
    parity_api,
    parity_calibration,
    parity_classic,
    parity_lfs,
    parity_microdata,
    parity_replicates,
    parity_textbooks,
)
from tests.agreement.parity_comparison import EXACT, MICRODATA, VECTORS, Comparison, Skipped

FAMILIES: dict[str, Callable[[], list[Comparison]]] = {
    "api estimates": parity_api.estimates,
    "api intervals": parity_api.intervals,
    "api tests": parity_api.tests,
    "api models": parity_api.models,
    "calibration": parity_calibration.weights,
    "replicates": parity_replicates.weights,
    "lfs designs": parity_lfs.designs,
    "lfs domains": parity_lfs.domains,
    "lfs inference": parity_lfs.inference,
    "lfs lonely": parity_lfs.lonely,
    "lfs rounds": parity_lfs.rounds,
    "lfs replicates": parity_lfs.replicates,
    "classic schools": parity_classic.schools,
    "classic textbooks": parity_textbooks.manuals,
    "classic health": parity_classic.health,
    "microdata costa rica": parity_microdata.cri,
    "microdata bolivia": parity_microdata.bol,
}

SKIPPED = (
    Skipped("api_taylor ranktest", "rank tests are not part of the engine"),
    Skipped("api_taylor quantile.old", "oldsvyquantile is R's retired rule; svyquantile is compared"),
    Skipped("api_taylor chisq lincom, saddlepoint", "other approximations of the null distribution of the statistic that Chisq compares"),
    Skipped("api_taylor glm_regterm lrt_*", "the working likelihood-ratio test is not part of the engine; Wald is"),
    Skipped("*.glm null_deviance", "the engine reports the fit's deviance, not that of an empty model"),
    Skipped("glm dispersion under replication", "it differs between versions of R survey (vectors/README); without replicates it is compared"),
    Skipped("lfs lonely_fail", "R's message; test_lonely_psu_fails_by_default_as_in_r holds ours"),
    Skipped("microdata CR8n", "the wrong answer on purpose: a standard error that ignores the design"),
    Skipped("microdata published", "the offices' rounded figures; the unrounded ones of R on the same files are compared"),
    Skipped("sex2, chicago, milk", "Firth, Oaxaca-Blinder and Fay-Herriot belong to other modules"),
)  # fmt: skip


def missing_folder(family: str) -> str:
    """Say which folder of references is not beside this repository, if one is not."""
    needed = [VECTORS, *([MICRODATA] if family.startswith("microdata") else [])]
    return ", ".join(f"shared/{f.name}" for f in needed if not f.is_dir())


def report(*, misses_only: bool) -> bool:
    """Print the tables and the summary; tell whether every comparison is within or explained."""
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else 170)
    rows: list[Comparison] = []
    start = time.perf_counter()
    for name, make in FAMILIES.items():
        absent = missing_folder(name)
        if absent:
            console.print(f"{name}: not compared, the folder {absent} is not beside us")
            continue
        rows += make()
    seconds = time.perf_counter() - start
    shown = [r for r in rows if r.difference > EXACT] if misses_only else rows
    table = Table("family", "quantity", "n", "ours", "reference", "relative difference", "note")
    for r in shown:
        note = "" if r.within else (r.reason if r.explained else "MISS")
        if r.within and r.difference > EXACT:
            note = f"within {r.tolerance:g}"
        table.add_row(
            r.family, r.quantity, f"{r.count}", f"{r.ours:.12g}", f"{r.reference:.12g}",
            f"{r.difference:.1e}", note,
        )  # fmt: skip
    console.print(table)
    left_out = Table("not compared", "why")
    for skipped in SKIPPED:
        left_out.add_row(skipped.entries, skipped.reason)
    console.print(left_out)
    if not rows:
        return False
    within = [r for r in rows if r.within]
    exact = [r for r in rows if r.difference <= EXACT]
    worst = max(within, key=lambda r: r.difference)
    console.print(
        f"{len(rows)} quantities compared ({sum(r.count for r in rows)} numbers): "
        f"{len(exact)} within 1e-8, {len(within)} within their tolerance, "
        f"{sum(r.explained and not r.within for r in rows)} outside with a named difference, "
        f"{sum(not r.explained for r in rows)} unexplained. "
        f"Worst within: {worst.difference:.1e} ({worst.family}, {worst.quantity}). {seconds:.0f} s."
    )
    return all(r.explained for r in rows)


if __name__ == "__main__":
    raise SystemExit(0 if report(misses_only="--misses" in sys.argv) else 1)
