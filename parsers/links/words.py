"""In charge of the words around a link: file name, size, expiry, 提取码 (research/netease-mail.md §4).

Pure text; leaves finding links and their surroundings to `links.finding`.
"""

import re
from datetime import UTC, datetime

from domain.notice import SHANGHAI
from domain.text import one_line

_EXTENSIONS = r"mp4|m4v|mov|avi|mpe?g|mkv|wmv|flv|webm|3gp|ts|vob|rmvb|mts|zip|rar|7z|tar|gz|docx?|wps|pdf|pptx?|xlsx?|jpe?g|png|heic|tiff?|ofd|mp3|wav|txt"
_NAME = re.compile(
    rf"(?P<name>[^\s<>:：\"|?*/\\，；。！「」『』]{{1,120}}\.(?:{_EXTENSIONS}))(?![A-Za-z0-9])", re.IGNORECASE
)
_WHOLE_NAME = re.compile(rf"[^\n<>:：\"|?*/\\]{{1,160}}\.(?:{_EXTENSIONS})", re.IGNORECASE)
_SAID_NAME = re.compile(
    r"(?:通过(?:百度)?网盘分享的文件|分享的文件|文件名称?|名称)\s*[:：]\s*([^\n]{1,150}?)(?=\s*(?:\n|$|链接|https?:))"
)
_SIZE = re.compile(r"(?<![A-Za-z\d.])(\d{1,6}(?:\.\d{1,3})?)\s*(bytes|字节|[KMGT]i?B?|B)(?![A-Za-z0-9])", re.IGNORECASE)
_UNIT = {"b": 1, "字": 1, "k": 1024, "m": 1024**2, "g": 1024**3, "t": 1024**4}
_CODE = re.compile(
    r"(?:提取码|提取碼|访问码|取件码|提取密码|访问密码|分享密码|密码|pwd|access ?code)\s*(?:是|为)?\s*[:：]?\s*([A-Za-z0-9]{4,8})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_TIME = r"(?:[日\sT]*(?P<{0}h>\d{{1,2}})[:：时点](?P<{0}m>\d{{2}})(?:[:：分](?P<{0}s>\d{{2}}))?)?"
_DAY = r"(?P<{0}y>20\d\d)\s*[年/.-]\s*(?P<{0}mo>\d{{1,2}})\s*[月/.-]\s*(?P<{0}d>\d{{1,2}})\s*日?"
_UNTIL = r"(?:到期(?:时间|日期?)?|过期(?:时间|日期)?|有效(?:期|时间)?(?:至|到)?|失效(?:时间|日期)?|截止|Expires?(?:\s+(?:on|at))?)"
_EXPIRY = re.compile(
    _DAY.format("a") + _TIME.format("a") + r"\s*(?:前有效|到期|过期|失效|前下载|前)"
    + r"|" + _UNTIL + r"[^\d\n]{0,8}" + _DAY.format("b") + _TIME.format("b"),
    re.IGNORECASE,
)  # fmt: skip
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ENGLISH = re.compile(
    r"Expires?(?:\s+(?:on|at))?\s*:?\s*(?P<mon>[A-Z][a-z]{2})[a-z]*\.?\s+(?P<day>\d{1,2}),?\s+(?P<year>20\d\d)(?:,?\s+(?:at\s+)?(?P<hour>\d{1,2}):(?P<minute>\d{2}))?"
)
_NEVER = re.compile(r"无限期|永久有效|长期有效|永不过期|永不失效|never expires?|no expiration", re.IGNORECASE)


def name_before(text: str) -> str | None:
    """Return the file name nearest to the end of text."""
    said, found = _last(_SAID_NAME, text), _last(_NAME, text)
    chosen = said[1] if said and (not found or said.end() >= found.end()) else found["name"] if found else None
    return clean_name(chosen)


def whole_name(label: str) -> str | None:
    """Return an anchor's text where it is a file name and nothing else, spaces and all."""
    return clean_name(label) if _WHOLE_NAME.fullmatch(label.strip()) else None


def name_after(text: str) -> str | None:
    """Return the first file name in text."""
    found = _NAME.search(text)
    return clean_name(found["name"]) if found else None


def clean_name(name: str | None) -> str | None:
    """Return a name as one line without the brackets lists put around it, or None."""
    text = one_line(name or "").strip("[]()（）【】《》「」『』“”\"' ·•-、")
    return text or None


def size_in(text: str) -> int | None:
    """Return the first size in text, in bytes (K, M, G are powers of 1024, as the providers count)."""
    found = _SIZE.search(text)
    return int(float(found[1]) * _UNIT[found[2][0].lower()]) if found else None


def code_in(text: str) -> str | None:
    """Return the first 提取码 in text."""
    found = _CODE.search(text)
    return found[1] if found else None


def last_code_in(text: str) -> str | None:
    """Return the last 提取码 in text."""
    found = _last(_CODE, text)
    return found[1] if found else None


def never_expires(text: str) -> bool:
    """Tell whether text says that the link has no end."""
    return bool(_NEVER.search(text))


def expiry_in(text: str) -> datetime | None:
    """Return the first moment of expiry in text, Asia/Shanghai; the day's end where no time is given."""
    if found := _EXPIRY.search(text):
        key = "a" if found["ay"] else "b"
        return _moment(*(found[f"{key}{part}"] for part in ("y", "mo", "d", "h", "m", "s")))
    if found := _ENGLISH.search(text):
        month = _MONTHS.index(found["mon"]) + 1 if found["mon"] in _MONTHS else 0
        return _moment(found["year"], str(month), found["day"], found["hour"], found["minute"])
    return None


def _moment(year: str, month: str, day: str, *time: str | None) -> datetime | None:
    hour, minute, second = (int(part or 0) for part in (*time, "0", "0")[:3]) if time[0] else (23, 59, 59)
    try:
        return datetime(int(year), int(month), int(day), hour, minute, second, tzinfo=SHANGHAI)
    except ValueError:
        return None


def epoch(value: str) -> datetime | None:
    """Return a moment written as seconds or milliseconds since 1970, or None."""
    if not value.isascii() or not value.isdigit() or not 9 <= len(value) <= 14:
        return None
    number = int(value) / (1000 if len(value) >= 12 else 1)
    return datetime.fromtimestamp(number, UTC).astimezone(SHANGHAI)


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = None
    for found in pattern.finditer(text):  # noqa: B007 - the last one is wanted
        pass
    return found
