"""In charge of what a letter answers: to whom, under which subject, tied to which message. Trusts no header's form."""

import re
from collections.abc import Iterable

from domain.mail import Address, Mail
from domain.records import MessageRecord
from domain.text import one_line
from domain.value import Value
from notify.addresses import answerable, usable
from notify.quoting import quote

_ID = re.compile(
    r"<[\x21-\x3b\x3d\x3f\x41-\x7e]{1,120}@[\x21-\x3b\x3d\x3f-\x7e]{1,120}>"
)  # RFC 5322 §3.6.4, as loosely as real programs write
_MOST_REFERENCES = 20
_PREFIX = re.compile(
    r"(?i)^\s*(?:(?:re|fw|fwd|aw|回复|答复|转发|自动回复)\s*(?:[(\[]\d+[)\]])?\s*[:：]|\[external\]|【外部邮件】)\s*"
)
_OURS = re.compile(r"【受理编号[^】]*】\s*(?:已受理|需补正|已收到，人工复核中|不予受理|重复来信|补正提醒|已收到)?")
_NOTED = re.compile(r"【请注意，邮件由[^】]*代发】")
SUBJECT_LIMIT = 120  #: characters; longer ones are cut by some clients and by NetEase's filter (research §2)


class Thread(Value):
    """The mail a letter answers, reduced to what is safe to use."""

    recipient: str  #: Reply-To or From
    name: str = ""  #: sender's display name, one line
    subject: str = ""  #: one line, without Re:, our own mark and gateways' notes
    message_id: str | None = None
    references: tuple[str, ...] = ()  #: for References: earlier ids and the one answered (RFC 5322 §3.6.4)
    sha256: str | None = None

    @classmethod
    def of(cls, mail: Mail, *own: str) -> "Thread | None":
        """Return the thread of a mail, or None where no address may be answered. `own` are our addresses."""
        recipient = answerable(mail.reply_to, *own) or answerable(mail.from_, *own)
        if recipient is None:
            return None
        answered = ids([mail.message_id or ""])
        chain = ids([*(mail.references or mail.in_reply_to), *answered])
        return cls(
            recipient=recipient,
            name=one_line(mail.from_.name)[:80],
            subject=bare_subject(mail.subject),
            message_id=answered[0] if answered else None,
            references=chain[:1] + chain[1:][-(_MOST_REFERENCES - 1) :],
            sha256=mail.sha256,
        )

    @classmethod
    def of_record(cls, record: MessageRecord, *own: str) -> "Thread | None":
        """Return the thread of a stored message, for letters written when the mail itself is not at hand."""
        recipient = answerable(Address(address=record.sender), *own)
        if recipient is None:
            return None
        answered = ids([record.message_id or ""])
        return cls(
            recipient=recipient,
            name=one_line(record.sender_name)[:80],
            subject=bare_subject(record.subject),
            message_id=answered[0] if answered else None,
            references=answered,
            sha256=record.sha256,
        )

    @classmethod
    def to(cls, address: str) -> "Thread":
        """Return the thread of a letter that answers nothing; ValueError for an address that is none."""
        plain = usable(address)
        if plain is None:
            raise ValueError(f"not an e-mail address: {address!r}")
        return cls(recipient=plain)


def ids(values: Iterable[str]) -> tuple[str, ...]:
    """Return the well-formed message ids in header values, each once, in order."""
    return tuple(dict.fromkeys(found for value in values for found in _ID.findall(value)))


def bare_subject(subject: str) -> str:
    """Return a subject without reply marks, our own receipt mark and gateways' notes, safe to repeat."""
    text = _NOTED.sub("", _OURS.sub("", one_line(subject)))
    while (shorter := _PREFIX.sub("", text)) != text:
        text = shorter
    return quote(text.strip(), 200)


def reply_subject(subject: str, numbers: tuple[str, ...], result: str) -> str:
    """Return "Re: …【受理编号 2023-W-0001】需补正" in at most 120 characters; the applicant's words are cut, ours never."""
    named = "、".join(numbers[:3]) + (f" 等 {len(numbers)} 项" if len(numbers) > 3 else "")
    tail = f"【受理编号 {named}】{result}" if numbers else f"【{result}】"
    room = SUBJECT_LIMIT - len("Re: ") - len(tail)
    shown = subject if len(subject) <= room else subject[: room - 1] + "…"
    return f"Re: {shown}{tail}"
