"""In charge of comparing two copies of a form so that an OCR slip is no difference and another person is one.

A slip turns a character into one of its shape, or a rare one into anything. Measured on printed lines without context that the
reader was sure of (three faces; 150 and 200 dpi, some blurred): 0 of 777 characters of GB 2312's first level wrong, 4 of 180 of
its second; blurred and noisy at 130 dpi, 4 of 468 of the first, each read as one of its shape. Fields it doubts are not compared.
"""

from collections.abc import Callable

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from domain.facts import FormFields
from domain.phone import normalize_phones, same_phone
from domain.text import fold
from domain.units import normal_unit, same_unit

_ONE_IN = 12  #: characters of a line of which one may be misread: ten times what 130 dpi does
#: Common characters that poor print makes one another.
_SHAPES = (
    "大太犬天夫", "王玉主生", "日曰目白", "己已巳", "未末木本", "士土工", "人入八", "千干于午牛", "刀力", "田由甲申", "贝见", "问间", "晴睛清情",
    "丘兵", "兔免", "侯候", "戊戌戍成", "洒酒", "治冶", "孟盂", "敞敝", "凤风", "今令", "兰三", "予矛", "晓哓", "铁铣", "滴漓", "商裔", "17", "38", "56",
)  # fmt: skip


def differing(word: FormFields, scan: FormFields, *, by_ocr: bool) -> dict[str, list[str]]:
    """Return the fields in which two copies differ beyond what reading errors explain: field → [word, scan]."""
    found = {}
    for field, alike in _alike(scan, by_ocr=by_ocr).items():
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


def unexplained(word: str, scan: str) -> int:
    """Return how many characters differ beyond slips: read as one of their shape, or rare and read as another."""
    changes = Levenshtein.editops(word, scan)
    return sum(
        not (change.tag == "replace" and _may_be_read(word[change.src_pos], scan[change.dest_pos]))
        for change in changes
    )


def _may_be_read(character: str, other: str) -> bool:
    return _is_rare(character) or any(character in shape and other in shape for shape in _SHAPES)


def _is_rare(character: str) -> bool:
    """Tell a character beyond the 3,755 of GB 2312's first level (rows 16–55). Letters and digits are not rare."""
    if character.isascii():
        return False
    code = character.encode("gb2312", "ignore")
    return len(code) != 2 or not 0xB0 <= code[0] <= 0xD7


def _nearly(word: str, scan: str) -> bool:
    """Tell whether a line differs by no more than one slip in a dozen characters: what 130 dpi does to it."""
    return unexplained(word, scan) <= max(1, len(word) // _ONE_IN)


def _title(word: str, scan: str, by_ocr: bool) -> bool:
    a, b = fold(word), fold(scan)
    return _nearly(a, b) if by_ocr else fuzz.ratio(a, b) >= 95


def _contact(word: str, scan: str, by_ocr: bool) -> bool:
    a, b = fold(word), fold(scan)
    return a in b or b in a or (by_ocr and not unexplained(a, b))


def _phone(word: str, scan: str, by_ocr: bool) -> bool:
    if same_phone(word, scan) or fold(word) == fold(scan):
        return True
    # Digits were lost, not changed; or one, no more, was read as its like.
    return by_ocr and (not normalize_phones(scan) or any(map(_one_slip, *_paired(word, scan))))


def _one_slip(word: str, scan: str) -> bool:
    return Levenshtein.distance(word, scan) == 1 and not unexplained(word, scan)


def _paired(word: str, scan: str) -> tuple[list[str], list[str]]:
    """Return every number of one field against every number of the other, as two lists."""
    ours, theirs = ((normalize_phones(text) or fold(text)).split("、") for text in (word, scan))
    return [a for a in ours for _ in theirs], [b for _ in ours for b in theirs]


def _unit(word: str, scan: str, by_ocr: bool) -> bool:
    if same_unit(word, scan):
        return True
    return by_ocr and (_nearly(fold(word), fold(scan)) or _nearly(normal_unit(word), normal_unit(scan)))


def _unit_below_a_seal(word: str, scan: str, by_ocr: bool) -> bool:
    """Compare a signature in an opinion that was hard to read: half of it may be ink."""
    return same_unit(word, scan, threshold=60 if by_ocr else 88)


def _content(word: str, scan: str, by_ocr: bool) -> bool:
    shared = overlap(word, scan)
    return shared is None or shared >= (0.5 if by_ocr else 0.8)


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


def _alike(scan: FormFields, *, by_ocr: bool) -> dict[str, Callable[[str, str, bool], bool]]:
    return _ALIKE | ({"unit": _unit_below_a_seal} if by_ocr and "opinion" in scan.unsure else {})
