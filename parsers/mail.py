"""In charge of a whole mail: raw bytes in, one frozen `Mail` out, every carried file written beside it under its sha256.

Strings together `message.letter` (one message), `message.carried` (files at whatever depth), `message.headers`, `message.addresses` and `message.report`. Knows no clock, no
network and no configuration beyond the limits it is given.
"""

from collections import defaultdict
from email.message import Message
from pathlib import Path

from domain.mail import Address, Mail
from domain.notice import Limits
from parsers.message.addresses import first_address, normal_address, read_addresses
from parsers.message.carried import Hold
from parsers.message.headers import date, decode_text, message_ids, relayed_at, wire_text
from parsers.message.letter import read_letter
from parsers.message.mime import first_of_each
from parsers.message.params import read_field
from parsers.message.report import is_recall, read_report
from parsers.message.skeleton import Skeleton

_MAX_HEADERS = 1000
_MAX_VALUE = 20_000  #: characters kept of one header


def read_mail(raw: Path, out: Path, limits: Limits) -> Mail:
    """Read a raw RFC 5322 message into a Mail; decoded bytes of every file go to out/<sha256>.

    Never raises for what the message holds; raises OSError when raw cannot be read or out not written.
    """
    out.mkdir(parents=True, exist_ok=True)
    letter = read_letter(raw, out, limits)
    hold = Hold(out, limits)
    hold.load(letter)
    mail = envelope(letter.skeleton)
    contents = {
        "text": letter.text or "\n\n".join(hold.texts),
        "quoted": letter.quoted,
        "parts": tuple(hold.parts),
        "links": tuple({link.url: link for link in hold.links}.values()),
        "report": read_report(letter.root, mail.subject, mail.from_.address, letter.text),
        "archive_problems": tuple(hold.problems),
        "truncated": letter.truncated,
        "exact": mail.exact and hold.exact,
        "defects": (*letter.skeleton.defects, *dict.fromkeys(hold.defects)),
        "recalled": is_recall(mail.subject),
    }
    return mail.model_copy(update=contents)


def envelope(skeleton: Skeleton) -> Mail:
    """Return a Mail with what its header tells."""
    root, fields = skeleton.root, defaultdict(str, first_of_each(skeleton.root))
    subject, (sender, exact) = decode_text(fields["subject"]), first_address(fields["from"])
    return Mail(
        sha256=skeleton.sha256,
        size=skeleton.size,
        message_id=next(iter(message_ids(fields["message-id"])), None),
        in_reply_to=message_ids(fields["in-reply-to"]),
        references=message_ids(fields["references"]),
        sent_at=date(fields["date"]),
        relayed_at=relayed_at(fields["received"]),
        from_=sender,
        sender=_one(fields["sender"]),
        reply_to=_one(fields["reply-to"]),
        to=read_addresses(fields["to"])[0],
        cc=read_addresses(fields["cc"])[0],
        return_path=_return_path(fields.get("return-path")),
        subject=subject.text,
        headers=_headers(root),
        media_type=_media_type(root, fields["content-type"]),
        exact=subject.exact and exact,
    )


def _one(value: str) -> Address | None:
    address, _ = first_address(value)
    return address if address.address else None


def _return_path(value: str | None) -> str | None:
    """RFC 5321 §4.4: "<>" is the null path of bounces."""
    return None if value is None else normal_address(wire_text(value).text.strip().strip("<>"))


def _headers(root: Message) -> tuple[tuple[str, str], ...]:
    pairs = list(root.raw_items())[:_MAX_HEADERS]
    return tuple((wire_text(key).text, decode_text(str(value)).text[:_MAX_VALUE]) for key, value in pairs)


def _media_type(root: Message, field: str) -> str:
    report_type = read_field(field).get("report-type").lower() if "report-type" in field.lower() else ""
    told = wire_text(root.get_content_type()).text
    return f"{told}; {report_type}" if report_type else told
