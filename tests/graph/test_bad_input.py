"""A bad file: one message, exit code 2, nothing changed, and no value of it left anywhere."""

import json
import shutil

import polars as pl
import pyreadstat
import pytest

from tests.graph.road import WAVE, in_a_process, survey_of
from transforms.twin.write import write_spss, write_stata

pytestmark = pytest.mark.graph
MARKER = "MARKERPERSON7731"


def planted(twin):
    """Give the good survey with one person's household number replaced by the marker."""
    rows, _ = pyreadstat.read_dta(survey_of(twin), output_format="polars")
    return put(rows.with_columns(pl.col("hhid").cast(pl.Int64).cast(pl.String)), "hhid", MARKER)


def put(rows, column, value, row=0):
    """Replace one cell."""
    here = pl.int_range(pl.len()) == row
    kind = pl.String if isinstance(value, str) else rows.schema[column]
    return rows.with_columns(
        pl.when(here).then(pl.lit(value)).otherwise(pl.col(column).cast(kind)).alias(column)
    )


def two_encodings(rows):
    """Give rows as text in Latin-1 with one cell in UTF-8."""
    text = rows.with_columns(remark=pl.lit("LETTER")).write_csv().encode("latin-1")
    return text.replace(b"LETTER", "ກ".encode(), 1)


def twice(rows):
    """Give the second row the first one's key."""
    return put(put(rows, "hhid", MARKER, 1), "pid", rows["pid"][0], 1)


def one_village(rows):
    """Leave one village in the marked person's stratum."""
    same = pl.col("stratum") == rows["stratum"][0]
    return rows.with_columns(pl.when(same).then(rows["ea"][0]).otherwise(pl.col("ea")).alias("ea"))


WRONG_ROWS = {
    "missing_column": (lambda rows: rows.drop("hl04"), "column hl04: the column is missing"),
    "unknown_code": (lambda rows: put(rows, "hl04", 7.0), "row 1: a code is none of 1, 2"),
    "marker_as_code": (
        lambda rows: put(rows, "ac18", MARKER),
        "column ac18, row 1: a code is none",
    ),
    "marker_as_number": (lambda rows: put(rows, "hl05", MARKER), "row 1: text stands where a num"),
    "zero_weight": (lambda rows: put(rows, "v", 0.0), "column v, row 1: the weight is blank, zero"),
    "negative_weight": (lambda rows: put(rows, "v", -1.0), "row 1: the weight is blank, zero, neg"),
    "one_psu": (one_village, "1 strata have one PSU"),
    "repeated_key": (twice, "row 1 (2 rows in all): two rows have the same person key"),
}


def write_wrong(name, twin, folder):
    """Write one bad survey file; give its path and the rule that it breaks."""
    rows = planted(twin)
    if name in WRONG_ROWS:
        change, rule = WRONG_ROWS[name]
        write_stata(change(rows), folder / f"{name}.dta", {}, {})
        return folder / f"{name}.dta", rule
    if name == "cut_stata":
        path, rule = folder / "cut.dta", "the file is damaged or cut short"
        write_stata(rows, path, {}, {})
        path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    elif name == "cut_spss":
        path, rule = folder / "cut.sav", "the file is damaged or cut short"
        write_spss(rows, path, {}, {})
        path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    elif name == "latin1_survey":  # its words are read, and no occupation is called so
        path, rule = folder / "latin1.csv", "a code has more than the 4 digits"
        path.write_bytes(two_encodings(put(rows, "lsco4", f"{MARKER} é")))
    else:
        path, rule = folder / "empty.dta", "the file is empty"
        path.touch()
    return path, rule


def write_wrong_register(name, twin, folder):
    """Write a register one file of which is wrong; give the folder, the file and the rule."""
    target = folder / "register"
    shutil.copytree(twin / "LSSO", target)
    if name == "unknown_member":
        path = target / "contributions.parquet"
        rows = pl.read_parquet(path)
        put(rows, "member_id", MARKER).write_parquet(path)
        rule = f"1 of {rows.height:,} contributions belong to no member of the register"
        return target, path, rule
    path = target / "members.csv"
    rows = pl.read_csv(path, infer_schema=False)
    if name == "repeated_member":
        rule = "column member_id, row 1 (2 rows in all): a member number stands twice"
        put(put(rows, "member_id", MARKER), "member_id", MARKER, 1).write_csv(path)
    else:
        rule = "column scheme, row 1: a code is none of enterprise, public, voluntary"
        put(put(rows, "name", MARKER), "scheme", MARKER).write_csv(path)
    return target, path, rule


def state(workspace):
    """Give what a bad file must not change: what a table prints is asked of the command itself."""
    names = ("provenance.json", "sources.json", "public.duckdb")
    briefs = sorted((workspace / "briefs").rglob("*.*"))
    return {path: path.read_bytes() for path in [*(workspace / n for n in names), *briefs]}


def leaks(workspace):
    """Name the files of a workspace that hold the marker, in either common width of text."""
    files = [path for path in workspace.rglob("*") if path.is_file()]
    assert any(path.suffix == ".db" for path in files)
    assert any(path.name == "vault.duckdb" for path in files)
    return [
        path.relative_to(workspace)
        for path in files
        if any(MARKER.encode(code) in path.read_bytes() for code in ("utf-8", "utf-16-le"))
    ]


def refused(ended, file, rule, workspace):
    """Hold what every refusal has in common."""
    assert ended.code == 2, ended
    (message,) = ended.err.strip().splitlines()
    assert message.startswith(file)
    assert rule in message
    assert "What to do: " in message
    assert "Traceback" not in ended.out + ended.err
    assert MARKER not in ended.out + ended.err
    assert leaks(workspace) == []


def without_register(workspace):
    """Let a run read the survey alone: the register has its own cases."""
    path = workspace / "sources.json"
    known = json.loads(path.read_text())
    del known["LSSO"]
    path.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n")


def test_a_good_run_leaves_no_value_of_a_person_outside_the_vault(workspace, twin, tmp_path):
    without_register(workspace)
    path = tmp_path / "good.dta"
    write_stata(planted(twin), path, {}, {})
    ended = in_a_process("run", "--survey", WAVE, "--lfs", path, "--workspace", workspace)
    assert ended.code == 0, ended
    assert MARKER not in ended.out + ended.err
    assert leaks(workspace) == []


def test_the_search_for_leaks_finds_one(workspace):
    (workspace / "briefs" / "note.txt").write_text(f"see {MARKER}")
    assert leaks(workspace) != []


@pytest.mark.parametrize("name", [*WRONG_ROWS, "cut_stata", "cut_spss", "latin1_survey", "empty"])
def test_a_bad_survey_changes_nothing(name, workspace, twin, tmp_path, here):
    without_register(workspace)
    path, rule = write_wrong(name, twin, tmp_path)
    table = ("table", "pub.estimate", "--workspace", workspace, "--format", "csv")
    before, kept = here(*table), state(workspace)
    ended = here("run", "--survey", WAVE, "--lfs", path, "--workspace", workspace)
    refused(ended, path.name, rule, workspace)
    assert here(*table) == before
    assert state(workspace) == kept


@pytest.mark.parametrize("name", ["repeated_member", "marker_as_scheme", "unknown_member"])
def test_a_bad_register_changes_nothing(name, workspace, twin, tmp_path, here):
    folder, path, rule = write_wrong_register(name, twin, tmp_path)
    table = ("table", "est.register_coverage", "--workspace", workspace, "--format", "csv")
    before, kept = here(*table), state(workspace)
    ended = here(
        "run", "--survey", WAVE, "--lfs", survey_of(twin), "--register", folder,
        "--workspace", workspace,
    )  # fmt: skip
    refused(ended, path.name, rule, workspace)
    assert here(*table) == before
    assert state(workspace) == kept


@pytest.mark.parametrize("name", ["unknown_code", "cut_spss"])
def test_so_it_is_for_a_person_at_the_command_line(name, workspace, twin, tmp_path):
    without_register(workspace)
    path, rule = write_wrong(name, twin, tmp_path)
    table = ("table", "pub.estimate", "--workspace", workspace, "--format", "csv")
    before = in_a_process(*table)
    ended = in_a_process("run", "--survey", WAVE, "--lfs", path, "--workspace", workspace)
    refused(ended, path.name, rule, workspace)
    assert not ended.out.strip()
    assert in_a_process(*table) == before


IMPOSSIBLE = {
    "hl05": (131.0, "age is above 130"),
    "lsco4": (MARKER, "more than the 4 digits that the profile gives ISCO-08"),
}


@pytest.mark.parametrize("column", IMPOSSIBLE)
def test_what_its_contract_does_not_permit_is_refused_in_a_persons_words(
    column, workspace, twin, tmp_path, here
):
    """Fit for its type and its profile, and yet nobody is 131, and no occupation is an M."""
    without_register(workspace)
    value, said = IMPOSSIBLE[column]
    path = tmp_path / "impossible.dta"
    rows = planted(twin)
    worker = int(rows.with_row_index("at").filter(pl.col("lsco4") != "")["at"][0])
    write_stata(put(rows, column, value, worker), path, {}, {})
    kept = state(workspace)
    ended = here("run", "--survey", WAVE, "--lfs", path, "--workspace", workspace)
    refused(ended, path.name, said, workspace)
    assert state(workspace) == kept


@pytest.mark.parametrize(("column", "value"), [("hl05", 131.0)])
def test_a_broken_contract_fails_its_check_and_keeps_the_table(
    column, value, workspace, twin, tmp_path, here, monkeypatch
):
    """The second net, where the first one (in a person's words) were not there."""
    monkeypatch.setattr("pipelines.figures.survey_checks.refuse_broken", lambda *_: None)
    from pipelines.warehouse.warehouse import Warehouse

    without_register(workspace)
    path = tmp_path / "impossible.dta"
    rows = planted(twin)
    worker = int(rows.with_row_index("at").filter(pl.col("lsco4") != "")["at"][0])
    write_stata(put(rows, column, value, worker), path, {}, {})
    name = "core.person"
    table = ("table", "pub.estimate", "--workspace", workspace, "--format", "csv")
    before, kept = here(*table), state(workspace)
    with Warehouse(workspace) as warehouse:
        persons = {n: warehouse.get(n) for n in ("core.person", "core.job")}
    ended = here("run", "--survey", WAVE, "--lfs", path, "--workspace", workspace)
    refused(ended, name, "checks fail (", workspace)
    assert here(*table) == before
    assert outcome(workspace, name) == "FAILED"
    assert state(workspace) == kept
    with Warehouse(workspace) as warehouse:
        now = {n: warehouse.get(n) for n in persons}
    assert all(now[n].equals(persons[n]) for n in persons)


def outcome(workspace, name):
    """Give what the event store says of a contract's latest check."""
    import dagster as dg

    key = dg.AssetCheckKey(dg.AssetKey(name.split(".")), "contract")
    with dg.DagsterInstance.from_config(str(workspace / "dagster")) as instance:
        (record,) = instance.event_log_storage.get_asset_check_execution_history(key, limit=1)
    return record.status.value
