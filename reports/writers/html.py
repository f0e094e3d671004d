"""Self-contained HTML pages; their layouts are in templates/."""

import base64
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from reports.model import Brief

ROOM = Path(__file__).parents[1]


def write_html(brief: Brief, figures: Mapping[str, str]) -> bytes:
    """Give the page: no script, no request, fonts and figures inside.

    Args:
        brief: the brief.
        figures: SVG text of 'provinces' and 'effects', where the brief has them.
    """
    return page("brief.html.j2", b=brief, w=brief.words, figures=figures)


def page(template: str, **values: Any) -> bytes:
    """Fill a template of ``templates/``; the fonts go in as ``fonts``, weight to base64.

    Returns:
        UTF-8 HTML that ends in one line break; equal values give equal bytes.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415  start fast

    environment = Environment(
        loader=FileSystemLoader(ROOM / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["keep"] = _keep_intervals_whole
    fonts = {
        weight: base64.b64encode((ROOM / "fonts" / f"BriefLao-{name}.woff2").read_bytes()).decode()
        for weight, name in ((400, "Regular"), (700, "Bold"))
    }
    return (
        environment.get_template(template).render(fonts=fonts, **values).rstrip() + "\n"
    ).encode()


def _keep_intervals_whole(text: str) -> Markup:
    """Escape a sentence and let no line break fall inside an interval."""
    whole = re.sub(r"[\d.,]+\u2013[\d.,]*\d", r'<span class="nb">\g<0></span>', str(escape(text)))
    return Markup(whole)  # noqa: S704  escaped one line above
