"""In charge of telling pictures, videos and sound apart by their first bytes.

Leaves whether they open, and what they show, to `image` and `video`.
"""

from domain.kinds import Kind

Sniffed = tuple[Kind, str]

_MAGIC: tuple[tuple[bytes, Kind, str], ...] = (
    (b"\xff\xd8\xff", Kind.IMAGE, "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", Kind.IMAGE, "image/png"),
    (b"GIF87a", Kind.IMAGE, "image/gif"),
    (b"GIF89a", Kind.IMAGE, "image/gif"),
    (b"II*\x00", Kind.IMAGE, "image/tiff"),
    (b"MM\x00*", Kind.IMAGE, "image/tiff"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", Kind.IMAGE, "image/jp2"),
    (b"\x00\x00\x01\xba", Kind.VIDEO, "video/mpeg"),  # program stream, ISO 13818-1 2.5.3.4
    (b"\x00\x00\x01\xb3", Kind.VIDEO, "video/mpeg"),  # elementary stream, ISO 13818-2 6.2.2.1
    (bytes.fromhex("060e2b34020501010d010201"), Kind.VIDEO, "application/mxf"),  # SMPTE 377-1, partition pack
    (b"FLV\x01", Kind.VIDEO, "video/x-flv"),
    (b".RMF", Kind.VIDEO, "application/vnd.rn-realmedia"),
    (b".ra\xfd", Kind.AUDIO, "audio/x-realaudio"),
    (b"\x0b\x77", Kind.AUDIO, "audio/ac3"),
    (b"fLaC", Kind.AUDIO, "audio/flac"),
    (b"#!AMR", Kind.AUDIO, "audio/amr"),
    (b"MThd\x00\x00\x00\x06", Kind.AUDIO, "audio/midi"),
)
_RIFF = {
    b"AVI ": (Kind.VIDEO, "video/x-msvideo"),
    b"WAVE": (Kind.AUDIO, "audio/x-wav"),
    b"WEBP": (Kind.IMAGE, "image/webp"),
}
_BRANDS: tuple[tuple[tuple[bytes, ...], Kind, str], ...] = (
    ((b"avif", b"avis"), Kind.IMAGE, "image/avif"),
    ((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"), Kind.IMAGE, "image/heic"),
    ((b"mif1", b"msf1"), Kind.IMAGE, "image/heif"),
    ((b"M4A ", b"M4B ", b"M4P "), Kind.AUDIO, "audio/mp4"),
    ((b"qt  ",), Kind.VIDEO, "video/quicktime"),
    ((b"3gp", b"3gg", b"3ge", b"3gr", b"3gs"), Kind.VIDEO, "video/3gpp"),
    ((b"3g2",), Kind.VIDEO, "video/3gpp2"),
    ((b"crx ",), Kind.OTHER, "image/x-canon-cr3"),
)
_ATOMS = (b"moov", b"mdat", b"wide", b"pnot", b"free", b"skip")  #: QuickTime files older than ftyp
_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_ASF_VIDEO = bytes.fromhex("c0ef19bc4d5bcf11a8fd00805f5c442b")
_BITMAP_HEADERS = (12, 16, 40, 52, 56, 64, 108, 124)
_MPEG_AUDIO_RATES = 0x0F  #: "bad" bit rate index, ISO 11172-3 2.4.2.3


def sniff_media(head: bytes) -> Sniffed | None:
    """Return (kind, media type) of a picture, video or sound, or None."""
    for prefix, kind, media_type in _MAGIC:
        if head.startswith(prefix):
            return kind, media_type
    for look in (_riff, _iso, _matroska, _asf, _ogg, _transport_stream, _bitmap, _sound):
        if found := look(head):
            return found
    return None


def _riff(head: bytes) -> Sniffed | None:
    if head.startswith(b"FORM") and head[8:12] in (b"AIFF", b"AIFC"):
        return Kind.AUDIO, "audio/aiff"
    return _RIFF.get(head[8:12]) if head.startswith(b"RIFF") else None


def _iso(head: bytes) -> Sniffed | None:
    """Tell ISO base media files (ISO 14496-12 4.3) by their major brand."""
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        for brands, kind, media_type in _BRANDS:
            if brand.startswith(brands):
                return kind, media_type
        return Kind.VIDEO, "video/mp4"
    if head[4:8] in _ATOMS and head[:1] == b"\x00":
        return Kind.VIDEO, "video/quicktime"
    return None


def _matroska(head: bytes) -> Sniffed | None:
    if not head.startswith(b"\x1a\x45\xdf\xa3"):
        return None
    return Kind.VIDEO, "video/webm" if b"webm" in head[:64] else "video/x-matroska"


def _asf(head: bytes) -> Sniffed | None:
    if not head.startswith(_ASF):
        return None
    return (Kind.VIDEO, "video/x-ms-wmv") if _ASF_VIDEO in head else (Kind.AUDIO, "audio/x-ms-wma")


def _ogg(head: bytes) -> Sniffed | None:
    if not head.startswith(b"OggS"):
        return None
    return (Kind.VIDEO, "video/ogg") if b"\x80theora" in head[:512] else (Kind.AUDIO, "audio/ogg")


def _transport_stream(head: bytes) -> Sniffed | None:
    """Tell an MPEG transport stream by four sync bytes in a row, packets of 188 or (M2TS) 192 bytes."""
    for first, step in ((0, 188), (4, 192)):
        syncs = head[first : first + 3 * step + 1 : step]
        if syncs == b"\x47" * 4:
            return Kind.VIDEO, "video/mp2t"
    return None


def _bitmap(head: bytes) -> Sniffed | None:
    if head.startswith(b"BM") and len(head) >= 18 and int.from_bytes(head[14:18], "little") in _BITMAP_HEADERS:
        return Kind.IMAGE, "image/bmp"
    return None


def _sound(head: bytes) -> Sniffed | None:
    if head.startswith(b"ID3") and len(head) > 3 and head[3] < 5:
        return Kind.AUDIO, "audio/mpeg"
    if len(head) < 4 or head[0] != 0xFF:
        return None
    if head[1] & 0xF6 == 0xF0:  # ADTS: sync word and layer 0, ISO 13818-7 6.2
        return Kind.AUDIO, "audio/aac"
    layer, rate = head[1] & 0x06, head[2] >> 4  # layer I left out: FF FE opens UTF-16
    if (
        head[1] & 0xE0 == 0xE0
        and layer in (0x02, 0x04)
        and rate not in (0, _MPEG_AUDIO_RATES)
        and head[2] & 0x0C != 0x0C
    ):
        return Kind.AUDIO, "audio/mpeg"
    return None
