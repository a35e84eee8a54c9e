"""Measures how films are read against films made for it, and how long that takes against decoding one whole.

    .venv/bin/python -m bench.accuracy_videos [FOLDER]

FOLDER keeps the films between runs. Subtitles: precision, recall, F1 of "has Chinese subtitles"; duration, size and
container: share that is exact; time: a five-minute 1080p film at 25 frames a second, read here and decoded by PyAV.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from domain.facts import FileFacts, VideoFacts
from domain.kinds import Kind
from parsers.registry import ReadJob, read_file
from parsers.scan_ocr import warm_up
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


def main(folder: Path) -> int:
    """Read every film, print what differs and the figures. Returns an exit status."""
    folder.mkdir(parents=True, exist_ok=True)
    warm_up()
    read = [(film, *_read(make_video(film.clip, folder), folder)) for film in FILMS]
    for film, facts, seconds in read:
        _report(film, facts, seconds)
    _subtitle_figures([(film, facts.video) for film, facts, _ in read if facts.video])
    _share("duration within 0.1 s", [_duration_right(film, facts) for film, facts, _ in read if film.seconds != -1])
    _share(
        "size exact", [_size_right(film, facts) for film, facts, _ in read if film.clip.video and film.seconds != -1]
    )
    _share(
        "container exact", [bool(facts.video and facts.video.container == film.container) for film, facts, _ in read]
    )
    _share("truncated told", [bool(facts.video and facts.video.truncated == film.truncated) for film, facts, _ in read])
    blanks = [(film, facts.video) for film, facts, _ in read if film.clip.video and not film.truncated and facts.video]
    _share("blank told", [bool(video.blank) == film.blank for film, video in blanks if film.name != "on black"])
    _time_figures(folder)
    return 0


def _read(path: Path, folder: Path) -> tuple[FileFacts, float]:
    out = folder / "out"
    out.mkdir(exist_ok=True)
    start = time.perf_counter()
    facts = read_file(path, ReadJob(Kind.VIDEO, out, (), ""))
    return facts, time.perf_counter() - start


def _report(film: Labelled, facts: FileFacts, seconds: float) -> None:
    video = facts.video
    said = video.subtitles if video else None
    marks = [] if said in film.said else [f"subtitles {said}, should be {film.said}"]
    if video and film.seconds != -1 and not _duration_right(film, facts):
        marks.append(f"duration {video.duration_s}, should be {film.clip.seconds}")
    if video and video.container != film.container:
        marks.append(f"container {video.container}")
    if video and video.truncated != film.truncated:
        marks.append(f"truncated {video.truncated}")
    lines = "／".join(video.subtitle_lines[:3]) if video else ""
    print(f"{'  ' if not marks else '✗ '}{film.name:32} {said!s:7} {seconds:5.2f} s  {lines}  {'; '.join(marks)}")


def _duration_right(film: Labelled, facts: FileFacts) -> bool:
    told = facts.video.duration_s if facts.video else None
    return told is not None and abs(told - (film.seconds or film.clip.seconds)) <= 0.1


def _size_right(film: Labelled, facts: FileFacts) -> bool:
    video = facts.video
    return bool(video and (video.width, video.height) == (film.clip.width, film.clip.height))


def _subtitle_figures(read: list[tuple[Labelled, VideoFacts]]) -> None:
    has: Callable[[Labelled], bool] = lambda film: film.said[0] in {"burned", "track"}  # noqa: E731 - one word for it
    judged = [(has(film), video.subtitles in {"burned", "track"}) for film, video in read if not film.truncated]
    hits = sum(true and told for true, told in judged)
    precision = hits / max(1, sum(told for _, told in judged))
    recall = hits / max(1, sum(true for true, _ in judged))
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    print(f"\nsubtitles of {len(judged)} films: precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}")


def _share(name: str, right: list[bool]) -> None:
    print(f"{name}: {sum(right)}/{len(right)}")


def _time_figures(folder: Path) -> None:
    for name, lines in (("with subtitles", LINES), ("without", ())):
        film = _five_minutes(Clip(30, 25, lines=lines, gop=125, crf=26), folder)
        ours, whole = _cost(_read, film, folder), _cost(_decode_whole, film)
        ratios = ", ".join(
            f"{kind} {a:.2f} against {b:.2f} s = {a / b:.3f}"
            for kind, a, b in zip(("CPU", "wall"), ours, whole, strict=True)
        )
        print(f"five minutes 1080p25 {name}, read here against decoded whole by PyAV: {ratios}")


def _cost(work: Callable[..., object], *given: Path) -> tuple[float, float]:
    """Return what work takes: CPU seconds of all threads, seconds by the clock (other programs' share included)."""
    cpu, wall = time.process_time(), time.perf_counter()
    work(*given)
    return time.process_time() - cpu, time.perf_counter() - wall


def _five_minutes(clip: Clip, folder: Path) -> Path:
    piece = make_video(clip, folder)
    film = piece.with_stem(piece.stem + "-300s")
    if not film.exists():
        command = [
            "ffmpeg",
            "-v",
            "error",
            "-nostdin",
            "-y",
            "-stream_loop",
            "9",
            "-i",
            str(piece),
            "-c",
            "copy",
            str(film),
        ]
        subprocess.run(command, check=True)
    return film


def _decode_whole(film: Path) -> None:
    import av

    with av.open(str(film)) as container:
        container.streams.video[0].thread_type = "AUTO"
        for _ in container.decode(video=0):
            pass


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(main(Path(sys.argv[1])))
    with tempfile.TemporaryDirectory() as scratch:
        sys.exit(main(Path(scratch)))
