"""Awkward and corrupted workbooks of register counts, each made from one plain workbook."""

import xlsxwriter

from tests.graph.corpus import Case

ENGLISH = [
    ["Month", "Scheme", "Age band", "Members", None, "Active contributors", None],
    [None, None, None, "Male", "Female", "Male", "Female"],
]
LAO = [
    ["ເດືອນ", "ລະບົບ", "ກຸ່ມອາຍຸ", "ສະມາຊິກ", None, "ຜູ້ປະກອບສ່ວນ", None],
    [None, None, None, "ຊາຍ", "ຍິງ", "ຊາຍ", "ຍິງ"],
]
BODY = {
    "Bokeo": [
        ["2023-01", "public", "15-24", 1200, "<5", 1000, "*"],
        ["2023-01", "voluntary", "25-54", 25, 30, 20, 12],
    ],
    "Luangprabang": [["2023-01", "enterprise", "15-24", 1234567, 2000, 10, 20]],
}
LAO_DIGITS = str.maketrans("0123456789", "໐໑໒໓໔໕໖໗໘໙")


def book(body=BODY, header=ENGLISH, down=3, gap=None, hidden=(), merged=False):
    """Make a maker of a workbook; ``gap`` puts a blank column after so many."""

    def make(_twin, folder):
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "counts.xlsx"
        with xlsxwriter.Workbook(str(path)) as made:
            for name, rows in body.items():
                sheet = made.add_worksheet(name)
                if name in hidden:
                    sheet.hide()
                if merged:
                    sheet.merge_range(down, 3, down, 4, header[0][3])
                    sheet.merge_range(down, 5, down, 6, header[0][5])
                    for at in range(3):
                        sheet.merge_range(down, at, down + 1, at, header[0][at])
                if down:
                    sheet.write(0, 0, "Members of the fund, January 2023")
                for line, cells in enumerate([*header, *rows], start=down):
                    wide = cells if gap is None else [*cells[:gap], None, *cells[gap:]]
                    for at, cell in enumerate(wide):
                        if cell is not None and not (merged and line == down):
                            sheet.write(line, at, cell)
        return path

    return make


def cells(how):
    """Rewrite every cell of the body."""
    return {name: [[how(cell) for cell in row] for row in rows] for name, rows in BODY.items()}


def grouped(cell):
    """Write counts as text with commas."""
    return f"{cell:,}" if isinstance(cell, int) else cell


def in_lao(cell):
    """Write digits in Lao, months in the Buddhist era, schemes in Lao words."""
    words = {
        "public": "ພາກລັດ",
        "voluntary": "ສະໝັກໃຈ",
        "enterprise": "ວິສາຫະກິດ",
        "2023-01": "2566-01",
    }
    said = str(words.get(cell, cell))
    return said if said[:1].isalpha() or "-" in said[:3] else said.translate(LAO_DIGITS)


def with_totals(total):
    """Add a total row and a footnote below the first sheet's rows."""
    first, *others = BODY
    foot = [["Total", None, None, total, None, 1020, None], ["Note: counts below 5 are withheld"]]
    return {first: [*BODY[first], *foot], **{name: BODY[name] for name in others}}


def renamed(name):
    """Give the first sheet another name."""
    first, *others = BODY
    return {name: BODY[first], **{other: BODY[other] for other in others}}


def cut(twin, folder):
    """A workbook cut short."""
    path = book()(twin, folder)
    path.write_bytes(path.read_bytes()[:-600])
    return path


W = "counts"
WORKBOOK_CASES = [
    Case("merged_headers", W, book(merged=True)),
    Case("headers_in_lao", W, book(header=LAO)),
    Case("sheets_in_lao", W, book(body={"ບໍ່ແກ້ວ": BODY["Bokeo"], "ຫຼວງພະບາງ": BODY["Luangprabang"]})),
    Case("sheets_in_other_spelling", W, book(body={"Bokèo": BODY["Bokeo"], "Louang Phabang": BODY["Luangprabang"]})),
    Case("cells_in_lao", W, book(body=cells(in_lao), header=LAO)),
    Case("counts_with_commas", W, book(body=cells(grouped))),
    Case("totals_and_footnote", W, book(body=with_totals(1225))),
    Case("blank_column", W, book(gap=3)),
    Case("total_that_does_not_fit", W, book(body=with_totals(1325)), "total"),
    Case("table_moved_down", W, book(down=4), "A4"),
    Case("title_rows_gone", W, book(down=0), "A4"),
    Case("header_reworded", W, book(header=[["Month", "Scheme", "Age band", "Persons", None, "Paid", None], ENGLISH[1]]), "header"),
    Case("sheet_vientiane", W, book(body=renamed("Vientiane")), "ambiguous"),
    Case("sheet_of_no_province", W, book(body=renamed("Sheet2")), "no province"),
    Case("hidden_sheet", W, book(hidden=("Luangprabang",)), "hidden"),
    Case("cut_workbook", W, cut, "damaged"),
]  # fmt: skip
