"""In charge of progress against the quota (clause 四): how many cases each unit of the roster has sent, by kind."""

from collections.abc import Iterable

from domain.kinds import Decision, Track
from domain.notice import Notice, Unit
from domain.records import CaseRecord
from domain.units import roster_unit
from domain.value import Value

GROUPS = {"county": "县市区", "zone": "市属开发区", "member": "市联席会议成员单位"}
_COUNTS_NOT = (Decision.REJECTED, Decision.WITHDRAWN)


class UnitProgress(Value):
    """One unit of the roster. Rejected and withdrawn cases do not count."""

    name: str
    group: str  #: county, zone, member; "" for everyone outside the roster
    text: int = 0
    video: int = 0
    accepted: int = 0  #: of both kinds, those accepted so far
    text_quota: int = 0
    video_quota: int = 0

    @property
    def met(self) -> bool:
        return self.text >= self.text_quota and self.video >= self.video_quota

    @property
    def lacking(self) -> str:
        """What is still missing: 缺文字 1、视频 2; "" where the quota is met."""
        short = (("文字", self.text_quota - self.text), ("视频", self.video_quota - self.video))
        missing = "、".join(f"{kind} {count}" for kind, count in short if count > 0)
        return f"缺{missing}" if missing else ""


def progress(records: Iterable[CaseRecord], notice: Notice) -> tuple[UnitProgress, ...]:
    """Return every unit of the roster in its order, silent ones too; last, where there are any, all others together."""
    counted: dict[str, list[CaseRecord]] = {}
    for record in records:
        if record.decision not in _COUNTS_NOT:
            counted.setdefault(belongs_to(record, notice), []).append(record)
    rows = [_row(unit, counted.get(unit.name, [])) for unit in notice.units]
    others = _row(Unit(name="名单以外的单位", group="", text_quota=0, video_quota=0), counted.get("", []))
    return (*rows, others) if others.text or others.video else tuple(rows)


def belongs_to(record: CaseRecord, notice: Notice) -> str:
    """Return the roster's name for the unit a case is from, "" where it is none of them."""
    unit = roster_unit(record.case.unit, notice)
    return unit.name if unit else ""


def _row(unit: Unit, records: list[CaseRecord]) -> UnitProgress:
    texts = sum(record.case.track is Track.TEXT for record in records)
    return UnitProgress(
        name=unit.name,
        group=unit.group,
        text=texts,
        video=len(records) - texts,
        accepted=sum(record.decision is Decision.ACCEPTED for record in records),
        text_quota=unit.text_quota,
        video_quota=unit.video_quota,
    )
