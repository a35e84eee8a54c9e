"""In charge of what is known of each mail provider: hosts, ports, and habits. Leaves the talking to `session`.

Hosts of NetEase: its help pages; habits: research/netease-mail.md §1.
"""

from domain.security import Security
from domain.value import Value


class Provider(Value):
    """A mail provider. Junk-like folders are polled like the inbox: applicants' mail lands there (research §1.3)."""

    name: str
    imap_host: str = ""
    imap_port: int = 993
    imap_security: Security = Security.TLS
    smtp_host: str = ""
    smtp_port: int = 465
    smtp_security: Security = Security.TLS
    tells_uidnext: bool = (
        True  #: UIDNEXT is told, and grows with each message; where not, it is never believed (research §1.4)
    )
    sends_id: bool = False  #: ID (RFC 2971) goes out after LOGIN even where CAPABILITY does not name it
    junk_names: tuple[str, ...] = ()  #: what the last component of a junk-like folder's name begins with
    sent_names: tuple[str, ...] = ()
    notes: str = ""  #: for staff


_JUNK = ("垃圾", "广告", "订阅", "病毒", "Junk", "Spam", "Bulk")
_SENT = ("已发送", "Sent")
_CODE = "The password is the 授权码 made in the web mail's settings, where IMAP/SMTP must be switched on."


def _netease(name: str) -> Provider:
    return Provider(
        name=name,
        imap_host=f"imap.{name}.{'net' if name == 'yeah' else 'com'}",
        smtp_host=f"smtp.{name}.{'net' if name == 'yeah' else 'com'}",
        tells_uidnext=False,
        sends_id=True,
        junk_names=_JUNK,
        sent_names=_SENT,
        notes=f"{_CODE} Folders stay shut until ID is sent; set 收取全部邮件 in the web mail.",
    )


_PROVIDERS = {
    **{name: _netease(name) for name in ("126", "163", "yeah")},
    "qq": Provider(
        name="qq",
        imap_host="imap.qq.com",
        smtp_host="smtp.qq.com",
        junk_names=_JUNK,
        sent_names=_SENT,
        notes=f"{_CODE} Poll no oftener than every few minutes: frequent logins are refused.",
    ),
    "generic": Provider(name="generic", junk_names=_JUNK, sent_names=_SENT),
}

NAMES = tuple(_PROVIDERS)


def provider(name: str) -> Provider:
    """Return what is known of a provider: 126, 163, yeah, qq or generic.

    Raises:
        ValueError: for another name; the message lists the known ones.
    """
    if name not in _PROVIDERS:
        raise ValueError(f"unknown provider {name!r}: one of {', '.join(NAMES)}")
    return _PROVIDERS[name]
