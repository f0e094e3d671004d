"""Renders the tables that rules are tested by as pages to read: docs/specification; `make docs` runs it.

Nothing is said here that a test does not hold: each page is a test's own table of cases.
"""

import csv
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # the tests are read, and they are not installed

from tests.unit.analyses.engine import test_design as lonely  # noqa: E402
from tests.unit.analyses.published import test_arithmetic as divisions  # noqa: E402
from tests.unit.transforms.survey import test_informality as informality  # noqa: E402
from tests.unit.transforms.survey import test_labour_force as labour_force  # noqa: E402

FOLDER = ROOT / "docs" / "specification"
LAW = ROOT / "tests" / "unit" / "transforms" / "law" / "law_cases.csv"
TREE = ROOT / "tests/unit/transforms/survey/ilo_unit_of_production_truth_table.csv"


def table(headings: Iterable[str], rows: Iterable[Iterable[Any]]) -> list[str]:
    """Write a Markdown table."""
    lines = [list(headings), *([_cell(value) for value in row] for row in rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return ["| " + " | ".join(line) + " |" for line in lines]


def _cell(value: Any) -> str:
    if value is None:
        return "not judged"
    if isinstance(value, Mapping):
        told = [f"{name.replace('_', ' ')} {_cell(one)}" for name, one in value.items()]
        return ", ".join(told) or "all asked and answered as usual"
    if isinstance(value, tuple):
        return " and ".join(map(_cell, value))
    return str(value).replace("|", "\\|").replace("__", "")


def _different(row: Mapping[str, Any], usual: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if usual.get(name) != value}


def page(title: str, test: str, said: str, lines: list[str]) -> str:
    """Write one page: what it is, which test holds it, the table."""
    head = [f"# {title}", "", said, "", f"Held by [{test}](../../{test}).", ""]
    return "\n".join([*head, *lines, ""])


def labour_force_page() -> str:
    """The thirteen vectors of labour-force status."""
    rows = [
        (i, answers, new, old, step)
        for i, (answers, new, old, step) in enumerate(labour_force.VECTORS, 1)
    ]
    return page(
        "Labour-force status",
        "tests/unit/transforms/survey/test_labour_force.py",
        "What a person of working age answers, and the status by the 19th and the 13th ICLS with "
        "the step of the 19th that decides. Answers not named are blank.",
        table(("case", "answers", "19th ICLS", "13th ICLS", "step"), rows),
    )


def informality_page() -> str:
    """The vectors of the informality tree, and the count of its truth table."""
    usual = informality.vector("EES", "private_business")
    rows = [
        (case, _different(row, usual), sector, step, nature)
        for case, row, sector, step, nature in informality.VECTORS
    ]
    with TREE.open(encoding="utf-8") as file:
        combinations = sum(1 for _ in file) - 1
    return page(
        "Informality of a job, 17th ICLS as the ILO operates it",
        "tests/unit/transforms/survey/test_informality.py",
        "Where a job differs from that of an employee of a private business about which nothing "
        "more was asked: the sector of the unit of production, the step that decides it, and the "
        f"nature of the job. The tree itself is held by all {combinations:,} combinations of the "
        "ILO's truth table.",
        table(("case", "answers", "unit of production", "step", "job"), rows),
    )


def law_page() -> str:
    """The hand-worked cases of the law."""
    with LAW.open(encoding="utf-8") as file:
        cases = list(csv.DictReader(file))
    shown = ("case", "date", "status", "unit", "earnings", "legal_status", "base", "employer",
             "member", "worked_out")  # fmt: skip
    return page(
        "Legal status and contributions, worked by hand",
        "tests/unit/transforms/law/test_liability.py",
        "Persons on a day, with the law's answer in kip a month; a blank is what no source gives.",
        table((name.replace("_", " ") for name in shown), ([c[n] for n in shown] for c in cases)),
    )


def division_page() -> str:
    """The divisions that are refused."""
    rows = [
        (case, ", ".join(sorted(why)), words)
        for case, (_, _, why, words) in divisions.ILLEGAL.items()
    ]
    return page(
        "Divisions that are refused",
        "tests/unit/analyses/published/test_arithmetic.py",
        "What may not be divided by what, and words of the reason that a reader is given.",
        table(("division", "kinds of reason", "the refusal says"), rows),
    )


def lonely_page() -> str:
    """The rules for strata with one PSU."""
    totals = ", ".join(f"{s}{p}: {t:g}" for (s, p), t in lonely.TOTALS.items())
    rows = [(rule, "refused" if v is None else v, how) for rule, v, how in lonely.RULES]
    return page(
        "Strata with one PSU",
        "tests/unit/analyses/engine/test_design.py",
        f"Weighted PSU totals {totals}: the variance of their sum under each rule (the names and "
        "rules of R survey).",
        table(("rule", "variance", "how"), rows),
    )


def pages() -> dict[str, str]:
    """Give every page by the name of its file, the index among them."""
    made = {
        "labour-force.md": labour_force_page(),
        "informality.md": informality_page(),
        "law.md": law_page(),
        "divisions.md": division_page(),
        "lonely-psu.md": lonely_page(),
    }
    titles = {name: text.splitlines()[0].removeprefix("# ") for name, text in made.items()}
    lines = [f"- [{title}]({name})" for name, title in titles.items()]
    head = ["# What the rules say, case by case", "", "Rendered from tests by `make docs`; do not edit.", ""]  # fmt: skip
    return made | {"README.md": "\n".join([*head, *lines, ""])}


if __name__ == "__main__":
    for file_name, content in pages().items():
        (FOLDER / file_name).write_text(content, encoding="utf-8")
