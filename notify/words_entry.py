"""In charge of the words for who entered and whether the work may enter: region, originality, year, advertising."""

from typing import Any

from domain.notice import Notice
from notify.evidence import Evidence
from notify.figures import day, parsed
from notify.phrasebook import Words, words
from notify.quoting import quote

_PLACES = (
    ("exif", "照片拍摄时间"), ("quicktime", "视频创建时间"), ("core.xml", "文档属性"), ("creation", "文件创建时间"), ("text", "正文"),
)  # fmt: skip


@words("wrong_year", clause="五.2")
def wrong_year(evidence: Evidence, notice: Notice) -> Words:
    year = evidence.number("year") or notice.year
    dates = "、".join(dict.fromkeys(filter(None, map(_date, evidence.items("dates")[:4]))))
    signs = f"（{dates}）" if dates else ""
    return Words(
        where=evidence.file(),
        found=f"材料中有早于 {year:.0f} 年的日期{signs}",
        asked=f"作品为 {year:.0f} 年原创作品",
        mend=f"请回复说明作品的创作时间；非 {year:.0f} 年原创的作品不符合参评要求。",
    )


def _date(entry: Any) -> str:
    when, where = entry if isinstance(entry, list | tuple) and len(entry) == 2 else (entry, "")
    moment = parsed(str(when))
    place = next((name for sign, name in _PLACES if sign in str(where).lower()), "文件信息")
    return f"{place}：{day(moment.date())}" if moment else ""


@words("similar_work", clause="五.2")
def similar_work(evidence: Evidence, notice: Notice) -> Words:
    share = evidence.number("similarity")
    what = "视频画面" if evidence.text("what") == "video" else "文字内容"
    other = "，".join(filter(None, (evidence.text("number"), quote(evidence.text("unit")))))
    return Words(
        where="作品",
        found=f"作品{what}与已收到的另一{notice.words.entry}高度相似",
        asked="作品为原创作品",
        mend=f"请回复说明作品的原创情况；同一作品请勿由多个单位重复{notice.words.apply}。",
        staff=f"相似{notice.words.entry}：{other or '未知'}" + (f"，相似度 {share:.0%}" if share is not None else ""),
    )


@words("advertising", clause="五.1")
def advertising(evidence: Evidence, notice: Notice) -> Words:
    seen = "、".join(quote(str(word), 20) for word in evidence.items("words")[:8])
    return Words(
        where=evidence.file(),
        found="作品可能含有广告、营销内容",
        asked=f"{notice.about}，广告类、营销类作品经评委组认定后不予参加评选",
        mend="请检查作品，删去产品推销、价格、联系方式等内容后补发。",
        staff=f"相关词语：{seen}" if seen else "",
    )


@words("outside_region", clause="一")
def outside_region(evidence: Evidence, notice: Notice) -> Words:
    return Words(
        where=f"{notice.words.apply}单位",
        found=f"{notice.words.apply}单位{evidence.quoted('unit')}是否属于{_region(notice)}尚待确认",
        asked=f"{notice.words.apply}单位为{_region(notice)}{notice.whom}",
        mend="请回复说明单位全称和所在县市区。",
    )


@words("not_an_organisation", clause="一")
def not_an_organisation(evidence: Evidence, notice: Notice) -> Words:
    name = evidence.text("unit")
    return Words(
        where=f"{notice.words.apply}单位",
        found=f"{notice.words.apply}单位{evidence.quoted('unit')}不像单位名称"
        if name
        else f"未见{notice.words.apply}单位名称",
        asked=f"由{notice.whom.removeprefix('各级')}{notice.words.apply}",
        mend=f"请回复说明{notice.words.apply}单位全称；以个人名义创作的，请由所在单位{notice.words.apply}。",
    )


def _region(notice: Notice) -> str:
    return notice.region if notice.region.endswith(("市", "省", "区", "县", "州", "盟")) else f"{notice.region}市"
