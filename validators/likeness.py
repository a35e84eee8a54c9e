"""In charge of comparing two copies of a form so that an OCR slip is no difference and another person is one."""

from collections.abc import Callable

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from domain.facts import FormFields
from domain.phone import normalize_phones, same_phone
from domain.text import fold
from domain.units import same_unit


def differing(word: FormFields, scan: FormFields, *, by_ocr: bool) -> dict[str, list[str]]:
    """Return the fields in which two copies differ beyond what reading errors explain: field → [word, scan]."""
    found = {}
    for field, alike in _ALIKE.items():
        ours, theirs = getattr(word, field), getattr(scan, field)
        if ours and theirs and field not in (*word.unsure, *scan.unsure) and not alike(ours, theirs, by_ocr):
            found[field] = [_short(ours), _short(theirs)]
    return found


def same_case(one: FormFields, other: FormFields) -> float:
    """Return how likely two forms are copies of one, 0–1: title above all, then content, contact and phone."""
    scores = [
        (3.0, _ratio(one.title, other.title)),
        (2.0, overlap(one.content, other.content)),
        (1.0, _ratio(one.contact, other.contact)),
        (1.0, 1.0 if same_phone(one.phone, other.phone) else 0.0 if one.phone and other.phone else None),
    ]
    known = [(weight, score) for weight, score in scores if score is not None]
    return sum(weight * score for weight, score in known) / sum(weight for weight, _ in known) if known else 0.0


def overlap(one: str | None, other: str | None, size: int = 3) -> float | None:
    """Return the share of the shorter text's shingles that stand in the longer; None where either is too short."""
    a, b = (fold(text or "") for text in (one, other))
    short, long = sorted(({text[at : at + size] for at in range(len(text) - size + 1)} for text in (a, b)), key=len)
    return len(short & long) / len(short) if len(short) >= 20 else None


def _title(word: str, scan: str, by_ocr: bool) -> bool:
    a, b = fold(word), fold(scan)
    return fuzz.ratio(a, b) >= (80 if by_ocr else 95) or (by_ocr and len(b) >= 6 and b in a)


def _contact(word: str, scan: str, by_ocr: bool) -> bool:
    a, b = fold(word), fold(scan)
    if a in b or b in a:
        return True
    # One slip in a name of two or three characters leaves half of it or more.
    return by_ocr and Levenshtein.distance(a, b) * 2 <= max(len(a), len(b))


def _phone(word: str, scan: str, by_ocr: bool) -> bool:
    if same_phone(word, scan):
        return True
    if by_ocr and not normalize_phones(scan):
        return True  # digits were lost, not changed
    distance = min(Levenshtein.distance(a, b) for a in _numbers(word) for b in _numbers(scan))
    return distance <= (1 if by_ocr else 0)


def _unit(word: str, scan: str, by_ocr: bool) -> bool:
    return same_unit(word, scan, threshold=60 if by_ocr else 88)


def _content(word: str, scan: str, by_ocr: bool) -> bool:
    shared = overlap(word, scan)
    return shared is None or shared >= (0.5 if by_ocr else 0.8)


def _numbers(text: str) -> list[str]:
    return (normalize_phones(text) or fold(text)).split("、")


def _ratio(one: str | None, other: str | None) -> float | None:
    return fuzz.ratio(fold(one), fold(other)) / 100 if one and other else None


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "……"


_ALIKE: dict[str, Callable[[str, str, bool], bool]] = {
    "title": _title,
    "contact": _contact,
    "phone": _phone,
    "unit": _unit,
    "content": _content,
}
