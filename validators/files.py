"""In charge of files as files: opened, whole, harmless. What belongs to a case is judged with it, the rest with the message."""

from collections.abc import Iterator

from domain.case import Case, Reading
from domain.facts import FileFacts
from domain.kinds import Kind, Role, Severity
from domain.mail import Part
from validators.rulebook import Context, Observation, message_rule, rule, saw


def _held(case: Case) -> Iterator[tuple[Part, FileFacts]]:
    for material in case.materials:
        if not material.superseded:
            yield material.part, material.facts


def _stray(reading: Reading, context: Context) -> Iterator[tuple[Part, FileFacts]]:
    for part in reading.mail.parts:
        if part.path in context.stray and (facts := reading.facts.get(part.sha256)):
            yield part, facts


def _unique(pairs: Iterator[tuple[Part, FileFacts]]) -> Iterator[tuple[Part, FileFacts]]:
    """Give each file once: one with several forms is a material of several cases, or twice of one."""
    seen: set[str] = set()
    for part, facts in pairs:
        if part.path not in seen:
            seen.add(part.path)
            yield part, facts


#: Why a reader gave a file up: its limits or a mistake of ours. The file may be sound, so a person looks.
_GIVEN_UP = ("timeout", "memory", "crashed")
_FORMS = (Role.WORD_FORM, Role.PDF_FORM, Role.IMAGE_FORM)  #: of these `form_unreadable` tells


def _unread(pairs: Iterator[tuple[Part, FileFacts]]) -> Iterator[Observation]:
    for part, facts in _unique(pairs):
        if facts.problem in _GIVEN_UP:
            yield saw(file=part.path, detail=facts.problem, severity=Severity.REVIEW)


def _encrypted(pairs: Iterator[tuple[Part, FileFacts]]) -> Iterator[Observation]:
    return (saw(file=part.path) for part, facts in _unique(pairs) if facts.problem == "encrypted")


def _corrupt(pairs: Iterator[tuple[Part, FileFacts]], least_s: float) -> Iterator[Observation]:
    for part, facts in _unique(pairs):
        if facts.problem in ("corrupt", "empty"):
            yield saw(file=part.path, detail=facts.problem)
        elif facts.video and facts.video.truncated:
            # It plays, but not to its end: a person sees whether enough of it is there.
            enough = facts.video.duration_s is None or facts.video.duration_s >= least_s
            yield saw(file=part.path, detail="truncated", severity=Severity.REVIEW if enough else None)


def _macros(pairs: Iterator[tuple[Part, FileFacts]]) -> Iterator[Observation]:
    return (saw(file=part.path) for part, facts in _unique(pairs) if facts.macros)


@rule("encrypted_file")
def no_password_is_needed(case: Case, context: Context) -> Iterator[Observation]:
    yield from _encrypted(_held(case))


@rule("corrupt_file")
def every_file_opens(case: Case, context: Context) -> Iterator[Observation]:
    yield from _corrupt(_held(case), context.notice.video.min_s)
    yield from _unread((m.part, m.facts) for m in case.materials if not m.superseded and m.role not in _FORMS)


@rule("macro_file")
def no_file_has_macros(case: Case, context: Context) -> Iterator[Observation]:
    yield from _macros(_held(case))


@message_rule("encrypted_file")
def no_stray_file_needs_a_password(reading: Reading, context: Context) -> Iterator[Observation]:
    yield from _encrypted(_stray(reading, context))
    yield from (saw(file=p.path) for p in reading.mail.archive_problems if p.problem == "encrypted")


@message_rule("corrupt_file")
def every_stray_file_opens(reading: Reading, context: Context) -> Iterator[Observation]:
    yield from _corrupt(_stray(reading, context), context.notice.video.min_s)
    yield from _unread(_stray(reading, context))
    broken = (p for p in reading.mail.archive_problems if p.problem == "corrupt")
    yield from (saw(file=problem.path, detail="corrupt") for problem in broken)


@message_rule("macro_file")
def no_stray_file_has_macros(reading: Reading, context: Context) -> Iterator[Observation]:
    yield from _macros(_stray(reading, context))


@message_rule("archive_bomb")
def unpacking_stays_within_limits(reading: Reading, context: Context) -> Iterator[Observation]:
    bombs = (p for p in reading.mail.archive_problems if p.problem in ("bomb", "too_many"))
    yield from (saw(file=problem.path, detail=problem.detail) for problem in bombs)


@message_rule("unsafe_file")
def no_file_is_a_program(reading: Reading, context: Context) -> Iterator[Observation]:
    programs = (part for part in reading.mail.parts if part.kind is Kind.EXECUTABLE)
    yield from (saw(file=part.path, detail=part.media_type) for part in programs)


@message_rule("too_many_files")
def the_files_can_be_counted(reading: Reading, context: Context) -> Iterator[Observation]:
    count = sum(1 for part in reading.mail.parts if not part.decoration)
    if count > context.limits.max_materials:
        yield saw(count=count, max=context.limits.max_materials)
