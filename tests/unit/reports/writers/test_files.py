import hashlib
import json
import re
import subprocess
import sys
import zipfile

import polars as pl
import pytest

from reports import labels
from reports.brief import words_page
from reports.brief.brief import build_brief
from reports.charts import FONTS, draw
from reports.writers.files import file_stem, write_brief
from tests.places import ROOT
from tests.unit.reports import sample

KINDS = ("html", "pdf", "xlsx")


def squeeze(text):
    return re.sub(r"\s+", " ", text)


def html_text(path):
    page = re.sub(r"<(style|svg).*?</\1>", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    import html

    return squeeze(html.unescape(re.sub(r"</?span[^>]*>", "", page).replace("<", " <")))


def pdf_text(path):
    pdfium = pytest.importorskip("pypdfium2", reason="pypdfium2 reads the PDF's text")
    document = pdfium.PdfDocument(path)
    text = " ".join(page.get_textpage().get_text_range() for page in document)
    # pdfium gives U+FFFE for a hyphen at which a line was broken
    return squeeze(re.sub("\ufffe\\s*", "-", text))


def xlsx_xml(path):
    with zipfile.ZipFile(path) as book:
        return " ".join(book.read(name).decode() for name in book.namelist())


def test_names_follow_the_rule(files):
    assert files["pdf"].name == "lao-ss-gap_2022_national_en_v1_SYNTHETIC.pdf"
    survey = sample.SURVEY | {"ref_area": "BOL", "time_period": "2021-Q4", "status": "sourced"}
    quarter = build_brief(sample.only_unemployment(), survey, sample.PROVENANCE)
    assert file_stem(quarter) == "bol-ss-gap_2021-q4_national_en_v1"


def title_of(path):
    if path.suffix == ".html":
        return re.search(r"<title>(.*?)</title>", path.read_text(encoding="utf-8"))[1]
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            return re.search(
                r"<dc:title>(.*?)</dc:title>", book.read("docProps/core.xml").decode()
            )[1]
    pdfium = pytest.importorskip("pypdfium2", reason="pypdfium2 reads the PDF's title")
    return pdfium.PdfDocument(path).get_metadata_dict()["Title"]


@pytest.mark.parametrize("status", ["synthetic", "sourced"])
def test_every_files_title_says_synthetic_where_the_data_are_and_only_there(status, tmp_path):
    made = build_brief(sample.pub(), sample.SURVEY | {"status": status}, sample.PROVENANCE)
    paths = write_brief(made, tmp_path)
    for kind in KINDS:
        assert title_of(paths[kind]).startswith("SYNTHETIC: ") == (status == "synthetic"), kind


def test_same_brief_same_bytes(brief, files, tmp_path):
    again = write_brief(brief, tmp_path)
    for kind, path in again.items():
        assert path.read_bytes() == files[kind].read_bytes(), kind


@pytest.mark.slow
def test_another_process_gives_the_same_bytes(files, tmp_path):
    code = (
        "import sys; sys.path[:0] = sys.argv[2:]\n"
        "from pathlib import Path; from tests.unit.reports import sample\n"
        "from reports.brief.brief import build_brief; from reports.writers.files import write_brief\n"
        "write_brief(build_brief(sample.pub(), sample.SURVEY, sample.PROVENANCE), Path(sys.argv[1]))"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path), str(ROOT)], check=True)
    for path in files.values():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def test_manifest_binds_files_inputs_and_numbers(files, brief):
    manifest = json.loads(files["manifest"].read_text(encoding="utf-8"))
    for kind in KINDS:
        digest = hashlib.sha256(files[kind].read_bytes()).hexdigest()
        assert manifest["files"][files[kind].name] == digest
    assert manifest["inputs"] == sample.PROVENANCE["inputs"]
    assert manifest["code_version"] == sample.PROVENANCE["code_version"]
    assert len(manifest["numbers"]) == len(brief.numbers)


def test_pdf_has_the_headline_and_two_pages_at_most(files, brief):
    pdfium = pytest.importorskip("pypdfium2", reason="pypdfium2 reads the PDF's text")
    assert brief.headline.text in pdf_text(files["pdf"])
    assert len(pdfium.PdfDocument(files["pdf"])) <= 2


def test_main_table_says_the_same_in_three_formats(files, brief):
    html, pdf = html_text(files["html"]), pdf_text(files["pdf"])
    sheet = pl.read_excel(
        files["xlsx"], sheet_name="Table_1", read_options={"header_row": 3}, infer_schema_length=0
    )
    assert sheet.height == len(brief.table.rows)
    for row, line in zip(brief.table.rows, sheet.iter_rows(), strict=True):
        printed = [row.label, row.rate_text, row.rate_interval, row.persons_text]
        assert squeeze(" ".join([*printed, row.persons_interval])).strip() in pdf
        cells = "".join(f'<td class="num">{t}</td>' for t in printed[1:])
        assert squeeze(cells.replace("<", " <")).strip() in html
        values = [row.rate.value, row.rate.lower, row.rate.upper, row.rate.n]
        values += [row.persons.value, row.persons.lower, row.persons.upper]
        for value, found in zip(values, [*line[2:6], *line[7:10]], strict=True):
            assert found == "[x]" if value is None else float(found) == value


def test_the_rules_of_reliability_stand_under_the_table_in_three_formats(files, brief):
    rules = "Rules of reliability (ours). x: n < 5. *: n < 15. A table of too many x is dropped."
    assert brief.table.note.startswith(rules)
    assert squeeze(rules) in squeeze(pdf_text(files["pdf"]))
    assert html_text(files["html"]).count(rules) == 2
    short = rules.replace("x", "[x]").replace("*", "[u]")
    for name in ("Table_1", "Table_2", "Notes"):
        sheet = pl.read_excel(files["xlsx"], sheet_name=name, has_header=False)
        text = " ".join(str(cell) for row in sheet.rows() for cell in row)
        assert short in text, name


def test_withheld_values_are_in_no_file(tmp_path):
    """A value that only a withheld cell holds: even a leaking table must not print it."""
    marked = sample.estimate().with_columns(
        pl.when(pl.col("obs_status") == "S")
        .then(pl.when(pl.col("unit_measure") == "PS").then(7_654_300.0).otherwise(77.7))
        .otherwise("obs_value")
        .alias("obs_value")
    )
    made = build_brief(sample.pub() | {"estimate": marked}, sample.SURVEY, sample.PROVENANCE)
    found = write_brief(made, tmp_path)
    texts = [html_text(found["html"]), pdf_text(found["pdf"]), xlsx_xml(found["xlsx"])]
    for text in [*texts, found["manifest"].read_text(encoding="utf-8")]:
        assert not re.search(r"7,?654,?300|\b77\.7\b", text)
    assert "77.7" not in found["html"].read_text(encoding="utf-8").split("</style>")[1]


def test_html_fetches_nothing_and_runs_nothing(files):
    page = files["html"].read_text(encoding="utf-8")
    body = re.sub(r'xmlns(:\w+)?="[^"]*"', "", page)
    assert "http://" not in body
    assert "https://" not in body
    assert "<script" not in page


def test_html_can_be_read_without_eyes(files):
    page = files["html"].read_text(encoding="utf-8")
    assert '<html lang="en">' in page
    assert page.count("<main>") == page.count("<h1>") == 1
    assert page.count("<table>") == page.count("<caption>") == 4
    assert page.count("<figure>") == page.count('role="img" aria-label="') == 2
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids)) > 50


def test_pdf_is_tagged_and_uses_our_font_alone(files):
    data = files["pdf"].read_bytes()
    assert b"pdfuaid:part" in data
    fonts = set(re.findall(rb"/BaseFont\s*/([A-Za-z0-9+-]+)", data))
    assert fonts
    assert all(b"BriefLao" in font for font in fonts)


@pytest.mark.parametrize("kind", ["html", "pdf"])
def test_synthetic_is_said_prominently(files, kind):
    text = {"html": html_text, "pdf": pdf_text}[kind](files[kind])
    assert words_page.WORDS["synthetic"] in text


def test_synthetic_is_on_every_sheet_with_a_table(files):
    for sheet in ("Cover", "Table_1", "Table_2"):
        rows = pl.read_excel(files["xlsx"], sheet_name=sheet, has_header=False)
        assert any("SYNTHETIC" in str(v) for v in rows.to_series(0))


def test_unemployment_alone_gives_all_files(tmp_path):
    survey = sample.SURVEY | {"status": "verified"}
    made = build_brief(sample.only_unemployment(), survey, sample.PROVENANCE)
    found = write_brief(made, tmp_path)
    text = pdf_text(found["pdf"])
    assert words_page.NO_PROVINCES in text
    assert "SYNTHETIC" not in text + html_text(found["html"])


def test_unreliable_is_hollow_and_withheld_is_a_mark(brief):
    svg = draw(brief.provinces)
    assert svg.count("fill: #ffffff; stroke: #0a5c8f") >= 2
    assert "<metadata>" not in svg


def test_the_font_has_every_letter_we_print(brief):
    tools = pytest.importorskip("fontTools.ttLib", reason="fontTools reads the font")
    has = set(tools.TTFont(FONTS / "BriefLao-Regular.ttf").getBestCmap())
    names = [*labels.code_labels().values(), *labels.lao_provinces().values()]
    words = [*(ROOT / "reports").glob("*/words*"), *(ROOT / "reports" / "wording").glob("*.py")]
    assert len(words) > 15
    sentences = [path.read_text(encoding="utf-8") for path in words]
    printed = "".join([*names, *sentences, brief.headline.text])
    assert {c for c in printed if ord(c) not in has and c != "\n"} == set()
