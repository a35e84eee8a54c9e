"""In charge of reports about mail of ours: delivery (RFC 3464), disposition (RFC 8098), NetEase and exmail bounces, recalls.

Leaves to `notify.guards` what silence follows from them.
"""

import re
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32

from domain.mail import DeliveryReport
from domain.text import one_line
from parsers.message.addresses import normal_address
from parsers.message.headers import decode_text, message_ids, wire_text
from parsers.message.mime import children, first, payload_bytes

_REPORTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_DISPOSITIONS = frozenset({"message/disposition-notification", "message/global-disposition-notification"})
_HEADERS = frozenset({"text/rfc822-headers", "message/rfc822", "message/global", "message/global-headers"})
#: Recall notices as QQ and NetEase word them (§3.1); ordinary mail that speaks of 撤回 does not begin like this.
_RECALL = re.compile(
    r"^(?:发信方已撤回邮件|通知[:：]\s*\[撤回邮件(?:失败|成功)?\]|撤回[:：]|邮件撤回(?:通知|提醒)|Recall:)",
    re.IGNORECASE,
)
_BOUNCE_SUBJECT = re.compile(
    r"系统退信|The email is returned|邮件退回|退信通知|Undeliver(?:ed|able)|Returned mail|Mail delivery failed|Delivery (?:failure|Notification)|Delivery Status Notification|failure notice",
    re.IGNORECASE,
)
_BOUNCE_SENDER = re.compile(r"^(?:postmaster|mailer-daemon|mail-daemon|mdaemon)@", re.IGNORECASE)
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_RECIPIENT = re.compile(
    r"(?:收件人|无法发送到|以下收件人|recipient|RCPT TO)[^@\n]{0,60}?([\w.+-]{1,64}@[\w.-]{1,200}\w)", re.IGNORECASE
)
_MAX_DIAGNOSTIC = 1000


def is_recall(subject: str) -> bool:
    """Tell whether a subject is that of a recall notice."""
    return bool(_RECALL.match(subject.strip()))


def read_report(root: Message, subject: str, sender: str, text: str) -> DeliveryReport | None:
    """Return what a bounce or receipt tells, or None for mail that is neither.

    A mail counts as a bounce without the RFC's part only when subject and sender both say so.
    """
    nodes = list(root.walk())
    original = _original_id(root, nodes)
    for node in nodes:
        kind = node.get_content_type()
        if kind in _REPORTS:
            return _delivery(_groups(node), original)
        if kind in _DISPOSITIONS:
            return _disposition(_groups(node), original)
    if _BOUNCE_SENDER.match(sender) and _BOUNCE_SUBJECT.search(subject):
        return _worded(text, original)
    return None


def _groups(node: Message) -> list[Message]:
    """Return the field groups of a report: one for the message, one a recipient (RFC 3464 §2.1)."""
    return list(children(node)) or [_as_fields(payload_bytes(node))]


def _as_fields(data: bytes) -> Message:
    """Return the fields that bytes begin with; what stands below them is not taken apart: it may be nested without end."""
    return BytesHeaderParser(policy=compat32).parsebytes(data)


def _delivery(groups: list[Message], original: str | None) -> DeliveryReport:
    recipients = [group for group in groups if first(group, "final-recipient") or first(group, "action")]
    worst = next((one for one in recipients if first(one, "action").strip().lower() == "failed"), None)
    group = worst or (recipients[0] if recipients else groups[0])
    status = _STATUS.search(first(group, "status"))
    return DeliveryReport(
        original_message_id=original,
        recipient=_typed(first(group, "final-recipient") or first(group, "original-recipient")),
        status=status[1] if status else None,
        action=one_line(wire_text(first(group, "action")).text).lower() or None,
        diagnostic=decode_text(first(group, "diagnostic-code")).text[:_MAX_DIAGNOSTIC],
    )


def _disposition(groups: list[Message], original: str | None) -> DeliveryReport:
    """RFC 8098 §3.2: what became of a mail after delivery; Original-Message-ID names it."""
    group = groups[0]
    named = message_ids(first(group, "original-message-id"))
    return DeliveryReport(
        original_message_id=named[0] if named else original,
        recipient=_typed(first(group, "final-recipient")),
        action=one_line(wire_text(first(group, "disposition")).text.rpartition(";")[2]).lower() or None,
    )


def _typed(field: str) -> str | None:
    """Return the address of "rfc822; a@b.cn"."""
    return normal_address(wire_text(field).text.rpartition(";")[2].strip().strip("<>")) or None


def _worded(text: str, original: str | None) -> DeliveryReport:
    status, recipient = _STATUS.search(text), _RECIPIENT.search(text)
    return DeliveryReport(
        original_message_id=original,
        recipient=normal_address(recipient[1]) if recipient else None,
        status=status[1] if status else None,
        action="failed",
        diagnostic=one_line(text)[:_MAX_DIAGNOSTIC],
    )


def _original_id(root: Message, nodes: list[Message]) -> str | None:
    """NetEase quotes ours in X-CM-Original-Message-ID; others return the headers, or only In-Reply-To."""
    for raw in (first(root, "x-cm-original-message-id"), *(_returned(node) for node in nodes)):
        if found := message_ids(raw):
            return found[0]
    found = message_ids(first(root, "in-reply-to")) or message_ids(first(root, "references"))
    return found[-1] if found else None


def _returned(node: Message) -> str:
    if node.get_content_type() not in _HEADERS:
        return ""
    inner = children(node)
    return first(inner[0] if inner else _as_fields(payload_bytes(node)), "message-id")
