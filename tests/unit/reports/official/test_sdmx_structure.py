"""pysdmx, an independent reader of SDMX, reads every official file and finds each code in its list."""

import csv
import io
from functools import cache

import pytest

from data_contracts.sdmx import load_sdmx
from reports.official.sdmx import sdmx_files
from tests.unit.reports.official.sdmx_sample import FACTS, tables

model = pytest.importorskip("pysdmx.model", reason="pysdmx is not installed (extra dev)")
writer = pytest.importorskip(
    "pysdmx.io.csv.sdmx10.writer", reason="pysdmx is not installed (extra dev)"
)
pysdmx = pytest.importorskip("pysdmx.io", reason="pysdmx is not installed (extra dev)")
SDG = "DF_SDG_B831_SEX_ECO_RT.csv"
ROLES = {"D": model.Role.DIMENSION, "M": model.Role.MEASURE, "A": model.Role.ATTRIBUTE}

TYPES = {
    "text": model.DataType.STRING,
    "number": model.DataType.DOUBLE,
    "integer": model.DataType.INTEGER,
}


@pytest.fixture(scope="module")
def files():
    made = sdmx_files(tables(), FACTS)
    return {name: text.decode() for name, text in made.items() if name.startswith("DF_")}


@cache
def code_lists():
    """The lists of sdmx.yaml, and those that follow from it."""
    known = load_sdmx()
    measures = [s.measure for s in (*known.survey, *known.register, *known.picks)]
    letters = sorted({status["ilostat"] for status in known.statuses.values()} - {""})
    return known.codes | {
        "CL_AREA": [FACTS["ref_area"]],
        "CL_MEASURE": measures,
        "CL_OBS_STATUS": letters,
        "CL_SCH": known.codes["CL_SCHEME"],
    }


@cache
def component(name):
    """One column of a file as sdmx.yaml declares it; any other column is a classification."""
    declared = {column.id: column for column in load_sdmx().columns}.get(name)
    role = ROLES[declared.role] if declared else model.Role.DIMENSION
    codes = code_lists().get(declared.codes if declared else f"CL_{name}")
    listed = codes and model.Codelist(
        id=f"CL_{name}", agency="ILO", items=[model.Code(code) for code in codes]
    )
    return model.Component(
        id=name,
        required=role is model.Role.DIMENSION,
        role=role,
        concept=model.Concept(name),
        local_dtype=TYPES[declared.type] if declared else model.DataType.STRING,
        local_codes=listed or None,
        attachment_level="O" if role is model.Role.ATTRIBUTE else None,
    )


def structure(text):
    """The structure of a file, in pysdmx's own model."""
    head, first = (line.split(",") for line in text.splitlines()[:2])
    agency, _, flow = first[0].partition(":")
    parts = model.Components([component(name) for name in head[1:]])
    return model.Schema("dataflow", agency, flow.removesuffix("(1.0)"), parts)


def faults(schema, table):
    """What a table that pysdmx has read holds against its structure."""
    found = []
    for part in schema.components:
        values = [value for value in table[part.id] if value != ""]
        if part.required and len(values) < len(table):
            found.append(f"{part.id} is empty")
        if part.enumeration is not None:
            known = {code.id for code in part.enumeration}
            found += [f"{part.id} {value}" for value in values if value not in known]
        if part.dtype is model.DataType.DOUBLE:
            found += [part.id for value in values if float(value) < 0]
    if table.duplicated([part.id for part in schema.components.dimensions]).any():
        found.append("repeated key")
    return found


@cache
def read(text):
    (dataset,) = pysdmx.read_sdmx(text).data
    return dataset


def test_every_file_is_read_and_keeps_its_structure(files):
    assert len(files) > 25
    for name, text in files.items():
        dataset, schema = read(text), structure(text)
        assert dataset.structure == schema.short_urn
        assert name == f"{schema.id}.csv"
        assert list(dataset.data.columns) == [part.id for part in schema.components]
        assert faults(schema, dataset.data) == [], name


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("ECO_SECTOR_IND", "ECO_SECTOR_QQQ"),  # a code that is in no list
        ("ECO_AGNAG_AGR", "ECO_SECTOR_AGR"),  # the same key twice
        (",SEX_F,", ",,"),  # a dimension without a code
        (",RT,PT,", ",RT,XX,"),  # an unknown unit
    ],
)
def test_a_fault_would_be_found(files, right, wrong):
    text = files[SDG]
    assert right in text
    assert faults(structure(text), read(text.replace(right, wrong)).data)


def test_intervals_hold_the_figure(files):
    for text in files.values():
        for row in read(text).data.to_dict("records"):
            if row["LOWER_BOUND"]:
                assert (
                    float(row["LOWER_BOUND"])
                    <= float(row["OBS_VALUE"])
                    <= float(row["UPPER_BOUND"])
                )


def test_pysdmx_writes_the_same_table_again(files):
    def lines(text):
        return sorted(tuple(sorted(row.items())) for row in csv.DictReader(io.StringIO(text)))

    text = files[SDG]
    (dataset,) = pysdmx.read_sdmx(text).data
    dataset.structure = structure(text)
    assert lines(writer.write([dataset])) == lines(text)
