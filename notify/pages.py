"""In charge of Jinja2: one environment, HTML escaped, missing names an error. Leaves what is shown to the callers."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from notify import figures
from notify.labels import numeral_heading

TEMPLATES = Path(__file__).parent / "templates"


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(moment=figures.moment, second=figures.second, day=figures.day, size=figures.size)
    made.filters.update(numeral=figures.numeral, case_heading=numeral_heading)
    return made


def render(name: str, **values: object) -> str:
    """Return a template filled in. Values are escaped in *.html.j2; in *.txt.j2 callers pass one-line quotes."""
    return _environment().get_template(name).render(**values)
