"""A brief as a workbook after the UK Analysis Function's rules: one table a sheet, numbers as numbers."""

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from reports.brief import words_workbook
from reports.model import Brief, Cell, RegisterRow
from reports.wording import marks, numbers

Value = str | float | int
JUDGED = {"Table_1", "Table_2"}  # the tables whose figures the rules of reliability grade
_SHEET_FONT = {"font_name": "Arial", "font_size": 11}


def write_xlsx(brief: Brief) -> bytes:
    """Give the workbook: cover, notes, then one sheet a table, each from column A.

    Numbers are numbers; a withheld or absent one is its bracketed shorthand; limits, interviews
    and reliability have their own columns. The created date is the data's release.

    Args:
        brief: the brief.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415  start fast

    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True})
    book.formats[0].set_font_name("Arial")
    book.set_properties(
        {
            "title": ("SYNTHETIC: " if brief.synthetic else "") + brief.headline.text,
            "created": datetime.fromisoformat(brief.file_date),
        }
    )
    sheets = _tables(brief)
    writer = _Writer(book)
    writer.prose(words_workbook.SHEETS["cover"], brief.headline.text, _cover(brief, sheets))
    writer.prose(words_workbook.SHEETS["notes"], words_workbook.SHEETS["notes"], _notes(brief))
    rules = words_workbook.rules_in_shorthand(brief.table.note)
    for name, title, head, rows in sheets:
        judged = rules if name in JUDGED else ""
        writer.table(name, title, head, rows, (brief.banner, judged))
    book.close()
    return out.getvalue()


_Sheet = tuple[str, str, Sequence[str], list[list[Value]]]


def _value(cell: Cell, field: str = "value") -> Value:
    value = numbers.field_of(cell, field)
    if cell.published and value is not None:
        return int(value) if field == "n" or cell.unit == "PS" else float(value)
    return words_workbook.SHORTHAND["S" if cell.withheld else ""]


def _flag(cell: Cell) -> str:
    return f"{marks.FLAGS.get(cell.status, cell.status)} {words_workbook.SHORTHAND.get(cell.status, '')}".strip()


def _limits(cell: Cell) -> list[Value]:
    return [_value(cell, field) for field in ("value", "lower", "upper")]


def _tables(brief: Brief) -> list[_Sheet]:
    heads = words_workbook.SHEET_HEADINGS
    rate, persons = brief.table.headings[2], brief.table.headings[4]
    main: list[list[Value]] = []
    group = ""
    for row in brief.table.rows:
        group = row.group if row.span else group
        main.append(
            [
                group,
                row.label,
                *_limits(row.rate),
                _value(row.rate, "n"),
                _flag(row.rate),
                *_limits(row.persons),
                _flag(row.persons),
            ]
        )
    found: list[_Sheet] = [
        ("Table_1", brief.table.caption, words_workbook.main_headings(rate, persons), main)
    ]
    for name, plot in (("Table_2", brief.provinces), ("Table_3", brief.effects)):
        if plot is None:
            continue
        rows: list[list[Value]] = []
        group = ""
        for item in plot.rows:
            if item.cell is None:
                group = item.label
                continue
            line = [*_limits(item.cell), _value(item.cell, "n"), _flag(item.cell)]
            rows.append(
                [
                    group if name == "Table_3" else plot.group,
                    item.label,
                    *line,
                ]
            )
        found.append((name, plot.caption, words_workbook.plot_headings(plot.axis), rows))
    if brief.register is not None:
        lines = [_register(r) for r in (*brief.register.rows, *brief.register.further)]
        found.append(("Table_4", brief.register.caption, heads["register"], lines))
    gone: list[list[Value]] = [
        [m.label, m.status, m.reason] for m in (*brief.absent, *brief.not_computable)
    ]
    if gone:
        found.append(("Table_5", brief.words["absent"], heads["absent"], gone))
    return found


def _register(row: RegisterRow) -> list[Value]:
    values: list[Value] = [row.concept, row.scheme, row.category, row.rule]
    values += [
        *_limits(row.persons),
        _value(row.denominator),
        *_limits(row.ratio),
        _flag(row.ratio),
    ]
    return [*values, row.ratio.numerator_date, row.ratio.denominator_date]


def _cover(brief: Brief, sheets: Sequence[_Sheet]) -> list[str]:
    contents = [f"{name}: {title}" for name, title, _, _ in sheets]
    inputs = [f"{n} · sha256 {h}" for n, h, _ in brief.inputs]
    lines = [brief.banner, brief.kicker, brief.subtitle, *(s.text for s in brief.lead)]
    return [line for line in (*lines, *contents, *brief.provenance, *inputs) if line]


def _notes(brief: Brief) -> list[str]:
    marks = [f"{sign} {meaning}" for sign, meaning in words_workbook.SHORTHAND_LEGEND]
    notes = [p.note for p in (brief.provinces, brief.effects, brief.register) if p is not None]
    rules = [words_workbook.rules_in_shorthand(brief.table.note)] if brief.table.note else []
    return [*brief.says, *brief.method, *marks, *rules, *notes]


class _Writer:
    """The sheets of one workbook with its few formats."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._title = book.add_format(
            _SHEET_FONT | {"bold": True, "font_size": 14, "text_wrap": True}
        )
        self._line = book.add_format(_SHEET_FONT)
        self._bold = book.add_format(_SHEET_FONT | {"bold": True, "font_size": 14})
        self._warn = book.add_format(_SHEET_FONT | {"bold": True, "font_color": "#8C1D18"})
        self._text = book.add_format(_SHEET_FONT | {"text_wrap": True, "valign": "top"})
        self._head = book.add_format(
            _SHEET_FONT | {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
        )
        self._plain = book.add_format(_SHEET_FONT | {"indent": 1})
        self._right = book.add_format(_SHEET_FONT | {"align": "right"})
        self._whole = book.add_format(_SHEET_FONT | {"num_format": "#,##0"})
        self._tenth = book.add_format(_SHEET_FONT | {"num_format": "#,##0.0"})

    def prose(self, name: str, title: str, lines: Sequence[str]) -> None:
        """Write a sheet of sentences, one a row, each row as high as its text needs."""
        sheet = self._book.add_worksheet(name)
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_column(0, 0, 82, self._text)
        for place, line in enumerate((title, *lines)):
            face = self._title if place == 0 else self._text
            per_line = 56 if place == 0 else 84
            needed = -(-len(line) // per_line)
            sheet.set_row(place, (20 if place == 0 else 15.5) * needed)
            sheet.write_string(place, 0, line, face)

    def table(
        self,
        name: str,
        title: str,
        head: Sequence[str],
        rows: Sequence[Sequence[Value]],
        lines: tuple[str, str],
    ) -> None:
        """Write one real table with a heading row that stays in view and columns wide enough.

        ``lines`` are the banner and the rules of reliability, each left out where it is empty.
        """
        banner, rules = lines
        sheet = self._book.add_worksheet(name)
        told = f"{words_workbook.SHEETS['one_table']} {rules}".strip()
        above = [line for line in (title, banner, told) if line]
        for place, line in enumerate(above):
            warn = bool(banner) and place == 1
            face = self._bold if place == 0 else self._warn if warn else self._line
            sheet.write_string(place, 0, line, face)
        top = len(above)
        for column, label in enumerate(head):
            values = [row[column] for row in rows]
            widest = max([_width(v) for v in values] + [max(map(len, label.split()))])
            sheet.set_column(column, column, max(widest, 9, len(label) // 2) + 3)
        sheet.add_table(
            top,
            0,
            top + len(rows),
            len(head) - 1,
            {
                "name": name,
                "autofilter": False,
                "style": None,
                "columns": [{"header": label, "header_format": self._head} for label in head],
            },
        )
        for down, row in enumerate(rows, top + 1):
            for across, value in enumerate(row):
                self._cell(sheet, down, across, value)
        sheet.set_row(top, 48)
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.freeze_panes(top + 1, 0)

    def _cell(self, sheet: Any, down: int, across: int, value: Value) -> None:
        if isinstance(value, str):
            face = (
                self._right if value in words_workbook.SHORTHAND.values() and value else self._plain
            )
            sheet.write_string(down, across, value, face)
        else:
            sheet.write_number(
                down, across, value, self._whole if isinstance(value, int) else self._tenth
            )


def _width(value: Value) -> int:
    return len(value) if isinstance(value, str) else len(f"{value:,.1f}")
