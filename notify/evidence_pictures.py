"""In charge of which picture shows why a case waits: the seal as cut out of the scan, or the film's contact sheet."""

from collections.abc import Iterator

from domain.kinds import Severity
from domain.records import CaseRecord
from notify.letters import Picture
from notify.thumbnails import thumbnail
from store.archive import Archive

MOST = 12  #: pictures in one digest

_SEAL, _FILM = "印章截图", "视频画面"
_SEAL_SIDE = 104  #: pixels as shown: a seal is one word, and fine screens show it sharper
_OF_SEALS = ("seal_", "pdf_not_stamped", "image_scan_instead_of_pdf")


def picture_of(record: CaseRecord, archive: Archive) -> Picture | None:
    """Return the picture that tells most about what is doubtful, or None where there is none to be had."""
    for sha256, alt in _candidates(record):
        if archive.has(sha256) and (small := thumbnail(archive.path(sha256))):
            cid = f"{record.case.number or 'case'}.{sha256[:12]}@shoujian"
            shown = min(1.0, _SEAL_SIDE / max(small.width, small.height)) if alt == _SEAL else 1.0
            width, height = round(small.width * shown), round(small.height * shown)
            return Picture(cid=cid, data=small.data, width=max(1, width), height=max(1, height), alt=alt)
    return None


def _candidates(record: CaseRecord) -> Iterator[tuple[str, str]]:
    """Give sha256 and description, the most telling first; doubts about the film alone need no seal."""
    doubts = [finding.code for finding in record.findings if finding.severity is Severity.REVIEW]
    of_seal = any(code.startswith(_OF_SEALS) for code in doubts)
    of_film = bool(doubts) and all(code.startswith("video_") for code in doubts)
    seals, film = () if of_film else tuple(_seals(record)), tuple(_film(record))
    yield from (*seals, *film) if of_seal else (*film, *seals)


def _seals(record: CaseRecord) -> Iterator[tuple[str, str]]:
    told = record.case.seal
    for seal in told.seals if told else ():
        if seal.crop:
            yield seal.crop, _SEAL


def _film(record: CaseRecord) -> Iterator[tuple[str, str]]:
    video = record.case.video
    if video and video.contact_sheet:
        yield video.contact_sheet, _FILM
