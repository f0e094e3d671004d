"""A DDI codebook (DDI-Codebook 1.2.2 and 2.5, as NADA catalogues export it) read into variables.

What the variables mean for us is guessed elsewhere. Elements are matched by their local name, as
the two versions differ in their namespace alone for what is read here.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.parsers import expat

from data_contracts.errors import InputError
from transforms.read.table import Variable


@dataclass(frozen=True)
class CodebookVariable:
    """One variable of a codebook.

    Attributes:
        variable: name, label (else the question), kind, value labels and missing codes.
        question: the question as it was read out; "" where the codebook has none.
        universe: who was asked, in the codebook's words.
        is_weight: the codebook itself calls it a weight.
        low: smallest valid value, None where the codebook says nothing.
        high: largest valid value.
        frequencies: unweighted number of rows a code; empty where the codebook counts none, or
            where the name stands in several of its files.
    """

    variable: Variable
    question: str
    universe: str
    is_weight: bool
    low: float | None
    high: float | None
    frequencies: Mapping[str, int]


def read_codebook(path: Path) -> dict[str, CodebookVariable]:
    """Read a DDI codebook.

    Args:
        path: an XML file whose root is ``codeBook``.

    Returns:
        Variables by lower-case name, in the codebook's order. A name that several of its files
        have (household and person files share keys) stands for the first.

    Raises:
        InputError: missing, not XML, not a codebook, without variables, or with a document type:
            entities that one declares can fill the memory or read other files.
    """
    try:
        text = path.read_bytes()
    except OSError:
        raise InputError("there is no such file", "check its name", file=path.name) from None
    _refuse_doctype(text, path.name)
    root = ET.fromstring(text)  # noqa: S314 - a document type, and so every entity, was refused
    if _local(root) != "codeBook":
        raise InputError(
            "this is not a DDI codebook: its root is not codeBook",
            "export the study's metadata as DDI from the catalogue",
            file=path.name,
        )
    found: dict[str, CodebookVariable] = {}
    for element in root.iter():
        if _local(element) == "var" and element.get("name"):
            one = _variable(element)
            name = one.variable.name.lower()
            found[name] = _without_counts(found[name]) if name in found else one
    if not found:
        raise InputError(
            "the codebook describes no variable",
            "export it with the data files' description",
            file=path.name,
        )
    return found


def _refuse_doctype(text: bytes, file: str) -> None:
    def refuse(*_: object) -> None:
        raise InputError(
            "the codebook declares a document type",
            "remove the line that begins with <!DOCTYPE, after reading what it declares",
            file=file,
        )

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise InputError(
            "the file is not XML, or is cut short",
            "fetch it again from its source",
            file=f"{file}, line {error.lineno}",
        ) from None


def _variable(element: ET.Element) -> CodebookVariable:
    categories = [one for one in element if _local(one) == "catgry"]
    labels: dict[str, str] = {}
    missing: list[str] = []
    counts: dict[str, int] = {}
    for category in categories:
        code = _code(_text(category, "catValu"))
        if not code:
            continue
        labels[code] = _text(category, "labl")
        if category.get("missing", "").upper() == "Y":
            missing.append(code)
        counts |= _count(category, code)
    question = _text(element, "qstnLit") or _text(element, "qstn")
    low, high = _range(element)
    form = next((one.get("type", "") for one in _all(element, "varFormat")), "")
    variable = Variable(
        str(element.get("name")),
        _text(element, "labl") or question,
        "text" if form == "character" else "number",
        {code: label for code, label in labels.items() if label},
        tuple(dict.fromkeys([*missing, *_missing_ranges(element)])),
    )
    weight = element.get("wgt", "").lower() == "wgt"
    return CodebookVariable(
        variable, question, _text(element, "universe"), weight, low, high, counts
    )


def _count(category: ET.Element, code: str) -> dict[str, int]:
    """Give the unweighted frequency of one category, if the codebook counts it."""
    for one in _all(category, "catStat"):
        number = (one.text or "").strip().replace(",", "")
        weighted = one.get("wgtd", "") == "wgtd"
        if one.get("type") == "freq" and not weighted and re.fullmatch(r"\d+(\.0*)?", number):
            return {code: int(float(number))}
    return {}


def _range(element: ET.Element) -> tuple[float | None, float | None]:
    for valid in _all(element, "valrng"):
        for one in _all(valid, "range"):
            return _number(one.get("min")), _number(one.get("max"))
    return None, None


def _missing_ranges(element: ET.Element) -> Iterator[str]:
    for invalid in _all(element, "invalrng"):
        for one in invalid:
            if _local(one) == "item" and one.get("VALUE"):
                yield _code(str(one.get("VALUE")))
            elif _local(one) == "range":
                low, high = one.get("min", ""), one.get("max", "")
                yield _code(low) if low == high else f"{_code(low)}:{_code(high)}"


def _without_counts(one: CodebookVariable) -> CodebookVariable:
    return CodebookVariable(
        one.variable, one.question, one.universe, one.is_weight, one.low, one.high, {}
    )


def _local(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _all(element: ET.Element, name: str) -> Iterator[ET.Element]:
    return (one for one in element.iter() if _local(one) == name)


def _text(element: ET.Element, name: str) -> str:
    """Give the text of the first such child, or of the first below where no child is one."""
    first = next((one for one in element if _local(one) == name), None)
    if first is None and name == "qstnLit":
        first = next(_all(element, name), None)
    return "" if first is None else " ".join("".join(first.itertext()).split())


def _code(text: str) -> str:
    """Give a code as the files have it: "01" and "1.0" are "1"."""
    text = text.strip()
    return str(int(float(text))) if re.fullmatch(r"-?\d{1,15}(\.0+)?", text) else text


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None
