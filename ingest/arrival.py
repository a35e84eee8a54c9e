"""In charge of when a mail arrived, told from its own header, for mails that come without an INTERNALDATE.

CONTRACT.md: the date of the topmost `Received`, else `Date`. Leaves all else in the header to `parsers`.
"""

import email.parser
import email.utils
import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

_HEADER_LIMIT = 256 * 1024  #: bytes
_SHANGHAI = timezone(timedelta(hours=8))
_CHINA_TIME = re.compile(r"\s(?:CST|GMT\+0?8(?::?00)?)\s*$")  #: the stdlib takes CST for US Central


def arrival_of(path: Path) -> datetime | None:
    """Return when the mail in a file arrived, aware, or None where its header does not tell."""
    with path.open("rb") as file:
        return arrival_of_header(file.read(_HEADER_LIMIT))


def arrival_of_header(raw: bytes) -> datetime | None:
    """Return when a mail arrived, told from its first bytes."""
    header = email.parser.BytesHeaderParser().parsebytes(re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0])
    received = str(header.get("Received", "")).rpartition(";")[2]
    return _date(received) or _date(str(header.get("Date", "")))


def _date(text: str) -> datetime | None:
    """Return a date of RFC 5322 §3.3, aware. Without a zone it is taken for +0800; "-0000" is UTC."""
    text = _CHINA_TIME.sub(" +0800", " ".join(text.split()))
    try:
        when = email.utils.parsedate_to_datetime(text)
        if when.tzinfo is None:
            when = when.replace(tzinfo=UTC if text.endswith("-0000") else _SHANGHAI)
        when.astimezone(UTC)  # a year 1 or 9999 has no UTC
    except (ValueError, OverflowError):
        return None
    return when
