"""In charge of what a field's value is once its label is known: hints of the template removed, lines joined or kept.

Leaves the opinion cell to `parsers.forms.opinion`. Nothing is normalised that a rule may want to judge.
"""

import re
import unicodedata
from collections.abc import Sequence

from rapidfuzz import fuzz

from domain.phone import find_phones
from domain.text import clean, fold, one_line
from parsers.forms.labels import LONG

_BLANKS = re.compile(r"[\s_＿\u3000…—–\-.·]*")
_TRAILING = re.compile(r"[\s。.；;，,、）)]*")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_SPACED_NAME = re.compile(
    r"[\u3400-\u9fff\U00020000-\U0003ffff](?:[ \u3000]+[\u3400-\u9fff\U00020000-\U0003ffff]){1,3}"
)
_WIDE = r"[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff“”‘’…—·]"
_BREAK = re.compile(rf"(?<={_WIDE})[ \t]*\n\s*(?={_WIDE})")
_FOREIGN = re.compile(r"[\s　,，;；、]{1,40}[\u4e00-\u9fff]{2,6}\s*[:：].*$", re.DOTALL)
_NEARLY_WHOLE = 95.0  # fuzz.ratio: two slips in the hint's thirty characters


def tidy(field: str, text: str, hints: Sequence[str]) -> str:
    """Return a field's value: "" where only the template's own text or a ruled line stands."""
    text = without_hints(_cleaned(text), hints)
    if _BLANKS.fullmatch(text):
        return ""
    if field not in LONG:
        return _one_value(field, text)
    return lines(text)


def lines(text: str) -> str:
    """Return a text with each line trimmed, and no blank lines at its ends or twice within."""
    trimmed = "\n".join(line.strip(" \t\u3000\x0b\x0c") for line in _cleaned(text).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", trimmed).strip("\n")


def _cleaned(text: str) -> str:
    return clean(text).replace("\xa0", " ")


def without_hints(text: str, hints: Sequence[str]) -> str:
    """Return text without the template's hints, found by folded comparison; "" where it is little else."""
    for hint in hints:
        wanted = fold(hint)
        if not wanted:
            continue
        if fuzz.ratio(fold(text), wanted) >= _NEARLY_WHOLE:
            return ""
        text = _cut(text, wanted)
    return text


def _cut(text: str, wanted: str) -> str:
    if wanted not in fold(text):
        return text
    folded = [(character, index) for index, original in enumerate(text) for character in fold(original)]
    start = "".join(character for character, _ in folded).find(wanted)
    first, last = folded[start][1], folded[start + len(wanted) - 1][1]
    end = _TRAILING.match(text, last + 1)
    rest = text[end.end() if end else last + 1 :]
    joint = "\n" if "\n" in text[last:][: len(text) - last - len(rest)] and text[:first].strip() else ""
    return text[:first] + joint + rest


def _one_value(field: str, text: str) -> str:
    if field in {"phone", "email"}:
        return _numbers(field, [line.strip() for line in text.split("\n") if line.strip()])
    if field == "contact":
        text = _FOREIGN.sub("", text) if _FOREIGN.sub("", text).strip() else text
        names = [one_line(line) for line in text.split("\n") if line.strip()]
        return "、".join(_closed_up(name) for name in names)
    return one_line(_BREAK.sub("", text.strip()))


def _numbers(field: str, rows: list[str]) -> str:
    """Join the lines of a phone or e-mail field: several values by 、, one broken over two lines without a gap."""
    rows = [unicodedata.normalize("NFKC", row) for row in rows] if field == "email" else rows
    if len(rows) > 1 and not all(_complete(field, row) for row in rows) and _complete(field, "".join(rows)):
        return one_line("".join(rows))
    return one_line("、".join(rows))


def _complete(field: str, text: str) -> bool:
    if field == "email":
        return bool(_ADDRESS.fullmatch(text))
    return any(True for _ in find_phones(text))


def _closed_up(name: str) -> str:
    return re.sub(r"\s+", "", name) if _SPACED_NAME.fullmatch(name) else name
