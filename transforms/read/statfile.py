"""The child process that opens one .sav or .dta and hands Arrow back; no other code lives here.

A damaged file can crash the reading library itself, so it is never opened in the parent process.
Nothing is written to disk: the rows travel through the pipe.
"""

import sys
from pathlib import Path
from typing import Any


def main(argv: list[str]) -> int:
    """Read a file of kind ``argv[0]`` (sav, dta) at ``argv[1]``, its text in encoding ``argv[2]``.

    ``argv[3:]`` names the columns; without any, the names of all columns are given instead.

    Exit codes: 0 read, 3 the file is damaged, 4 its text is in another encoding.
    Standard error stays empty: a library's message may hold a value.
    """
    import polars as pl  # noqa: PLC0415 - kept out of the parent's import

    kind, path, encoding, wanted = argv[0], Path(argv[1]), argv[2] or None, argv[3:]
    try:
        columns = _read(kind, path, encoding, wanted)
    except UnicodeDecodeError:
        return 4
    except Exception as error:  # noqa: BLE001 - whatever the library says, the file is unreadable
        text = str(error).lower()
        return 4 if "byte sequence" in text or "convert string" in text else 3
    frame = pl.DataFrame({name: _column(name, values) for name, values in columns.items()})
    frame.write_ipc_stream(sys.stdout.buffer)
    return 0


def _read(kind: str, path: Path, encoding: str | None, wanted: list[str]) -> dict[str, Any]:
    import pyreadstat  # noqa: PLC0415

    sav = kind == "sav"
    read = pyreadstat.read_sav if sav else pyreadstat.read_dta
    _, meta = read(str(path), metadataonly=True, encoding=encoding)
    by_lower = {name.lower(): name for name in meta.column_names}
    usecols = [by_lower[name] for name in wanted if name in by_lower]
    if not usecols:
        return {"": list(by_lower)}
    extra = {"user_missing": True} if sav else {}
    data, meta = read(str(path), usecols=usecols, encoding=encoding, output_format="dict", **extra)
    rows = len(next(iter(data.values())))
    if meta.number_rows is not None and 0 <= meta.number_rows != rows:
        raise ValueError
    return data  # type: ignore[no-any-return]


def _column(name: str, values: Any) -> Any:
    """Give a polars column: numbers as Float64 or Int64, anything else as text, none as null."""
    import numpy as np  # noqa: PLC0415
    import polars as pl  # noqa: PLC0415

    array = np.asarray(values)
    if array.dtype.kind in "iub":
        return pl.Series(name, array.astype(np.int64))
    if array.dtype.kind == "f":
        return pl.Series(name, array.astype(np.float64)).fill_nan(None)
    items = [None if v is None or v != v else v for v in array.tolist()]  # noqa: PLR0124 - NaN
    if all(v is None or isinstance(v, int | float) for v in items):
        return pl.Series(name, [None if v is None else float(v) for v in items], pl.Float64)
    return pl.Series(name, [None if v is None else str(v) for v in items], pl.String)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
