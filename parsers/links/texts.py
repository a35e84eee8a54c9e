"""In charge of links written in plain text: found, put together again where a line break tore them, with the words around.

Leaves anchors to `links.pages`, and what a link means to `links.finding`.
"""

import re
from collections.abc import Iterator
from html import unescape
from itertools import islice
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

_CHARACTERS = r"[^\s<>\"'“”‘’()（）【】《》「」，。；：、！|\u3000\u4e00-\u9fff]"
_URL = re.compile(
    rf"https?://{_CHARACTERS}{{4,2000}}|(?<![\w./@:-])(?:[a-z0-9-]{{1,63}}\.){{1,5}}[a-z]{{2,6}}/{_CHARACTERS}{{2,2000}}",
    re.IGNORECASE | re.ASCII,
)
_CONTINUES = re.compile(r"[A-Za-z0-9%&=?/_.~+:#-]+$")
_BEFORE, _AFTER = 300, 160  #: characters that may speak of a link
_MAX_LINE, _MAX_URLS = 4000, 500
_SPACES = re.compile(r"\s+")
_NOT_IN_KEY = frozenset({"pwd", "s", "from"})


class Sighting(NamedTuple):
    """A link as it stood, with the words near it; `around` surely speaks of this link alone."""

    url: str
    around: str = ""
    before: str = ""
    after: str = ""
    attributes: dict[str, str] = {}
    label: str = ""  #: text of the anchor


def url_key(url: str) -> str:
    """Return what makes two writings one link: no scheme, query in any order, no fragment, no code."""
    try:
        parts = urlsplit(unescape(url))
        host = parts.hostname or ""
    except ValueError:
        return url
    query = sorted(pair for pair in parse_qsl(parts.query) if pair[0] not in _NOT_IN_KEY)
    return f"{host}{parts.path.rstrip('/')}{query}"


def sightings(text: str) -> Iterator[Sighting]:
    """Yield each link of a text with the words before it (up to the last link) and after it (up to the next)."""
    joined = rejoin(text)
    matches = list(islice(_URL.finditer(joined), _MAX_URLS))
    for number, match in enumerate(matches):
        start = max(matches[number - 1].end() if number else 0, match.start() - _BEFORE)
        stop = min(matches[number + 1].start() if number + 1 < len(matches) else len(joined), match.end() + _AFTER)
        url = match[0].rstrip(".,;:!?*_")
        yield Sighting(url, before=_tidy(joined[start : match.start()]), after=_tidy(joined[match.end() : stop]))


def _tidy(text: str) -> str:
    return _SPACES.sub(lambda run: "\n" if "\n" in run[0] else " ", text)


def rejoin(text: str) -> str:
    """Return text with URLs put together that were broken at the end of a long line (T89)."""
    lines: list[str] = []
    width = 0  #: of the last physical line
    for line in text.split("\n"):
        if lines and len(lines[-1]) < _MAX_LINE and _torn(lines[-1], width, line):
            lines[-1] += line.strip()
        else:
            lines.append(line.rstrip())
        width = len(line.rstrip())
    return "\n".join(lines)


def _torn(before: str, width: int, line: str) -> bool:
    tail = before[-2000:].rsplit(" ", maxsplit=1)[-1]
    opened = "<" in tail and ">" not in tail
    rest = line.strip().partition(">")[0] if opened else line.strip()
    if "http" not in tail or not _CONTINUES.match(rest):
        return False
    if opened or before.endswith(("&", "=", "?", "/", "%")):
        return True
    return width >= 60 and any(mark in line for mark in "=&%")
