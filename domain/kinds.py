"""What a file is (by content), what part it plays, what a message is, and the states things go through."""

from enum import StrEnum


class Kind(StrEnum):
    """What a file is, told from its bytes and never from its name or declared type."""

    DOCX = "docx"  #: OOXML word processing document, macros or not
    OLE_WORD = "ole_word"  #: .doc or .wps: OLE compound file with a WordDocument stream
    OLE_ENCRYPTED = "ole_encrypted"  #: OOXML behind a password (EncryptedPackage)
    ODT = "odt"
    RTF = "rtf"
    HTML = "html"
    TEXT = "text"
    PDF = "pdf"
    OFD = "ofd"
    IMAGE = "image"  #: jpg, png, heic, tiff, bmp, gif, webp
    VIDEO = "video"
    AUDIO = "audio"
    ZIP = "zip"
    RAR = "rar"
    SEVENZIP = "7z"
    TAR = "tar"  #: also gz, bz2, xz
    MESSAGE = "message"  #: an RFC 5322 message
    TNEF = "tnef"  #: winmail.dat
    SPREADSHEET = "spreadsheet"
    PRESENTATION = "presentation"
    EXECUTABLE = "executable"
    EMPTY = "empty"  #: zero bytes
    OTHER = "other"


ARCHIVES = frozenset({Kind.ZIP, Kind.RAR, Kind.SEVENZIP, Kind.TAR})
WORD = frozenset({Kind.DOCX, Kind.OLE_WORD, Kind.OLE_ENCRYPTED})


class Cut(StrEnum):
    """How an archive was cut into pieces, told by how those are named."""

    BYTES = "bytes"  #: 材料.zip.001, .002 …: of no meaning each
    PARTS = "parts"  #: 材料.part1.rar, .part2.rar …
    LETTERS = "letters"  #: 材料.rar, .r00, .r01 …: RAR before 3.0, and on request since
    SPANNED = "spanned"  #: 材料.z01, .z02 … and .zip, which is the last


class Role(StrEnum):
    """The part a file plays in a submission (CONTRACT, attachments[].role)."""

    WORD_FORM = "word_form"
    PDF_FORM = "pdf_form"
    IMAGE_FORM = "image_form"
    VIDEO = "video"
    TEXT_WORK = "text_work"
    IMAGE = "image"
    ARCHIVE = "archive"
    MESSAGE = "message"
    OTHER = "other"
    REJECTED = "rejected"  #: executable, bomb, or refused by limits: kept apart


class Track(StrEnum):
    TEXT = "text"
    VIDEO = "video"

    @property
    def letter(self) -> str:
        """The letter in a case number: W (文字) or V (视频)."""
        return "W" if self is Track.TEXT else "V"


class MessageKind(StrEnum):
    """Kinds of message, RULES.md."""

    SUBMISSION = "submission"
    SUPPLEMENT = "supplement"
    CORRECTION = "correction"
    DUPLICATE = "duplicate"
    QUESTION = "question"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    BULK = "bulk"
    OWN = "own"
    UNRELATED = "unrelated"


class Severity(StrEnum):
    FATAL = "fatal"  #: cannot be mended
    ERROR = "error"  #: the applicant must mend it
    REVIEW = "review"  #: a person must look
    WARNING = "warning"  #: told, costs nothing
    OFF = "off"  #: rule not applied


class Decision(StrEnum):
    ACCEPTED = "accepted"
    NEEDS_SUPPLEMENT = "needs_supplement"
    REJECTED = "rejected"
    MANUAL_REVIEW = "manual_review"
    IGNORED = "ignored"  #: messages only
    DUPLICATE = "duplicate"  #: messages only
    WITHDRAWN = "withdrawn"  #: cases only


class MessageState(StrEnum):
    ARCHIVED = "archived"  #: raw bytes are safe and in the ledger
    READ = "read"  #: parts and facts are known
    DECIDED = "decided"  #: records and reply are committed; terminal
    QUARANTINED = "quarantined"  #: three tries failed; kept, shown, `retry`
    PURGED = "purged"  #: personal data erased past its keeping time; what it was and when is still counted; terminal


AT_WORK = (MessageState.ARCHIVED, MessageState.READ)  #: a worker takes these up
TERMINAL = (MessageState.DECIDED, MessageState.PURGED)


class OutboxState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"  #: an attempt was written before dialling
    SENT = "sent"
    HELD = "held"  #: in doubt, refused, or over the cap: a person decides
    CANCELLED = "cancelled"


UNDERWAY = (OutboxState.QUEUED, OutboxState.SENDING)  #: goes out by itself
