"""In charge of what the subject line tells by the notice's two conventions (RULES.md, Subject; research §6).

推荐单位名称+联系人+联系电话, or 参赛者姓名（单位名称）+作品名称+联系电话, in any order, with any separator. What is not sure is left out.
Leaves words as such to `message.subject_words`, phones to `domain.phone`.
"""

import re
from dataclasses import dataclass, field

from domain.mail import SubjectFacts
from domain.phone import find_phones, has_wrong_digits, normal_text
from domain.text import one_line
from parsers.message import subject_words as words

_MAX_SUBJECT = 1000  #: characters; longer ones are no subject line a person wrote
_GAP = "\x1f"  #: stands where something was taken out: parts tokens, is in no subject
_PREFIX = re.compile(
    r"^\s*(?:(?:re|fw|fwd|aw|回复|回覆|答复|答覆|转发|轉寄|轉發|自动回复|自動回覆)\s*(?:[\[(]\d{1,3}[\])])?\s*:|"
    r"\[(?:external|外部邮件|外部|spam|垃圾邮件|ext)\]|【(?:外部邮件|外部|重要|紧急|急)】)\s*",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"\s*【[^【】]{0,40}(?:代发|请注意|外部)[^【】]{0,60}】\s*$")
_RECEIPT = re.compile(r"(?<![\dA-Za-z])(20\d\d)\s*-\s*([WVwv])\s*-\s*(\d{4,6})(?!\d)")
_DIGITS = re.compile(r"(?:\+|00)?\d[\d -]{5,}\d")
_QUOTED = re.compile(r"[《〈\"“「『]([^《》〈〉\"“”「」『』]{2,80})[》〉\"”」』]")
_SPACED_NAME = re.compile(r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff]) ([\u4e00-\u9fff])(?![\u4e00-\u9fff])")
_BRACKETED = re.compile(r"^(?P<out>[^()\[\]【】]*)[(\[【](?P<in>[^()\[\]【】]{1,60})[)\]】](?P<rest>[^()\[\]【】]*)$")
_SYMBOLS = re.compile(r"^[^\w(\[【“\"]+|[^\w)\]】”\"!?%]+$")
_SEPARATORS = ("+", "|", ";", "_", "/", "-", ",", "、", "·", "~", " ")
_ALL_SEPARATORS = "+|;_/-,、~: ." + _GAP
_NAMES_OF_PARTS = {
    "unit": "推荐单位名称|推荐单位|申报单位|报送单位|参评单位|单位名称|单位",
    "contact": "联系人姓名|联系人|申报人|报送人|负责人",
    "participant": "参赛者姓名|参赛者|参赛人|作者姓名|作者",
    "work_title": "作品名称|作品标题|征文题目|文章题目|案例名称|案例题目|视频名称|作品题目|题目|作品",
    "phone": "联系电话|联系方式|手机号码?|电话|手机|tel|phone|mobile",
}
_LABEL = re.compile("|".join(rf"(?P<{part}>{names})" for part, names in _NAMES_OF_PARTS.items()), re.IGNORECASE)
_LABELLED = re.compile(
    rf"(?:{_LABEL.pattern})\s*[:=]\s*(?P<value>[^+|;_,{_GAP}]*?)(?=\s*(?:[+|;_,{_GAP}]|$|(?:{'|'.join(_NAMES_OF_PARTS.values())})\s*[:=]))",
    re.IGNORECASE,
)


@dataclass
class _Found:
    """Parts told so far. The first teller of a part wins."""

    units: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    quoted: bool = False  #: a title stood in 《》
    participant_first: bool = False  #: written as 姓名（单位）: the work convention's own shape

    def add(self, token: str) -> None:
        """Sort a token in by what it is; what says nothing is dropped."""
        token = _SYMBOLS.sub("", token.strip(_ALL_SEPARATORS))
        before, colon, after = token.partition(":")
        if colon and words.is_noise(before):
            token = after.strip()
        if words.is_noise(token):
            return
        if name := words.people(token):
            self.people.append(name)
        elif unit := words.unit_before_verb(token):
            self.units.append(unit)
        elif inner := _BRACKETED.match(token):
            self._add_bracketed(inner["out"] + inner["rest"], inner["in"], token)
        elif words.is_organisation(token):
            self.participant_first = self.participant_first or bool(self.people and not self.units and not self.titles)
            self.units.append(token)
        elif glued := words.unit_and_name(token):
            self.units.append(glued[0])
            self.people.append(glued[1])
        elif not words.may_be_name(token):
            self.titles.append(token)

    def _add_bracketed(self, outside: str, inside: str, token: str) -> None:
        outer, inner = words.people(outside), words.people(inside)
        if not outside.strip() or (outer and words.is_organisation(inside)):
            self.participant_first = self.participant_first or bool(outer)
            for piece in filter(None, (outside, inside)):
                self.add(piece)
        elif words.is_organisation(outside) and inner:
            self.units.append(outside.strip())
            self.people.append(inner)
        elif words.is_noise(inside):
            self.add(outside)
        elif words.is_organisation(outside):
            self.units.append(token)
        else:
            self.titles.append(token)


def read_subject(subject: str) -> SubjectFacts:
    """Return what a subject tells; `convention` is None when no convention's parts are all there.

    Parts that are sure are given all the same. Never raises.
    """
    cleaned = _without_prefixes(normal_text(one_line(subject[:_MAX_SUBJECT])))
    text, receipts = _take_receipts(cleaned)
    text, phone, problem, separator = _take_phones(text)
    text, labelled = _take_labelled(text)
    found = _Found()
    text = _take_quoted(text, found)
    for token in _tokens(text, separator):
        found.add(token)
    _settle(found)
    parts = _parts(found, labelled, sure=bool(phone or problem))
    return SubjectFacts(
        convention=_convention(parts, found) if phone else None,
        phone=phone,
        phone_problem=problem,
        receipts=receipts,
        cleaned=cleaned,
        **parts,
    )


def _without_prefixes(text: str) -> str:
    text = _SUFFIX.sub("", text)
    while match := _PREFIX.match(text):
        text = text[match.end() :]
    leading = re.match(r"^\s*(?:【([^【】]{1,40})】|\[([^\[\]]{1,40})\])\s*(?=[^\s+\-_/|,;、])", text)
    if leading and not words.is_organisation(leading[1] or leading[2]) and not words.people(leading[1] or leading[2]):
        text = text[leading.end() :]
    return one_line(text)


def _take_receipts(text: str) -> tuple[str, tuple[str, ...]]:
    numbers = tuple(dict.fromkeys(f"{year}-{track.upper()}-{serial}" for year, track, serial in _RECEIPT.findall(text)))
    return _RECEIPT.sub(_GAP, text), numbers


def _take_phones(text: str) -> tuple[str, str | None, str | None, str]:
    """Return the text without its numbers, the numbers, what is wrong with them, and the separator beside them."""
    phones = list(find_phones(text))
    beside = [text[phone.start - 1 : phone.start] for phone in phones] + [
        text[phone.end : phone.end + 1] for phone in phones
    ]
    separator = next((mark for mark in beside if mark and mark in "+|;_/-,~"), "")
    for phone in reversed(phones):
        text = text[: phone.start] + _GAP + text[phone.end :]
    numbers = "、".join(dict.fromkeys(phone.number for phone in phones)) or None
    if numbers or not has_wrong_digits(text):
        return text, numbers, None, separator
    return _DIGITS.sub(_GAP, text), None, "digits", separator


def _take_labelled(text: str) -> tuple[str, dict[str, str]]:
    """Take out parts that are named: 联系人：张三. A label without a value is only dropped."""
    labelled: dict[str, str] = {}
    for match in _LABELLED.finditer(text):
        part = next(name for name in _NAMES_OF_PARTS if match[name])
        value = match["value"].strip(_ALL_SEPARATORS)
        if value:
            labelled.setdefault(part, value)
    return _LABELLED.sub(_GAP, text), labelled


def _take_quoted(text: str, found: _Found) -> str:
    for match in _QUOTED.finditer(text):
        if not words.is_noise(match[1]) and not words.is_strong_organisation(match[1]) and match[0][0] in "《〈":
            found.titles.append(match[1].strip())
            found.quoted = True
    return re.sub(r"[《〈][^《》〈〉]{2,80}[》〉]", _GAP, text)


def _tokens(text: str, separator: str) -> list[str]:
    """Part the rest: by the separator beside the phone, else by the strongest there is, until there are two tokens."""
    text = _SPACED_NAME.sub(r"\1\2", text)
    pieces = [piece for piece in text.split(_GAP) if piece.strip(_ALL_SEPARATORS)]
    order = [separator, *_SEPARATORS] if separator else list(_SEPARATORS)
    for mark in order:
        useful = [piece for piece in pieces if not words.is_noise(piece)]
        if len(useful) >= 2:
            break
        pieces = [part for piece in pieces for part in _rejoined(_split(piece, mark), mark)]
    return [_unlabelled(piece) for piece in pieces]


def _split(piece: str, mark: str) -> list[str]:
    """Split at a separator, but not inside brackets and not where it is part of "信用+"."""
    depth, parts, start = 0, [], 0
    for index, character in enumerate(piece):
        depth += (character in "([【") - (character in ")]】")
        if character == mark and depth <= 0:
            parts.append(piece[start:index])
            start = index + 1
    return [part for part in (*parts, piece[start:]) if part.strip(_ALL_SEPARATORS)]


def _rejoined(parts: list[str], mark: str) -> list[str]:
    """Put "信用+医疗" together again where "+" parts the subject too."""
    joined: list[str] = []
    for part in parts:
        opened = bool(joined) and mark == "+" and words.opens_title(joined[-1])
        if opened and not words.people(part) and not words.is_strong_organisation(part):
            joined[-1] = f"{joined[-1].strip()}+{part.strip()}"
        else:
            joined.append(part)
    return joined


def _unlabelled(token: str) -> str:
    """Drop a label written without a colon: 联系人张三."""
    stripped = token.strip(_ALL_SEPARATORS)
    label = _LABEL.match(stripped)
    rest = stripped[label.end() :] if label else ""
    return rest if len(rest) >= 2 and (words.people(rest) or words.is_organisation(rest)) else stripped


def _settle(found: _Found) -> None:
    """Of two units and no title, one that reads like a title is the title; the surer unit stays."""
    if len(found.titles) == 2 and found.units and not found.people and not found.quoted:
        found.titles = ["-".join(found.titles)]  # 信用贷-助力乡村振兴: a title and what it is about
    if len(found.units) < 2 or found.titles:
        return
    weak = [unit for unit in found.units if not words.is_strong_organisation(unit) or words.is_title(unit)]
    if len(weak) == 1:
        found.units.remove(weak[0])
        found.titles.append(weak[0])


def _parts(found: _Found, labelled: dict[str, str], *, sure: bool) -> dict[str, str | None]:
    """Return unit, contact, participant and title as the conventions name them."""
    unit = labelled.get("unit") or "、".join(dict.fromkeys(found.units)) or None
    known = sure or found.units or found.people or found.quoted
    title = labelled.get("work_title") or (found.titles[0] if len(found.titles) == 1 and known else None)
    name = "、".join(dict.fromkeys(found.people)) or None
    work = title is not None and (found.participant_first or unit is None or name is None or "participant" in labelled)
    contact = labelled.get("contact") or (None if work else name)
    participant = labelled.get("participant") or ((name or unit) if work else None)
    return {"unit": unit, "contact": contact, "participant": participant, "work_title": title}


def _convention(parts: dict[str, str | None], found: _Found) -> str | None:
    if parts["participant"] and parts["work_title"]:
        return "work"
    return "unit" if parts["unit"] and parts["contact"] else None
