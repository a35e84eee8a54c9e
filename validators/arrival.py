"""In charge of whether the mail arrived whole, and of archives no program here can open."""

from collections.abc import Iterator

from domain.case import Reading
from domain.kinds import Severity
from domain.mail import Volume
from validators.rulebook import Context, Observation, message_rule, saw


@message_rule("mail_truncated")
def the_mail_is_whole(reading: Reading, context: Context) -> Iterator[Observation]:
    if reading.mail.truncated:
        yield saw()


@message_rule("form_unreadable", clause="四", quote="word版 PDF盖章扫描版")
def every_archive_is_of_a_known_kind(reading: Reading, context: Context) -> Iterator[Observation]:
    """Find RAR files without their program, and single volumes of several: staff can open them, nobody is turned away."""
    closed = [p for p in reading.mail.archive_problems if p.problem in ("unsupported", "volume")]
    yield from (saw(file=p.path, kind=p.problem, severity=Severity.REVIEW) for p in closed if not p.volume)
    sets: dict[tuple[str, str], list[Volume]] = {}
    for volume in (p.volume for p in closed if p.volume):
        sets.setdefault((volume.whole, volume.cut), []).append(volume)
    yield from map(_incomplete, sets.values())


def _incomplete(volumes: list[Volume]) -> Observation:
    """Return what is known of an archive whose pieces have not all come, or do not fit together."""
    here = sorted({number for volume in volumes for number in (volume.number, *volume.earlier)})
    total = next((volume.total for volume in volumes if volume.total), None)
    lacking = sorted(set(range(1, (total or here[-1]) + 1)) - set(here))
    return saw(file=volumes[0].whole, kind="volume", here=here, lacking=lacking, total=total, severity=Severity.REVIEW)
