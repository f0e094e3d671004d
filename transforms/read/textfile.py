"""Text tables (.csv and its kin) as frames of text; encodings are chosen next door, values read elsewhere."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from typing import Final

import numpy as np
import polars as pl

from data_contracts.errors import InputError
from transforms.read.encodings import (
    JOINT,
    TO_SAY,
    TextEvidence,
    decoded,
    fallback_note,
    refuse_unknown,
)

SEPARATORS: Final = ",;\t|"
_CELLS: Final = re.compile(rb"([,;\t|\"\r\n])")
LOOKED_AT: Final = 200  # records that choose the separator
BLOCK: Final = 2**25  # bytes whose separators are counted at once
BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_text(data: bytes, name: str, encoding: str | None) -> tuple[pl.DataFrame, list[str]]:
    """Read a text table; every column is text, a blank is null.

    Args:
        data: the whole file.
        name: of the file, for messages.
        encoding: declared by the profile, else None.

    Returns:
        The rows, and notes on what was decided for the reader.

    Raises:
        InputError: text in another encoding than declared, or in two; a NUL byte; a line with
            more or fewer fields than the header; a header that names two columns alike, or none
            above a column with values.
    """
    text, notes = _utf8(data, name, encoding)
    if b"\0" in text:
        raise InputError(
            "a zero byte stands in the text",
            "export the file again; it is damaged or not a text file",
            file=name,
            row=max(text[: text.index(b"\0")].count(b"\n"), 1),
        )
    if b"\n" not in text:
        text = text.replace(b"\r", b"\n")
    text = text.strip(b"\r\n") + b"\n"
    if text == b"\n":
        return pl.DataFrame(), notes
    separator = _separator(text)
    if text[:4].lower() == b"sep=" and text[5:6] in b"\r\n":
        separator, text = chr(text[4]), text[5:].lstrip(b"\r\n")
    header, fields, blank = _shape(text, separator, name)
    names = _names(text[:header], separator, name)
    frame = _parse(text[header:], separator, [str(at) for at in range(fields)], name)
    if frame.height != blank.size or len(names) != fields:
        _refuse_shape(name, None)
    frame = frame.filter(pl.Series(~blank))
    frame = _named(frame, names, name)
    return frame, [*notes, *_strange_columns(frame, notes)]


def _utf8(data: bytes, name: str, encoding: str | None) -> tuple[bytes, list[str]]:
    """Give the text as UTF-8 without a byte-order mark, and a note where the encoding was guessed."""
    marked = next((code for mark, code in BOMS if data.startswith(mark)), _without_mark(data))
    encoding = marked or encoding
    if encoding is None:
        if _is_utf8(data):
            return data, []
        evidence = TextEvidence()
        evidence.add(io.BytesIO(data))
        best = evidence.encoding()
        note = fallback_note(best, evidence.bytes, evidence.others, evidence.genuine, "lines")
        if JOINT not in best:
            return data.decode(best).encode(), [note]
        # Cell by cell: a line may hold both. What parts them is the same byte in either.
        return "".join(decoded(cell, best) for cell in _CELLS.split(data)).encode(), [note]
    refuse_unknown(encoding, name)
    try:
        return data.decode(encoding).removeprefix("\ufeff").encode(), []
    except UnicodeError as error:
        raise InputError(
            f"the text is not in the encoding {encoding.removesuffix('-sig')}",
            f"save it as UTF-8, or {TO_SAY}",
            file=name,
            row=max(data[: getattr(error, "start", 0)].count(b"\n"), 1),
        ) from None


def _is_utf8(data: bytes) -> bool:
    """Tell whether all of a text is UTF-8, without a second copy of it."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), BLOCK):
            decoder.decode(data[start : start + BLOCK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _without_mark(data: bytes) -> str | None:
    """Tell UTF-16 without a byte-order mark by its zero bytes, which stand in every second place."""
    head = data[:4096]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) < 0.1 * len(head) or min(even, odd) > 0.05 * max(even, odd):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _separator(text: bytes) -> str:
    """Choose the separator by which most of the first records agree with the header.

    Among equals the one that gives more fields wins, then the order of ``SEPARATORS``. A file
    whose header holds none of them has one column.
    """
    best, score = ",", (0.0, 0)
    for separator in SEPARATORS:
        counts = next(_counts(text[: 2**20], separator))[0][:LOOKED_AT]
        if counts.size and counts[0] > 0:
            here = (float((counts[1:] == counts[0]).mean()) if counts.size > 1 else 1.0, counts[0])
            if here > score:
                best, score = separator, here
    return best


def _counts(text: bytes, separator: str) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Give, block by block, the separators in each record and where the record ends.

    Quoted text holds neither separators nor ends; a doubled quote inside it changes nothing.
    """
    inside, before = False, 0
    for start in range(0, len(text), BLOCK):
        block = np.frombuffer(text, np.uint8, min(BLOCK, len(text) - start), start)
        bare = np.ones(block.size, bool)
        quotes = block == ord('"')
        if inside or quotes.any():
            quoted = np.logical_xor.accumulate(quotes) ^ inside
            bare, inside = ~quoted, bool(quoted[-1])
        ends = np.flatnonzero((block == ord("\n")) & bare)
        places = np.flatnonzero((block == ord(separator)) & bare)
        running = np.searchsorted(places, ends) + before
        yield np.diff(running, prepend=0), ends + start
        before = places.size + before - (int(running[-1]) if running.size else 0)


def _shape(text: bytes, separator: str, name: str) -> tuple[int, int, np.ndarray]:
    """Give the header's length in bytes, the number of fields, and which data lines are blank."""
    fields, header, seen, blank, last = 0, 0, 0, [], -1
    for counts, ends in _counts(text, separator):
        if not counts.size:
            continue
        starts = np.concatenate([[last], ends[:-1]]) + 1
        last = int(ends[-1])
        if not fields:
            fields, header = int(counts[0]) + 1, int(ends[0]) + 1
        length = ends - starts
        empty = (length == 0) & (fields > 1)
        for at in np.flatnonzero((length == 1) & (fields > 1)):
            empty[at] = text[starts[at]] == ord("\r")
        ragged = np.flatnonzero((counts + 1 != fields) & ~empty)
        if ragged.size:
            _refuse_shape(name, seen + int(ragged[0]))
        blank.append(empty)
        seen += counts.size
    if last != len(text) - 1:
        raise InputError(
            "a quotation mark is opened and never closed",
            "export it again; write a quotation mark within text twice",
            file=name,
        )
    return header, fields, np.concatenate(blank)[1:]


def _refuse_shape(name: str, row: int | None) -> None:
    raise InputError(
        "the lines do not all have the columns of the first one",
        "export it again; quote text that holds the separator",
        file=name,
        row=row,
    )


def _names(header: bytes, separator: str, name: str) -> list[str]:
    """Give the header's names, each once whatever its case; a blank one stays blank."""
    (names,) = csv.reader(
        io.StringIO(header.decode().rstrip("\r\n"), newline=""), delimiter=separator
    )
    seen: set[str] = set()
    for column in (one.strip().lower() for one in names):
        if column and column in seen:
            raise InputError(
                "two columns have this name (large and small letters count as the same)",
                "rename one of them in the file",
                file=name,
                column=column,
            )
        seen.add(column)
    return names


def _parse(body: bytes, separator: str, columns: list[str], name: str) -> pl.DataFrame:
    schema = dict.fromkeys(columns, pl.String)
    if not body:
        return pl.DataFrame(schema=schema)
    try:
        return pl.read_csv(body, separator=separator, has_header=False, schema=schema)
    except pl.exceptions.PolarsError:
        _refuse_shape(name, None)
        raise


def _named(frame: pl.DataFrame, names: list[str], file: str) -> pl.DataFrame:
    """Put the header's names on the columns; one without a name may go if it holds nothing."""
    kept = {}
    for at, name in enumerate(names):
        values = frame[str(at)]
        if name.strip():
            kept[name] = values
        elif values.str.strip_chars().replace("", None).is_not_null().any():
            raise InputError(
                f"the header gives no name to column {at + 1}, which holds values",
                "name the column in the file",
                file=file,
            )
    return pl.DataFrame([values.alias(name) for name, values in kept.items()])


def _strange_columns(frame: pl.DataFrame, notes: list[str]) -> list[str]:
    """Name the columns that a guessed encoding concerns."""
    if not notes:
        return []
    named = [c for c in frame.columns if frame[c].str.contains(r"[^\x00-\x7F]").any()]
    return [f"characters outside ASCII stand in: {', '.join(named)}"] if named else []
