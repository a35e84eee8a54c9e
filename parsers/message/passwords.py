"""In charge of passwords that a sender gives in the text for the files of the same mail (T97). Leaves trying them to readers."""

import re
import unicodedata

_WORD = r"(?:密码|密碼|口令|解压码|解壓碼|password|passwd|pwd)"
_GIVEN = re.compile(
    rf"(?<![?&A-Za-z0-9_]){_WORD}\s*(?:都是|均为|均是|统一为|统一是|是|为|is)?\s*[:=\s]\s*[“‘「【]?(?P<spaced>[!-~]{{1,64}})"
    rf"|{_WORD}\s*(?:都是|均为|均是|统一为|统一是|是|为)\s*[“‘「【]?(?P<said>[!-~]{{1,64}})"
    rf"|{_WORD}(?P<glued>[A-Za-z0-9@#$%_!.-]{{3,64}})"
    rf"|{_WORD}\s*(?:都是|均为|均是|是|为)?\s*:\s*(?P<chinese>[\u4e00-\u9fff][\u4e00-\u9fffA-Za-z0-9]{{0,30}})",
    re.IGNORECASE,
)
_EDGES = "\"'“”‘’「」《》()[]【】,.;"
_MAX = 10


def passwords_in(text: str) -> tuple[str, ...]:
    """Return the passwords a text gives ("解压密码：xxxx", "密码为 xxxx"), in order, each once, at most ten.

    A 提取码 of a netdisk is none. Half-width forms are returned: nobody locks an archive with full-width digits.
    """
    normal = " ".join(unicodedata.normalize("NFKC", text).split())
    found: dict[str, None] = {}
    for match in _GIVEN.finditer(normal):
        value = next(group for group in match.groups() if group)
        for one in (value, value.strip(_EDGES)):
            if one:
                found.setdefault(one)
    return tuple(found)[:_MAX]
