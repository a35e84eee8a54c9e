"""What was read out of one file: a function of its bytes alone, kept by (sha256, parser, version)."""

from pydantic import Field

from domain.mail import FileDate
from domain.value import Value


class FormFields(Value):
    """One filled application form (annex 1 or 2 of the notice); None: the label was not found; "": left empty."""

    annex: int | None = None  #: 1 text, 2 video
    title: str | None = None  #: 案例题目 / 视频名称
    contact: str | None = None
    phone: str | None = None  #: as written
    email: str | None = None
    address: str | None = None
    category: str | None = None  #: 成果类型 / 视频表达主旨, the template's own hint removed
    highlights: str | None = None  #: 成果特色或亮点
    content: str | None = None  #: 成果内容 / 剧情简介
    opinion: str | None = None  #: whole text of the 单位意见 cell
    commitment: bool | None = None  #: the sentence 本单位承诺… stands in it; None: cell not found or unreadable
    unit: str | None = None  #: from a 单位名称 row or the signature line of 单位意见, where there is one
    more: tuple[tuple[str, str], ...] = ()  #: (field, value) of labels that are this call's own
    unsure: tuple[str, ...] = ()  #: fields whose reading (OCR) is doubtful
    pages: tuple[int, ...] = ()  #: 0-based pages it stands on, where the file has pages

    def value(self, field: str) -> str:
        """Return what stands for a label, this call's own included; "" where nothing does."""
        told = dict(self.more).get(field) or getattr(self, field, None)
        return told.strip() if isinstance(told, str) else ""


class Seal(Value):
    """One official seal found on a page."""

    page: int = 0
    box: tuple[int, int, int, int] = (0, 0, 0, 0)  #: x, y, width, height in pixels of the page at `dpi`
    shape: str = "round"  #: round, oval, signature (electronic)
    text: str | None = None  #: legend, where legible
    confidence: float = 0.0  #: 0–1 that this is a seal
    crop: str | None = None  #: sha256 of a PNG cut-out, written beside the facts


class SealFacts(Value):
    """Whether a file bears a seal. `present` None: cannot be known (grey scan, faint, cut off)."""

    present: bool | None = None
    text: str | None = None
    seals: tuple[Seal, ...] = ()
    reason: str = ""  #: why it cannot be known, or how it was told
    electronic: bool = False  #: signature field or OFD signature


class VideoFacts(Value):
    """A video as probed. Sizes are as shown, after rotation."""

    container: str  #: mp4, mov, avi, mpeg, mkv, flv, wmv, webm, …
    duration_s: float | None = None
    width: int | None = None
    height: int | None = None
    rotation: int = 0
    codec: str = ""
    frame_rate: float | None = None
    has_video: bool = True
    has_audio: bool = False
    truncated: bool = False  #: ends before its index says it does, or has no index
    subtitles: str | None = None  #: burned, track, none; None: cannot be known
    subtitle_lines: tuple[str, ...] = ()  #: evidence: lines seen, at most 10
    blank: bool | None = None  #: black or frozen for most of its length
    fingerprint: str | None = None  #: perceptual, hex, 64 bits a sampled frame
    contact_sheet: str | None = None  #: sha256 of a JPEG written beside the facts


class FileFacts(Value):
    """All that one file tells. A parser fills what its kind has; the rest stays at its default."""

    parser: str
    version: int
    problem: str | None = None  #: encrypted, corrupt, unsupported, timeout, memory, crashed, empty
    detail: str = ""  #: one English line for staff and logs, no personal data
    forms: tuple[FormFields, ...] = ()
    text: str = ""  #: the whole text, capped at 200,000 characters
    text_length: int | None = None  #: 字数 of `text` as Word counts
    source: str = ""  #: native, text_layer, ocr
    pages: int | None = None
    macros: bool = False
    seal: SealFacts | None = None
    video: VideoFacts | None = None
    dates: tuple[FileDate, ...] = ()
    width: int | None = None  #: pictures: pixels
    height: int | None = None
    producer: str = ""  #: program that wrote the file
    derived: tuple[str, ...] = Field(default=())  #: sha256 of pictures the parser wrote for staff
