"""In charge of subtitle tracks: whether one is Chinese, by its words where they can be read, else by its label."""

import re
from collections.abc import Iterable

from parsers.films.packets import Track

_HAN = re.compile(r"[\u3400-\u9fff]")
_CHINESE = {"chi", "zho", "zh", "cmn", "yue", "zh-cn", "zh-tw", "zh-hans", "zh-hant", "chs", "cht"}
_UNKNOWN = {"", "und", "unk", "mis", "zxx"}
_WORDS = {"mov_text", "srt", "subrip", "ass", "ssa", "webvtt", "text"}
_MARKUP = re.compile(r"\{[^}]*\}|<[^>]*>")


def chinese_track(tracks: Iterable[Track]) -> tuple[str, ...] | None:
    """Return lines of the first Chinese subtitle track (none legible: an empty tuple), or None where there is none.

    A track of pictures (PGS, VobSub, DVB) goes by its language; one without a language may be Chinese.
    """
    for track in tracks:
        if track.kind != "subtitle" or not track.packets:
            continue
        if track.codec in _WORDS:
            lines = [line for line in (words(track.codec, data) for data in track.texts) if _HAN.search(line)]
            if lines:
                return tuple(dict.fromkeys(lines))
        elif track.language.lower() in _CHINESE | _UNKNOWN:
            return ()
    return None


def words(codec: str, data: bytes) -> str:
    """Return what one subtitle packet says, on one line."""
    if codec == "mov_text":  # ISO/IEC 14496-17 §5.1: 16-bit length, text, then boxes of style
        data = data[2 : 2 + int.from_bytes(data[:2], "big")]
    text = _decoded(data)
    if codec in {"ass", "ssa"}:  # Matroska: eight fields before the text
        text = text.split(",", 8)[-1]
    return " ".join(_MARKUP.sub("", text.replace("\\N", " ").replace("\\n", " ")).split())


def _decoded(data: bytes) -> str:
    for charset in ("utf-16",) if data[:2] in {b"\xfe\xff", b"\xff\xfe"} else ("utf-8", "gb18030"):
        try:
            return data.decode(charset)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace")
