"""In charge of the table from finding codes to words, and of naming a clause. Leaves the words to `words_*.py`."""

from collections.abc import Callable

from domain.notice import Notice
from domain.value import Value
from notify.evidence import Evidence


class Words(Value):
    """One finding in Chinese. `found` and `asked` are half sentences without a full stop, `mend` is a sentence."""

    where: str  #: 申报表“联系电话”栏
    found: str  #: 视频时长 2 分 31 秒
    asked: str  #: what follows 要求: 3–5 分钟
    mend: str  #: 请重新剪辑后发送。
    clause: str = ""  #: 《通知》“五、作品要求”第 3 条
    staff: str = ""  #: evidence that only staff may see: another unit's case, a parser's reason

    @property
    def demand(self) -> str:
        """What is asked, with the clause that asks it."""
        return f"{self.asked}（{self.clause}）" if self.clause else self.asked

    @property
    def message(self) -> str:
        """The whole in one line, as `check --json` and the workbook show it."""
        gap = " " if self.asked[:1].isascii() else ""
        return f"{self.found}，要求{gap}{self.demand}。{self.mend}"


Wording = Callable[[Evidence, Notice], Words]
_UNNUMBERED = {"": "", "附件": "《通知》附件申报表", "主题": "《通知》关于邮件主题的说明"}
_BOOK: dict[str, tuple[str, Wording]] = {}


def words(code: str, clause: str = "") -> Callable[[Wording], Wording]:
    """Enter a function as the wording of a code. `clause` is RULES.md's: "五.3", "四", "附件"."""

    def enter(wording: Wording) -> Wording:
        if code in _BOOK:
            raise ValueError(f"two wordings for {code}")
        _BOOK[code] = (clause, wording)
        return wording

    return enter


def look_up(code: str) -> tuple[str, Wording] | None:
    """Return (clause, wording) of a code, its parameter after ":" left aside; None where there is none."""
    return _BOOK.get(code.partition(":")[0])


def codes() -> frozenset[str]:
    """Return every code that has words."""
    return frozenset(_BOOK)


def cite(clause: str, notice: Notice) -> str:
    """Return a clause's name: "五.3" → 《通知》“五、作品要求”第 3 条; "" → ""."""
    if clause in _UNNUMBERED:
        return notice.words.said(_UNNUMBERED[clause])
    part, _, item = clause.partition(".")
    heading = notice.headings.get(part)
    name = f"《通知》“{part}、{heading}”" if heading else f"《通知》第{part}条"
    return f"{name}第 {item} {'条' if heading else '项'}" if item else name
