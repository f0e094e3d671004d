"""A register workbook of our own: titles, two header rows in two languages, one sheet a province."""

import io

import xlsxwriter

UPPER = ["ເດືອນ\nMonth", "ລະບົບ\nScheme", "", "ກຸ່ມອາຍຸ / Age band", "ສະມາຊິກ\nMembers", None,
         "ຜູ້ປະກອບສ່ວນ (Active contributors)", None]  # fmt: skip
LOWER = [None, None, "", None, "ຊາຍ\nMale", "ຍິງ\nFemale", "ຊາຍ\nMale", "ຍິງ\nFemale"]
SHEETS = {
    "Bokeo": [
        ["2566-01", "ພາກລັດ", None, "15-24", "1,200", "<5", "1,000", "\u2013"],
        ["2566-01", "ພາກລັດ", None, "25\u201354", "໒໕", "30", "20", "*"],
        ["Subtotal", None, None, None, "1,225", None, "1,020", None],
        [],
        ["2566-01", "voluntary", None, "65+", 7, 8, 3, 4],
        ["ລວມ / Total", None, None, None, "1,232", "40", "1,023", None],
        ["ໝາຍເຫດ: ...", None, None, None, None, None, None, None],
        ["Note", "counts below 5 are not shown", None, None, None, None, None, None],
    ],
    "ຫຼວງພະບາງ": [["2566-01", "ວິສາຫະກິດ", None, "15-24", "1,234,567", "2,000", "10", "20"]],
}


def workbook(sheets=None, down=0, right=0, upper=UPPER, lower=LOWER, hidden=()):
    """Write the workbook; ``down`` and ``right`` move every sheet's table."""
    memory = io.BytesIO()
    with xlsxwriter.Workbook(memory, {"in_memory": True}) as book:
        for name, rows in (SHEETS if sheets is None else sheets).items():
            sheet = book.add_worksheet(name)
            if name in hidden:
                sheet.hide()
            sheet.write(down, right, "ອົງການປະກັນສັງຄົມ")
            sheet.merge_range(down + 1, right, down + 1, right + 5, "Members by month, 2023")
            for line, cells in enumerate([upper, lower, *rows], start=3):
                for i, cell in enumerate(cells):
                    if isinstance(cell, str) and cell.startswith("="):
                        sheet.write_formula(down + line, right + i, cell, None, "#DIV/0!")
                    elif cell not in {None, ""}:
                        sheet.write(down + line, right + i, cell)
    return memory.getvalue()
