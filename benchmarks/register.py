"""Measures the register's coverage tables against one plain scan of its contributions; asserts nothing.

Coverage tables: the months paid (the one pass, kept as one row a member), then the
counts by concept and the tally, all on the encrypted vault. Apart from it: matching the records,
and importing Ibis. One plain scan: `count`, `min` and `max` of every column of
core.contribution, which reads every value once. Both are repeated and the median is taken, as wall
and as processor time. The peak is that of the process that measures, from its start.

    python benchmarks/register.py [--members 354000] [--months 24] [--repeats 5] [--folder FOLDER]

The register is made by SQL, month by month as it is posted: of 50 members one is a second number,
of 20 one is dormant. The default makes 8.5 million contributions; 4274000 members make 100
million in 24 months, 354000 make them in 283.
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
from typing import Any

from measure import peak_kib, timed

AS_OF = "2017-12"
MATCHED = 1_000_000  # a larger register is not matched: its person map is made by SQL
CONTRIBUTION = "vault.core.contribution"
COLUMNS = (
    "member_key",
    "period",
    "scheme",
    "contribution_base_lak",
    "contribution_amount_lak",
    "paid_date",
)
KEY = "substr(md5('m' || {}), 1, 16)"
SCHEME = "CASE WHEN m % 10 < 3 THEN 'public' WHEN m % 10 < 9 THEN 'enterprise' ELSE 'voluntary' END"
INCOME = "(1000000 + hash(m) % 3000000)::BIGINT"
TERMS = {
    "scheme": ["public", "enterprise", "voluntary"],
    "rate_per_mille": [160, 115, 90],
    "floor_lak": [900_000, 900_000, 900_000],
    "ceiling_lak": [4_500_000, 4_500_000, 4_500_000],
}


def main() -> None:
    """Make the register, measure in a child process, print one line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=354_000)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where the register is made and deleted again")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        sys.stdout.write(json.dumps(measured(options.folder, options.repeats)))
        return
    if options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        seconds = make_register(Path(folder), options.members, options.months)
        sys.stdout.write(f"making the register {seconds:.1f} s\n")
        command = [sys.executable, __file__, "--measure", "--folder", folder]
        done = subprocess.run(  # noqa: S603 - our own file
            [*command, "--repeats", str(options.repeats)],
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )
    for name, value in json.loads(done.stdout).items():
        sys.stdout.write(f"{name:28} {value}\n")


def make_register(workspace: Path, members: int, months: int) -> float:
    """Write members and contributions into a new vault; gives the seconds it took."""
    from pipelines.warehouse.warehouse import Warehouse

    begun = time.perf_counter()
    second = members // 50  # the last ones are second numbers of the first
    person = f"CASE WHEN m >= {members - second} THEN m - {members - second} ELSE m END"
    with Warehouse(workspace) as warehouse:
        run = warehouse.connection.execute
        run("CREATE SCHEMA vault.core")
        run(
            f"CREATE TABLE vault.core.member AS SELECT {KEY.format('m')} AS member_key, "
            f"{SCHEME} AS scheme, CASE WHEN m % 33 = 0 THEN 'pensioner' ELSE 'active' END AS status, "
            "CASE WHEN p % 2 = 0 THEN 'SEX_M' ELSE 'SEX_F' END AS sex, "
            "(1955 + hash(p, 1) % 45)::SMALLINT AS birth_year, "
            "lpad((1 + hash(p, 2) % 18)::VARCHAR, 2, '0') AS admin1_code, "
            "lpad((101 + hash(p, 2) % 18 * 100 + hash(p, 3) % 8)::VARCHAR, 4, '0') AS district_code, "
            "DATE '2000-01-01' + (hash(m, 4) % 6200)::INT AS registration_date, "
            "CASE WHEN m % 33 = 0 THEN DATE '2016-06-30' END AS exit_date, "
            "CASE WHEN m % 10 < 9 THEN substr(md5('e' || hash(p, 2) % 18 * 1000 + hash(m, 5) % 167), 1, 16) END AS employer_key, "
            f"{INCOME}::DOUBLE AS declared_income_lak, (m % 4)::SMALLINT AS n_dependants, "
            "CASE WHEN m % 20 = 0 THEN 'foreign' ELSE 'national' END AS nationality, "
            "CASE WHEN m % 10 < 9 THEN 'employee' ELSE 'self_employed' END AS member_category, "
            "CASE WHEN hash(p, 6) % 5 > 0 THEN lpad((1 + hash(p, 2) % 18)::VARCHAR, 2, '0') END "
            "AS residence_admin1_code, "
            "substr(md5('n' || hash(p, 7) % 1300000 || m % 4), 1, 16) AS name_key, "
            "substr(md5('b' || hash(p, 1) % 45 || hash(p, 8) % 365), 1, 16) AS birth_key, "
            "substr(md5('t' || p), 1, 16) AS phone_key "
            f"FROM (SELECT m, {person} AS p FROM range({members}) AS r(m))"
        )
        run(
            f"CREATE TEMP TABLE payer AS SELECT m, {KEY.format('m')} AS member_key, "
            f"{SCHEME} AS scheme, {INCOME} AS income FROM range({members}) AS r(m)"
        )
        for back in reversed(range(months)):
            count = 2017 * 12 + 11 - back
            period = f"{count // 12:04d}-{count % 12 + 1:02d}"
            rows = (
                f"SELECT member_key, '{period}' AS period, scheme, income AS contribution_base_lak, "
                "income * 115 // 1000 AS contribution_amount_lak, "
                f"DATE '{period}-01' + (32 + (m + {back}) % 25)::INT AS paid_date "
                f"FROM payer WHERE m % 20 <> 7 OR {back} > 11"
            )
            new = back == months - 1
            run(
                f"CREATE TABLE {CONTRIBUTION} AS {rows}"
                if new
                else f"INSERT INTO {CONTRIBUTION} {rows}"
            )
    return time.perf_counter() - begun


COUNT_OF = "SELECT count(*) FROM vault.core."


def matched(connection: Any, members: Any, people: int) -> tuple[list[float], int, int]:
    """Match and store the persons: seconds by the wall and of the processor, pairs, peak in KiB."""
    from transforms.register.matching import match_members

    connection.execute("CREATE SCHEMA IF NOT EXISTS vault.linked")
    begun, cpu = time.perf_counter(), time.process_time()
    persons = match_members(members) if people and people <= MATCHED else None
    taken = [time.perf_counter() - begun, time.process_time() - cpu]
    keep_persons(connection, persons.persons.to_arrow() if persons else None)
    return taken, persons.matched_pairs if persons else 0, peak_kib()


def measured(workspace: Path, repeats: int) -> dict[str, str]:
    """Measure scan, matching and coverage tables in this process."""
    begun = time.perf_counter()
    import ibis
    import polars as pl

    from pipelines.warehouse.engine import Tables
    from pipelines.warehouse.warehouse import Warehouse
    from transforms.register.counts import register_counts
    from transforms.register.ledger import paid_months
    from transforms.register.tally import register_tally

    with Warehouse(workspace) as warehouse:
        connection = warehouse.connection
        tables = Tables(warehouse)
        members, contributions = tables("core.member"), tables("core.contribution")
        members.limit(1).to_polars()
        backend = ibis.duckdb.from_connection(connection)
        imported = time.perf_counter() - begun
        people = connection.sql(f"{COUNT_OF}member").fetchone()
        matching, pairs, matched_peak = matched(connection, members, people[0] if people else 0)
        people_of = tables("linked.member_person")
        terms = pl.DataFrame(TERMS)
        rows: list[int] = []

        def scan() -> None:
            values = ", ".join(f"count({c}), min({c}), max({c})" for c in COLUMNS)
            connection.execute(f"SELECT count(*), {values} FROM {CONTRIBUTION}").fetchall()

        def one_pass() -> Any:
            table = paid_months(contributions, AS_OF).to_pyarrow()
            connection.register("paid_months", table)
            connection.execute("CREATE OR REPLACE TEMP TABLE months AS FROM paid_months")
            connection.unregister("paid_months")
            return backend.table("months", database=("temp", "main"))

        def coverage() -> None:
            months = one_pass()
            register_counts(members, contributions, AS_OF, months=months).to_polars()
            tally = register_tally(members, contributions, people_of, terms, AS_OF, months=months)
            rows.append(tally.to_polars().height)

        steps = {"scan": scan, "the pass alone": one_pass, "coverage tables": coverage}
        taken = {name: timed(step, repeats) for name, step in steps.items()}
        count = connection.sql(f"{COUNT_OF}contribution").fetchone()
    said = {
        name: f"{wall:.3f} s wall, {cpu:.3f} s processor" for name, (wall, cpu) in taken.items()
    }
    ratio = [taken["coverage tables"][i] / taken["scan"][i] for i in (0, 1)]
    return {
        "contributions, members": f"{count[0] if count else 0:,}, {people[0] if people else 0:,}",
        "import and first use": f"{imported:.1f} s",
        "matching": f"{matching[0]:.1f} s wall, {matching[1]:.1f} s processor, {pairs:,} pairs",
        **said,
        "coverage tables over scan": f"{ratio[0]:.2f} wall, {ratio[1]:.2f} processor",
        "rows of the tally": f"{rows[-1]:,}",
        "peak memory": f"{peak_kib() / 1024:.0f} MB ({matched_peak / 1024:.0f} MB after matching)",
        "load of the machine": f"{os.getloadavg()[0]:.1f}",
    }


def keep_persons(connection: Any, persons: Any) -> None:
    """Store the person map, or for a register too large to match one made of telephones."""
    made = (
        "SELECT member_key, person_key, CASE WHEN n > 1 THEN 1.0 END AS match_probability, "
        "CASE WHEN n > 1 THEN 'exact' ELSE 'single' END AS rule FROM (SELECT member_key, "
        "min(member_key) OVER w AS person_key, count(*) OVER w AS n FROM vault.core.member "
        "WINDOW w AS (PARTITION BY phone_key))"
    )
    if persons is not None:
        connection.register("persons", persons)
        made = "FROM persons"
    connection.execute(f"CREATE OR REPLACE TABLE vault.linked.member_person AS {made}")


if __name__ == "__main__":
    main()
