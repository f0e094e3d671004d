"""Register layouts: which headers a register's files carry and what may be kept of each column.

Data alone; finding a table in a workbook and reading its cells live in transforms/read/layout.py.
"""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field, field_validator, model_validator

from data_contracts.errors import InputError
from data_contracts.typed_yaml import Strict, load_typed

FOLDER: Final = Path(__file__).parent
SCHEMA: Final = "register.json"
Text = Annotated[str, Field(min_length=1)]
Texts = Annotated[list[Text], Field(min_length=1)]
Count = Annotated[int, Field(ge=1)]
Mark = Literal["zero", "below", "dash", "withheld", "not_available"]
ROLES: Final = ("members", "contributions", "employers", "aggregate")
IDENTIFYING: Final = frozenset(
    {"identifier", "person_name", "phone", "birth_date", "employer_name", "address"}
)
# Privacy at the door: what names a person or firm never leaves a layout as it came.
_TREATED: Final = {
    "identifier": ("hash", "drop"),
    "person_name": ("hash", "drop"),
    "phone": ("hash", "drop"),
    "employer_name": ("hash", "drop"),
    "birth_date": ("year", "drop"),
    "address": ("drop",),
    "text": ("drop",),
}
_READING: Final = {
    "blank", "length", "digits", "take", "decimal", "date_order", "serials", "earliest", "latest",
}  # fmt: skip


class LayoutColumn(Strict):
    """What one delivered column is and what becomes of it.

    Once read, its own name is the first of ``names``, and each canonical code one of its words.
    """

    names: list[Text] = Field(
        default_factory=list, description="header texts, beside the column's own name"
    )
    kind: Literal[
        "identifier", "person_name", "phone", "birth_date", "employer_name", "address", "province",
        "district", "code", "digits", "number", "count", "date", "period", "text",
    ]  # fmt: skip
    treat: Literal["hash", "drop", "year", "keep"] = Field(
        description="hash, year and keep store something of it under `to`; drop stores nothing"
    )
    to: str = Field("", description="column of the canonical table")
    hash_to: str = Field(
        "",
        description="column of the canonical table that keeps a keyed hash of the whole birth date, "
        "beside its year",
    )
    required: bool = Field(default=False, description="the column must be in the file")
    filled: bool = Field(default=False, description="no cell may be blank")
    unique: bool = Field(default=False, description="no value may stand twice")
    blank: int | float | None = Field(None, description="number that a blank cell stands for")
    missing: list[Text] = Field(
        default_factory=list, description="texts that stand for a blank, such as 9999-12-31"
    )
    codes: dict[str, Texts] = Field(
        default_factory=dict,
        description="canonical code -> words that stand for it, beside itself",
    )
    length: Count | Literal["any"] | None = Field(
        None, description="characters of an identifier; any where they differ"
    )
    digits: Annotated[list[Count], Field(min_length=1)] | None = Field(
        None,
        description="numbers of digits that a code may have; lost leading zeros are put back",
    )
    take: Count | None = Field(None, description="leading digits to keep")
    decimal: Literal[".", ","] | None = None
    date_order: Literal["dmy", "mdy"] | None = None
    serials: bool | None = Field(None, description="dates are serial numbers of a spreadsheet")
    earliest: int | None = None
    latest: int | None = None

    @model_validator(mode="after")
    def _keeps_no_more_than_it_may(self) -> "LayoutColumn":
        permitted = _TREATED.get(self.kind, ("hash", "drop", "year", "keep"))
        if self.treat not in permitted:
            raise ValueError(f"a column of kind {self.kind} is treated by {' or '.join(permitted)}")
        if (self.treat == "drop") == bool(self.to):
            raise ValueError("what is dropped goes nowhere (`to`), and what is kept says where")
        if self.hash_to and (self.kind, self.treat) != ("birth_date", "year"):
            raise ValueError("hash_to is for a birth_date that is treated by year")
        if self.kind == "code" and self.treat != "drop" and not self.codes:
            raise ValueError("a column of kind code lists its codes")
        if self.take is not None and self.digits is None:
            raise ValueError("take needs digits: how many a whole code has")
        return self

    @property
    def options(self) -> Mapping[str, Any]:
        """How its cells are read, by name, where the layout says it."""
        return self.model_dump(include=_READING, exclude_none=True)


class Measure(Strict):
    """One column of counts that becomes rows: what it counts, and what its header fixes."""

    names: Texts
    measure: str = Field(description="what is counted")
    where: dict[str, str] = Field(
        default_factory=dict, description="canonical columns that the column itself fixes"
    )
    required: bool = False
    decimal: Literal[".", ","] | None = None
    marks: dict[str, Mark] | None = None

    @property
    def options(self) -> Mapping[str, Any]:
        """How its cells are read, by name, where the layout says it."""
        return self.model_dump(include={"decimal", "marks"}, exclude_none=True)


class Fingerprint(Strict):
    """A cell that must hold a text, else the form has moved."""

    cell: str = Field(pattern="^[A-Z]{1,3}[1-9][0-9]{0,6}$")
    text: Text


class WorkbookFormat(Strict):
    """How to find the table in a workbook; other files begin with one row of headers."""

    sheet: Text | Count = Field(
        1, description="a sheet's name, its place counted from 1, or `each` for every sheet"
    )
    skip_sheets: list[Text] = Field(default_factory=list)
    sheet_count: Count | None = Field(None, description="how many sheets must be there")
    sheet_as: str | None = Field(None, description="the raw column that takes the sheet's name")
    header_rows: Literal[1, 2] = Field(
        1, description="with 2, the upper row's merged cells are joined as `upper / lower`"
    )
    header_contains: Texts = Field(
        description="header texts that find the header row among the first 40; `a | b` is either; "
        "of both rows when there are two"
    )
    stop_at: list[Text] = Field(
        default_factory=list, description="first texts of totals rows and footnotes"
    )
    skip_rows: list[Text] = Field(default_factory=list, description="first texts of subtotal rows")
    decimal: Literal[".", ","] | None = None
    fingerprint: list[Fingerprint] = Field(default_factory=list)


class TableLayout(Strict):
    """One file of the register."""

    table: str = Field(pattern="^core\\.[a-z_]+$", description="the canonical table it becomes")
    format: WorkbookFormat | None = Field(
        None, description="absent where the first row holds the headers"
    )
    columns: dict[str, LayoutColumn] = Field(
        min_length=1, description="rules by the raw column's canonical name"
    )
    measures: list[Measure] = Field(
        default_factory=list, description="columns of counts: each becomes rows"
    )

    @field_validator("columns")
    @classmethod
    def _named_first(cls, given: dict[str, LayoutColumn]) -> dict[str, LayoutColumn]:
        """Put a column's own name before its other names, and a code before its words."""
        made = {}
        for name, rule in given.items():
            codes = {code: list(dict.fromkeys([code, *w])) for code, w in rule.codes.items()}
            names = list(dict.fromkeys([name, *rule.names]))
            made[name] = rule.model_copy(update={"names": names, "codes": codes})
        return made

    @model_validator(mode="after")
    def _goes_together(self) -> "TableLayout":
        counted = Counter(to for rule in self.columns.values() for to in (rule.to, rule.hash_to))
        twice = [target for target, count in counted.items() if target and count > 1]
        if twice:
            raise ValueError(f"two columns become {twice[0]}: keep one of them")
        sheet_as = self.format.sheet_as if self.format else None
        if sheet_as is not None and sheet_as not in self.columns:
            raise ValueError(
                f"the sheet's name is to be the column {sheet_as}, which the table does not have: "
                "name one of the table's columns under sheet_as"
            )
        return self

    @property
    def identifying(self) -> list[str]:
        """The columns that tell who somebody is."""
        return [name for name, rule in self.columns.items() if rule.kind in IDENTIFYING]


class RegisterLayout(Strict):
    """A register's layout; ``tables`` by role (members, contributions, employers, aggregate)."""

    register_id: str = Field(pattern="^[A-Z][A-Z0-9_]*$")
    title: str
    version: str = Field(
        "1.0.0",
        pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$",
        description="of the files' contracts; a breaking change (informality contract diff) raises "
        "the first number",
    )
    status: Literal["sourced", "unverified"] = Field(
        description="are the header texts and codes read in a source, or proposed"
    )
    sources: list[str] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list)
    tables: dict[str, TableLayout] = Field(min_length=1, description=f"by role: {', '.join(ROLES)}")
    name: str = Field("", description="the file's name; set when it is read")

    @field_validator("tables")
    @classmethod
    def _known_roles(cls, given: dict[str, TableLayout]) -> dict[str, TableLayout]:
        strange = sorted(set(given) - set(ROLES))
        if strange:
            raise ValueError(f"no file is called {strange[0]} (permitted: {', '.join(ROLES)})")
        return given


def layout_names(own: Path | None = None) -> list[str]:
    """List the layouts that ship with the project or lie in a folder of one's own."""
    folders = [FOLDER, *([own] if own is not None else [])]
    return sorted({path.stem for folder in folders for path in folder.glob("*.yaml")})


def load_layout(name: str = "LSSO_EXTRACT", own: Path | None = None) -> RegisterLayout:
    """Load and check a layout by its name, or from a file whose name ends in .yaml.

    Args:
        name: such as ``LSSO_EXTRACT``, or a path.
        own: a folder whose layouts come before those that ship with the project.

    Raises:
        InputError: unknown layout, broken YAML, or a breach of the schema, with its line.
    """
    path = Path(name) if name.endswith(".yaml") else FOLDER / f"{name}.yaml"
    if own is not None and (own / path.name).is_file():
        path = own / path.name
    if not path.is_file():
        raise InputError(
            f"there is no register layout {Path(name).name}",
            f"choose one of {', '.join(layout_names())}, or give the path of a layout file",
        )
    return _checked(path)


@cache
def _checked(path: Path) -> RegisterLayout:
    return load_typed(path, RegisterLayout, SCHEMA).model_copy(update={"name": path.stem})
