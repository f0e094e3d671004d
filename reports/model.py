"""The shapes of a brief: cells, sentences, tables and figures; no reading, no wording, no drawing."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Cell:
    """One published figure, or the fact that it is withheld or absent.

    ``unit`` is PT (percent), PS (persons) or PP (percentage points). ``status`` is A, U, S, or
    empty when no such row was published. A withheld or absent cell holds no number at all.
    """

    table: str
    indicator: str
    breakdown: str
    category: str
    unit: str
    status: str
    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    n: int | None = None
    level: float | None = None
    numerator_date: str = ""
    denominator_date: str = ""
    detail: str = ""

    @property
    def published(self) -> bool:
        """Say whether the figure may be printed."""
        return self.value is not None and self.status != "S"

    @property
    def withheld(self) -> bool:
        """Say whether the figure exists and was suppressed."""
        return self.status == "S"


@dataclass(frozen=True)
class Use:
    """One printing of one field of a cell: ``text`` is what the reader sees."""

    cell: Cell
    field: str
    text: str


@dataclass(frozen=True)
class Said:
    """A sentence and every figure printed in it."""

    text: str
    uses: tuple[Use, ...] = ()


@dataclass(frozen=True)
class Number:
    """A printed number bound to the published cell it came from (for the manifest)."""

    place: str
    text: str
    value: float
    table: str
    field: str
    indicator: str
    breakdown: str
    category: str
    detail: str = ""


@dataclass(frozen=True)
class Tile:
    """A key figure: its number, what it is a share of, and its interval."""

    number: str
    label: str
    interval: str
    uses: tuple[Use, ...]


@dataclass(frozen=True)
class TableRow:
    """A row of the main table; ``span`` is the group's rows on its first row, otherwise 0."""

    group: str
    span: int
    label: str
    rate: Cell
    persons: Cell
    rate_text: str
    rate_interval: str
    persons_text: str
    persons_interval: str
    n_text: str
    flag_text: str


@dataclass(frozen=True)
class MainTable:
    """The main table with its caption, column headings, rows and the rules of its reliability."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[TableRow, ...]
    note: str = ""


@dataclass(frozen=True)
class PlotRow:
    """A row of a figure; a row without a cell is a heading inside the figure."""

    label: str
    cell: Cell | None
    text: str
    interval: str
    n_text: str
    flag_text: str


@dataclass(frozen=True)
class Plot:
    """Data and words of one figure: rows from top to bottom, and the national value if any.

    ``rules`` says under the figures behind it how their reliability was judged; ``group`` is what its
    rows are, where they are all of one kind.
    """

    caption: str
    axis: str
    alt: str
    note: str
    headings: tuple[str, ...]
    rows: tuple[PlotRow, ...]
    national: Cell | None = None
    rules: str = ""
    group: str = ""


@dataclass(frozen=True)
class RegisterRow:
    """A figure of the register, the law or people's answers over surveyed employed persons, with both dates."""

    concept: str
    scheme: str
    category: str
    persons: Cell
    denominator: Cell
    ratio: Cell
    persons_text: str
    persons_interval: str
    denominator_text: str
    ratio_text: str
    interval: str
    dates: str
    rule: str


@dataclass(frozen=True)
class RegisterBlock:
    """The register block: national rows for the page, further rows for the workbook."""

    caption: str
    note: str
    headings: tuple[str, ...]
    rows: tuple[RegisterRow, ...]
    further: tuple[RegisterRow, ...]


@dataclass(frozen=True)
class Missing:
    """Something that is not shown and why."""

    label: str
    status: str
    reason: str


@dataclass(frozen=True)
class Brief:
    """Everything that a writer needs; writers add no words and no numbers of their own."""

    lang: str
    ref_area: str
    country: str
    period: str
    time_period: str
    release_date: str  # "" where the producer's date is not known
    file_date: str  # of the documents' metadata; a fixed one where no release date is known
    synthetic: bool
    banner: str
    kicker: str
    headline: Said
    subtitle: str
    lead: tuple[Said, ...]
    tiles: tuple[Tile, ...]
    table: MainTable
    provinces: Plot | None
    effects: Plot | None
    register: RegisterBlock | None
    absent: tuple[Missing, ...]
    not_computable: tuple[Missing, ...]
    says: tuple[str, ...]
    method: tuple[str, ...]
    legend: tuple[tuple[str, str], ...]
    citation: str
    provenance: tuple[str, ...]
    inputs: tuple[tuple[str, str, int | None], ...]
    code_version: str
    numbers: tuple[Number, ...]
    words: Mapping[str, str] = field(default_factory=dict)
