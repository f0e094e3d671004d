"""A brief as a tagged PDF through Typst; the layout is in templates/brief.typ."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from reports.model import Brief

ROOM = Path(__file__).parents[1]


def write_pdf(brief: Brief, figures: Mapping[str, str]) -> bytes:
    """Give the PDF (PDF/UA-1 and PDF/A-2a), dated with the data's release and never with today.

    Only our own fonts are offered to Typst: with these standards a glyph that they lack is an
    error and not a silent change of typeface.

    Args:
        brief: the brief.
        figures: SVG text of 'provinces' and 'effects', where the brief has them.

    Raises:
        typst.TypstError: text without a glyph, or a figure without a description.
    """
    import typst  # noqa: PLC0415  80 MB that only a PDF needs

    data = asdict(brief) | {"figures": dict(figures), "numbers": []}
    released = datetime.fromisoformat(brief.file_date).replace(tzinfo=UTC)
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(ROOM / "fonts")],
    )
    compiler = typst.Compiler(
        input=str(ROOM / "templates" / "brief.typ"),
        root=str(ROOM / "templates"),
        font_paths=fonts,
        sys_inputs={"brief": json.dumps(data, ensure_ascii=False)},
    )
    made = compiler.compile(format="pdf", pdf_standards=["ua-1", "a-2a"], timestamp=released)
    if not isinstance(made, bytes):
        raise TypeError("Typst gave no single PDF") from None
    return made
