"""Awkward and corrupted survey files, each made from the twin's good one."""

import gzip
import shutil
import zipfile
from functools import cache
from pathlib import Path

import polars as pl
import pyreadstat

from tests.graph.corpus import Case
from transforms.twin import labels
from transforms.twin.write import write_stata

FILE_2017 = "LAO_2017_LFS/LAO_LFS_2017_M3_25062018.dta"
FILE_2010 = "LAO_2010_LFS/LAO_LFS_2010.dta"
SAV_2017 = "LAO_2017_LFS_sav/LAO_LFS_2017_M3_25062018.sav"
LAO_DIGITS = str.maketrans("0123456789", "໐໑໒໓໔໕໖໗໘໙")


@cache
def rows_of(twin, name=FILE_2017):
    """Give the good file's rows; whole numbers as such."""
    rows, _ = pyreadstat.read_dta(twin / name, output_format="polars")
    whole = [
        name
        for name, kind in rows.schema.items()
        if kind == pl.Float64 and rows[name].drop_nulls().round().equals(rows[name].drop_nulls())
    ]
    return rows.with_columns(pl.col(whole).cast(pl.Int64))


def text_of(rows, separator=","):
    """Write rows as separated text."""
    return rows.write_csv(separator=separator)


def csv(change=lambda rows: rows, separator=",", encoding="utf-8", lead=b""):
    """Make a maker of a text file out of a change of the rows."""

    def make(twin, folder):
        path = folder / "survey.csv"
        text = text_of(change(rows_of(twin)), separator)
        path.write_bytes(lead + text.encode(encoding))
        return path

    return make


def stata(change=lambda rows: rows, codes=None, name=FILE_2017):
    """Make a maker of a Stata file out of a change of the rows or of the value labels."""

    def make(twin, folder):
        path = folder / Path(name).name
        values = labels.VALUES_2017 if name == FILE_2017 else labels.VALUES_2010
        names = labels.COLUMNS_2017 if name == FILE_2017 else labels.COLUMNS_2010
        rows = change(rows_of(twin, name))
        kept = {k: v for k, v in names.items() if k in rows.columns}
        values = {k: v for k, v in (values | (codes or {})).items() if k in rows.columns}
        write_stata(rows, path, kept, values)
        return path

    return make


def cut(name, share):
    """Make a maker of a file that was cut short."""

    def make(twin, folder):
        path = folder / Path(name).name
        content = (twin / name).read_bytes()
        path.write_bytes(content[: int(len(content) * share)])
        return path

    return make


def zipped(twin, folder):
    """A zip with the file deep inside, under another name."""
    path = folder / "delivery.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(twin / FILE_2017, "2018/final/v3/DATOS.DTA")
        archive.writestr("2018/final/readme.pdf", b"%PDF-")
    return path


def two_in_a_zip(twin, folder):
    """A zip that holds two data files."""
    path = folder / "delivery.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(twin / FILE_2017, "a.dta")
        archive.write(twin / FILE_2010, "b.dta")
    return path


def cut_zip(twin, folder):
    """A zip cut short."""
    path = zipped(twin, folder)
    path.write_bytes(path.read_bytes()[:-2000])
    return path


def gzipped(twin, folder):
    """A gzipped Stata file."""
    path = folder / "survey.dta.gz"
    path.write_bytes(gzip.compress((twin / FILE_2017).read_bytes(), mtime=0))
    return path


def parquet(twin, folder):
    """A Parquet file."""
    rows_of(twin).write_parquet(folder / "survey.parquet")
    return folder / "survey.parquet"


def workbook(twin, folder):
    """A plain workbook."""
    rows_of(twin).write_excel(folder / "survey.xlsx")
    return folder / "survey.xlsx"


def spss(twin, folder):
    """The good SPSS file."""
    path = folder / "survey.sav"
    shutil.copyfile(twin / SAV_2017, path)
    return path


def empty(_twin, folder):
    """A file of no bytes."""
    path = folder / "survey.dta"
    path.touch()
    return path


def ragged(twin, folder):
    """A text file in which one line has lost its end."""
    path = folder / "survey.csv"
    lines = text_of(rows_of(twin)).splitlines(keepends=True)
    lines[5] = lines[5][:20] + "\n"
    path.write_text("".join(lines), encoding="utf-8")
    return path


def semicolon_header(twin, folder):
    """A header with another separator than the lines below it."""
    path = folder / "survey.csv"
    header, rest = text_of(rows_of(twin)).split("\n", 1)
    path.write_text(header.replace(",", ";") + "\n" + rest, encoding="utf-8")
    return path


def twice_a_name(twin, folder):
    """Two columns of one name."""
    path = folder / "survey.csv"
    path.write_text(text_of(rows_of(twin)).replace("hl04", "hl05", 1), encoding="utf-8")
    return path


def remark(text):
    """Add a column of free text, some rows of it not ASCII."""
    said = pl.when(pl.int_range(pl.len()) % 50 == 0).then(pl.lit(text)).otherwise(pl.lit("-"))
    return lambda rows: rows.with_columns(said.alias("remark"))


def mixed_encodings(twin, folder):
    """UTF-8 in some lines, Latin-1 in others."""
    path = folder / "survey.csv"
    text = text_of(remark("café")(rows_of(twin))).encode()
    path.write_bytes(text.replace("café".encode(), "café".encode("latin-1"), 3))
    return path


def col(name, made):
    """Replace a column."""
    return lambda rows: rows.with_columns(made.alias(name))


def first(name, value):
    """Put a value into the first row."""
    here = pl.int_range(pl.len()) == 0
    kind = pl.String if isinstance(value, str) else None

    def change(rows):
        was = pl.col(name).cast(kind) if kind else pl.col(name)
        return rows.with_columns(pl.when(here).then(pl.lit(value)).otherwise(was).alias(name))

    return change


def swapped(name, one=1, two=2):
    """Exchange two codes."""
    code = pl.col(name)
    return col(name, pl.when(code == one).then(two).when(code == two).then(one).otherwise(code))


def then(*changes):
    """Do one change after the other."""

    def change(rows):
        for each in changes:
            rows = each(rows)
        return rows

    return change


def written(name, separators):
    """Write a number as text with other signs for thousands and decimals."""
    return col(
        name,
        pl.col(name)
        .cast(pl.Float64)
        .map_elements(lambda v: f"{v:,}".translate(str.maketrans(separators)), pl.String),
    )


def names_of_provinces(language):
    """Write province names in place of codes."""

    def change(rows):
        from data_contracts.areas import provinces

        names = {p.code.lstrip("0"): getattr(p, f"name_{language}") for p in provinces().values()}
        code = pl.col("prov").cast(pl.String)
        return rows.with_columns(code.replace_strict(names).alias("prov"))

    return change


def province(text, code=18):
    """Write one province in another way."""
    was = pl.col("prov").cast(pl.String)
    return col("prov", pl.when(pl.col("prov") == code).then(pl.lit(text)).otherwise(was))


def one_village(rows):
    """Leave one village in the first stratum."""
    same = pl.col("stratum") == rows["stratum"][0]
    return rows.with_columns(pl.when(same).then(rows["ea"][0]).otherwise(pl.col("ea")).alias("ea"))


def doubled(rows):
    """Every household twice, the second time under another number."""
    again = rows.filter(pl.col("hl05").is_not_null())
    return pl.concat([rows, again.with_columns(pl.col("hhid") + 50_000_000)])


LFS, OLD = "survey 2017", "survey 2010"
SURVEY_CASES = [
    Case("csv_comma", LFS, csv()),
    Case("csv_semicolon", LFS, csv(separator=";")),
    Case("csv_tab", LFS, csv(separator="\t")),
    Case("csv_bar", LFS, csv(separator="|")),
    Case("csv_byte_order_mark", LFS, csv(encoding="utf-8-sig")),
    Case("csv_utf16_with_mark", LFS, csv(encoding="utf-16")),
    Case("csv_utf16_without_mark", LFS, csv(encoding="utf-16-le")),
    Case("csv_cp1252_remarks", LFS, csv(remark("café à Noël"), encoding="cp1252"), told="cp1252"),
    Case("csv_cp874_remarks", LFS, csv(remark("ภาษาไทยในช่องหมายเหตุ"), encoding="cp874"), told="cp874"),
    Case("csv_two_encodings", LFS, mixed_encodings, told="UTF-8"),
    Case("spss", LFS, spss),
    Case("zip_deep_other_name", LFS, zipped),
    Case("gzip", LFS, gzipped),
    Case("parquet", LFS, parquet),
    Case("workbook", LFS, workbook),
    Case("names_in_capitals", LFS, csv(lambda rows: rows.rename(str.upper))),
    Case("columns_in_another_order", LFS, csv(lambda rows: rows[sorted(rows.columns, reverse=True)])),
    Case("reserved_ilo_columns", LFS, csv(col("ilo_lfs", pl.lit(1)))),
    Case("codes_as_text_with_zeros", LFS, csv(col("ac03", pl.col("ac03").cast(pl.String).str.zfill(2)))),
    Case("isic_zero_lost", LFS, stata(col("lsic2", pl.col("lsic2").cast(pl.Float64)))),
    Case("isic_zero_lost_2010", OLD, stata(name=FILE_2010)),
    Case("weights_as_text_point", LFS, csv(written("v", {}))),
    Case("weights_as_text_comma", LFS, csv(written("v", {",": ".", ".": ","}), separator=";")),
    Case("lao_digits", LFS, csv(col("hl05", pl.col("hl05").cast(pl.String).map_elements(
        lambda text: text.translate(LAO_DIGITS), pl.String)))),
    Case("provinces_by_name", LFS, csv(names_of_provinces("en"))),
    Case("provinces_in_lao", LFS, csv(names_of_provinces("lo"))),
    Case("la_xs_for_xaysomboun", LFS, csv(province("LA-XS"))),
    Case("la_xn_in_2017", LFS, csv(province("LA-XN")), "LA-XN"),
    Case("vientiane_alone", LFS, csv(province("Vientiane", 1)), "ambiguous"),
    Case("province_18_in_2010", OLD, stata(first("prov", 18), name=FILE_2010), "prov"),
    Case("renamed_variable", LFS, stata(lambda rows: rows.rename({"hl05": "age"})), "column hl05: the column is missing"),
    Case("the_other_wave", LFS, lambda twin, _: twin / FILE_2010, "the column is missing"),
    Case("sex_labels_swapped", LFS, stata(codes={"hl04": {1: "Female", 2: "Male"}}), "hl04"),
    Case("social_security_swapped", LFS, csv(swapped("ac08")), "government"),
    Case("urban_rural_swapped", LFS, csv(swapped("vtype1")), "rural"),
    Case("sex_swapped_without_labels", LFS, csv(swapped("hl04")), "sex"),
    Case("unknown_code", LFS, csv(first("ac18", 77)), "column ac18, row 1: a code is none"),
    Case("words_in_the_weight", LFS, csv(first("v", "n/a")), "column v, row 1"),
    Case("zero_weight", LFS, csv(first("v", 0.0)), "the weight is blank, zero"),
    Case("negative_weight", LFS, csv(first("v", -1.0)), "the weight is blank, zero"),
    Case("blank_weight", LFS, csv(first("v", None)), "the weight is blank, zero"),
    Case("annual_weight_on_a_quarter", LFS, csv(col("v", pl.col("v") / 4)), "population"),
    Case("weights_in_thousands", LFS, csv(col("v", pl.col("v") / 1000)), "population"),
    Case("every_household_twice", LFS, csv(doubled), "population"),
    Case("sentinel_age", LFS, csv(first("hl05", 997)), "column hl05"),
    Case(
        "sentinel_hours_97",
        LFS,
        csv(col("wt01a", pl.when(pl.col("hhid") % 20 == 0).then(97).otherwise(pl.col("wt01a")))),
        "column wt01a",
    ),
    Case(
        "size_labelled_in_part",
        LFS,
        stata(col("ac17", pl.col("ac17").cast(pl.Float64, strict=False)), {"ac17": {5: "20 and more"}}),
    ),
    Case("sentinel_minus_one", LFS, csv(first("hl05", -1)), "column hl05"),
    Case("two_records_without_age", LFS, csv(then(first("hl05", None), lambda rows: pl.concat([
        rows[:1], first("hl05", None)(rows[1:])]))), "age_missing"),
    Case("repeated_key", LFS, csv(lambda rows: pl.concat([rows, rows[:3]])), "two rows have the same person key"),
    Case("blank_household", LFS, csv(first("hhid", None)), "household key is blank"),
    Case("one_village_in_a_stratum", LFS, csv(one_village), "strata have one PSU"),
    Case("cut_stata", LFS, cut(FILE_2017, 0.6), "damaged or cut short"),
    Case("cut_stata_by_its_end", LFS, cut(FILE_2017, 0.9999), "damaged or cut short"),
    Case("cut_spss", LFS, cut(SAV_2017, 0.6), "damaged or cut short"),
    Case("cut_zip", LFS, cut_zip, "the archive is damaged"),
    Case("two_files_in_a_zip", LFS, two_in_a_zip, "the archive holds 2 data files"),
    Case("half_the_households", LFS, csv(lambda rows: rows.filter(pl.col("hhid") % 2 == 0)), "population"),
    Case("ragged_lines", LFS, ragged, "columns"),
    Case("wrong_delimiter", LFS, semicolon_header, "column"),
    Case("two_columns_of_one_name", LFS, twice_a_name, "hl05"),
    Case("header_only", LFS, csv(lambda rows: rows[:0]), "no rows"),
    Case("empty_file", LFS, empty, "the file is empty"),
]  # fmt: skip
