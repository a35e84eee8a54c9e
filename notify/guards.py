"""In charge of what is never answered (RFC 3834 §2). The order is pigeonhole's, the Chinese signs are NetEase's and QQ's.

Header names compare without case, and every instance of a header counts. `Feedback-ID` is no sign: every ordinary QQ mail
carries one (research §9, T49b). Leaves "no address to answer" to `thread`.
"""

import re
from collections.abc import Callable, Collection

from domain.kinds import MessageKind
from domain.mail import Mail
from domain.text import one_line
from domain.value import Value
from notify.addresses import is_daemon, is_mute, same_mailbox


class Silence(Value):
    """Why a mail gets no reply."""

    kind: MessageKind
    reason: str  #: English, for logs and staff


class _Desk(Value):
    """Who we are, as the guards need it."""

    addresses: tuple[str, ...]
    sent: Callable[[str], bool]  #: whether a Message-ID is one of our letters'


_Guard = Callable[[Mail, _Desk], Silence | None]
_BOUNCED = re.compile(r"(?i)^(?:系统退信(?:\s*/.*)?|undeliver(?:able|ed).*|mail delivery failed.*|returned mail.*)$")
_RECEIPT = re.compile(r"^(?:阅读回执|已读)\s*[:：]")
_RECALL = re.compile(r"^(?:发信方已撤回邮件|(?:通知\s*[:：]\s*)?\[?撤回邮件)")
_AUTOMATIC = re.compile(
    r"(?i)^(?:(?:自动回复|自动答复|auto(?:matic)?[ -]?(?:reply|response)|out[ -]of[ -]office)(?:\s*[:：\s].*)?|(?:这是一封)?来自.{0,60}的自动回复.*)$"
)
#: How QQ and others open an automatic answer that says so nowhere else.
_AUTOMATIC_TEXT = re.compile(
    r"^\s*(?:这是来自.{0,30}自动(?:回复|答复)|[【\[(（]自动(?:回复|答复)[】\])）]|(?:此|本)邮件(?:为|是)(?:系统)?自动(?:回复|答复))"
)
_COMMENT = re.compile(r"\([^()]*\)")
_QQ_HOLIDAY = ("X-QQ-AUTO-REPLY", "X-QQ-HolidayReply")  # research §0.9: QQ sends no Auto-Submitted
_SUPPRESS = frozenset({"all", "oof", "autoreply"})  # MS-OXCMAIL: AutoReply is any automatic answer but OOF
_PRECEDENCE = frozenset({"bulk", "list", "junk", "auto_reply", "auto-reply"})
RECALLED = "recall notice"  #: the reason by which staff are told of one
_MARKETING = ("service.netease.com",)  # research T48


def silence(mail: Mail, own_addresses: Collection[str], own_message_ids: Callable[[str], bool]) -> Silence | None:
    """Return why a mail must not be answered, or None where it may. `own_message_ids` tells our letters' ids."""
    desk = _Desk(addresses=tuple(own_addresses), sent=own_message_ids)
    return next((found for guard in _GUARDS if (found := guard(mail, desk))), None)


def _null_sender(mail: Mail, desk: _Desk) -> Silence | None:
    if mail.return_path is None or mail.return_path.strip("<> "):
        return None
    return _delivery_report(mail, desk) or Silence(kind=MessageKind.AUTO_REPLY, reason="null envelope sender")


def _ours(mail: Mail, desk: _Desk) -> Silence | None:
    senders = [mail.from_.address, mail.sender.address if mail.sender else ""]
    if any(same_mailbox(ours, theirs) for ours in desk.addresses for theirs in senders if theirs):
        return Silence(kind=MessageKind.OWN, reason="sent from our own address")
    if mail.header("X-Shoujian-Id"):
        return Silence(kind=MessageKind.OWN, reason="carries our X-Shoujian-Id")
    if mail.message_id and desk.sent(mail.message_id):
        return Silence(kind=MessageKind.OWN, reason="carries the Message-ID of a letter of ours")
    return None


def _delivery_report(mail: Mail, desk: _Desk) -> Silence | None:
    media_type, subject = mail.media_type.lower(), one_line(mail.subject)
    if "disposition-notification" in media_type or _RECEIPT.match(subject):
        return Silence(kind=MessageKind.AUTO_REPLY, reason="read receipt (RFC 8098)")
    told = mail.report is not None or media_type.startswith("multipart/report")
    if told and mail.report and mail.report.action in ("delivered", "relayed", "expanded"):
        return Silence(kind=MessageKind.AUTO_REPLY, reason=f"delivery report: {mail.report.action}")
    if told:
        return Silence(kind=MessageKind.BOUNCE, reason="delivery report (RFC 3464)")
    if _BOUNCED.match(subject) and (subject.startswith("系统退信") or is_daemon(mail.from_.address)):
        return Silence(kind=MessageKind.BOUNCE, reason="bounce, told by its subject")
    return None


def _recall(mail: Mail, desk: _Desk) -> Silence | None:
    if mail.recalled or _RECALL.match(one_line(mail.subject)):
        return Silence(kind=MessageKind.AUTO_REPLY, reason=RECALLED)
    return None


def _list(mail: Mail, desk: _Desk) -> Silence | None:
    named = next((name for name, _ in mail.headers if name.lower().startswith("list-")), None)
    return Silence(kind=MessageKind.BULK, reason=f"mailing list: {named}") if named else None


def _auto_submitted(mail: Mail, desk: _Desk) -> Silence | None:
    """RFC 3834 §5: anything but "no" is automatic; a second instance counts as much as the first."""
    values = (_COMMENT.sub("", value).partition(";")[0].strip().lower() for value in mail.header("Auto-Submitted"))
    told = next((value for value in values if value != "no"), None)
    return None if told is None else Silence(kind=MessageKind.AUTO_REPLY, reason=f"Auto-Submitted: {told[:40]}")


def _holiday_reply(mail: Mail, desk: _Desk) -> Silence | None:
    for name in _QQ_HOLIDAY:
        if mail.header(name):
            return Silence(kind=MessageKind.AUTO_REPLY, reason=name)
    if _AUTOMATIC.match(one_line(mail.subject)) or _AUTOMATIC_TEXT.match(one_line(mail.subject)):
        return Silence(kind=MessageKind.AUTO_REPLY, reason="automatic reply, told by its subject")
    if _AUTOMATIC_TEXT.match(mail.text[:200]):
        return Silence(kind=MessageKind.AUTO_REPLY, reason="automatic reply, told by its text")
    return None


def _precedence(mail: Mail, desk: _Desk) -> Silence | None:
    told = next((v for v in (value.strip().lower() for value in mail.header("Precedence")) if v in _PRECEDENCE), None)
    if told is None:
        return None
    kind = MessageKind.AUTO_REPLY if told.startswith("auto") else MessageKind.BULK
    return Silence(kind=kind, reason=f"Precedence: {told}")


def _suppressed(mail: Mail, desk: _Desk) -> Silence | None:
    tokens = {t for value in mail.header("X-Auto-Response-Suppress") for t in re.split(r"[\s,;]+", value.lower())}
    asked = sorted(tokens & _SUPPRESS)
    return Silence(kind=MessageKind.AUTO_REPLY, reason=f"X-Auto-Response-Suppress: {asked[0]}") if asked else None


def _system_address(mail: Mail, desk: _Desk) -> Silence | None:
    address = mail.from_.address
    if is_daemon(address):
        return Silence(kind=MessageKind.BOUNCE, reason="sent by a mail system")
    if is_mute(address):
        return Silence(kind=MessageKind.BULK, reason="sent from an address nobody reads")
    host = address.rpartition("@")[2].lower()
    if any(host == domain or host.endswith(f".{domain}") for domain in _MARKETING):
        return Silence(kind=MessageKind.BULK, reason="provider's own announcements")
    return None


_GUARDS: tuple[_Guard, ...] = (
    _null_sender, _ours, _delivery_report, _recall, _list, _auto_submitted, _holiday_reply, _precedence, _suppressed, _system_address,
)  # fmt: skip
