"""Whether a statistical file is whole, by its own structure; its contents are read elsewhere.

Formats: Stata's ``help dta`` (formats 113 to 119) and the PSPP developers' guide, "System File
Format". A file that is cut short can otherwise lose its labels or last rows in silence.
"""

import mmap
import struct
from typing import Final

from data_contracts.errors import InputError
from transforms.read.archives import DataFile

XML_STATA: Final = b"<stata_dta>"
WIDTHS: Final = {251: 1, 252: 2, 253: 4, 254: 4, 255: 8}  # Stata 113 to 115, by type code
# Lengths of a display format, by format number; a name has 33 bytes, a variable's label 81.
OLD_STATA: Final = {113: 12, 114: 49, 115: 49}
NO_LABELS = "the file's format cannot show whether its last labels are missing"
NO_COUNT = "the file does not state its number of rows, so a missing end would not show"


def states_encoding(file: DataFile) -> bool:
    """Tell whether files of this format say their text's encoding: Stata does from format 118."""
    with file.place.open("rb") as handle:
        head = handle.read(64)
    if file.suffix != ".dta":
        return True
    return head.startswith(XML_STATA) and b"<release>117" not in head


def check_ending(file: DataFile) -> list[str]:
    """Refuse a file whose end is missing; give notes where the format cannot show it.

    Raises:
        InputError: the structure does not end where the file does.
    """
    with (
        file.place.open("rb") as handle,
        mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        try:
            if file.suffix == ".dta":
                return _stata(data, file.name)
            return _spss(data, file.name)
        except (struct.error, IndexError, KeyError, ValueError):
            _refuse(file.name)
            raise


def _refuse(name: str) -> None:
    raise InputError(
        "the file is damaged or cut short: its end is missing",
        "fetch it again from its source and compare its size there",
        file=name,
    ) from None


def _stata(data: mmap.mmap, name: str) -> list[str]:
    if data[: len(XML_STATA)] == XML_STATA:
        if data[-len(XML_STATA) - 1 :] != b"</stata_dta>":
            _refuse(name)
        return []
    if data[0] not in OLD_STATA:
        return [NO_LABELS]
    order = ">" if data[1] == 1 else "<"
    variables, rows = struct.unpack_from(f"{order}hi", data, 4)
    at = 109
    types = data[at : at + variables]
    at += variables + 33 * variables + 2 * (variables + 1) + OLD_STATA[data[0]] * variables
    sets = {bytes(data[at + 33 * i : at + 33 * i + 33]).split(b"\0")[0] for i in range(variables)}
    at += 33 * variables + 81 * variables
    while True:  # characteristics, ended by five zero bytes
        kind, length = struct.unpack_from(f"{order}bi", data, at)
        at += 5 + length
        if kind == 0 and length == 0:
            break
    at += rows * sum(WIDTHS.get(code, code) for code in types)
    while at < len(data):  # tables of value labels: length, name, three bytes, table
        (length,) = struct.unpack_from(f"{order}i", data, at)
        sets.discard(bytes(data[at + 4 : at + 37]).split(b"\0")[0])
        at += 4 + 33 + 3 + length
    if at != len(data):
        _refuse(name)
    missing = len(sets - {b""})
    return [f"{missing:,} sets of value labels are named in the file and not there"] * bool(missing)


def _spss(data: mmap.mmap, name: str) -> list[str]:
    order = "<" if data[64:68] in {b"\2\0\0\0", b"\3\0\0\0"} else ">"
    compression, _, rows = struct.unpack_from(f"{order}iii", data, 72)
    if rows >= 0 and compression != 2:
        return []  # the child compares the rows with this number
    at, width = _dictionary(data, order)
    if compression == 2:
        _, trailer, length = struct.unpack_from(f"{order}qqq", data, at)
        if trailer + length != len(data):
            _refuse(name)
        return [] if rows >= 0 else [NO_COUNT]
    if compression == 0:
        if (len(data) - at) % (8 * width):
            _refuse(name)
        return [NO_COUNT]
    return _walk(data, at, width, name)


def _dictionary(data: mmap.mmap, order: str) -> tuple[int, int]:
    """Give where the rows begin, and how many elements of eight bytes a row has."""
    at, width = 176, 0
    while True:
        (kind,) = struct.unpack_from(f"{order}i", data, at)
        at += 4
        if kind == 2:  # a variable
            _, labelled, missing = struct.unpack_from(f"{order}iii", data, at)
            at += 28
            if labelled:
                (length,) = struct.unpack_from(f"{order}i", data, at)
                at += 4 + -(-length // 4) * 4
            at += 8 * abs(missing)
            width += 1
        elif kind == 3:  # value labels
            (count,) = struct.unpack_from(f"{order}i", data, at)
            at += 4
            for _ in range(count):
                at += 8 + -(-(data[at + 8] + 1) // 8) * 8
        elif kind in {4, 6}:  # the variables that they belong to; a document of 80-byte lines
            (count,) = struct.unpack_from(f"{order}i", data, at)
            at += 4 + count * (4 if kind == 4 else 80)
        elif kind == 7:  # an extension
            _, size, count = struct.unpack_from(f"{order}iii", data, at)
            at += 12 + size * count
        elif kind == 999:
            return at + 4, width
        else:
            raise ValueError


def _walk(data: mmap.mmap, at: int, width: int, name: str) -> list[str]:
    """Follow compressed rows, eight command bytes at a time, to their end mark or the file's end.

    Command 252 is the end, 253 stands for eight bytes that follow, 0 for padding, and every other
    for an element.
    """
    elements = 0
    while at + 8 <= len(data):
        commands = data[at : at + 8]
        ended = commands.find(252)
        commands = commands if ended < 0 else commands[:ended]
        elements += len(commands) - commands.count(0)
        at += 8 + 8 * commands.count(253)
        if ended >= 0:
            break
    else:
        if at != len(data) or elements % width:
            _refuse(name)
        return [NO_COUNT]
    if at > len(data) or elements % width:
        _refuse(name)
    return []
