"""The scan finds nothing in a good workspace, and finds an identifier wherever one is put."""

import io
import json
import sqlite3
import zipfile

import polars as pl
import pytest

pytestmark = pytest.mark.graph
PHRASE = "a member's record: {}"
KINDS = [("member_id", "identifier"), ("name", "person_name"), ("phone", "phone"), ("birth_date", "birth_date")]  # fmt: skip


@pytest.fixture(scope="module")
def member(twin):
    """One member of the register, as delivered."""
    rows = pl.read_csv(twin / "LSSO/members.csv", infer_schema=False)
    return rows.row(41, named=True)


def scanned(here, workspace):
    ended = here("privacy", "scan", "--workspace", workspace, "--json")
    return ended, json.loads(ended.out)


def test_a_good_workspace_holds_none(here, workspace):
    ended, result = scanned(here, workspace)
    assert ended.code == 0
    assert result["finds"] == []
    assert {"identifier", "person_name", "phone", "birth_date"} <= set(result["searched_for"])
    assert result["places"] > 300
    assert "0 identifiers in" in here("privacy", "scan", "--workspace", workspace).out


def in_a_raw_table(workspace, text):
    from pipelines.warehouse.warehouse import Warehouse

    with Warehouse(workspace) as warehouse:
        raw = warehouse.get("raw.lao_2017_lfs")
        warehouse.put("raw.lao_2017_lfs", raw.with_columns(pl.lit(text).alias("remark")))
    return "raw.lao_2017_lfs, column remark"


def in_a_public_table(workspace, text):
    from pipelines.warehouse.vault import connect

    connection = connect(workspace)
    connection.execute("UPDATE public.pub.computability SET reason = ?", [text])
    connection.close()
    return "pub.computability, column reason"


def in_a_log(workspace, text):
    (workspace / "logs").mkdir()
    (workspace / "logs" / "run.log").write_text(f"step failed at {text}\n", encoding="utf-8")
    return "logs/run.log"


def in_a_page(workspace, text):
    (page,) = (workspace / "briefs" / "LAO_2017_LFS").glob("*national*.html")
    page.write_text(page.read_text(encoding="utf-8").replace("</body>", f"<p>{text}</p></body>"),
                    encoding="utf-8")  # fmt: skip
    return f"briefs/LAO_2017_LFS/{page.name}"


def in_a_workbook(workspace, text):
    (book,) = (workspace / "briefs" / "LAO_2017_LFS").glob("*.xlsx")
    content = io.BytesIO(book.read_bytes())
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/comments1.xml", f"<comment>{text}</comment>")
    book.write_bytes(content.getvalue())
    return f"briefs/LAO_2017_LFS/{book.name}, xl/comments1.xml"


def in_the_event_store(workspace, text):
    stores = sorted((workspace / "dagster").rglob("*.db"), key=lambda path: path.stat().st_size)
    store = stores[-1]
    connection = sqlite3.connect(store)
    connection.execute("CREATE TABLE leaked (said TEXT)")
    connection.execute("INSERT INTO leaked VALUES (?)", [text])
    connection.commit()
    connection.close()
    return store.relative_to(workspace).as_posix()


PLACES = [in_a_raw_table, in_a_public_table, in_a_log, in_a_page, in_a_workbook, in_the_event_store]


@pytest.mark.parametrize(("field", "kind"), KINDS)
def test_an_identifier_is_found_in_each_of_six_places(here, workspace, member, field, kind):
    places = [plant(workspace, PHRASE.format(member[field])) for plant in PLACES]
    ended, result = scanned(here, workspace)
    assert ended.code == 2
    found = [find["place"] for find in result["finds"] if find["kind"] == kind]
    assert [place for place in places if not any(one.startswith(place) for one in found)] == []
    assert member[field] not in ended.out + ended.err


def test_rows_of_the_event_store_are_read_and_not_only_its_bytes(here, workspace, member):
    """In the file's bytes one cell follows the other without a gap, which hides a number."""
    store = workspace / "dagster" / "small.db"
    connection = sqlite3.connect(store)
    connection.execute("CREATE TABLE event (kind TEXT, said TEXT)")
    connection.execute("INSERT INTO event VALUES ('failed', ?)", [member["member_id"]])
    connection.commit()
    connection.close()
    ended, result = scanned(here, workspace)
    assert ended.code == 2
    assert [find["place"] for find in result["finds"]] == ["dagster/small.db, rows"]


@pytest.mark.parametrize(("field", "kind"), KINDS)
def test_an_identifier_is_known_by_its_hash_when_the_files_are_gone(
    here, workspace, member, field, kind
):
    place = in_a_log(workspace, PHRASE.format(member[field]))
    (workspace / "sources.json").unlink()
    ended, result = scanned(here, workspace)
    assert ended.code == 2
    assert result["finds"] == [{"place": place, "kind": kind, "count": 1}]
    assert result["searched_for"] == ["birth_date", "identifier", "person_name", "phone"]


def test_no_workspace_is_said_so(here, tmp_path):
    ended = here("privacy", "scan", "--workspace", tmp_path / "none")
    assert ended.code == 2
    assert "nothing was run in this workspace" in ended.err
