"""In charge of raw letters: RFC 5322 bytes, loop-proof headers, threading. Leaves words to `replies` and `digest`.

No `Precedence: bulk`: it is non-standard (RFC 3834 §3.1.8 leaves it to the responder), Auto-Submitted says the same to
whoever should not answer, and to NetEase's content filter it marks the very mail that must get through (research §2).
"""

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from typing import Self

from domain.notice import SHANGHAI
from domain.records import Letter
from domain.text import one_line
from domain.value import Value
from notify.addresses import plain_name
from notify.thread import Thread

WORKBOOK = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


class PostOffice(Value):
    """Who sends, and when. `new_id` makes a Message-ID out of a letter's key."""

    address: str  #: the login: NetEase takes no other sender (553, research §2)
    name: str
    now: datetime  #: aware
    addresses: tuple[str, ...] = ()  #: all logins of ours, where there are several
    new_id: Callable[[str], str] | None = None

    @property
    def own(self) -> tuple[str, ...]:
        """Every address of ours: no letter goes to one."""
        return (self.address, *self.addresses)

    def answering(self, account: str) -> Self:
        """Return the office as it answers what came to an account: from there, where that is a login of ours."""
        known = {address.lower(): address for address in self.addresses}
        return self.model_copy(update={"address": known.get(account.lower(), self.address)})

    def message_id(self, key: str) -> str:
        """Return the Message-ID of the letter with this key: ours, on our domain, the same for one key and moment."""
        if self.new_id:
            return self.new_id(key)
        seed = f"{self.address}\n{key}\n{self.now.isoformat()}"
        digest = hashlib.sha256(seed.encode()).hexdigest()[:24]
        return f"<{self.now.astimezone(SHANGHAI):%Y%m%d%H%M%S}.{digest}@{self.address.rpartition('@')[2]}>"


class Enclosure(Value):
    """A file sent along."""

    name: str
    data: bytes


class Picture(Value):
    """A picture shown inside the HTML, which names it as cid:<cid>. No address is ever loaded (RFC 2392)."""

    cid: str
    data: bytes  #: JPEG
    width: int  #: pixels as shown
    height: int
    alt: str = ""  #: what is said where it is not shown


class Draft(Value):
    """A letter in words, not yet on paper."""

    kind: str  #: Letter.kind
    key: str  #: Letter.key
    subject: str
    text: str
    html: str
    case_numbers: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    pictures: tuple[Picture, ...] = ()


class _Paper(EmailPolicy):
    """The SMTP policy, but ids are folded between ids: the stock one turns a long id into encoded words."""

    def fold(self, name: str, value: str) -> str:
        if name.lower() in ("message-id", "in-reply-to", "references"):
            return f"{name}: " + "\r\n ".join(str(value).split()) + "\r\n"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii")


_PAPER = _Paper(linesep="\r\n", max_line_length=SMTP.max_line_length, cte_type="7bit")


def seal(draft: Draft, thread: Thread, post: PostOffice, *, auto: str = "auto-replied") -> Letter:
    """Return the letter with its bytes. `auto` is the Auto-Submitted value (RFC 3834 §5): a digest is auto-generated."""
    message_id = post.message_id(draft.key)
    message = EmailMessage(policy=_PAPER)
    _address(message, thread, post)
    message["Subject"] = one_line(draft.subject)
    message["Date"] = format_datetime(post.now.astimezone(SHANGHAI))
    message["Message-ID"] = message_id
    _thread(message, thread)
    message["Auto-Submitted"] = auto
    message["X-Auto-Response-Suppress"] = "All"
    message["X-Shoujian-Id"] = message_id.strip("<>")  # survives providers that rewrite Message-ID
    _fill(message, draft)
    return Letter(
        message_id=message_id,
        kind=draft.kind,
        key=draft.key,
        account=post.address.lower(),
        recipient=thread.recipient,
        subject=one_line(draft.subject),
        text=draft.text,
        html=draft.html,
        raw=message.as_bytes(),
        message_sha256=thread.sha256,
        case_numbers=draft.case_numbers,
    )


def _address(message: EmailMessage, thread: Thread, post: PostOffice) -> None:
    message["From"] = Mailbox(one_line(post.name), addr_spec=post.address)
    message["To"] = Mailbox(plain_name(thread.name), addr_spec=thread.recipient)


def _thread(message: EmailMessage, thread: Thread) -> None:
    if thread.message_id:
        message["In-Reply-To"] = thread.message_id
    if thread.references:
        message["References"] = " ".join(thread.references)


def _fill(message: EmailMessage, draft: Draft) -> None:
    """Put in text and HTML, both base64: QQ and NetEase mangle 8bit bodies (research §2)."""
    message.set_content(draft.text, cte="base64")
    if draft.html:
        message.add_alternative(draft.html, subtype="html", cte="base64")
        _add_pictures(message, draft)
    for enclosure in draft.enclosures:
        maintype, subtype = WORKBOOK
        message.add_attachment(enclosure.data, maintype=maintype, subtype=subtype, filename=enclosure.name)
    _set_boundaries(message, draft.key)


def _add_pictures(message: EmailMessage, draft: Draft) -> None:
    """Put pictures beside the HTML (RFC 2387), not beside the enclosures: there they would be listed as files."""
    html = message.get_body(("html",))
    assert isinstance(html, EmailMessage)  # it was just added
    for picture in draft.pictures:
        name = f"{picture.cid.partition('@')[0]}.jpg"
        html.add_related(picture.data, "image", "jpeg", cid=f"<{picture.cid}>", disposition="inline", filename=name)
    if draft.pictures:
        html.set_param("type", "text/html")


def with_pictures(letter: Letter) -> str:
    """Return a letter's HTML with its pictures inside, for a browser: outside a mail there is nothing that cid: names."""
    html = letter.html
    for part in BytesParser(policy=_PAPER).parsebytes(letter.raw).walk():
        data, cid = part.get_payload(decode=True), str(part["Content-ID"] or "").strip("<>")
        if cid and isinstance(data, bytes):
            html = html.replace(
                f"cid:{cid}", f"data:{part.get_content_type()};base64,{base64.b64encode(data).decode()}"
            )
    return html


def _set_boundaries(message: EmailMessage, key: str) -> None:
    """Give multiparts boundaries made from the key, so that the same letter is the same bytes."""
    for depth, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{hashlib.sha256(f'{key}/{depth}'.encode()).hexdigest()[:32]}")
