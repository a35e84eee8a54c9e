"""In charge of reading what staff answer to a digest: one line a case, a verb, a receipt number, a reason. Pure, and never guessing.

A line that could mean two things is unclear; so is every line of a mail that takes back elsewhere what it says.
"""

import re
from collections.abc import Iterator, Sequence

from domain.kinds import Decision
from domain.mail import Mail
from domain.text import nfkc, one_line
from domain.value import Value

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  #: of codes: nothing that looks like something else
_VERBS = {
    Decision.ACCEPTED: ("通过", "受理", "予以受理", "同意受理", "准予受理"),
    Decision.NEEDS_SUPPLEMENT: ("补正", "需补正", "请补正", "退回补正"),
    Decision.REJECTED: ("不予受理", "不受理"),
    Decision.WITHDRAWN: ("撤回", "同意撤回", "准予撤回"),
}
_MEANING = {verb: decision for decision, verbs in _VERBS.items() for verb in verbs}
_VERB = "|".join(sorted(_MEANING, key=len, reverse=True))
_DASH = r"\s*[-－—–‐−]\s*"
_NUMBER = rf"[0-9０-９]{{4}}{_DASH}[WVwvＷＶｗｖ]{_DASH}[0-9０-９]{{4,}}(?![0-9０-９])"
_NUMBERS = rf"{_NUMBER}(?:\s*[、,，和及]?\s*{_NUMBER})*"
_BULLET = r"\s*(?:[-•*·]\s*|\d{1,2}[.、)）]\s*)?"
_LINE = re.compile(
    rf"{_BULLET}(?:(?P<verb>{_VERB})\s*[:：]?\s*(?P<numbers>{_NUMBERS})|(?P<numbers2>{_NUMBERS})\s*[:：,，]?\s*(?P<verb2>{_VERB}))(?P<rest>(?:[\s,，:：;；。!！].*)?)"
)
_ALIKE = re.compile(rf"{_NUMBER}|^{_BULLET}(?:{_VERB})")
_TAKES_BACK = re.compile(
    r"先不|暂|不要|别|勿|取消|以上|以下.{0,4}(?:不|先)|如果|是否|能否|[?？]|等.{0,8}再|作废|撤|不对|错"
)
_CODE = re.compile(rf"(?<![A-Z0-9-])[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}(?![A-Z0-9-])")
_DIGEST = "【收件日报】"  #: how the digest begins: what follows is its own text, quoted without a mark
_LONGEST = 300  #: characters of a reason


class Order(Value):
    """A line that was understood."""

    number: str
    decision: Decision
    note: str
    line: str


class Refused(Value):
    """A line that is not carried out, and why: a key of `notify.staff_answer.WHY`."""

    line: str
    why: str


class Orders(Value):
    """What a mail of staff asks for."""

    clear: tuple[Order, ...] = ()
    refused: tuple[Refused, ...] = ()
    codes: tuple[str, ...] = ()  #: what may be a code, the writer's own first


def read_orders(mail: Mail) -> Orders:
    """Return what a mail asks for, line by line."""
    lines = [one_line(line) for line in mail.text.partition(_DIGEST)[0].splitlines()]
    told = list(_told(lines))
    loose = [line for line in lines if line and not _ALIKE.search(line) and not _CODE.search(line.upper())]
    if any(map(_TAKES_BACK.search, loose)):
        told = [Refused(line=each.line, why="doubt") for each in told]
    return Orders(
        clear=tuple(each for each in _once(told) if isinstance(each, Order)),
        refused=tuple(each for each in _once(told) if isinstance(each, Refused)),
        codes=_codes(mail),
    )


def _codes(mail: Mail) -> tuple[str, ...]:
    said = f"{mail.text}\n{mail.subject}\n{mail.quoted}"
    return tuple(dict.fromkeys(_CODE.findall(nfkc(said).upper())))[:20]


def _told(lines: Sequence[str]) -> Iterator[Order | Refused]:
    for line, following in zip(lines, (*lines[1:], ""), strict=False):
        if not _ALIKE.search(line):
            continue
        if following and not _ALIKE.search(following) and not _CODE.search(following.upper()):
            yield Refused(line=line, why="wrapped")  # the reason may go on there
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            yield Refused(line=line, why="form")
            continue
        yield from _orders(line, match)


def _orders(line: str, match: re.Match[str]) -> Iterator[Order | Refused]:
    decision = _MEANING[match["verb"] or match["verb2"]]
    note = match["rest"].strip(" \t,，:：;；。!！") if match["rest"] else ""
    if why := _objection(decision, note):
        yield Refused(line=line, why=why)
        return
    for number in re.findall(_NUMBER, match["numbers"] or match["numbers2"]):
        plain = re.sub(r"[^0-9WV]+", "-", nfkc(number).upper())
        yield Order(number=plain, decision=decision, note=note, line=line)


def _objection(decision: Decision, note: str) -> str:
    if re.search(_NUMBER, note):
        return "two"
    if decision in (Decision.ACCEPTED, Decision.WITHDRAWN):
        return "extra" if note else ""
    if decision is Decision.REJECTED and not note:
        return "reason"
    return "long" if len(note) > _LONGEST else ""


def _once(told: Sequence[Order | Refused]) -> Iterator[Order | Refused]:
    """Give each line once; a case that two lines speak of differently is not decided by either."""
    meant: dict[str, set[tuple[Decision, str]]] = {}
    for each in told:
        if isinstance(each, Order):
            meant.setdefault(each.number, set()).add((each.decision, each.note))
    seen: set[Order | Refused] = set()
    for each in told:
        if isinstance(each, Order) and len(meant[each.number]) > 1:
            given: Order | Refused = Refused(line=each.line, why="twice")
        else:
            given = each
        mark = given.model_copy(update={"line": ""}) if isinstance(given, Order) else given
        if mark not in seen:
            seen.add(mark)
            yield given
