"""In charge of films and sound files: strings header, packets, sampled frames and subtitles into VideoFacts.

Reads every packet once, decodes a few dozen key frames, never the whole film.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from domain.facts import FileFacts, VideoFacts
from domain.kinds import Kind
from parsers.films.fingerprint import fingerprint
from parsers.films.frames import Frame, sample_frames
from parsers.films.header import Header, read_header
from parsers.films.look import is_blank, write_sheet
from parsers.films.packets import Packets, read_packets
from parsers.films.subtitle_track import chinese_track
from parsers.films.subtitles import find_subtitles
from parsers.registry import ReadJob, parser

_VERSION = 2
_AGREE = 0.25  #: seconds header and packets may differ; the header is the more exact of the two
_COVERS = 0.95  #: share of the sound that the picture must cover for the whole to count
_SHORT = 2.0  #: seconds, and
_SHARE = 0.02  #: share of the length, that may be missing at the end


@dataclass(frozen=True)
class _Pictures:
    """What the sampled frames tell."""

    subtitles: str | None = None
    lines: tuple[str, ...] = ()
    blank: bool | None = None
    prints: str | None = None
    sheet: str | None = None


@parser("video", kinds=(Kind.VIDEO, Kind.AUDIO), version=_VERSION)
def read(path: Path, job: ReadJob) -> FileFacts:
    """Return a film's facts; one that cannot be opened is `corrupt`, with what its header still tells."""
    header = read_header(path)
    packets = read_packets(path)
    if not packets.opened or not any(track.packets for track in packets.tracks):
        return _unreadable(header)
    pictures = _look(path, header, packets, job.out)
    derived = (pictures.sheet,) if pictures.sheet else ()
    facts = _facts(header, packets, pictures)
    return FileFacts(
        parser="video",
        version=_VERSION,
        detail="ends before its index says" if facts.truncated else "",
        video=facts,
        dates=header.dates,
        producer=header.producer,
        width=header.width,
        height=header.height,
        derived=derived,
    )


def _unreadable(header: Header) -> FileFacts:
    video = VideoFacts(container=header.container, truncated=True, has_audio=header.has_audio)
    detail = "no index, or nothing after it: the file did not arrive whole"
    return FileFacts(
        parser="video", version=_VERSION, problem="corrupt", detail=detail, video=video, dates=header.dates
    )


def _look(path: Path, header: Header, packets: Packets, out: Path) -> _Pictures:
    track = packets.of("video")
    spoken = chinese_track(packets.tracks)
    if track is None:
        return _Pictures()
    frames = sample_frames(path, track, header.rotation)
    subtitles, lines = _subtitles(frames, spoken, track.seconds)
    return _Pictures(
        subtitles=subtitles,
        lines=lines,
        blank=is_blank(frames),
        prints=fingerprint(frame.rgb for frame in frames) or None,
        sheet=write_sheet(frames, out),
    )


def _subtitles(
    frames: Sequence[Frame], track: tuple[str, ...] | None, seconds: float
) -> tuple[str | None, tuple[str, ...]]:
    if track is not None:
        return "track", track[:10]
    if not frames:
        return None, ()
    found = find_subtitles(frames, seconds)
    return {True: "burned", False: "none", None: None}[found.burned], found.lines


def _facts(header: Header, packets: Packets, pictures: _Pictures) -> VideoFacts:
    return VideoFacts(
        container=header.container,
        duration_s=play_time(header, packets),
        width=header.width,
        height=header.height,
        rotation=header.rotation,
        codec=header.codec,
        frame_rate=header.frame_rate,
        has_video=packets.of("video") is not None,
        has_audio=packets.of("audio") is not None,
        truncated=header.truncated or packets.broken or _ends_early(header, packets),
        subtitles=pictures.subtitles,
        subtitle_lines=pictures.lines,
        blank=pictures.blank,
        fingerprint=pictures.prints,
        contact_sheet=pictures.sheet,
    )


def play_time(header: Header, packets: Packets) -> float | None:
    """Return seconds as a player shows them: the longest track, unless the picture ends long before the sound."""
    picture = _agreed(header.video_s, packets, "video")
    sound = _agreed(header.audio_s, packets, "audio")
    if picture is None or sound is None or picture < _COVERS * sound:
        told = sound if picture is None else picture
    else:
        told = max(picture, sound)
    return round(told, 3) if told is not None else None


def _agreed(claimed: float | None, packets: Packets, kind: str) -> float | None:
    """Return the header's length of a track where its packets bear it out, else theirs."""
    track = packets.of(kind)
    if track is None:
        return None
    return claimed if claimed is not None and abs(claimed - track.seconds) <= _AGREE else track.seconds


def _ends_early(header: Header, packets: Packets) -> bool:
    """Tell whether packets end well before the header's length: the rest did not arrive."""
    track = packets.of("video") or packets.of("audio")
    claimed = packets.claimed_s or (header.video_s if packets.of("video") else header.audio_s)
    if track is None or claimed is None:
        return False
    return claimed - track.seconds > max(_SHORT, _SHARE * claimed)
