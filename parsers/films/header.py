"""In charge of what a film's header says, by MediaInfo: container, size as shown, codec, dates, how long it claims to be.

Leaves how long it really is to `films.packets`. Nothing beside the file is opened.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from domain.mail import FileDate

_SHANGHAI = timezone(timedelta(hours=8))
_OLDEST = 1990  #: before digital films; clocks never set say 1904 (QuickTime), 1970 (Unix) or 1601 (Windows)

#: MediaInfo's name of a container → the name the notice and staff use.
_CONTAINERS = {
    "AVI": "avi",
    "MPEG-PS": "mpeg",
    "MPEG Video": "mpeg",
    "MPEG-TS": "mpegts",
    "BDAV": "mpegts",
    "QuickTime": "mov",
    "Matroska": "mkv",
    "WebM": "webm",
    "Flash Video": "flv",
    "Windows Media": "wmv",
    "RealMedia": "rm",
    "Ogg": "ogg",
    "MPEG Audio": "mp3",
    "Wave": "wav",
    "ADTS": "aac",
    "FLAC": "flac",
    "AMR": "amr",
}
#: Where a date of the header comes from, by MediaInfo's field.
_DATES = {
    "comapplequicktimecreationdate": "QuickTime creationdate",
    "encoded_date": "creation_time",
    "tagged_date": "modification_time",
    "recorded_date": "recorded_date",
    "mastered_date": "mastered_date",
}
#: No other file is looked for: no numbered sequels, no folders, no referenced media.
_ALONE = {"File_TestContinuousFileNames": "0", "File_TestDirectory": "0"}


@dataclass(frozen=True)
class Header:
    """What a film says of itself. Sizes in pixels as shown, times in seconds."""

    container: str
    video_s: float | None = None
    audio_s: float | None = None
    width: int | None = None
    height: int | None = None
    rotation: int = 0  #: clockwise, to be shown upright
    codec: str = ""
    frame_rate: float | None = None
    has_video: bool = False
    has_audio: bool = False
    truncated: bool = False  #: a box is longer than what is left of the file
    dates: tuple[FileDate, ...] = ()
    producer: str = ""


def read_header(path: Path) -> Header:
    """Return what the header says. A file that is no film has neither picture nor sound."""
    from pymediainfo import MediaInfo

    told = MediaInfo.parse(str(path), mediainfo_options=_ALONE)
    tracks = [dict(track.to_data()) for track in told.tracks]
    general = _first(tracks, "General")
    return _header(general, _first(tracks, "Video"), _first(tracks, "Audio"))


def _first(tracks: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    return next((track for track in tracks if track.get("track_type") == kind), {})


def _header(general: dict[str, Any], video: dict[str, Any], audio: dict[str, Any]) -> Header:
    rotation = round(_number(video.get("rotation")) or 0) % 360
    width, height = _shown(video, rotation)
    container = container_name(str(general.get("format", "")), str(general.get("format_profile", "")))
    return Header(
        container=container,
        video_s=_seconds(video) or (_seconds(general) if video else None),
        audio_s=_seconds(audio),
        width=width,
        height=height,
        rotation=rotation,
        codec=str(video.get("format") or audio.get("format") or ""),
        frame_rate=_number(video.get("frame_rate")),
        has_video=bool(video),
        has_audio=bool(audio),
        truncated=general.get("istruncated") == "Yes",
        dates=_dates(general, "QuickTime" if container in {"mp4", "mov", "3gp"} else container),
        producer=str(general.get("writing_application", ""))[:100],
    )


def container_name(kind: str, profile: str) -> str:
    """Return the container by MediaInfo's format and profile; lower case of the format where it is a rare one."""
    if kind == "MPEG-4":
        return "mov" if "QuickTime" in profile else "3gp" if "3GPP" in profile else "mp4"
    return _CONTAINERS.get(kind, kind.lower() or "unknown")


def _shown(video: dict[str, Any], rotation: int) -> tuple[int | None, int | None]:
    """Return width and height on the screen: square pixels, upright."""
    width, height = _number(video.get("width")), _number(video.get("height"))
    if not width or not height:
        return None, None
    width *= _number(video.get("pixel_aspect_ratio")) or 1.0
    size = round(width), round(height)
    return (size[1], size[0]) if rotation in {90, 270} else size


def _dates(general: dict[str, Any], family: str) -> tuple[FileDate, ...]:
    found = {}
    for field, where in _DATES.items():
        when = read_date(str(general.get(field, "")))
        if when is not None:
            found[where] = FileDate(when=when, where=where if where.startswith(family) else f"{family} {where}")
    return tuple(found.values())


def read_date(text: str) -> date | None:
    """Return the day in Shanghai a header's stamp means ("2023-08-05 01:02:03 UTC"), or None for a clock never set."""
    match = re.search(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d):(\d\d)(?:\.\d+)?\s*(Z|UTC|[+-]\d\d:?\d\d)?)?", text)
    if match is None or int(match[1]) < _OLDEST:
        return None
    try:
        return _day(match, utc="UTC" in text)
    except ValueError:
        return None


def _day(match: re.Match[str], *, utc: bool) -> date:
    year, month, day = int(match[1]), int(match[2]), int(match[3])
    if match[4] is None:
        return date(year, month, day)
    moment = datetime(year, month, day, int(match[4]), int(match[5]), int(match[6]), tzinfo=UTC)
    offset = match[7]
    if (offset and offset[0] in "+-") or not (utc or offset):
        return moment.date()  # a local stamp tells its own day
    return moment.astimezone(_SHANGHAI).date()


def _seconds(track: dict[str, Any]) -> float | None:
    told = _number(track.get("duration"))
    return told / 1000 if told else None


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
