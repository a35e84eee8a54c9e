"""In charge of clause 一: organs, associations and enterprises of the region. A person looks before anyone is refused."""

import re
from collections.abc import Iterator

from domain.case import Case
from domain.notice import Notice
from domain.units import looks_like_organisation, roster_unit
from validators.rulebook import Context, Observation, rule, saw

_WHOM = "潍坊市各级党政群机关、行业协会商会和企、事业单位"
_ELSEWHERE = re.compile(
    r"济南|青岛|潍坊|淄博|枣庄|东营|烟台|济宁|泰安|威海|日照|临沂|德州|聊城|滨州|菏泽"
    r"|北京|天津|上海|重庆|河北|山西|内蒙古|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|河南|湖北|湖南|广东|广西|海南|四川|贵州|云南|西藏|陕西|甘肃|青海|宁夏|新疆"
    r"|杭州|南京|苏州|郑州|武汉|长沙|广州|深圳|成都|西安|石家庄|徐州"
)
#: streets and firms of the region that carry another place's name: 北京路, 上海大众4S店
_STREET = re.compile(r"(?:[一-鿿]{2,3})(?:东|西|南|北)?(?:路|街|大道)")


@rule("outside_region", clause="一", quote=_WHOM)
def the_unit_is_of_the_region(case: Case, context: Context) -> Iterator[Observation]:
    notice = context.notice
    told = " ".join(filter(None, (case.unit, case.address)))
    home = notice.region in told or _is_local(case.phone, notice) or roster_unit(told, notice)
    if case.unit and not home and _ELSEWHERE.search(_STREET.sub("", told)):
        yield saw(unit=case.unit)


def _is_local(phone: str | None, notice: Notice) -> bool:
    return bool(notice.area_code) and notice.area_code in (phone or "")


@rule("not_an_organisation", clause="一", quote=_WHOM)
def the_applicant_is_a_unit(case: Case, context: Context) -> Iterator[Observation]:
    legend = case.seal.text if case.seal else None
    told = case.unit or context.subject.participant
    is_unit = told and (
        looks_like_organisation(told) or roster_unit(told, context.notice) or context.notice.region in told
    )
    if told and not is_unit and not legend:
        yield saw(unit=told)
