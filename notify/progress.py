"""In charge of progress against the quota (clause 四), who has sent nothing, and the ranking for 优秀组织奖 (clause 七)."""

from collections.abc import Iterable
from functools import cache

from domain.kinds import Decision, Track
from domain.notice import Notice, Unit
from domain.units import roster_unit
from domain.value import Value
from store.briefs import CaseBrief

GROUPS = {"county": "县市区", "zone": "市属开发区", "member": "市联席会议成员单位"}
_COUNTS_NOT = (Decision.REJECTED, Decision.WITHDRAWN)


class UnitProgress(Value):
    """One unit of the roster. Rejected and withdrawn cases do not count towards the quota."""

    name: str
    group: str  #: county, zone, member; "" for everyone outside the roster
    text: int = 0
    video: int = 0
    accepted: int = 0  #: of both kinds, those accepted so far
    sent: int = 0  #: all cases, whatever became of them
    text_quota: int = 0
    video_quota: int = 0

    @property
    def group_name(self) -> str:
        """What the group is called; a call's own groups go by their own names."""
        return GROUPS.get(self.group, self.group or "其他")

    @property
    def met(self) -> bool:
        return self.text >= self.text_quota and self.video >= self.video_quota

    @property
    def lacking(self) -> str:
        """What is still missing: 缺文字 1、视频 2; "" where the quota is met."""
        short = (("文字", self.text_quota - self.text), ("视频", self.video_quota - self.video))
        missing = "、".join(f"{kind} {count}" for kind, count in short if count > 0)
        return f"缺{missing}" if missing else ""

    @property
    def quota(self) -> int:
        return self.text_quota + self.video_quota

    @property
    def share(self) -> int:
        """Accepted cases against the quota, in per cent; over 100 where more than asked was sent."""
        return round(100 * self.accepted / self.quota) if self.quota else 0


class Placed(Value):
    """A unit's place among those with accepted cases; equal figures share a place."""

    place: int
    unit: UnitProgress


def progress(cases: Iterable[CaseBrief], notice: Notice, roster: "Roster | None" = None) -> tuple[UnitProgress, ...]:
    """Return every unit of the roster in its order, silent ones too; last, where there are any, all others together."""
    sent: dict[str, list[CaseBrief]] = {}
    roster = roster or Roster(notice)
    for brief in cases:
        sent.setdefault(roster.name(brief.unit), []).append(brief)
    rows = [_row(unit, sent.get(unit.name, [])) for unit in notice.units]
    others = _row(Unit(name="名单以外的单位", group="", text_quota=0, video_quota=0), sent.get("", []))
    return (*rows, others) if others.text or others.video else tuple(rows)


def ranking(units: Iterable[UnitProgress]) -> tuple[Placed, ...]:
    """Return the units with accepted cases, the best first: by share of the quota, then by number."""
    rated = sorted((unit for unit in units if unit.quota and unit.accepted), key=_merit, reverse=True)
    first = {_merit(unit): place for place, unit in reversed(list(enumerate(rated, start=1)))}
    return tuple(Placed(place=first[_merit(unit)], unit=unit) for unit in rated)


def silent(units: Iterable[UnitProgress]) -> tuple[UnitProgress, ...]:
    """Return the units of the roster that have sent nothing at all."""
    return tuple(unit for unit in units if unit.group and not unit.sent)


class Roster:
    """The roster asked many times: a name is matched once."""

    def __init__(self, notice: Notice) -> None:
        @cache
        def named(unit: str | None) -> str:
            found = roster_unit(unit, notice)
            return found.name if found else ""

        self.name = named  #: a unit as written → the roster's name for it, "" where it is none of them


def _merit(unit: UnitProgress) -> tuple[int, int]:
    return unit.share, unit.accepted


def _row(unit: Unit, sent: list[CaseBrief]) -> UnitProgress:
    counted = [brief for brief in sent if brief.decision not in _COUNTS_NOT]
    texts = sum(brief.track is Track.TEXT for brief in counted)
    return UnitProgress(
        name=unit.name,
        group=unit.group,
        text=texts,
        video=len(counted) - texts,
        accepted=sum(brief.decision is Decision.ACCEPTED for brief in counted),
        sent=len(sent),
        text_quota=unit.text_quota,
        video_quota=unit.video_quota,
    )
