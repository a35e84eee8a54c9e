"""Chinese phone numbers: found in running text and brought to one form (research/netease-mail.md §6)."""

import re
import unicodedata
from collections.abc import Iterator

from domain.text import clean
from domain.value import Value

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－﹣", "-"))
_EXTENSION = r"(?:\s*(?:转|分机|[x#*]|-)\s*(?P<{0}>\d{{1,6}}))?"
_MOBILE = r"(?:(?:\+|00)?86[\s-]*)?(?P<mobile>1[3-9]\d(?:[\s-]?\d{4}[\s-]?\d{4}|[\s-]?\d{3}[\s-]?\d{5}))"
_SERVICE = r"(?P<service>[48]00[\s-]?\d{3}[\s-]?\d{4})"
_AREA = r"(?:\(\s*(?:\+?86[\s-]*)?(?P<area1>0[1-9]\d{1,2})\s*\)\s*-?\s*|(?:\+|00)86[\s-]*(?P<area3>[1-9]\d{1,2})[\s-]+|(?P<area2>0[1-9]\d{1,2})(?:\s*-\s*|\s+)?)"
_LANDLINE = _AREA + r"(?P<land>[2-8]\d{2,3}[\s-]?\d{4})" + _EXTENSION.format("ext1")
_LOCAL = r"(?P<local>[2-9]\d{6,7})" + _EXTENSION.format("ext2")
_PHONE = re.compile(rf"(?<![\d.])(?:{_MOBILE}|{_SERVICE}|{_LANDLINE}|{_LOCAL})(?!\d)", re.IGNORECASE)
_LONG_DIGITS = re.compile(r"(?<!\d)\d[\d -]{5,}\d(?!\d)")
_DATE = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$")


class Phone(Value):
    """A number in normal form, and where it stood in the normalized text."""

    number: str  #: 13800000000, 0536-8090748, 0536-2323456-8012, 400-618-1234, 8090748
    start: int
    end: int


def normal_text(text: str) -> str:
    """Return text as phones are sought in it: NFKC, one kind of dash. Same meaning, maybe another length."""
    return unicodedata.normalize("NFKC", clean(text)).translate(_DASHES)


def find_phones(text: str) -> Iterator[Phone]:
    """Yield each phone in `normal_text(text)`, left to right. An eight-digit date is not a phone."""
    normal = normal_text(text)
    for match in _PHONE.finditer(normal):
        number = _number(match)
        if number:
            yield Phone(number=number, start=match.start(), end=match.end())


def _number(match: re.Match[str]) -> str | None:
    group = {key: re.sub(r"[\s-]", "", value) for key, value in match.groupdict().items() if value}
    if mobile := group.get("mobile"):
        return mobile
    if service := group.get("service"):
        return f"{service[:3]}-{service[3:6]}-{service[6:]}"
    if land := group.get("land"):
        area = group.get("area1") or group.get("area2") or "0" + group["area3"]
        return "-".join(filter(None, (area, land, group.get("ext1"))))
    local = group["local"]
    if _DATE.match(local):
        return None
    return "-".join(filter(None, (local, group.get("ext2"))))


def normalize_phones(text: str | None) -> str | None:
    """Return all numbers of a field in normal form joined by "、", or None where there is none."""
    numbers = list(dict.fromkeys(phone.number for phone in find_phones(text or "")))
    return "、".join(numbers) or None


def has_wrong_digits(text: str) -> bool:
    """Tell whether text has a digit run that was meant as a phone but has the wrong length (T116)."""
    if any(True for _ in find_phones(text)):
        return False
    runs = (re.sub(r"\D", "", run) for run in _LONG_DIGITS.findall(normal_text(text)))
    return any(7 <= len(run) <= 15 and not _DATE.match(run) for run in runs)


def same_phone(one: str | None, other: str | None) -> bool:
    """Tell whether two fields share a number; an area code or extension that one leaves out does not make them differ."""
    ours, theirs = (set((normalize_phones(text) or "").split("、")) - {""} for text in (one, other))
    return any(a == b or _same_line(a, b) for a in ours for b in theirs)


def _same_line(one: str, other: str) -> bool:
    (a, inner), (b, other_inner) = _local(one), _local(other)
    return a == b and (inner == other_inner or not inner or not other_inner)


def _local(number: str) -> tuple[str, str]:
    """Return a number without its area code, and its extension."""
    if number.startswith("400"):
        return number, ""
    line, _, extension = re.sub(r"^0\d{2,3}-", "", number).partition("-")
    return line, extension
