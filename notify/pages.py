"""In charge of Jinja2: one environment, HTML escaped, missing names an error. Leaves what is shown to the callers.

An office may word its letters itself: templates of the same names in a folder of its own are taken before ours. One that fails
while a letter is made is told in the log, and the letter is made with ours: wording never stops a reply.
"""

from functools import cache
from pathlib import Path

import structlog
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, select_autoescape
from jinja2.sandbox import SandboxedEnvironment

from notify import figures
from notify.labels import numeral_heading

TEMPLATES = Path(__file__).parent / "templates"

log = structlog.get_logger(__name__)
_office: dict[str, Path | None] = {"templates": None}


def word_by(folder: Path | None) -> None:
    """Take templates from this folder first, from now on; None: ours alone."""
    _office["templates"] = folder


def environment(folder: Path | None = None) -> Environment:
    """Return the environment of our templates; with a folder, of that folder's before ours."""
    kind = SandboxedEnvironment if folder else Environment
    ours = FileSystemLoader(TEMPLATES)
    made = kind(
        loader=ChoiceLoader([FileSystemLoader(folder), ours]) if folder else ours,
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(moment=figures.moment, second=figures.second, day=figures.day, size=figures.size)
    made.filters.update(numeral=figures.numeral, case_heading=numeral_heading)
    return made


_ours = cache(environment)  #: an edited template counts from the next letter on: Jinja2 looks at the file's time


def render(name: str, **values: object) -> str:
    """Return a template filled in. Values are escaped in *.html.j2; in *.txt.j2 callers pass one-line quotes."""
    if folder := _office["templates"]:
        try:
            return _ours(folder).get_template(name).render(**values)
        except Exception as error:  # noqa: BLE001  whatever a stranger's template does, the letter goes out with ours
            log.warning("office template", template=name, error=str(error)[:300], mend="see `doctor`; ours is used")
    return _ours().get_template(name).render(**values)
