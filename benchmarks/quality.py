"""Measures the register's checks against one plain scan of the same tables; asserts nothing.

Whole check time: the Great Expectations suites of core.member, core.contribution and core.employer
and the register's checks, on the encrypted vault. Apart from it: importing Great Expectations and
Ibis, and one run of everything on a few rows, which imports what they import late. One plain scan:
for each of the three tables one query with `count`, `min` and `max` of every column, which reads
every value once. Both are repeated and the median is taken, as wall and as processor time. The
peak is that of the process that checks, from its start.

    python benchmarks/quality.py [--scale 1.0] [--repeats 5] [--workspace FOLDER]

Without a workspace the twin's register is made and stored first, in a folder that is deleted.
"""

# ruff: noqa: PLC0415 - what is imported when is measured
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure import peak_kib, timed

TABLES = ("core.member", "core.contribution", "core.employer")
KEY = b"benchmark key, kept nowhere else"


def main() -> None:
    """Make the register when none is given, measure in a child process, print one line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        sys.stdout.write(json.dumps(measured(options.workspace, options.repeats)))
        return
    with tempfile.TemporaryDirectory() as folder:
        workspace = options.workspace or Path(folder)
        if options.workspace is None:
            seconds = store_register(workspace, options.scale)
            sys.stdout.write(f"storing {seconds:.1f} s (checks included)\n")
        command = [sys.executable, __file__, "--measure", "--workspace", str(workspace)]
        done = subprocess.run(  # noqa: S603 - our own file
            [*command, "--repeats", str(options.repeats)],
            capture_output=True,
            check=True,
            text=True,
        )
    for name, value in json.loads(done.stdout).items():
        sys.stdout.write(f"{name:28} {value}\n")


def store_register(workspace: Path, scale: float) -> float:
    """Store the twin's register through the contracts; gives the seconds that storing took."""
    from data_contracts.registers.layout import load_layout
    from pipelines.warehouse.warehouse import Warehouse
    from transforms.register.canonical import canonical
    from transforms.twin.population import population
    from transforms.twin.register import register

    made = register(population(scale, 1), 1)
    layout = load_layout()
    raw = {
        "members": made.members,
        "contributions": made.contributions,
        "employers": made.employers,
    }
    seconds = 0.0
    with Warehouse(workspace) as warehouse:
        for table, role in zip(TABLES, raw, strict=True):
            frame = canonical(role, raw[role], layout, KEY, role)
            begun = time.perf_counter()
            warehouse.put(table, frame)
            seconds += time.perf_counter() - begun
    return seconds


def measured(workspace: Path, repeats: int) -> dict[str, str]:
    """Measure scan and checks in this process."""
    begun = time.perf_counter()
    from analyses.quality.register import register_findings
    from data_contracts.contract.find import load
    from pipelines.checks.checks import verify
    from pipelines.warehouse.engine import Tables
    from pipelines.warehouse.warehouse import Warehouse

    with Warehouse(workspace) as warehouse:
        connection = warehouse.connection
        connection.execute("CREATE SCHEMA few")
        for name in TABLES:  # a few rows: what is imported late is imported now
            table = name.partition(".")[2]
            connection.execute(f"CREATE TABLE few.{table} AS FROM vault.{name} LIMIT 10")
            verify(connection, f"memory.few.{table}", load(name))
        tables = Tables(warehouse)
        tables("core.member").limit(1).to_polars()
        imported = time.perf_counter() - begun

        def scan() -> None:
            for name in TABLES:
                values = ", ".join(
                    f'count("{c}"), min("{c}"), max("{c}")' for c in load(name).column_names
                )
                connection.execute(f"SELECT count(*), {values} FROM vault.{name}").fetchall()

        def suites() -> None:
            for name in TABLES:
                verify(connection, f"vault.{name}", load(name))

        def rules() -> None:
            register_findings(tables)

        steps = {"scan": scan, "suites": suites, "register checks": rules}
        taken = {name: timed(step, repeats) for name, step in steps.items()}
        rows = [connection.sql(f"SELECT count(*) FROM vault.{n}").fetchone() for n in TABLES]
    whole = [taken["suites"][i] + taken["register checks"][i] for i in (0, 1)]
    said = {
        name: f"{wall:.3f} s wall, {cpu:.3f} s processor" for name, (wall, cpu) in taken.items()
    }
    return {
        "rows": ", ".join(f"{n[0]:,}" for n in rows if n),
        "import and first use": f"{imported:.1f} s",
        **said,
        "whole checks over scan": f"{whole[0] / taken['scan'][0]:.2f} wall, "
        f"{whole[1] / taken['scan'][1]:.2f} processor",
        "peak memory": f"{peak_kib() / 1024:.0f} MB",
        "load of the machine": f"{os.getloadavg()[0]:.1f}",
    }


if __name__ == "__main__":
    main()
