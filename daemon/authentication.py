"""In charge of whether our own provider vouches for a mail's From address (RFC 8601). What anyone else wrote there is not believed.

NetEase's Coremail names itself by the host of its topmost Received header, puts its result among the last headers, and folds in the
middle of words: white space says nothing there. Every result under our provider's name must agree, so a forged one beside it is of no use.
"""

import re
from collections.abc import Iterator

from domain.mail import Mail
from domain.value import Value

COREMAIL = "coremail"  #: as `[staff] authserv`: the host that Coremail's own Received header names
_BY_COREMAIL = re.compile(r"\bby\s+([\w.-]+)\s+\(Coremail\)")
_COMMENT = re.compile(r"\([^()]*\)")
_METHOD = re.compile(
    r"(spf|dkim|dmarc)(?:/1)?=(pass|fail|softfail|hardfail|permfail|neutral|none|policy|temperror|permerror|bestguesspass)(.*)"
)
_PROPERTY = re.compile(
    r"((?:smtp|header|policy|body)\.[a-z-]+|reason)=(.*?)(?=(?:smtp|header|policy|body)\.[a-z-]+=|reason=|$)"
)
_AGAINST = frozenset({"fail", "softfail", "hardfail", "permfail", "temperror", "permerror"})


class _Result(Value):
    """One method's result."""

    method: str
    result: str
    properties: dict[str, str]


def authenticated(mail: Mail, authserv: str) -> bool | None:
    """Tell whether our provider vouches for the From address; None where it says nothing. `authserv` is its name, or "coremail"."""
    ours = [value for value in mail.header("Authentication-Results") if _is_ours(value, mail, authserv)]
    if not ours:
        return None
    return len(mail.header("From")) == 1 and all(_vouches(value, mail.from_.address.lower()) for value in ours)


def _is_ours(value: str, mail: Mail, authserv: str) -> bool:
    told = value.partition(";")[0].split()
    name = told[0].lower() if told else ""
    if authserv.lower() != COREMAIL:
        return name == authserv.lower() or name.endswith(f".{authserv.lower()}")
    topmost = next(iter(mail.header("Received")), "")
    host = _BY_COREMAIL.search(topmost)
    return host is not None and name == host[1].lower()


def _vouches(value: str, address: str) -> bool:
    results = list(_results(value))
    if not results or any(each.result in _AGAINST for each in results):
        return False
    return any(each.result == "pass" and _is_about(each, address) for each in results)


def _is_about(each: _Result, address: str) -> bool:
    """Tell whether a result speaks of the From address: SPF of all of it, the others of its domain."""
    domain, told = address.rpartition("@")[2], each.properties
    match each.method:
        case "spf":
            return address in (told.get("smtp.mail"), told.get("smtp.mailfrom"))
        case "dkim":
            signed = {told[name].rpartition("@")[2] for name in ("header.d", "header.i") if name in told}
            return signed == {domain}
        case _:
            return told.get("header.from", "").rpartition("@")[2] == domain


def _results(value: str) -> Iterator[_Result]:
    """Give each method's result; none at all where anything is quoted or odd: a sender's own words may stand there."""
    plain = re.sub(r"\s", "", _COMMENT.sub("", value)).lower()
    if re.search(r'["\\()]', plain):
        return
    for segment in plain.split(";")[1:]:
        if match := _METHOD.fullmatch(segment):
            pairs = _PROPERTY.findall(match[3])
            names = [name for name, _ in pairs]
            if len(names) != len(set(names)):
                continue
            yield _Result(method=match[1], result=match[2], properties=dict(pairs))
