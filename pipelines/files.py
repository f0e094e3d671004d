"""Plain files of a workspace, each written whole or not at all; what is in them is made elsewhere."""

import os
from pathlib import Path

MADE_UP = "_SYNTHETIC"  # ends the name of a page about data that are


def page_in(folder: Path, stem: str) -> Path:
    """Give the place of a page; one about made-up data says so in its name."""
    made_up = folder / f"{stem}{MADE_UP}.html"
    return made_up if made_up.exists() else folder / f"{stem}.html"


def write_page(folder: Path, stem: str, data: bytes, *, made_up: bool) -> Path:
    """Write a page under the name that its data ask for, in place of one under the other name.

    Args:
        folder: where the page lies; made when absent.
        stem: its name without ending.
        data: all of it.
        made_up: whether a file behind it is synthetic.

    Returns:
        The page's place.
    """
    names = f"{stem}.html", f"{stem}{MADE_UP}.html"
    path = write_whole(folder / names[made_up], data)
    (folder / names[not made_up]).unlink(missing_ok=True)
    return path


def write_whole(path: Path, data: bytes) -> Path:
    """Write a file beside its place and move it there, so that nobody ever reads half of it.

    Args:
        path: the file's place; its folder is made when absent.
        data: all of it.

    Returns:
        ``path``.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return path
