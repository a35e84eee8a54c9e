"""A mail as read: addresses, texts, parts and links. Made by `parsers.mail`, used by everyone."""

from datetime import date, datetime

from domain.kinds import Cut, Kind
from domain.value import Value


class Address(Value):
    """A mailbox (RFC 5322 §3.4), decoded."""

    name: str = ""
    address: str = ""  #: addr-spec, lower-cased domain; empty when there is none


class Part(Value):
    """One file carried by a mail, at whatever depth."""

    path: str  #: where it is, inner files after "/": "材料.zip/申报表.docx"; unique within its mail
    filename: str  #: decoded and made safe; invented ("附件1.pdf") for a nameless part
    original_name: str = ""  #: as sent, decoded, unsafe characters kept
    declared_type: str = ""  #: Content-Type as sent
    kind: Kind
    media_type: str  #: told from content
    sha256: str
    size: int  #: bytes
    inline: bool = False  #: Content-Disposition inline or referenced by cid
    decoration: bool = False  #: signature logo, emoticon, tracking pixel: never a material (T72)


class Link(Value):
    """A large file sent as a link (research/netease-mail.md §4)."""

    url: str
    host: str
    provider: str  #: "netease", "qq", "baidu", …; "unknown" where only the words say it is a file
    code: str | None = None  #: 提取码
    name: str | None = None
    size: int | None = None  #: bytes
    expires_at: datetime | None = None
    never_expires: bool = False
    fetched: bool = False  #: what it led to is here: nobody has to download it any more


class Fetched(Value):
    """Staff, or the guarded download, brought what links of a case led to. Never set by a parser."""

    number: str  #: of the case
    urls: tuple[str, ...] = ()  #: links of the case that are opened by it


class DeliveryReport(Value):
    """What a bounce or receipt tells (RFC 3464, RFC 8098, NetEase 系统退信)."""

    original_message_id: str | None = None
    recipient: str | None = None
    status: str | None = None  #: "5.1.1"
    action: str | None = None  #: failed, delayed, delivered, relayed, expanded
    diagnostic: str = ""


class Volume(Value):
    """Which piece a file is of an archive that was cut into several."""

    whole: str  #: name of the archive: "材料.rar"
    cut: Cut
    number: int  #: from 1
    total: int | None = None  #: how many there are, where that is known
    earlier: tuple[int, ...] = ()  #: numbers of the pieces that earlier mails brought; never set by a parser


class ArchiveProblem(Value):
    """Why an archive could not be unpacked wholly."""

    path: str
    problem: str  #: encrypted, corrupt, bomb, too_many, unsupported, volume
    detail: str = ""
    volume: Volume | None = None  #: the piece that the file at `path` is, where others are missing


class Mail(Value):
    """One message, decoded. Header names in `headers` are as sent; compare case-insensitively."""

    sha256: str  #: of the raw bytes
    size: int
    message_id: str | None = None
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    sent_at: datetime | None = None  #: Date header, aware; never decides anything
    relayed_at: datetime | None = None  #: date of the topmost Received header, aware
    from_: Address = Address()
    sender: Address | None = None
    reply_to: Address | None = None
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    return_path: str | None = None  #: "" for the null path <>, None where there is no such header
    subject: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    media_type: str = (
        "text/plain"  #: of the whole message, with report-type appended: "multipart/report; delivery-status"
    )
    text: str = ""  #: what this sender wrote now, plain
    quoted: str = ""  #: earlier mail quoted below it
    parts: tuple[Part, ...] = ()
    links: tuple[Link, ...] = ()
    report: DeliveryReport | None = None
    archive_problems: tuple[ArchiveProblem, ...] = ()
    truncated: bool = False  #: closing boundary or base64 end is missing
    exact: bool = True  #: every character decoded without loss
    defects: tuple[str, ...] = ()
    recalled: bool = False  #: a recall notice of QQ or NetEase
    fetched: Fetched | None = None  #: not sent like this: the mail of a link, with the files in the link's place

    def header(self, name: str) -> tuple[str, ...]:
        """Return every value of a header, name compared without case."""
        wanted = name.lower()
        return tuple(value for key, value in self.headers if key.lower() == wanted)


class SubjectFacts(Value):
    """What the subject line tells (RULES.md, Subject)."""

    convention: str | None = None  #: "unit", "work" or None
    unit: str | None = None
    contact: str | None = None
    participant: str | None = None
    work_title: str | None = None
    phone: str | None = None  #: normal form, several joined by "、"
    phone_problem: str | None = None  #: "digits" for a number of the wrong length
    receipts: tuple[str, ...] = ()  #: case numbers quoted in it
    cleaned: str = ""  #: without Re:/Fw:/【…】


class FileDate(Value):
    """A date found in a file, with where it was found."""

    when: date
    where: str  #: "docProps/core.xml created", "EXIF DateTimeOriginal", "QuickTime creation_time", "text"
