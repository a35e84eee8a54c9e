"""In charge of clause 四: which materials each case needs, and in what form."""

from collections.abc import Iterator

from domain.case import Case
from domain.kinds import Kind, Role, Severity, Track
from validators.rulebook import Context, Observation, rule, saw

_TWO_COPIES = "每个案例需填写申报表一式两份（word版 PDF盖章扫描版）发送到指定邮箱"


def _not_seen(case: Case) -> Observation:
    """Return that a material is missing: for `review` where it may lie in a file nobody could open."""
    return saw(severity=Severity.REVIEW, unopened=list(case.unopened)) if case.unopened else saw()


def _needs_scan(case: Case, context: Context) -> bool:
    return Role.PDF_FORM in context.notice.needs(case.track)


@rule("missing_word_form", clause="四", quote=_TWO_COPIES)
def word_form_is_there(case: Case, context: Context) -> Iterator[Observation]:
    if Role.WORD_FORM in context.notice.needs(case.track) and not case.word:
        yield _not_seen(case)


@rule("missing_pdf_form", clause="四", quote=_TWO_COPIES)
def stamped_pdf_is_there(case: Case, context: Context) -> Iterator[Observation]:
    stands_in = case.scan or any(m.part.kind is Kind.OFD and m.form for m in case.of(Role.OTHER))
    if _needs_scan(case, context) and not stands_in:
        yield _not_seen(case)


@rule("image_scan_instead_of_pdf", clause="四", quote="PDF盖章扫描版")
def stamped_copy_is_no_photo(case: Case, context: Context) -> Iterator[Observation]:
    photo = case.newest(Role.IMAGE_FORM)
    if photo and _needs_scan(case, context) and not case.of(Role.PDF_FORM):
        yield saw(file=photo.part.path)


@rule("ofd_form", clause="四", quote="PDF盖章扫描版")
def stamped_copy_is_no_ofd(case: Case, context: Context) -> Iterator[Observation]:
    forms = [m for m in case.of(Role.OTHER) if m.part.kind is Kind.OFD and m.form]
    if forms and _needs_scan(case, context) and not case.scan:
        yield saw(file=forms[-1].part.path)


@rule("form_unreadable", clause="四", quote="word版 PDF盖章扫描版")
def forms_can_be_read(case: Case, context: Context) -> Iterator[Observation]:
    for material in (*case.of(Role.WORD_FORM), *case.scans):
        problem = material.facts.problem
        if material.form is None and problem not in ("encrypted", "corrupt", "empty"):
            # A scan that no machine reads is still a scan: staff read it.
            severity = None if material.role is Role.WORD_FORM and problem is None else Severity.REVIEW
            yield saw(file=material.part.path, kind=material.part.kind.value, severity=severity)


@rule("video_missing", clause="三", quote="也可以微视频形式")
def video_case_has_its_video(case: Case, context: Context) -> Iterator[Observation]:
    needed = Role.VIDEO in context.notice.needs(case.track)
    if needed and not case.of(Role.VIDEO) and not case.awaited:
        yield _not_seen(case)


@rule("video_link_only", clause="三", quote="也可以微视频形式")
def video_came_as_a_link(case: Case, context: Context) -> Iterator[Observation]:
    if case.of(Role.VIDEO):
        return
    for link in case.awaited:
        expires = link.expires_at
        too_soon = expires is not None and expires < context.notice.judging_ends
        yield saw(
            host=link.host,
            provider=link.provider,
            code=link.code,
            name=link.name,
            size=link.size,
            expires_at=expires.isoformat() if expires else None,
            expires_before=context.notice.judging_ends.isoformat() if too_soon else None,
            never_expires=link.never_expires,
            papers=case.track is Track.TEXT,
        )
