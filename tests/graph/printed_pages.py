"""Every figure with an interval that a page, a workbook or a command prints, with the words it stands in; nothing is judged here."""

import html
import re
import xml.etree.ElementTree as ET
import zipfile
from itertools import pairwise
from typing import NamedTuple

NUMBER = r"[−+]?\d[\d,]*(?:\.\d+)?"  # noqa: RUF001  the pages print a true minus
SPAN = re.compile(rf"({NUMBER})\s*%?\s*(?:–|to)\s*({NUMBER})\s*%?")  # noqa: RUF001
ALONE = re.compile(rf"({NUMBER})\s*%?\*?")
BOTH = re.compile(rf"({NUMBER})\*?\s+({NUMBER}(?:–| to ){NUMBER})")  # noqa: RUF001
IN_BRACKETS = re.compile(rf"(?:\(|; )(?:95 ?% interval )?({NUMBER}(?:–| to ){NUMBER})")  # noqa: RUF001
CELL = " ¦ "  # between the cells of a row that hold words
AGE = re.compile(r"aged \d+ and over")
TILE = re.compile(
    rf"({NUMBER})%?\s*(.*?)\s*(?:95% interval )?({NUMBER}(?:–| to ){NUMBER})(?: \(95%\))?"  # noqa: RUF001
)
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class Printed(NamedTuple):
    """A figure as it stands on a page: value, limits, and the words around it."""

    value: float
    lower: float
    upper: float
    words: str


def number(text):
    """Read a printed number."""
    return float(text.replace(",", "").replace("−", "-").replace("+", ""))  # noqa: RUF001


def _printed(value, span, words):
    lower, upper = SPAN.fullmatch(span).groups()
    return Printed(number(value), number(lower), number(upper), words)


def plain(markup):
    """Take the words out of markup."""
    text = html.unescape(re.sub(r"<[^>]+>", " ", markup))
    return re.sub(r"\s+", " ", text).strip()


def of_page(markup):
    """Give every figure with an interval of an HTML page: of its tables, tiles and sentences."""
    markup = re.sub(r"(?s)<(style|svg|script|head)\b.*?</\1>", " ", markup)
    found = [one for table in re.findall(r"(?s)<table.*?</table>", markup) for one in _table(table)]
    prose = re.sub(r"(?s)<table.*?</table>", " ", markup)
    for block in re.findall(
        r"(?s)<(p|h1|li|div class=\"tile\")\b[^>]*>(.*?)</(?:p|h1|li|div)>", prose
    ):
        found += _sentence(plain(block[1]))
    return found


def _table(markup):
    caption = plain(" ".join(re.findall(r"(?s)<caption.*?</caption>", markup)))
    rows = [
        [plain(cell) for cell in re.findall(r"(?s)<t[hd]\b[^>]*>(.*?)</t[hd]>", row)]
        for row in re.findall(r"(?s)<tr.*?</tr>", markup)
    ]
    if not rows:
        return
    heads, group = rows[0], ""
    for cells in rows[1:]:
        if len(cells) == 1:
            group = cells[0]
        headed = list(zip(heads[len(heads) - len(cells) :], cells, strict=False))
        label = CELL.join(cell for cell in cells if not re.match(NUMBER, cell))
        yield from _cells(headed, f"{caption} | {group} | {label}")


def _cells(headed, words):
    for (head, cell), (_, after) in pairwise([*headed, ("", "")]):
        if both := BOTH.fullmatch(cell):
            yield _printed(*both.groups(), f"{words} | {head}")
        elif (alone := ALONE.fullmatch(cell)) and SPAN.fullmatch(after):
            yield _printed(alone[1], after, f"{words} | {head}")


def _sentence(text):
    if tile := TILE.fullmatch(text):
        yield _printed(tile[1], tile[3], tile[2])
        return
    for part in re.split(r"(?<=[a-z)])\. (?=[A-Z0-9])", text):
        start = 0
        for span in IN_BRACKETS.finditer(part):
            before = re.findall(NUMBER, AGE.sub("", part[start : span.start()]))
            if before:
                # persons stand before a share of them: 1,000 persons, 12.0 per cent of the gap; 95% interval
                first = before[-2] if part[span.start()] == ";" and len(before) > 1 else before[-1]
                yield _printed(first, span[1], part)
            start = span.end()


def of_listing(text):
    """Give the figures of a table that a command drew: name, value, limits; a long name goes on below."""
    rows = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split("│")[1:-1]]
        if len(cells) == 4 and cells[1]:
            rows.append(cells)
        elif len(cells) == 4 and rows:
            rows[-1][0] += f" {cells[0]}"
    return [
        _printed(value.removesuffix(" %"), limits, name)
        for name, value, limits, _ in rows
        if limits
    ]


def of_workbook(path):
    """Give every figure of a workbook that stands in a row with its two limits; its sheet's first line and headings."""
    with zipfile.ZipFile(path) as book:
        strings = [
            "".join(t.text or "" for t in item.iter(f"{MAIN}t"))
            for item in ET.fromstring(book.read("xl/sharedStrings.xml"))  # noqa: S314  ours
        ]
        sheets = sorted(n for n in book.namelist() if n.startswith("xl/worksheets/sheet"))
        for name in sheets:
            rows = ET.fromstring(book.read(name)).iter(f"{MAIN}row")  # noqa: S314  ours
            yield from _sheet([_values(row, strings) for row in rows])


def _values(row, strings):
    found = []
    for cell in row.iter(f"{MAIN}c"):
        value = cell.find(f"{MAIN}v")
        text = "" if value is None else value.text
        found.append(strings[int(text)] if cell.get("t") == "s" else float(text) if text else "")
    return found


def _sheet(rows):
    heads, caption = [], ""
    for cells in rows:
        if not any(isinstance(cell, float) for cell in cells):
            if len([cell for cell in cells if cell]) > 3:
                heads = cells
            elif cells:
                caption = str(cells[0]) or caption
            continue
        label = CELL.join(cell for cell in cells if isinstance(cell, str))
        for place in range(len(cells) - 2):
            three = cells[place : place + 3]
            limits = [str(head).lower() for head in heads[place + 1 : place + 3]]
            told = len(limits) == 2 and "lower" in limits[0] and "upper" in limits[1]
            if told and all(isinstance(one, float) for one in three):
                yield Printed(*three, f"{caption} | {label} | {heads[place]}")
