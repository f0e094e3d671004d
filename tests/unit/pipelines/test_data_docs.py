"""Data Docs open from disk: nothing is fetched, no value is shown, same tables give same bytes."""

import re

import pytest

from data_contracts.errors import InputError
from pipelines import data_docs
from pipelines.data_docs import plain, write_data_docs
from pipelines.warehouse.warehouse import Warehouse

NAMES = ["core.employer", "core.contribution"]
EMPLOYERS = """
    SELECT 'e' || i AS employer_key, '01' AS admin1_code, '47' AS isic4_2d,
           4711::INTEGER AS size_employees, DATE '2001-01-01' AS registered_date FROM range(3) AS r(i)
"""


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    with Warehouse(tmp_path_factory.mktemp("docs")) as opened:
        opened.put("core.employer", opened.connection.sql(EMPLOYERS))
        # Broken behind the contract's back, so that a failure is on a page.
        opened.connection.execute("UPDATE vault.core.employer SET admin1_code = 'PLANTED'")
        yield opened


@pytest.fixture(scope="module")
def pages(warehouse, tmp_path_factory):
    patched = pytest.MonkeyPatch()
    patched.setattr(data_docs, "all_names", lambda: NAMES)
    folders = [tmp_path_factory.mktemp(name) for name in ("first", "second")]
    for folder in folders:
        write_data_docs(warehouse, folder)
    patched.undo()
    return [{p.name: p.read_text(encoding="utf-8") for p in folder.iterdir()} for folder in folders]


def test_there_is_an_index_and_a_page_a_table(pages):
    assert set(pages[0]) == {"index.html", "core.employer.html", "core.contribution.html"}
    assert "1 broken" in pages[0]["index.html"]
    assert "not in the warehouse" in pages[0]["index.html"]


def test_a_browser_fetches_nothing(pages):
    for page in pages[0].values():
        assert "//" not in page
        assert not re.search(
            r"<(script|link|img|iframe|object|embed|base|meta http)|url\(|src=", page
        )
        assert set(re.findall(r'href="([^"]*)"', page)) <= {
            "index.html",
            *(f"{n}.html" for n in NAMES),
        }


def test_failures_are_shown_as_counts_without_values(pages):
    page = pages[0]["core.employer.html"]
    row = '<td class="failed">admin1_code</td><td>expect column values to match regex</td>'
    assert f'{row}<td>error</td><td class="number">3</td>' in page
    assert "PLANTED" not in page
    assert "4711" not in page


def test_every_promise_is_on_the_page(pages):
    # Row count, columns, three columns' promises and the key; the mark of each is a cross or a tick.
    page = pages[0]["core.employer.html"]
    assert len(re.findall(r"text-(?:success|danger)", page.split("</style>")[1])) == 7
    assert "7 promises checked, 1 broken" in page
    # The suite of a table that is not there: its row count is promised too.
    assert "Must have greater than or equal to" in pages[0]["core.contribution.html"]


def test_same_tables_same_bytes(pages):
    assert pages[0] == pages[1]


def test_only_plain_elements_are_kept():
    given = '<div id="x" onclick="go()"><script>bad()</script><a href="//x.y">link</a><img src="z"><b class="k">A &amp; B</b></div>'
    assert plain(given) == '<div>link<b class="k">A &amp; B</b></div>'


def test_an_empty_warehouse_is_refused(tmp_path):
    with Warehouse(tmp_path) as empty, pytest.raises(InputError, match="no tables"):
        write_data_docs(empty, tmp_path / "docs")
