"""A table reaches its place whole and verified or not at all, and nothing is told about a person."""

import os
import stat
import subprocess
import sys
import traceback

import duckdb
import polars as pl
import pyarrow as pa
import pytest

from data_contracts.errors import InputError, Refused
from pipelines.checks.engine_errors import EngineError
from pipelines.warehouse import vault
from pipelines.warehouse.warehouse import CheckFailed, Warehouse

MARKER = "5ec7e75ec7e75ec7"  # a planted member key: hexadecimal, so that the contract allows it


def contributions(**changes):
    frame = pl.DataFrame(
        {
            "member_key": [MARKER, "b" * 16, "c" * 16],
            "period": ["2024-01", "2024-01", "2024-02"],
            "scheme": ["public", "voluntary", "voluntary"],
            "contribution_base_lak": [1_600_000, 900_000, 900_000],
            "contribution_amount_lak": [88_000, 81_000, 81_000],
            "paid_date": [None, None, None],
        },
        schema_overrides={"paid_date": pl.Date},
    )
    return frame.with_columns(**{k: pl.Series(v) for k, v in changes.items()})


@pytest.fixture(autouse=True)
def _no_key_in_the_environment(monkeypatch):
    monkeypatch.delenv("INFORMALITY_VAULT_KEY", raising=False)


@pytest.fixture
def house(tmp_path):
    with Warehouse(tmp_path) as opened:
        yield opened


def test_put_and_get_give_back_the_same_rows_and_types(house):
    report = house.put("core.contribution", contributions())
    assert report.rows == 3
    assert report.checks.passed
    assert report.checks.evaluated == 11
    assert house.get("core.contribution").equals(contributions())
    assert house.get("core.contribution", {"scheme": "public"}).height == 1
    assert house.tables() == ["core.contribution"]


def test_reordered_columns_conform_by_name(house):
    turned = contributions().select(reversed(contributions().columns))
    first = house.put("core.contribution", contributions())
    second = house.put("core.contribution", turned)
    assert house.get("core.contribution").equals(contributions())
    assert first.content_hash == second.content_hash


def test_content_hash_ignores_row_order_and_sees_one_changed_cell(house):
    first = house.put("core.contribution", contributions()).content_hash
    assert house.put("core.contribution", contributions().reverse()).content_hash == first
    changed = contributions(contribution_amount_lak=[88_000, 81_000, 81_001])
    assert house.put("core.contribution", changed).content_hash != first


def test_content_hash_tells_rows_apart_that_read_alike_and_joins_many_batches(house):
    def digest(columns):
        return house.put("raw.any", pl.DataFrame(columns)).content_hash

    alike = [{"a": ["x,1:y"], "b": ["z"]}, {"a": ["x"], "b": ["y,1:z"]}, {"a": ["x"], "b": [None]}]
    assert len({digest(columns) for columns in [*alike, {"a": ["x"], "b": ["-"]}]}) == 4
    assert digest({"a": ["x", "y"]}) != digest({"a": ["x\n1:y"]})
    assert digest({"a": [0.0, -0.0]}) == digest({"a": [-0.0, 0.0]})
    none = pl.DataFrame(schema={"a": pl.String})
    assert house.put("raw.any", none).content_hash != digest({"a": [None]})
    many = pl.DataFrame({"a": range(250_000), "b": [f"r{i % 7}" for i in range(250_000)]})
    first = house.put("raw.many", many)
    assert first.rows == 250_000
    assert house.put("raw.many", many.sample(fraction=1, shuffle=True, seed=1)) == first
    assert house.put("raw.many", many.with_columns(a=pl.col("a").replace(249_999, 0))) != first


@pytest.mark.parametrize(
    "bring",
    [
        lambda frame, _: frame.to_arrow(),
        lambda frame, _: frame.lazy(),
        lambda frame, _: pa.RecordBatchReader.from_batches(
            frame.to_arrow().schema, frame.to_arrow().to_batches()
        ),
        lambda frame, house: house.connection.from_arrow(frame.to_arrow()),
        lambda _, house: house.connection.sql(
            "SELECT * REPLACE (period AS period) FROM vault.core.contribution"
        ),
    ],
    ids=["arrow", "lazy", "reader", "arrow relation", "sql relation"],
)
def test_every_kind_of_delivery_is_stored(house, bring):
    house.put("core.contribution", contributions())
    assert house.put("core.contribution", bring(contributions(), house)).rows == 3
    assert house.get("core.contribution").equals(contributions())


def test_a_failed_check_leaves_the_last_good_table(house):
    house.put("core.contribution", contributions())
    with pytest.raises(CheckFailed) as caught:
        house.put("core.contribution", contributions(period=["2024-13", "2024-01", "2024-02"]))
    assert [f.column for f in caught.value.report.blocking] == ["period"]
    assert house.get("core.contribution").equals(contributions())
    assert house.tables() == ["core.contribution"]


def test_a_key_that_comes_twice_is_refused(house):
    with pytest.raises(CheckFailed, match="compound_columns_to_be_unique fails for 6 rows"):
        house.put("core.contribution", pl.concat([contributions(), contributions()]))
    assert house.tables() == []


def test_only_the_named_part_is_replaced(house):
    house.put("core.contribution", contributions())
    new = contributions().filter(pl.col("scheme") == "voluntary").head(1)
    house.put("core.contribution", new, replace={"scheme": "voluntary"})
    stored = house.get("core.contribution")
    assert stored.height == 2
    assert stored.filter(pl.col("scheme") == "public").height == 1


def test_rows_outside_the_replaced_part_are_refused(house):
    house.put("core.contribution", contributions())
    with pytest.raises(InputError, match="outside the part") as caught:
        house.put("core.contribution", contributions(), replace={"scheme": "public"})
    assert (caught.value.row, caught.value.rows) == (2, 2)
    assert house.get("core.contribution").equals(contributions())


def test_a_part_that_is_no_slice_of_the_key_is_verified_with_the_rest(house):
    house.put("core.contribution", contributions())
    same_key = contributions(contribution_base_lak=[5, 5, 5]).head(1)
    with pytest.raises(CheckFailed, match="compound_columns_to_be_unique"):
        house.put("core.contribution", same_key, replace={"contribution_base_lak": "5"})
    assert house.get("core.contribution").equals(contributions())


@pytest.mark.parametrize(
    ("frame", "column", "row"),
    [
        (contributions().drop("scheme"), "scheme", None),
        (contributions(extra=["x", "y", "z"]), "extra", None),
        (contributions(contribution_base_lak=["1", "PLANTED", "3"]), "contribution_base_lak", 2),
        (contributions(contribution_base_lak=[1.0, 2.0, 3.5]), "contribution_base_lak", 3),
        (contributions(contribution_base_lak=["1", "2", "3.5"]), "contribution_base_lak", 3),
        (contributions(period=[1.5, 2.5, 3.5]), "period", 1),
        (contributions(paid_date=["2024-02-01", "PLANTED", None]), "paid_date", 2),
    ],
    ids=["missing", "extra", "word", "fraction", "fraction as text", "number as code", "date"],
)
def test_what_does_not_conform_is_named_by_place_and_never_by_value(house, frame, column, row):
    house.put("core.contribution", contributions())
    with pytest.raises(InputError) as caught:
        house.put("core.contribution", frame)
    assert (caught.value.file, caught.value.column, caught.value.row) == (
        "core.contribution",
        column,
        row,
    )
    assert "PLANTED" not in "".join(traceback.format_exception(caught.value))
    assert house.get("core.contribution").equals(contributions())


def test_numbers_as_text_and_columns_of_nulls_are_cast(house):
    text = contributions(contribution_base_lak=["1600000", "900000", None])
    house.put("core.contribution", text.with_columns(paid_date=pl.lit(None)))
    stored = house.get("core.contribution")
    assert stored["contribution_base_lak"].to_list() == [1_600_000, 900_000, None]
    assert stored.schema["paid_date"] == pl.Date


def test_not_a_number_is_refused_where_null_is_meant(house):
    frame = pl.DataFrame({"member_key": [MARKER] * 2, "declared_income_lak": [1.0, float("nan")]})
    for name, value in {
        "scheme": "public",
        "status": "active",
        "sex": "SEX_F",
        "birth_year": 1980,
        "admin1_code": "01",
        "district_code": "0101",
        "registration_date": None,
        "exit_date": None,
        "employer_key": None,
        "n_dependants": 0,
        "nationality": None,
        "member_category": None,
        "residence_admin1_code": None,
        "name_key": None,
        "birth_key": None,
        "phone_key": None,
    }.items():
        frame = frame.with_columns(pl.lit(value).alias(name))
    with pytest.raises(InputError, match="finite") as caught:
        house.put("core.member", frame)
    assert caught.value.row == 2


def test_an_engines_message_is_withheld(house):
    relation = house.connection.sql("SELECT error('PLANTED') AS member_key")
    with pytest.raises((EngineError, InputError)) as caught:
        house.put("raw.broken", relation)
    assert "PLANTED" not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__context__ is None
    house.put("raw.sound", pl.DataFrame({"a": [1]}))  # the connection is usable again


def test_raw_tables_are_stored_as_delivered(house):
    frame = pl.DataFrame({"Q 1": ["x", None], "ຊື່": [1, 2]})
    assert house.put("raw.lao_lfs", frame).checks is None
    assert house.get("raw.lao_lfs").equals(frame)


@pytest.mark.parametrize("name", ["core.nothing", "x.y", "core.Person", 'raw.a"; DROP', "person"])
def test_only_known_names_are_accepted(house, name):
    with pytest.raises(InputError):
        house.put(name, contributions())


def test_batches_stream_every_row(house):
    house.put("raw.many", pl.DataFrame({"i": range(10_000), "j": ["x"] * 10_000}))
    frames = list(house.batches("raw.many", columns=["i"], rows=3_000))
    assert len(frames) > 1
    assert pl.concat(frames)["i"].sort().to_list() == list(range(10_000))
    with pytest.raises(InputError, match="not in the warehouse"):
        list(house.batches("raw.none"))


def computability():
    return pl.DataFrame(
        {
            "survey_id": ["S", "S"],
            "indicator": ["employed", "coverage_gap"],
            "status": ["COMPUTABLE", "NOT COMPUTABLE"],
            "reason": [None, "not asked"],
        }
    )


@pytest.mark.parametrize("kind", ["csv", "parquet", "json"])
def test_an_export_is_the_same_bytes_whatever_the_row_order(house, tmp_path, kind):
    house.put("pub.computability", computability())
    one = house.export("pub.computability", tmp_path / "one", kind).read_bytes()
    house.put("pub.computability", computability().reverse())
    two = house.export("pub.computability", tmp_path / "two", kind).read_bytes()
    assert one == two
    assert b"coverage_gap" in one


def test_an_export_is_ordered_by_key(house, tmp_path):
    house.put("pub.computability", computability())
    text = house.export("pub.computability", tmp_path / "t.csv", "csv").read_text()
    assert [line.split(",")[1] for line in text.splitlines()] == [
        "indicator",
        "coverage_gap",
        "employed",
    ]


@pytest.mark.parametrize("name", ["core.contribution", "raw.any"])
def test_persons_are_not_exported(house, tmp_path, name):
    with pytest.raises(Refused, match="do not leave the vault"):
        house.export(name, tmp_path / "out.csv", "csv")


def test_published_tables_are_in_the_public_file_and_persons_are_not(tmp_path):
    with Warehouse(tmp_path) as house:
        house.put("core.contribution", contributions())
        house.put("pub.computability", computability())
    public = duckdb.connect(str(tmp_path / "public.duckdb"), read_only=True)
    assert public.execute("SELECT table_name FROM duckdb_tables()").fetchall() == [
        ("computability",)
    ]


def test_the_vault_holds_no_marker_in_clear_nor_does_its_log(tmp_path):
    with Warehouse(tmp_path) as house:
        house.put("core.contribution", contributions())
        log = (tmp_path / "vault" / "vault.duckdb.wal").read_bytes()
        assert len(log) > 0
    stored = (tmp_path / "vault" / "vault.duckdb").read_bytes()
    for name, content in (("log", log), ("file", stored)):
        for marker in (MARKER, "voluntary", "contribution_base_lak"):
            assert marker.encode() not in content, (name, marker)


def test_the_marker_would_be_seen_in_a_file_that_is_not_encrypted(tmp_path):
    with Warehouse(tmp_path) as house:
        house.put("pub.computability", computability())
    assert b"coverage_gap" in (tmp_path / "public.duckdb").read_bytes()


def test_spilled_pages_are_encrypted_and_stay_in_the_vault(house):
    settings = dict(
        house.connection.execute("SELECT name, value FROM duckdb_settings()").fetchall()
    )
    assert settings["temp_file_encryption"] == "true"
    assert settings["temp_directory"] == str(house.workspace / "vault" / "spill")
    assert settings["autoinstall_known_extensions"] == "false"
    assert settings["autoload_known_extensions"] == "false"


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_the_key_is_made_once_and_is_for_its_owner_alone(tmp_path):
    Warehouse(tmp_path).close()
    path = tmp_path / "keys" / "vault.key"
    key = path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(key.strip()) == 64
    Warehouse(tmp_path).close()
    assert path.read_text() == key
    path.chmod(0o644)
    with pytest.raises(InputError, match="chmod 600"):
        Warehouse(tmp_path)


def test_opened_to_read_it_gives_the_rows_and_takes_none(tmp_path):
    with Warehouse(tmp_path) as house:
        house.put("core.contribution", contributions())
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with Warehouse(tmp_path, read_only=True) as house:
        assert house.get("core.contribution").height == 3
        with pytest.raises(EngineError):
            house.put("core.contribution", contributions())
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_opened_to_read_it_makes_nothing(tmp_path):
    with pytest.raises(InputError, match="nothing was run in this workspace"):
        Warehouse(tmp_path / "nosuch", read_only=True)
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_key_is_refused_in_plain_words(tmp_path, monkeypatch):
    with Warehouse(tmp_path) as house:
        house.put("core.contribution", contributions())
    monkeypatch.setenv("INFORMALITY_VAULT_KEY", "PLANTEDKEY")
    with pytest.raises(InputError, match="key does not open") as caught:
        Warehouse(tmp_path)
    assert "PLANTEDKEY" not in "".join(traceback.format_exception(caught.value))


def test_a_missing_key_is_never_replaced_by_a_new_one(tmp_path):
    Warehouse(tmp_path).close()
    (tmp_path / "keys" / "vault.key").unlink()
    with pytest.raises(InputError, match="its key is not"):
        Warehouse(tmp_path)
    assert not (tmp_path / "keys" / "vault.key").exists()


def test_the_key_may_come_from_the_environment_and_is_then_not_written(tmp_path, monkeypatch):
    monkeypatch.setenv("INFORMALITY_VAULT_KEY", "from the environment")
    with Warehouse(tmp_path) as house:
        house.put("raw.a", pl.DataFrame({"a": [1]}))
    assert not (tmp_path / "keys").exists()
    with Warehouse(tmp_path) as house:
        assert house.get("raw.a")["a"].to_list() == [1]


def test_a_file_that_another_process_holds_is_named(tmp_path):
    Warehouse(tmp_path).close()
    code = (
        "import sys, pathlib; from pipelines.warehouse.vault import connect; "
        "c = connect(pathlib.Path(sys.argv[1])); print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout.readline().strip() == "open"
        with pytest.raises(InputError, match="another process holds") as caught:
            Warehouse(tmp_path)
        other.stdin.close()
    assert caught.value.file == "vault.duckdb"


def test_a_file_that_is_no_database_is_named(tmp_path):
    (tmp_path / "public.duckdb").write_bytes(b"not a database at all" * 1000)
    with pytest.raises(InputError, match="not a database") as caught:
        Warehouse(tmp_path)
    assert caught.value.file == "public.duckdb"


def test_a_table_carries_its_mark_until_it_is_written_anew(tmp_path):
    with Warehouse(tmp_path) as first:
        first.put("raw.a", pl.DataFrame({"a": ["x"], "b": [1]}))
        first.put("raw.b", pl.DataFrame({"a": [1]}))
        first.mark("raw.a", "it's ours")
    with Warehouse(tmp_path) as second:
        assert second.marks() == {"raw.a": "it's ours"}
        with pytest.raises(InputError):
            second.put("raw.a", pl.DataFrame({"a": ["y"], "b": [2]}), replace={"a": "x"})
        assert second.marks() == {"raw.a": "it's ours"}  # a refused table changes nothing
        second.put("raw.a", pl.DataFrame({"a": ["x"], "b": [2]}))
        assert second.marks() == {}


def test_files_held_open_are_opened_once_and_let_go_at_the_end(tmp_path, monkeypatch):
    opened = []
    found = vault._crypto
    monkeypatch.setattr(vault, "_crypto", lambda: opened.append(1) or found())
    with vault.held_open(tmp_path):
        assert list(tmp_path.iterdir()) == []  # nothing is made before somebody connects
        with Warehouse(tmp_path) as first:
            first.put("core.contribution", contributions())
        with vault.held_open(tmp_path / "."), Warehouse(tmp_path) as second:
            assert second.get("core.contribution").equals(contributions())
            with pytest.raises(CheckFailed):
                second.put("core.contribution", contributions(period=["x", "y", "z"]))
        with Warehouse(tmp_path) as third:
            assert third.get("core.contribution").equals(contributions())
    assert len(opened) == 1
    code = "import sys; from pathlib import Path; from pipelines.warehouse.vault import connect; connect(Path(sys.argv[1])).close()"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    with Warehouse(tmp_path) as again:
        assert again.get("core.contribution").equals(contributions())
    assert len(opened) == 2


def test_a_connection_on_files_held_open_has_a_transaction_of_its_own(tmp_path):
    def spoil(first):
        with first.together():
            first.put("core.contribution", contributions(scheme=["public"] * 3))
            with Warehouse(tmp_path) as second:
                assert second.get("core.contribution").equals(contributions())
            raise ZeroDivisionError

    with vault.held_open(tmp_path):
        with Warehouse(tmp_path) as first:
            first.put("core.contribution", contributions())
            with pytest.raises(ZeroDivisionError):
                spoil(first)
        with Warehouse(tmp_path) as third:
            assert third.get("core.contribution").equals(contributions())
