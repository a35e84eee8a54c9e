"""In charge of the 单位意见 cell: whether the commitment stands in it, and which unit signed it.

Leaves the seal to the readers of scans. A signature that is not plainly a unit's name is no unit.
"""

import re
from collections.abc import Iterator

from rapidfuzz import fuzz

from domain.text import clean, fold, one_line
from domain.units import looks_like_organisation

_ENOUGH = 90.0  # ratio of folded texts: two characters in twenty other, or four more or fewer
_NEAR = 65.0  # where to look closer
_SLACK = 6  # characters
_DENIALS = ("不", "未", "无", "非")
_DATE = re.compile(
    r"[\d０-９〇零一二三四五六七八九十xX×]{0,4}\s{0,12}年\s{0,12}[\d０-９一二三四五六七八九十xX×]{0,3}\s{0,12}月\s{0,12}[\d０-９一二三四五六七八九十xX×]{0,3}\s{0,12}日?|\d{4}[-./]\d{1,2}[-./]\d{1,2}"
)
_STAMP = re.compile(
    r"[(（\[【]\s*(?:单位)?\s*(?:加?盖?\s*公?\s*章|签\s*[章字]|公\s*章)\s*(?:处)?\s*[)）\]】]|(?:单位)?(?:盖\s*章|公\s*章|签\s*章)(?:处)?(?=[\s:：]|$)"
)
_CALLED = re.compile(
    r"^\s*(?:(?:申报|参评|推荐|报送|填报)?单位(?:名称|全称)?|落款|签章|盖章)?\s*(?:[(（][^()（）]{0,8}[)）])?\s*[:：]\s*"
)
_SPLIT = re.compile(r"[\n\t。；;!！]|[ \u3000\xa0]{2,}")
_SENTENCE = re.compile(r"[，,：:、？?]|同意|承诺|情况|推荐|属实|负责|意见|材料")
_NOBODY = frozenset(
    {"本单位", "我单位", "单位", "贵单位", "该单位", "各单位", "申报单位", "推荐单位", "参评单位", "报送单位"}
)


def has_commitment(opinion: str, sentence: str) -> bool:
    """Tell whether the commitment sentence stands in the opinion, small differences forgiven, a denial not."""
    return _commitment_span(fold(opinion), fold(sentence)) is not None


def signed_unit(opinion: str, sentence: str) -> str | None:
    """Return the one unit that signed the opinion, as written, or None where there is none or more than one."""
    stamped: list[str] = []
    plain: list[str] = []
    for piece in _pieces(_without_commitment(clean(opinion), fold(sentence))):
        called = _CALLED.search(piece)
        name = one_line(_STAMP.sub(" ", _DATE.sub(" ", _CALLED.sub("", piece)))).strip(" :：_＿")
        if _is_unit(name):
            (stamped if called or _STAMP.search(piece) else plain).append(name)
    for names in (stamped, plain):
        if names:
            return names[0] if len({fold(name) for name in names}) == 1 else None
    return None


def _pieces(text: str) -> list[str]:
    return [piece for piece in _SPLIT.split(text) if piece.strip()]


def _is_unit(name: str) -> bool:
    return (
        4 <= len(name) <= 40
        and fold(name) not in _NOBODY
        and not _SENTENCE.search(name)
        and looks_like_organisation(name)
    )


def _commitment_span(opinion: str, sentence: str) -> tuple[int, int] | None:
    if not sentence or len(opinion) < len(sentence) * 0.8:
        return None
    found = fuzz.partial_ratio_alignment(sentence, opinion, score_cutoff=_NEAR)
    if not found:
        return None
    ratio, start, end = max(_windows(opinion, sentence, found.dest_start, found.dest_end))
    window = opinion[start:end]
    denied = any(window.count(word) > sentence.count(word) for word in _DENIALS)
    return None if denied or ratio < _ENOUGH else (start, end)


def _windows(opinion: str, sentence: str, start: int, end: int) -> Iterator[tuple[float, int, int]]:
    """Yield windows about the best one of the sentence's own length, as words put in or left out move its ends."""
    for first in range(max(start - _SLACK, 0), start + _SLACK + 1):
        for last in range(max(end - _SLACK, first), min(end + _SLACK, len(opinion)) + 1):
            yield fuzz.ratio(sentence, opinion[first:last]), first, last


def _without_commitment(text: str, sentence: str) -> str:
    folded = [(character, index) for index, original in enumerate(text) for character in fold(original)]
    span = _commitment_span("".join(character for character, _ in folded), sentence)
    if not span:
        return text
    return text[: folded[span[0]][1]] + "\n" + text[folded[span[1] - 1][1] + 1 :]
