"""Names of units: brought to one form, matched against the roster and its aliases, never guessed in silence."""

import re

from rapidfuzz import fuzz

from domain.case import Case
from domain.notice import Notice, Unit
from domain.text import fold, nfkc

_PREFIX = re.compile(r"^(?:中共)?(?:山东省?)?(?:潍坊市?)?")
_CITY = re.compile(r"^(?:山东省?)?潍坊市")
_NOTE = re.compile(r"[(（](?:盖章|公章|章)[)）]")
_SYNONYMS = (
    ("发展和改革委员会", "发改委"), ("发展改革委", "发改委"), ("发展和改革局", "发改局"), ("发展改革局", "发改局"),
    ("人力资源和社会保障局", "人社局"), ("市场监督管理局", "市场监管局"), ("住房和城乡建设局", "住建局"),
    ("自然资源和规划局", "自规局"), ("工业和信息化局", "工信局"), ("文化和旅游局", "文旅局"), ("卫生健康委员会", "卫健委"),
    ("教育和体育局", "教体局"), ("大数据管理局", "大数据局"), ("退役军人事务局", "退役军人局"), ("城市管理局", "城管局"),
    ("妇女联合会", "妇联"), ("工商业联合会", "工商联"), ("残疾人联合会", "残联"), ("文学艺术界联合会", "文联"),
    ("农村商业银行", "农商行"), ("农商银行", "农商行"), ("街道办事处", "街道"), ("街道办", "街道"), ("村民委员会", "村委会"),
    ("居民委员会", "居委会"), ("人民法院", "法院"), ("人民检察院", "检察院"), ("高新技术产业开发区", "高新区"), ("综合保税区", "综保区"),
    ("卫生健康局", "卫健局"), ("行政审批服务局", "审批局"), ("医疗保障局", "医保局"), ("人民政府", "政府"),
    ("股份有限公司", "公司"), ("有限责任公司", "公司"), ("有限公司", "公司"),
)  # fmt: skip
_ORGANISATION = re.compile(
    r"(?:局|委|办|院|校|学|园|会|部|处|所|站|社|厂|店|行|司|署|关|馆|中心|公司|集团|银行|机关|街道|镇|乡|村|区|县|市|政府"
    r"|政协|妇联|工商联|残联|文联|科协|律协|协会|商会|联盟|港|机场|农场|林场|牧场|茶庄|饭庄|景区|度假区|新城|支队|大队|队|科|室|台|网|报社|企业|单位|基地|平台|分局|支行|分行|信用社|事务所|工作室|合作社|商行|超市|酒店|药店|诊所)$"
)


def normal_unit(name: str) -> str:
    """Return a unit's name in the form that is compared: no province or city, 简称 for the usual offices."""
    text = _folded(name)
    return _in_short(_PREFIX.sub("", text) or text)


def _folded(name: str) -> str:
    return fold(_NOTE.sub("", nfkc(name)))


def _in_short(text: str) -> str:
    for long, short in _SYNONYMS:
        text = text.replace(long, short)
    return text


def same_unit(one: str, other: str, *, threshold: float = 88.0) -> bool:
    """Tell whether two names can mean one unit: equal, one inside the other, or nearly the same (OCR slips)."""
    a, b = normal_unit(one), normal_unit(other)
    if not a or not b:
        return False
    if a == b:
        return True
    if of_two_levels(one, other):
        return False
    whole = _in_short(_folded(one)), _in_short(_folded(other))  # 潍坊银行 is no 银行
    if any(min(len(x), len(y)) >= 3 and (x in y or y in x) for x, y in ((a, b), whole)):
        return True
    return bool(fuzz.ratio(a, b) >= threshold)


def of_two_levels(one: str, other: str) -> bool:
    """Tell the city's office from a county's: 潍坊市市场监管局 is not 寿光市市场监管局."""
    named = ((normal_unit(name), name) for name in (one, other))
    (short, of_city), (long, _) = sorted(named, key=lambda pair: len(pair[0]))
    county = long.removesuffix(short)
    return (
        county != long
        and len(county) >= 3
        and county.endswith(("市", "县", "区"))
        and bool(_CITY.match(_folded(of_city)))
    )


def roster_unit(name: str | None, notice: Notice) -> Unit | None:
    """Return the roster's unit that a name belongs to (街道 and 镇 to their county), or None."""
    if not name:
        return None
    folded = fold(nfkc(name))
    named = [
        (len(alias), unit) for unit in notice.units for alias in (unit.name, *unit.aliases) if fold(alias) in folded
    ]
    return max(named, key=lambda pair: pair[0])[1] if named else None


def home_unit(case: Case, notice: Notice) -> Unit | None:
    """Return the roster's unit that a case is from: by its unit's name, else by its address; or None."""
    return roster_unit(case.unit, notice) or roster_unit(case.address, notice)


def looks_like_organisation(name: str) -> bool:
    """Tell whether a name ends as names of units do. False is a reason to look, not a proof."""
    return bool(_ORGANISATION.search(fold(name)))
