"""In charge of taking some pictures out of a film, evenly over its length, at the cost of key frames only.

Leaves what they show to `films.subtitles`, `films.fingerprint` and `films.look`.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from parsers.films.packets import Track, opened
from parsers.scans.ocr import Pixels

SIDE = 640  #: long side of a sampled picture, pixels: 11 for a character of 3 % of the height, enough to read it
_FEW = 12  #: with fewer key frames than this the film is walked through instead
_WALK = 3000  #: frames that are decoded at most while walking


@dataclass(frozen=True)
class Frame:
    """A picture of the film, upright, long side `SIDE`."""

    time: float  #: seconds from the start of the track
    rgb: Pixels


def sample_frames(path: Path, track: Track, rotation: int, count: int = 32) -> tuple[Frame, ...]:
    """Return up to `count` frames in order of time; fewer where the film is damaged or very short."""
    targets = _targets(track, count)
    chosen = _nearest_keys(track.keys, targets)
    with opened(path) as container:
        stream = container.streams[track.index]
        hop = len(chosen) >= min(_FEW, track.packets)
        taken = _at_keys(container, stream, chosen) if hop else _walked(container, stream, targets)
        start = track.first or 0
        return tuple(Frame(float((frame.pts - start) * track.base), _upright(frame, rotation)) for frame in taken)


def _targets(track: Track, count: int) -> list[int]:
    start, end = track.first or 0, track.last
    return [start + round((end - start) * (number + 0.5) / count) for number in range(count)]


def _nearest_keys(keys: list[int], targets: list[int]) -> list[int]:
    """Return the key frames next to the targets, each once."""
    ordered = sorted(set(keys))
    if not ordered:
        return []
    near = {min(ordered[max(0, at - 1) : at + 1], key=lambda key: abs(key - t)) for t, at in _places(ordered, targets)}
    return sorted(near)


def _places(ordered: list[int], targets: list[int]) -> Iterator[tuple[int, int]]:
    for target in targets:
        yield target, min(bisect_left(ordered, target), len(ordered) - 1)


def _at_keys(container: Any, stream: Any, keys: list[int]) -> Iterator[Any]:
    """Yield the frame at each key: one packet is decoded, the decoder emptied, nothing else is touched."""
    stream.thread_type = "SLICE"
    stream.codec_context.options = {"skip_loop_filter": "all"}  # its smoothing is lost on a picture of a third the size
    for key in keys:
        frame = _at_key(container, stream, key)
        if frame is not None:
            yield frame


def _at_key(container: Any, stream: Any, key: int) -> Any:
    import av

    try:
        container.seek(key, stream=stream)
        packet = next((p for p in container.demux(stream) if p.is_keyframe and p.size), None)
        if packet is None:
            return None
        frames = [*stream.codec_context.decode(packet), *stream.codec_context.decode(None)]
    except av.error.FFmpegError:
        return None
    finally:
        stream.codec_context.flush_buffers()
    return next((frame for frame in frames if frame.pts is not None), None)


def _walked(container: Any, stream: Any, targets: list[int]) -> Iterator[Any]:
    """Yield the first frame at or after each target, decoding from the start, up to a limit."""
    import av

    stream.thread_type = "AUTO"
    waiting = list(reversed(targets))
    try:
        for number, frame in enumerate(container.decode(stream)):
            if number >= _WALK or not waiting:
                return
            if frame.pts is not None and frame.pts >= waiting[-1]:
                while waiting and frame.pts >= waiting[-1]:
                    waiting.pop()
                yield frame
    except av.error.FFmpegError:
        return


def _upright(frame: Any, rotation: int) -> Pixels:
    scale = min(1.0, SIDE / max(frame.width, frame.height))
    size = max(2, round(frame.width * scale)), max(2, round(frame.height * scale))
    rgb = frame.reformat(width=size[0], height=size[1], format="rgb24", interpolation="AREA").to_ndarray()
    return np.ascontiguousarray(np.rot90(rgb, -(rotation // 90)), np.uint8)
