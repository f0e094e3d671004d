"""The child process that opens one .sav or .dta and hands Arrow back; no other code lives here.

A damaged file can crash the reading library itself, so it is never opened in the parent process.
Nothing is written to disk: the rows travel through the pipe.

Standard input holds the request as JSON. Standard output holds pieces, each after its length in
8 bytes: Arrow streams of rows, then an empty piece, then what the file says of itself as JSON.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from transforms.read.encodings import TextEvidence, decoded

DAMAGED, OTHER_ENCODING = 3, 4
SPSS_DATE = re.compile(r"^(DATE|ADATE|EDATE|JDATE|SDATE|DATETIME|YMDHMS)\d*(\.\d+)?$")
STATA_DATE = re.compile(r"^%-?(td|d|tc|tC)")
# From the files' own origins to 1 January 1970: SPSS counts seconds from 14 October 1582, Stata
# days or milliseconds from 1 January 1960.
SPSS_SECONDS, STATA_DAYS = 12_219_379_200, 3_653


def answer(request: dict[str, Any], out: IO[bytes]) -> int:
    """Read the file of the request and write its rows and description.

    The request holds ``kind`` (sav, dta), ``path``, ``encoding`` (or null: what the file says),
    ``weigh`` (choose the encoding by all texts read), ``columns`` (lower-case names, null for
    all, [] for the first alone) and ``cells`` (to read at once, 0 for the whole file).

    Exit codes: 0 read, 3 the file is damaged, 4 its text is in another encoding. Standard error
    stays empty: a library's message may hold a value.
    """
    try:
        return _answer(request, out)
    except Exception as error:  # noqa: BLE001 - whatever the library says, the file is unreadable
        text = str(error).lower()
        other = "byte sequence" in text or "convert string" in text
        return OTHER_ENCODING if other or isinstance(error, UnicodeError) else DAMAGED


def _answer(request: dict[str, Any], out: IO[bytes]) -> int:
    source = _Source(
        request["kind"],
        str(Path(request["path"])),
        "LATIN1" if request["weigh"] else request["encoding"],
        request["cells"],
    )
    meta = source.meta()
    chosen, evidence = "utf-8", TextEvidence()
    wanted = _wanted(meta.column_names, request["columns"])
    if request["weigh"]:
        # Latin-1 gives every byte as one character, so the bytes are there to be weighed.
        _weigh(evidence, source, meta, wanted)
        chosen = evidence.encoding()
        wanted = _wanted(meta.column_names, request["columns"], _decoder(chosen))
    decode = _decoder(chosen) if request["weigh"] else str
    rows, tagged = 0, dict[str, set[str]]()
    for columns, codes in source.rows(wanted):
        rows += len(next(iter(columns.values())))
        for name, found in codes.items():
            tagged.setdefault(name, set()).update(found)
        if request["columns"] != []:
            _put(out, _arrow(source.kind, columns, meta, set(codes), decode))
    if meta.number_rows is not None and wanted and 0 <= meta.number_rows != rows:
        return DAMAGED
    _put(out, b"")
    said = {
        "rows": rows,
        "label": decode(meta.file_label or ""),
        "variables": _variables(source.kind, meta, tagged, decode),
        "encoding": chosen if request["weigh"] else None,
        "bytes": evidence.bytes,
        "texts": evidence.others,
        "genuine": evidence.genuine,
    }
    _put(out, json.dumps(said).encode())
    return 0


def _put(out: IO[bytes], piece: bytes) -> None:
    out.write(len(piece).to_bytes(8, "little"))
    out.write(piece)
    out.flush()


def _decoder(encoding: str) -> Callable[[str], str]:
    return lambda text: text if text.isascii() else decoded(text.encode("latin-1"), encoding)


@dataclass(frozen=True)
class _Source:
    """One file and how it is opened."""

    kind: str
    path: str
    encoding: str | None
    cells: int

    def _open(self, **options: Any) -> tuple[Any, Any]:
        import pyreadstat  # noqa: PLC0415 - kept out of the parent's import

        read = pyreadstat.read_sav if self.kind == "sav" else pyreadstat.read_dta
        result: tuple[Any, Any] = read(self.path, encoding=self.encoding, **options)
        return result

    def meta(self) -> Any:
        # "dict": the library would else import pandas, a second each time, for no rows.
        return self._open(metadataonly=True, user_missing=True, output_format="dict")[1]

    def rows(self, names: list[str]) -> Iterator[tuple[dict[str, list[Any]], dict[str, list[str]]]]:
        """Give the columns, in pieces for a large file, and the kinds of missing met in each."""
        limit = -(-self.cells // max(len(names), 1))
        start = 0
        while names:
            data, meta = self._open(
                usecols=names,
                output_format="dict",
                user_missing=True,
                disable_datetime_conversion=True,
                row_offset=start,
                row_limit=limit,
            )
            got = len(next(iter(data.values())))
            if got or not start:
                yield data, meta.missing_user_values if self.kind == "dta" else {}
            start += got
            if not limit or got < limit:
                return


def _wanted(
    names: list[str], columns: list[str] | None, decode: Callable[[str], str] = str
) -> list[str]:
    """Give the file's names of the columns asked for; none where one of them is missing."""
    if columns is None:
        return names
    if not columns:
        return names[:1]
    asked = set(columns)
    found = [name for name in names if decode(name).strip().lower() in asked]
    return found if len({decode(name).strip().lower() for name in found}) == len(asked) else []


def _weigh(evidence: TextEvidence, source: _Source, meta: Any, wanted: list[str]) -> None:
    labels = [*meta.column_names, *(label or "" for label in meta.column_labels)]
    for codes in meta.value_labels.values():
        labels += [str(label) for label in codes.values()]
    evidence.add(label.encode("latin-1") for label in labels)
    texts = [name for name in wanted or meta.column_names if _kind(meta, name) == "text"]
    for columns, _ in source.rows(texts):
        for values in columns.values():
            evidence.add(value.encode("latin-1") for value in values if value)


def _kind(meta: Any, name: str, kind: str = "") -> str:
    """Give text, number, or what the column's display format makes of a number: date, time."""
    if meta.readstat_variable_types[name].startswith("string"):
        return "text"
    form = meta.original_variable_types.get(name) or ""
    if kind == "sav" and SPSS_DATE.match(form):
        return "seconds"
    if kind == "dta" and (match := STATA_DATE.match(form)):
        return "days" if match[1] in {"td", "d"} else "milliseconds"
    return "number"


def _arrow(
    kind: str,
    columns: dict[str, list[Any]],
    meta: Any,
    tagged: set[str],
    decode: Callable[[str], str],
) -> bytes:
    """Give one piece of rows; the types follow from the file's description, not from the piece."""
    import io  # noqa: PLC0415

    import polars as pl  # noqa: PLC0415 - kept out of the parent's import

    series = []
    for raw, values in columns.items():
        name, what = decode(raw), _kind(meta, raw, kind)
        if what == "text":
            texts = values if decode is str else [decode(v) if v else v for v in values]
            series.append(pl.Series(name, texts, pl.String))
            continue
        if raw in tagged:
            values = [None if isinstance(v, str) else v for v in values]  # noqa: PLW2901
        whole = what == "number" and meta.readstat_variable_types[raw].startswith("int")
        if whole:
            series.append(pl.Series(name, values, pl.Int64))
            continue
        numbers = pl.Series(name, values, pl.Float64).fill_nan(None)
        series.append(numbers if what == "number" else _date_text(numbers, what))
    memory = io.BytesIO()
    pl.DataFrame(series).write_ipc_stream(memory)
    return memory.getvalue()


def _date_text(numbers: Any, unit: str) -> Any:
    """Give dates as YYYY-MM-DD, with the time where the column's own unit holds one."""
    import polars as pl  # noqa: PLC0415

    if unit == "days":
        return (numbers.floor() - STATA_DAYS).cast(pl.Int32).cast(pl.Date).dt.to_string("%Y-%m-%d")
    seconds = numbers / 1000 - STATA_DAYS * 86_400 if unit == "milliseconds" else numbers
    if unit == "seconds":
        seconds = seconds - SPSS_SECONDS
    moments = (seconds.round() * 1000).cast(pl.Int64).cast(pl.Datetime("ms"))
    text = moments.dt.to_string("%Y-%m-%d %H:%M:%S")
    return text.str.replace(r" 00:00:00$", "")


def _variables(
    kind: str, meta: Any, tagged: dict[str, set[str]], decode: Callable[[str], str]
) -> list[dict[str, Any]]:
    """Describe every column of the file, whether it was read or not."""
    said = []
    for name, label in zip(meta.column_names, meta.column_labels, strict=True):
        what = _kind(meta, name, kind)
        codes = meta.variable_value_labels.get(name, {})
        said.append(
            {
                "name": decode(name),
                "label": decode(label or ""),
                "kind": what if what in {"text", "number"} else "date",
                "value_labels": {
                    _code(kind, code): decode(str(text)) for code, text in codes.items()
                },
                "user_missing": [
                    _code(kind, part["lo"])
                    if part["lo"] == part["hi"]
                    else f"{_code(kind, part['lo'])}:{_code(kind, part['hi'])}"
                    for part in meta.missing_ranges.get(name, [])
                ]
                + [_code(kind, code) for code in sorted(tagged.get(name, ()))],
            }
        )
    return said


def _code(kind: str, code: Any) -> str:
    """Give a code as text: 1.0 is "1", Stata's extended missing a ".a", SPSS's LOWEST "-inf"."""
    if isinstance(code, str):
        return f".{code}" if kind == "dta" else code.rstrip()
    number = float(code)
    if abs(number) > 1e300:  # SPSS writes LOWEST and HIGHEST as the ends of what a number can be
        return "-inf" if number < 0 else "inf"
    return str(int(number)) if number.is_integer() else repr(number)


if __name__ == "__main__":
    sys.exit(answer(json.load(sys.stdin), sys.stdout.buffer))
