"""Great Expectations' Data Docs as a folder of pages that open from disk; checks run in ``checks.py``.

As shipped, Data Docs load styles, scripts and a picture from other people's servers, and name runs
by random numbers and the clock. Here Great Expectations renders the sections, and only plain
elements of them are kept, in a page with its own styles. Results are counts; no value of a row
is in them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from data_contracts.contract.find import all_names, load
from data_contracts.contract.shapes import Contract
from data_contracts.errors import InputError
from pipelines.checks.checks import Outcome, outcomes, quiet_context
from pipelines.warehouse.warehouse import Warehouse

_KEPT = {
    "b", "br", "code", "div", "em", "h4", "h5", "h6", "i", "li", "p", "span", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_DROPPED = {"script", "style", "head", "svg", "form"}  # with all that is inside
_COUNTS = (
    "element_count", "unexpected_count", "unexpected_percent", "missing_count", "missing_percent",
    "unexpected_percent_total", "unexpected_percent_nonmissing",
)  # fmt: skip
_EMPTY = re.compile(r"<li[^>]*>\s*</li>")
_STYLE = """
body{font:15px/1.5 "Noto Sans","Noto Sans Lao",system-ui,sans-serif;color:#1c2733;margin:0}
header,main{max-width:70rem;margin:0 auto;padding:1rem 1.5rem}
header{border-bottom:3px solid #1f5f8b}h1{font-size:1.5rem;margin:.2rem 0}
h5{font-size:1.05rem;margin:1.8rem 0 .4rem;border-bottom:1px solid #ccd6df}h6{margin:.6rem 0 .2rem}
table{border-collapse:collapse;width:100%}td,th{padding:.35rem .6rem;border-bottom:1px solid #e3e9ee;
text-align:left;vertical-align:top}th{background:#f2f5f8}td.number,th.number{text-align:right}
a{color:#1f5f8b}.text-success::before{content:"\\2714";color:#1d7a3e}
.text-danger::before{content:"\\2718";color:#b3261e}i{font-style:normal}
.failed{color:#b3261e;font-weight:600}code,.badge{background:#eef2f5;padding:0 .25rem;border-radius:3px}
.note{color:#5a6773}ul{margin:0;padding-left:1.2rem}
"""


@dataclass(frozen=True)
class Page:
    """One table's page: whether the table is there, and its checks."""

    contract: Contract
    results: tuple[Outcome, ...]
    stored: bool

    @property
    def failed(self) -> int:
        """The number of checks that fail."""
        return sum(not outcome.passed for outcome in self.results)


def write_data_docs(warehouse: Warehouse, folder: Path) -> Path:
    """Check every table of the warehouse against its contract and write the pages.

    Args:
        warehouse: an open warehouse.
        folder: where ``index.html`` and one page a table are written.

    Returns:
        the path of ``index.html``. The same tables and contracts give the same bytes.

    Raises:
        InputError: the warehouse has no table with a contract.
        EngineError: a check could not be computed.
    """
    there = set(warehouse.tables())
    names = all_names()
    if not there & set(names):
        raise InputError("the warehouse has no tables yet", "run `informality run` first")
    folder.mkdir(parents=True, exist_ok=True)
    pages = []
    for name in names:
        contract = load(name)
        place = f"{'public' if name.startswith('pub.') else 'vault'}.{name}"
        results = outcomes(warehouse.connection if name in there else None, place, contract)
        page = Page(contract, tuple(results), name in there)
        pages.append(page)
        (folder / f"{name}.html").write_text(_table_page(page), encoding="utf-8")
    index = folder / "index.html"
    index.write_text(_index(pages), encoding="utf-8")
    return index


def _table_page(page: Page) -> str:
    contract = page.contract
    state = "Not in the warehouse: the promises alone are shown"
    if page.stored:
        state = f"{len(page.results)} promises checked, {page.failed} broken"
    head = (
        f'<p><a href="index.html">All tables</a></p><h1>{escape(contract.name)}</h1>'
        f"<p>{escape(contract.title)}</p><p>{escape(contract.granularity)}. "
        f"Sensitivity: {escape(contract.sensitivity)}. {escape(state)}.</p>"
    )
    return _shell(contract.name, head, _broken(page) + plain(_rendered(page)))


def _broken(page: Page) -> str:
    """List the broken promises with the number of rows that break each."""
    rows = "".join(
        f'<tr><td class="failed">{escape(outcome.check.column)}</td>'
        f"<td>{escape(outcome.check.type.replace('_', ' '))}</td>"
        f"<td>{escape(outcome.check.severity)}</td>"
        f'<td class="number">{_rows_that_break(outcome)}</td></tr>'
        for outcome in page.results
        if not outcome.passed
    )
    if not rows:
        return ""
    return (
        "<h5>Broken promises</h5><table><thead><tr><th>column or rule</th><th>expectation</th>"
        f'<th>severity</th><th class="number">rows</th></tr></thead><tbody>{rows}</tbody></table>'
    )


def _rows_that_break(outcome: Outcome) -> str:
    found = outcome.found["result"]
    count = found.get("unexpected_count", found.get("observed_value"))
    return f"{count:,}" if isinstance(count, int) else "all"


def _rendered(page: Page) -> str:
    """Let Great Expectations render its own sections: of results, or of the suite alone."""
    quiet_context()
    from great_expectations.core import ExpectationSuite, ExpectationSuiteValidationResult
    from great_expectations.render.renderer import (
        ExpectationSuitePageRenderer,
        ValidationResultsPageRenderer,
    )
    from great_expectations.render.view.view import DefaultJinjaSectionView

    name = page.contract.name
    if page.stored:
        whole = ExpectationSuiteValidationResult(
            success=page.failed == 0,
            results=[_counts_only(outcome) for outcome in page.results],
            suite_name=name,
            statistics={"evaluated_expectations": len(page.results)},
            meta={"run_id": {"run_name": name, "run_time": "2000-01-01T00:00:00+00:00"}},
        )
        document = ValidationResultsPageRenderer(run_info_at_end=False).render(whole)
    else:
        expected = [outcome.check.expectation for outcome in page.results]
        suite = ExpectationSuite(name=name, expectations=expected)
        document = ExpectationSuitePageRenderer().render(suite)
    sections = document.to_json_dict()["sections"]
    if page.stored:
        sections = sections[1:]  # the first tells of runs and batches
    else:
        blocks = sections[0]["content_blocks"]
        sections[0]["content_blocks"] = blocks[2:]  # the first two tell of the suite's file
    view = DefaultJinjaSectionView()
    return "\n".join(
        view.render({"section": section, "section_loop": {"index": i}})
        for i, section in enumerate(sections, start=1)
    )


def _counts_only(outcome: Outcome) -> Any:
    """Give a result as Great Expectations renders it, with nothing but counts in it."""
    from great_expectations.core import ExpectationValidationResult

    found = outcome.found["result"]
    known = {name: found[name] for name in _COUNTS if name in found}
    observed = found.get("observed_value")
    columns = outcome.check.type == "expect_table_columns_to_match_ordered_list"
    if isinstance(observed, int) or columns:  # the columns' names are no values
        known["observed_value"] = observed
    return ExpectationValidationResult(
        success=outcome.passed,
        expectation_config=outcome.check.expectation.configuration,
        result=known,
        meta={},
        exception_info={"raised_exception": False},
    )


def _index(pages: Sequence[Page]) -> str:
    rows = []
    for page in pages:
        name = escape(page.contract.name)
        said = f"{page.failed} broken" if page.failed else "all kept"
        style = ' class="failed"' if page.failed else ""
        rows.append(
            f'<tr><td><a href="{name}.html">{name}</a></td><td>{escape(page.contract.title)}</td>'
            f'<td class="number">{len(page.results)}</td>'
            f"<td{style}>{said if page.stored else 'not in the warehouse'}</td></tr>"
        )
    head = (
        "<h1>What the tables promise, and whether they keep it</h1>"
        '<p class="note">Suites made from data_contracts/tables and run inside DuckDB with Great '
        "Expectations. Counts only.</p>"
    )
    body = (
        '<table><thead><tr><th>table</th><th>what it is</th><th class="number">promises</th>'
        f"<th>state</th></tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )
    return _shell("Data Docs", head, body)


def _shell(title: str, head: str, body: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}'
        f"</title><style>{_STYLE}</style></head>\n<body><header>{head}</header>"
        f"<main>{body}</main></body></html>\n"
    )


def plain(html: str) -> str:
    """Keep text and plain elements with their class alone: nothing that a browser would fetch."""
    reader = _Plain()
    reader.feed(html)
    reader.close()
    lines = (line.strip() for line in _EMPTY.sub("", "".join(reader.parts)).splitlines())
    return "\n".join(line for line in lines if line)


class _Plain(HTMLParser):
    """Copies allowed elements and leaves the others out, their text kept unless it is code."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Copy an allowed tag with its class."""
        if tag in _DROPPED:
            self._inside.append(tag)
        elif not self._inside and tag in _KEPT:
            style = next((value for name, value in attrs if name == "class" and value), "")
            self.parts.append(f'<{tag} class="{escape(style)}">' if style else f"<{tag}>")

    def handle_endtag(self, tag: str) -> None:
        """Close what was copied."""
        if self._inside and tag == self._inside[-1]:
            self._inside.pop()
        elif not self._inside and tag in _KEPT and tag != "br":
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Copy text."""
        if not self._inside:
            self.parts.append(escape(data, quote=False))
