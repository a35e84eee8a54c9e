"""Measures how films are read against films made for it, and how long that takes against decoding one whole.

    .venv/bin/python -m bench.accuracy_videos [FOLDER]

FOLDER keeps the films between runs. Subtitles: F1 of "has Chinese subtitles"; duration, size, container and damage:
share that is right; time: a five-minute 1080p film at 25 frames a second, read here and decoded whole by PyAV.
"""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.race import here
from bench.table import Figure, f1, share, table
from domain.facts import FileFacts
from domain.kinds import Kind
from parsers.registry import ReadJob, read_file
from parsers.scans.ocr import warm_up
from tests.fixtures.make_videos import LINES, Clip, make_video

SERIF, WQY = "Noto Serif CJK SC", "WenQuanYi Micro Hei"
ENGLISH = (
    "Honesty is the colour of a city",
    "Credit opened the door",
    "Eight hundred firms got a loan",
    "A promise kept",
)
TRADITIONAL = (
    "誠信是一座城市最美的底色",
    "信用承諾讓審批多了一份信任",
    "守信的人一路綠燈",
    "失信的人處處受限",
    "讓每一份誠信都被看見",
)


@dataclass(frozen=True)
class Labelled:
    """A film and what is true of it. `said`: what subtitles should be called; several where either will do."""

    name: str
    clip: Clip
    said: tuple[str | None, ...]
    container: str = "mp4"
    seconds: float | None = None  #: by ffprobe where not the clip's; -1: not to be known
    truncated: bool = False
    blank: bool = False


def _burned(name: str, clip: Clip, container: str = "mp4", **truth: object) -> Labelled:
    return Labelled(name, clip, ("burned",), container, **truth)  # type: ignore[arg-type]  # named fields of Labelled


def _without(name: str, clip: Clip, container: str = "mp4", **truth: object) -> Labelled:
    return Labelled(name, clip, ("none", None), container, **truth)  # type: ignore[arg-type]  # named fields of Labelled


S = 60.0  #: seconds, where the length is not the point

FILMS = (
    _burned("3:00 sharp", Clip(180, 1, lines=LINES)),
    _burned("2:59", Clip(179, 1, lines=LINES, face=SERIF)),
    _burned("5:00 and one frame", Clip(300.2, 5, 1920, 1080, lines=LINES, face=WQY, look="frozen")),
    _burned("5:01", Clip(301, 1, lines=LINES, style="yellow")),
    _burned("box", Clip(S, lines=LINES, style="box", face=SERIF)),
    _burned("thin and small", Clip(S, lines=LINES, style="thin", size=0.036)),
    _burned("small, low", Clip(S, lines=LINES, size=0.04, margin=0.015)),
    _burned("large, high", Clip(S, lines=LINES, size=0.08, margin=0.18)),
    _burned("left", Clip(S, lines=LINES, align=1, face=WQY)),
    _burned("under a logo", Clip(S, lines=LINES, logo="潍坊广播电视台")),
    _burned("beside a caption", Clip(S, lines=LINES, margin=0.2, caption="信用潍坊")),
    _burned("with a clock", Clip(S, lines=LINES, margin=0.2, clock=True)),
    _burned("over a street with signs", Clip(S, lines=LINES, look="signs")),
    _burned("slides with headings", Clip(S, lines=LINES, look="slides", style="box")),
    _burned("on black", Clip(S, lines=LINES, look="black"), blank=True),
    _burned("still picture", Clip(S, lines=LINES, look="frozen")),
    _burned("traditional characters", Clip(S, lines=TRADITIONAL, face="Noto Sans CJK TC")),
    _burned("long between lines", Clip(150, 1, lines=LINES, every=20.0)),
    _burned("720p", Clip(S, width=1280, height=720, lines=LINES)),
    _burned("4K", Clip(30, width=3840, height=2160, lines=LINES, every=4.0)),
    _burned("portrait, turned by the header", Clip(S, width=1080, height=1920, rotation=90, container="mov", lines=LINES, size=0.03, margin=0.2), "mov"),
    _burned("upside down", Clip(S, rotation=180, lines=LINES, look="scenes", container="mov"), "mov"),
    _burned("AVI", Clip(S, container="avi", lines=LINES), "avi", seconds=60.5),
    _burned("MPEG-PS", Clip(45, 25, container="mpg", lines=LINES, every=5.0), "mpeg"),
    _burned("WMV", Clip(S, container="wmv", lines=LINES), "wmv"),
    _burned("FLV", Clip(S, container="flv", lines=LINES, face=SERIF), "flv"),
    _burned("MKV", Clip(S, container="mkv", lines=LINES), "mkv"),
    _burned("HEVC", Clip(S, codec="libx265", lines=LINES)),
    _burned("one key frame", Clip(S, gop=9999, lines=LINES)),
    Labelled("track in MP4", Clip(S, soft=LINES), ("track",)),
    Labelled("track in MOV, language not told", Clip(S, soft=LINES, soft_language="und", container="mov"), ("track",), "mov"),
    Labelled("track in MKV", Clip(S, soft=LINES, container="mkv"), ("track",), "mkv"),
    _without("English track", Clip(S, soft=ENGLISH, soft_language="eng")),
    _without("English lines", Clip(S, lines=ENGLISH)),
    _without("nothing", Clip(S)),
    _without("logo only", Clip(S, logo="潍坊广播电视台")),
    _without("caption only", Clip(S, caption="信用潍坊 诚信为本")),
    _without("clock only", Clip(S, clock=True)),
    _without("ticker only", Clip(S, ticker="本台消息：全市信用工作会议今天召开，会议总结上半年工作并部署下一阶段任务，各县市区参加")),
    _without("signs only", Clip(90, look="signs")),
    _without("other signs only", Clip(90, look="signs", seed=7)),
    _without("more signs", Clip(90, 1, look="signs", seed=11)),
    _without("slides, no lines", Clip(S, look="slides")),
    _without("black", Clip(S, look="black"), blank=True),
    _without("frozen", Clip(S, look="frozen"), blank=True),
    _without("WebM, nothing", Clip(20, container="webm"), "webm"),
    _without("MPEG-TS, nothing", Clip(S, container="ts"), "mpegts"),
    _without("sound only", Clip(S, video=False)),
    Labelled("cut, index first", Clip(S, lines=LINES, cut=0.6), ("burned", None), seconds=-1, truncated=True),
    Labelled("cut, index lost", Clip(S, lines=LINES, cut=0.6, faststart=False), (None,), seconds=-1, truncated=True),
    Labelled("FLV cut", Clip(S, container="flv", lines=LINES, cut=0.5), ("burned", None), "flv", seconds=-1, truncated=True),
    Labelled("MKV cut", Clip(S, container="mkv", lines=LINES, cut=0.5), ("burned", None), "mkv", seconds=-1, truncated=True),
)  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """A film and what was read from it."""

    film: Labelled
    facts: FileFacts

    @property
    def subtitled(self) -> bool:
        return bool(self.facts.video and self.facts.video.subtitles in {"burned", "track"})


def read_all(folder: Path) -> list[Reading]:
    """Make what is not in the folder yet, and read every film."""
    folder.mkdir(parents=True, exist_ok=True)
    warm_up()
    return [Reading(film, _read(make_video(film.clip, folder), folder)) for film in FILMS]


def figures(readings: Sequence[Reading]) -> tuple[Figure, ...]:
    """Return subtitles and headers as measured; whether a film that breaks off has subtitles is not judged."""
    judged = [
        (f"film {one.film.name}", one.film.said[0] in {"burned", "track"}, one.subtitled)
        for one in readings
        if not one.film.truncated
    ]
    checks = [(one.film.name, check) for one in readings for check in _checks(one)]
    wrong = [f"film {name}: {what}" for name, (right, what) in checks if not right]
    return (
        f1("film subtitles", judged, 0.98),
        share("film length, size, container, damage", len(checks) - len(wrong), len(checks), 1.0, wrong),
    )


def _checks(one: Reading) -> Iterator[tuple[bool, str]]:
    """Yield what a film's facts must be: is it so, and what was told."""
    film, video = one.film, one.facts.video
    if video is None:
        yield False, one.facts.problem or "no facts"
        return
    if one.subtitled or film.truncated:  # whether there are any is judged apart
        yield video.subtitles in film.said, f"subtitles {video.subtitles}"
    yield video.container == film.container, f"container {video.container}"
    yield video.truncated == film.truncated, f"truncated {video.truncated}"
    if film.seconds != -1:
        length, told = film.seconds or film.clip.seconds, video.duration_s
        yield told is not None and abs(told - length) <= 0.1, f"{told} s, not {length}"
        yield (
            not film.clip.video or (video.width, video.height) == (film.clip.width, film.clip.height),
            (f"{video.width} × {video.height}"),
        )
        yield not film.clip.video or film.name == "on black" or bool(video.blank) == film.blank, f"blank {video.blank}"


def _read(path: Path, folder: Path) -> FileFacts:
    out = folder / "out"
    out.mkdir(exist_ok=True)
    return read_file(path, ReadJob(Kind.VIDEO, out, (), ""))


def cost(folder: Path) -> Figure:
    """Return what five minutes of film cost beside decoding them whole, with and without lines: the worse share of CPU seconds."""
    warm_up()
    films = [(name, five_minutes(folder, lines)) for name, lines in (("with lines", LINES), ("without", ()))]
    shares = {name: (_seconds(_read, film, folder), _seconds(_decode_whole, film)) for name, film in films}
    over = [f"five minutes {name}: {a:.2f} s of {b:.2f} s" for name, (a, b) in shares.items() if a > 0.1 * b]
    worst = max(mine / whole for mine, whole in shares.values())
    return Figure("cost of a film ÷ decoding it whole", len(shares), worst, 0.1, ".3f", True, tuple(over))


def _seconds(work: Callable[..., object], *given: Path) -> float:
    """Return CPU seconds of all threads, the better of two goes: the clock would count other programs too."""
    return min(here(partial(work, *given)).cpu for _ in range(2))


def five_minutes(folder: Path, lines: Sequence[str] = LINES) -> Path:
    """Return a film of five minutes, 1920 × 1080, 25 frames a second."""
    piece = make_video(Clip(30, 25, lines=tuple(lines), gop=125, crf=26), folder)
    film = piece.with_stem(piece.stem + "-300s")
    if not film.exists():
        command = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-stream_loop", "9", "-i", str(piece), "-c", "copy"]
        subprocess.run([*command, str(film)], check=True)
    return film


def _decode_whole(film: Path) -> None:
    import av

    with av.open(str(film)) as container:
        for _ in container.decode(video=0):
            pass


def main(folder: Path) -> None:
    """Read every film, print the figures."""
    print(table([*figures(read_all(folder)), cost(folder)]))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as scratch:
            main(Path(scratch))
