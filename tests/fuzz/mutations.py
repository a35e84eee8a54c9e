"""In charge of damaging bytes: at random, and where a mail, a zip and an XML part are held together. A function of a random.Random alone."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from random import Random

Mutation = Callable[[bytes, Random], bytes]
_MOST = 2_000_000  #: bytes a mutated input may have
_EDGES = (
    b"\x00\x00\x00\x00",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\x00\x00\x00\x80",
    b"\xff\xff",
    b"\x00\x00",
    b"\x01\x00\x00\x00",
)
_LABELS = (
    b"utf-8",
    b"gb2312",
    b"gb18030",
    b"big5",
    b"utf-7",
    b"utf-16",
    b"iso-2022-jp",
    b"hz",
    b"x-unknown",
    b"\xff",
    b"",
    b"unicode-1-1-utf-7",
    b"idna",
)
_TRANSFERS = (b"base64", b"quoted-printable", b"8bit", b"7bit", b"binary", b"x-uuencode", b"base 64", b"")
_TYPES = (b"multipart/mixed", b"multipart/alternative", b"multipart/digest", b"message/rfc822", b"message/partial", b"text/html", b"text/plain",
          b"application/ms-tnef", b"multipart/report", b"message/delivery-status", b"message/external-body", b"a/b/c", b"text")  # fmt: skip
_WORDS = (
    b"=?utf-8?B?5byg?=",
    b"=?gb2312?Q?=D5=C5?=",
    b"=?utf-8?B?5b?=",
    b"=?=?=",
    b"=?utf-8?X?a?=",
    b"\xd5\xc5",
    b"\xe5\xbc",
    b"\x1b$B",
    b"&#xD800;",
    b"+2AA-",
)
_TAGS = ("<w:p>", "</w:p>", "<w:tbl>", "</w:tc>", "<w:tc>", "<w:tr/>", "<w:sdt>", "<w:gridSpan w:val='-1'/>", "<w:vMerge/>", "&amp;", "&x;", "<!---->", "<?x?>", "\ud7ff", "<w:t/>",
         "<mc:AlternateContent/>", "<w:del>", "<w:txbxContent>", "<table:table-cell table:number-columns-repeated='99999999'/>", "<ofd:TextCode X='nan' DeltaX='g 1e9 1'/>")  # fmt: skip


def mutate(data: bytes, random: Random, others: list[bytes]) -> bytes:
    """Return data damaged in one to four ways that fit what it is."""
    for _ in range(random.choice((1, 1, 1, 2, 2, 3, 4))):
        data = random.choice(_fitting(data))(data, random)
        if random.random() < 0.02:
            data = _splice(data, random.choice(others), random)
    return data[:_MOST]


def _fitting(data: bytes) -> tuple[Mutation, ...]:
    if data.startswith(b"PK"):
        return (*ANYWHERE, *IN_ZIP, *IN_ZIP)
    if re.match(rb"[A-Za-z-]+:", data[:80]):
        return (*ANYWHERE, *IN_MAIL, *IN_MAIL)
    return ANYWHERE


def flip(data: bytes, random: Random) -> bytes:
    damaged = bytearray(data)
    for _ in range(random.randint(1, 12) if data else 0):
        damaged[random.randrange(len(damaged))] = random.randrange(256)
    return bytes(damaged)


def cut(data: bytes, random: Random) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def drop(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + data[at + random.choice((1, 2, 7, 60, 1000)) :]


def repeat(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + data[at : at + random.choice((1, 8, 100, 2000))] * random.choice((2, 2, 3, 50)) + data[at:]


def edge(data: bytes, random: Random) -> bytes:
    at, value = random.randrange(len(data) + 1), random.choice(_EDGES)
    return data[:at] + value + data[at + len(value) :]


def insert(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + random.randbytes(random.choice((1, 3, 20))) + data[at:]


def swap(data: bytes, random: Random) -> bytes:
    a, b, c = sorted(random.randrange(len(data) + 1) for _ in range(3))
    return data[:a] + data[b:c] + data[a:b] + data[c:]


def _splice(data: bytes, other: bytes, random: Random) -> bytes:
    return data[: random.randrange(len(data) + 1)] + other[random.randrange(len(other) + 1) :]


def shuffle_headers(data: bytes, random: Random) -> bytes:
    head, gap, body = data.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    random.shuffle(lines)
    return b"\r\n".join(lines[: random.randint(1, len(lines))]) + gap + body


def break_boundary(data: bytes, random: Random) -> bytes:
    marks = [match.span() for match in re.finditer(rb"\r?\n--[^\r\n]{1,70}", data)]
    if not marks:
        return data
    start, end = random.choice(marks)
    way = random.randrange(5)
    new = (b"", data[start : end - 1], data[start:end] + b"--", data[start:end] * 2, data[start:end] + b" \t")[way]
    return data[:start] + new + data[end:]


def relabel(data: bytes, random: Random) -> bytes:
    """Change a charset, a transfer encoding, a media type or an encoded-word to another."""
    pattern, choices = random.choice((
        (rb'charset="?[\w-]*', tuple(b"charset=" + label for label in _LABELS)), (rb"(?i)(?<=encoding: )[\w-]+", _TRANSFERS),
        (rb"(?i)(?<=content-type: )[\w/-]+", _TYPES), (rb"=\?[^?]*\?[BbQq]\?[^?]*\?=", _WORDS), (rb"name\*?=", (b"name=", b"name*=", b"name*0*=", b"name*9=", b"name")),
    ))  # fmt: skip
    found = [match.span() for match in re.finditer(pattern, data)]
    if not found:
        return data
    start, end = random.choice(found)
    return data[:start] + random.choice(choices) + data[end:]


def rebreak(data: bytes, random: Random) -> bytes:
    """Write line ends as others do."""
    return data.replace(
        b"\r\n", random.choice((b"\n", b"\r", b"\r\r\n", b"\n\r", b"\x00\n")), random.choice((-1, 1, 5))
    )


def break_directory(data: bytes, random: Random) -> bytes:
    """Damage a record of a zip: local header, directory entry or end."""
    records = [match.start() for match in re.finditer(rb"PK(?:\x01\x02|\x03\x04|\x05\x06)", data)]
    if not records:
        return data
    at = random.choice(records) + random.randrange(4, 46)
    value = random.choice((*_EDGES, random.randbytes(2)))
    return data[:at] + value + data[at + len(value) :]


def break_part(data: bytes, random: Random) -> bytes:
    """Damage the text of one XML part and pack everything again, so that what comes behind the zip is reached."""
    try:
        parts = unpacked(data)
    except Exception:  # noqa: BLE001  damaged before: then this adds nothing
        return data
    names = [name for name in parts if name.endswith((".xml", ".rels"))]
    if not names:
        return data
    heavy = [name for name in names if name.endswith(("document.xml", "content.xml", "Content.xml"))]
    name = random.choice(heavy or names) if random.random() < 0.8 else random.choice(names)
    parts[name] = _break_xml(parts[name].decode("utf-8", "replace"), random).encode("utf-8", "replace")
    return packed(parts)


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Return a zip of these parts, the same whenever it is made."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        for name, content in parts.items():
            target.writestr(zipfile.ZipInfo(name, (2023, 8, 1, 9, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def unpacked(data: bytes) -> dict[str, bytes]:
    """Return the parts of a zip."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        return {name: source.read(name) for name in source.namelist()}


def _break_xml(text: str, random: Random) -> str:
    """Move, drop or repeat whole tags, so that it often stays well-formed."""
    pieces = re.split(r"(<[^>]*>)", text)
    for _ in range(random.randint(1, 6)):
        at = random.randrange(len(pieces))
        match random.randrange(5):
            case 0:
                pieces[at] = ""
            case 1:
                pieces.insert(at, random.choice(_TAGS))
            case 2:
                other = random.randrange(len(pieces))
                pieces[at], pieces[other] = pieces[other], pieces[at]
            case 3:
                pieces[at] = re.sub(
                    r'"[^"]*"',
                    lambda _: f'"{random.choice(("", "-1", "x", "99999999999", "0", "nan"))}"',
                    pieces[at],
                    count=1,
                )
            case _:
                pieces[at : at + 1] = pieces[at : at + random.randint(1, 30)] * 2
    return "".join(pieces)


ANYWHERE: tuple[Mutation, ...] = (flip, flip, cut, drop, repeat, edge, insert, swap)
IN_MAIL: tuple[Mutation, ...] = (shuffle_headers, break_boundary, relabel, relabel, relabel, rebreak)
IN_ZIP: tuple[Mutation, ...] = (break_directory, break_part, break_part)
