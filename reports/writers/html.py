"""A brief as one self-contained HTML page; the layout is in templates/brief.html.j2."""

import base64
import re
from collections.abc import Mapping
from pathlib import Path

from markupsafe import Markup, escape

from reports.model import Brief

ROOM = Path(__file__).parents[1]


def write_html(brief: Brief, figures: Mapping[str, str]) -> bytes:
    """Give the page: no script, no request, fonts and figures inside.

    Args:
        brief: the brief.
        figures: SVG text of 'provinces' and 'effects', where the brief has them.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415  start fast

    environment = Environment(
        loader=FileSystemLoader(ROOM / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    fonts = {
        weight: base64.b64encode((ROOM / "fonts" / f"BriefLao-{name}.woff2").read_bytes()).decode()
        for weight, name in ((400, "Regular"), (700, "Bold"))
    }
    environment.filters["keep"] = _keep_intervals_whole
    template = environment.get_template("brief.html.j2")
    page = template.render(b=brief, w=brief.words, figures=figures, fonts=fonts)
    return (page.rstrip() + "\n").encode()


def _keep_intervals_whole(text: str) -> Markup:
    """Escape a sentence and let no line break fall inside an interval."""
    whole = re.sub(r"[\d.,]+\u2013[\d.,]*\d", r'<span class="nb">\g<0></span>', str(escape(text)))
    return Markup(whole)  # noqa: S704  escaped one line above
