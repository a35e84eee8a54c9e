"""In charge of where a PDF comes from: its program, its dates, and what it would like to run. Nothing is run."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from domain.mail import FileDate
from domain.text import one_line

_DATE = re.compile(r"D?:?\s*(\d{4})(\d{2})(\d{2})")


def producer(metadata: Mapping[str, str]) -> str:
    """Return the program that wrote the file: /Creator and /Producer, with /Author where a scanner signs there (CamScanner)."""
    author = metadata.get("Author", "")
    parts = (metadata.get("Creator", ""), metadata.get("Producer", ""), author if "scan" in author.lower() else "")
    return " / ".join(dict.fromkeys(one_line(part)[:100] for part in parts if part.strip()))


def dates(metadata: Mapping[str, str]) -> tuple[FileDate, ...]:
    """Return /CreationDate and /ModDate (ISO 32000-1 §7.9.4), where they are dates."""
    found = ((key, _date(metadata.get(key, ""))) for key in ("CreationDate", "ModDate"))
    return tuple(FileDate(when=when, where=f"PDF {key}") for key, when in found if when)


def _date(text: str) -> date | None:
    match = _DATE.match(text.strip())
    try:
        return date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        return None


def actions(document: Any) -> str:
    """Return, as one English line, what the file would run or carry; "" for a plain one. `document` is pdfminer's."""
    from pdfminer.pdftypes import resolve1

    catalog = document.catalog
    names = resolve1(catalog.get("Names"))
    names = names if isinstance(names, dict) else {}
    opening = resolve1(catalog.get("OpenAction"))
    kind = getattr(resolve1(opening.get("S")), "name", "") if isinstance(opening, dict) else ""
    told = {
        "JavaScript": "JavaScript" in names or kind == "JavaScript",
        "a launch action": kind == "Launch",
        "a link opened at start": kind in {"URI", "SubmitForm", "GoToR"},
        "additional actions": "AA" in catalog,
        "embedded files": "EmbeddedFiles" in names,
    }
    carried = [what for what, there in told.items() if there]
    return f"carries {', '.join(carried)}: not run" if carried else ""
