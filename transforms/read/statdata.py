"""Statistical files (.sav, .zsav, .dta) through the child that opens them; their bytes are known there."""

import io
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final

import polars as pl

from data_contracts.errors import InputError
from transforms.read.archives import DataFile
from transforms.read.encodings import TO_SAY, fallback_note, is_mojibake, refuse_unknown
from transforms.read.endings import check_ending, states_encoding
from transforms.read.statfile import OTHER_ENCODING
from transforms.read.table import Variable, numbered_labels

LARGE: Final = 200 * 2**20  # bytes above which a file is read in pieces
CELLS_AT_ONCE: Final = 2_000_000  # rows times columns of a piece
HOME: Final = Path(__file__).resolve().parents[2]


class StatData:
    """What the child gave.

    Attributes:
        frame: the columns asked for; without rows and with every column's name where one of
            those asked for is missing.
        rows: in the file.
        label: of the file.
        variables: all of the file, by lower-case name.
        notes: what was decided for the reader.
    """

    def __init__(self, pieces: list[pl.DataFrame], said: Mapping[str, Any]) -> None:
        self.variables: dict[str, Variable] = {}
        for one in said["variables"]:
            variable = Variable(**{**one, "user_missing": tuple(one["user_missing"])})
            self.variables.setdefault(variable.name.strip().lower(), variable)
        names = [one["name"] for one in said["variables"]]
        empty = pl.DataFrame(schema=dict.fromkeys(names, pl.Null))
        self.frame = pl.concat(pieces) if pieces else empty
        self.rows: int = said["rows"]
        self.label: str = said["label"]
        self.notes: list[str] = []


def read_statdata(file: DataFile, columns: Sequence[str] | None, encoding: str | None) -> StatData:
    """Read a statistical file; files above ``LARGE`` bytes go through the child in pieces.

    Where neither the profile nor the file says its text's encoding, or the file says it wrongly,
    it is chosen as ``transforms.read.encodings`` says, and a note tells so.

    Args:
        file: where it is.
        columns: lower-case names, None for all, empty for the description alone.
        encoding: declared by the profile, else None.

    Raises:
        InputError: damaged or cut short, or its text is not in the declared encoding or in two.
    """
    notes = check_ending(file)
    if encoding is not None:
        refuse_unknown(encoding, file.name)
    unsaid = encoding is None and not states_encoding(file)
    code, data = _child(file, columns, encoding, weigh=unsaid)
    if code == OTHER_ENCODING and encoding is None and not unsaid:
        code, data = _child(file, columns, None, weigh=True)
    if code == OTHER_ENCODING:
        raise InputError(
            f"text in the file is not in the encoding {encoding or 'that it declares'}",
            f"{TO_SAY}: often cp1252 or cp874; or leave it out, and each text is read by itself",
            file=file.name,
        )
    if data is None:
        raise InputError(
            "the file is damaged or cut short",
            "fetch it again from its source and compare its size there",
            file=file.name,
        )
    data.notes += notes
    return data


def _child(
    file: DataFile, columns: Sequence[str] | None, encoding: str | None, *, weigh: bool
) -> tuple[int, StatData | None]:
    """Give the child's exit code, and what it read where that is 0."""
    request = {
        "kind": "dta" if file.suffix == ".dta" else "sav",
        "path": str(file.place.absolute()),
        "encoding": encoding,
        "weigh": weigh,
        "columns": None if columns is None else list(columns),
        "cells": CELLS_AT_ONCE if file.place.stat().st_size > LARGE else 0,
    }
    code, pieces, said = _asked(request)
    if code != 0 or not said:
        return code, None
    data = StatData(pieces, said)
    data.notes = _notes(data, said)
    return code, data


def _asked(request: Mapping[str, Any]) -> tuple[int, list[pl.DataFrame], dict[str, Any]]:
    """Put a request to the child; give its exit code, its rows and its description."""
    command = [sys.executable, "-m", "transforms.read.statfile"]
    with subprocess.Popen(  # noqa: S603
        command,
        cwd=HOME,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as child:
        assert child.stdin is not None  # noqa: S101 - both are pipes, by the lines above
        assert child.stdout is not None  # noqa: S101
        with suppress(BrokenPipeError):  # it died at once: its exit code tells
            child.stdin.write(json.dumps(request).encode())
            child.stdin.close()
        pieces, said = _pieces(child.stdout)
    return child.returncode, pieces, said


def _pieces(pipe: IO[bytes]) -> tuple[list[pl.DataFrame], dict[str, Any]]:
    """Read what the child writes up to its end, which may come early."""
    frames: list[pl.DataFrame] = []
    said: dict[str, Any] = {}
    while len(head := pipe.read(8)) == 8:
        length = int.from_bytes(head, "little")
        piece = pipe.read(length)
        if len(piece) < length:
            break
        if piece[:1] == b"{":
            said = json.loads(piece)
        elif piece:
            frames.append(pl.read_ipc_stream(io.BytesIO(piece)))
    return frames, said


def _notes(data: StatData, said: Mapping[str, Any]) -> list[str]:
    notes = []
    if said["texts"]:
        unit = "texts (labels and cells)"
        counted = said["bytes"], said["texts"], said["genuine"]
        notes.append(fallback_note(said["encoding"], *counted, unit))
    elif said["encoding"] and said["genuine"]:
        notes.append("text read as utf-8: a file of this format does not state its encoding")
    broken = sum(
        any(is_mojibake(text) for text in (v.label, *v.value_labels.values()))
        for v in data.variables.values()
    )
    if broken:
        notes.append(
            f"the labels of {broken:,} variables are mojibake "
            "(UTF-8 read as Latin-1 before it reached us)"
        )
    spoilt = [name for name in data.frame.columns if _has_mojibake(data.frame[name])]
    if spoilt:
        notes.append(f"text is mojibake, as if UTF-8 had been read as Latin-1: {', '.join(spoilt)}")
    numbered = [name for name in data.frame.columns if _numbered(data.variables[name.lower()])]
    if numbered:
        notes.append(
            f"the value labels of {', '.join(numbered)} are numbers other than their codes, as R saves "
            "a factor; the codes are read, not the labels"
        )
    kinds = sum(any(c.startswith(".") for c in v.user_missing) for v in data.variables.values())
    if kinds:
        notes.append(f"{kinds:,} columns use Stata's extended missing (.a to .z), read as blank")
    return notes


def _numbered(variable: Variable) -> bool:
    """Tell a column whose labels would be taken for its codes: 1 is labelled "0", 2 "1"."""
    return bool(numbered_labels(variable))


def _has_mojibake(values: pl.Series) -> bool:
    if values.dtype != pl.String:
        return False
    strange = values.filter(values.str.contains(r"[^\x00-\x7F]"))
    return any(is_mojibake(text) for text in strange.unique().to_list())
