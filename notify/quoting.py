"""In charge of repeating what a stranger wrote: one line, short, no live address in it. Leaves HTML escaping to Jinja2."""

import re

from domain.text import one_line

_SCHEME = re.compile(r":\s*/\s*/")  # replaced, never removed: "hthttp://tp://" must not heal
_WWW = re.compile(r"(?i)www\.")
_CONTAINERS = re.compile(r"(?i)\.(?:zip|rar|7z|tar|gz|tgz|eml|dat)$")


def quote(text: str | None, limit: int = 60) -> str:
    """Return text from a mail fit to be repeated in a letter: one line, at most `limit` characters, addresses dead.

    A letter goes to whatever address the mail named; it must not carry a stranger's link there.
    """
    line = _WWW.sub("www·", _SCHEME.sub("：", one_line(text or "")))
    return line if len(line) <= limit else line[: limit - 1] + "…"


def quoted(text: str | None, limit: int = 60) -> str:
    """Return text as `quote` does, in Chinese quotation marks; those inside become single ones."""
    return f"“{quote(text, limit).replace('“', '‘').replace('”', '’')}”"


def file_name(path: str | None) -> str:
    """Return a part's path as a person reads it: “申报表.docx”（在“材料.zip”中）."""
    if not path:
        return "来信附件"
    *outer, name = path.split("/")
    outer = [piece for piece in outer if _CONTAINERS.search(piece)] or outer
    shown = quoted(name)
    return f"{shown}（在{quoted(outer[0], 40)}中）" if outer else shown
