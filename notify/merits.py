"""In charge of saying what is right with a case and need not be sent again. Says nothing it has no evidence for."""

from collections.abc import Iterator

from domain.case import Case, Finding, Material
from domain.kinds import Role, Severity, Track
from domain.length import length_of_work
from domain.notice import Notice
from notify.figures import duration
from notify.quoting import file_name, quote

_BOTH_COPIES = frozenset({
    "form_wrong_annex", "field_missing", "word_pdf_mismatch", "commitment_missing", "form_unreadable", "phone_invalid"
})  # fmt: skip
_SCAN = frozenset({"missing_pdf_form", "pdf_not_stamped", "seal_unclear", "seal_unit_mismatch"})
_ENTRY = frozenset({"advertising", "similar_work", "wrong_year"})
_TEXT = frozenset({"text_too_long", "text_missing"}) | _ENTRY
_VIDEO = (
    frozenset({
        "video_missing", "video_format", "video_duration", "video_resolution", "video_blank", "video_no_subtitles"
    })
    | _ENTRY
)  # fmt: skip


def merits(case: Case, findings: tuple[Finding, ...], notice: Notice) -> tuple[str, ...]:
    """Return what the case has that no finding speaks against, each as one line without a full stop."""
    spoken = [finding for finding in findings if finding.severity is not Severity.WARNING]
    blamed = {finding.code.partition(":")[0] for finding in spoken}
    files = {str(value) for finding in spoken for value in finding.evidence.values() if isinstance(value, str)}
    return (
        *_word(case, blamed, files, notice),
        *_scan(case, blamed, files, notice),
        *_text(case, blamed, files, notice),
        *_video(case, blamed, files),
    )


def _sound(material: Material | None, files: set[str]) -> bool:
    return material is not None and not material.facts.problem and material.part.path not in files


def _word(case: Case, blamed: set[str], files: set[str], notice: Notice) -> Iterator[str]:
    if case.word and _sound(case.word, files) and case.word.form and not blamed & _BOTH_COPIES:
        yield f"{notice.words.form} Word 版{file_name(case.word.part.path)}，各栏填写完整"


def _scan(case: Case, blamed: set[str], files: set[str], notice: Notice) -> Iterator[str]:
    scan = case.newest(Role.PDF_FORM)
    stamped = case.seal is not None and case.seal.present is True
    if scan and not notice.stamped and scan.form and _sound(scan, files) and not blamed & (_BOTH_COPIES | _SCAN):
        yield f"{notice.words.form} {notice.words.scan}{file_name(scan.part.path)}"
    elif scan and stamped and _sound(scan, files) and not blamed & (_BOTH_COPIES | _SCAN):
        yield f"{notice.words.form} {notice.words.scan}{file_name(scan.part.path)}，已见单位公章"


def _text(case: Case, blamed: set[str], files: set[str], notice: Notice) -> Iterator[str]:
    if case.track is not Track.TEXT or blamed & (_TEXT | {"form_unreadable"}):
        return
    work = case.text_work
    if work and not _sound(work, files):
        return
    length = length_of_work(case, notice.text.min_words)
    count = length.words if length else 0
    if notice.text.min_words <= count <= notice.text.max_words:
        yield f"{notice.words.text_work}共 {count} 字，符合 {notice.text.max_words} 字以内的要求"


def _video(case: Case, blamed: set[str], files: set[str]) -> Iterator[str]:
    material = case.newest(Role.VIDEO)
    video = case.video
    if not material or not video or blamed & _VIDEO or not _sound(material, files):
        return
    if video.duration_s is None or not video.width or not video.height:
        return
    subtitles = "，配有中文字幕" if video.subtitles in ("burned", "track") else ""
    shape = f"时长 {duration(video.duration_s)}，分辨率 {video.width}×{video.height}"
    yield f"视频{file_name(material.part.path)}：{quote(video.container, 8)} 格式，{shape}{subtitles}"
