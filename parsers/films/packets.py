"""In charge of a film's packets, read once without decoding: how long each track really is, where key frames stand,
what a subtitle track says. Leaves pictures to `films.frames`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

#: Only containers of films and sound, only this file: no playlist, no picture sequence, no network.
_OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": "mov,avi,mpeg,mpegvideo,mpegts,matroska,webm,flv,live_flv,asf,rm,ogg,mp3,wav,aac,flac,amr,"
    "ivf,h264,hevc,m4v,dv",
}
_MAX_TEXTS = 12  #: packets of a subtitle track that are kept
_RESTART = 1  #: seconds time may run backwards before it is a new start (joined recordings, MPEG-PS)


@dataclass
class Track:
    """One stream as its packets tell. Times of `keys` in units of `base`."""

    index: int
    kind: str  #: video, audio, subtitle
    base: Fraction
    language: str = ""
    codec: str = ""
    keys: list[int] = field(default_factory=list)  #: presentation times of key frames
    packets: int = 0
    texts: list[bytes] = field(default_factory=list)
    closed: Fraction = Fraction(0)  #: length of the stretches before time last restarted
    first: int | None = None
    last: int = 0  #: end of the latest packet
    reached: int | None = None  #: latest decoding time

    def __post_init__(self) -> None:
        self._restart = int(_RESTART / self.base)  # in units of `base`: fractions are slow, packets many

    @property
    def seconds(self) -> float:
        """How long the track plays."""
        return float(self.closed + self._open())

    def add(self, packet: Any) -> None:
        """Take a packet into account; one without any time tells nothing."""
        shown = packet.pts if packet.pts is not None else packet.dts
        if shown is None:
            return
        if packet.dts is not None:
            self._follow(packet.dts, shown)
        self.first = shown if self.first is None else min(self.first, shown)
        self.last = max(self.last, shown + (packet.duration or 0))
        self.packets += 1
        if packet.is_keyframe and self.kind == "video":
            self.keys.append(shown)
        elif self.kind == "subtitle" and len(self.texts) < _MAX_TEXTS:
            self.texts.append(bytes(packet)[:2000])

    def _follow(self, decoded: int, shown: int) -> None:
        """Begin a new stretch where decoding time runs backwards."""
        if self.reached is not None and self.reached - decoded > self._restart:
            self.closed, self.first, self.last = self.closed + self._open(), None, shown
        self.reached = decoded

    def _open(self) -> Fraction:
        return (self.last - self.first) * self.base if self.first is not None else Fraction(0)


@dataclass(frozen=True)
class Packets:
    """All tracks of a film. `broken`: reading stopped on damage, not at the end."""

    tracks: tuple[Track, ...] = ()
    opened: bool = False
    broken: bool = False
    claimed_s: float | None = None  #: what an FLV's onMetaData says; other containers' claims are the header's

    def of(self, kind: str) -> Track | None:
        """Return the first track of a kind that has packets."""
        return next((track for track in self.tracks if track.kind == kind and track.packets), None)


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """Open a film for demuxing. Raises av.error.FFmpegError where it is none."""
    import av

    container = av.open(str(path), options=_OPTIONS, metadata_errors="replace")
    try:
        yield container
    finally:
        container.close()


def read_packets(path: Path) -> Packets:
    """Return what the packets tell; a film without an index cannot be opened."""
    import av

    try:
        with opened(path) as container:
            return _all_packets(container)
    except av.error.FFmpegError:
        return Packets()


def _all_packets(container: Any) -> Packets:
    import av

    tracks = {stream.index: _track(stream) for stream in container.streams if _is_told(stream)}
    broken = False
    try:
        for packet in container.demux([container.streams[index] for index in tracks]):
            tracks[packet.stream_index].add(packet)
    except av.error.FFmpegError:
        broken = True
    claimed = container.duration / 1_000_000 if container.format.name == "flv" and container.duration else None
    return Packets(tuple(tracks.values()), opened=True, broken=broken, claimed_s=claimed)


def _is_told(stream: Any) -> bool:
    """Tell whether a stream is film, sound or subtitles; a cover picture is none."""
    import av

    cover = bool(stream.disposition & av.stream.Disposition.attached_pic)
    return stream.type in {"video", "audio", "subtitle"} and not cover and stream.time_base is not None


def _track(stream: Any) -> Track:
    codec = stream.codec_context.name if stream.codec_context is not None else ""
    return Track(stream.index, stream.type, stream.time_base, stream.language or "", codec)
