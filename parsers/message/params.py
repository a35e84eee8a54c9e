"""In charge of parameters of MIME fields (RFC 2045 §5.1, RFC 2231), tolerant of what is sent instead.

Unquoted values with spaces and full-width "；", tails behind a quoted word, torn quotes: all read.
"""

import re
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from parsers.message.charset import Decoded, decode_bytes
from parsers.message.headers import decode_words, wire_text

_KEY = r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,60}"
_START = re.compile(rf";\s*(?P<key>{_KEY})\s*=\s*")
_QUOTED = re.compile(r'"((?:[^"\\]++|\\.)*+)("|$)', re.DOTALL)
_ESCAPE = re.compile(r'\\(["\\])')
_SECTION = re.compile(r"^(?P<name>.+?)(?:\*(?P<index>\d{1,3}))?(?P<coded>\*)?$")
_FOLD = re.compile(r"\r?\n[ \t]*")


class Field(NamedTuple):
    """A MIME field: its value in lower case, and its parameters as they stood, in order; RFC 2231 sections apart."""

    value: str
    raw: tuple[tuple[str, str], ...]

    def text(self, name: str) -> Decoded | None:
        """Return a plain parameter with its encoded-words decoded, or None. The first of a name counts."""
        for key, value in self.raw:
            if key == name:
                return decode_words(value)
        return None

    def extended(self, name: str) -> Decoded | None:
        """Return a parameter written as RFC 2231 sections (name*, name*0*, name*1 …) joined as bytes, or None."""
        starred = [
            (match, value) for key, value in self.raw if key.startswith(f"{name}*") and (match := _SECTION.match(key))
        ]
        sections = sorted(
            (int(match["index"] or 0), bool(match["coded"]), value) for match, value in starred if match["name"] == name
        )
        if not sections:
            return None
        head, label = _split_label(sections[0][2]) if sections[0][1] else (sections[0][2], None)
        values = [head, *(value for _, _, value in sections[1:])]
        pieces = [
            unquote_to_bytes(value) if coded else value.encode("utf-8", "surrogateescape")
            for value, (_, coded, _) in zip(values, sections, strict=True)
        ]
        return decode_bytes(b"".join(pieces), label)

    def get(self, name: str) -> str:
        """Return a parameter in either writing, or ""."""
        found = self.extended(name) or self.text(name)
        return found.text.strip() if found else ""


_NO_FIELD = Field("", ())


def _split_label(value: str) -> tuple[str, str | None]:
    """RFC 2231 §4: charset'language'text; some leave the quotes out."""
    label, quote, rest = value.partition("'")
    language, second, text = rest.partition("'")
    return (text, label or None) if quote and second and len(language) < 20 else (value, None)


def read_field(raw: str) -> Field:
    """Return Content-Type or Content-Disposition taken apart. Never raises; what is no parameter is passed over."""
    if not raw:
        return _NO_FIELD
    text = wire_text(raw).text
    starts = _starts(text)
    value = text[: starts[0].start()] if starts else text.partition(";")[0]
    ends = [*(start.start() for start in starts[1:]), len(text)]
    pairs = [(start["key"].lower(), _value(text[start.end() : end])) for start, end in zip(starts, ends, strict=False)]
    return Field(value.strip().strip("\"'").lower(), tuple(pairs))


def _starts(text: str) -> list[re.Match[str]]:
    """Find where parameters begin, passing over what stands inside quotes."""
    starts: list[re.Match[str]] = []
    at = 0
    while match := _START.search(text, at):
        starts.append(match)
        quoted = _QUOTED.match(text, match.end())
        at = quoted.end() if quoted else match.end()
    return starts


def _value(piece: str) -> str:
    quoted = _QUOTED.match(piece)
    if not quoted:
        return piece.strip().rstrip(";").strip()
    tail = piece[quoted.end() :].strip().rstrip(";").strip()
    inner = _ESCAPE.sub(r"\1", _FOLD.sub(lambda m: " " if "=?" not in piece else "\n ", quoted[1]))
    return inner + tail.strip('"')
