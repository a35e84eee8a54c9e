"""What a file is, told from its bytes: every kind, broken containers, polyglots, and anything at all."""

import base64
import io
import struct
import zipfile
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from domain.kinds import Kind
from parsers.kinds.sniffing import sniff, sniff_bytes
from tests.fixtures import make_archives as make


def office(*names: str, mimetype: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "<x/>")
    return buffer.getvalue()


def picture(form: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, form)
    return buffer.getvalue()


def box(brand: bytes) -> bytes:
    return struct.pack(">L4s4sL", 24, b"ftyp", brand, 512) + b"isom" + bytes(8) + b"mdat"


MAIL = b"From: a@b.cn\r\nTo: wfxyxh@126.com\r\nSubject: =?gbk?B?1tA=?=\r\nDate: Tue, 1 Aug 2023 09:00:00 +0800\r\n\r\n%PDF-1.4 in the text"
WORD_PAGE = b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<html>'
SAVED_PAGE = (
    b"From: <Saved by Blink>\r\nSnapshot-Content-Location: http://a/\r\nSubject: a\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/related;\r\n\ttype="text/html"\r\n\r\n'
)
TS_PACKET = b"\x47\x40\x00\x10" + bytes(184)

CASES: list[tuple[str, bytes, Kind, str]] = [
    ("nothing", b"", Kind.EMPTY, "application/x-empty"),
    ("docx", office("[Content_Types].xml", "word/document.xml"), Kind.DOCX, "wordprocessingml.document"),
    ("docx by WPS", office("word/document2.xml"), Kind.DOCX, "wordprocessingml.document"),
    ("docx with backslashes", office("[Content_Types].xml", "word\\document.xml"), Kind.DOCX, "wordprocessingml"),
    ("docm", office("word/document.xml", "word/vbaProject.bin"), Kind.DOCX, "ms-word.document.macroenabled"),
    ("xlsx", office("xl/workbook.xml"), Kind.SPREADSHEET, "spreadsheetml.sheet"),
    ("pptx", office("ppt/presentation.xml"), Kind.PRESENTATION, "presentationml.presentation"),
    ("ofd", office("OFD.xml", "Doc_0/Document.xml"), Kind.OFD, "application/ofd"),
    ("odt", office("content.xml", mimetype="application/vnd.oasis.opendocument.text"), Kind.ODT, "opendocument.text"),
    ("ods", office(mimetype="application/vnd.oasis.opendocument.spreadsheet"), Kind.SPREADSHEET, "spreadsheet"),
    ("odt packed again", office("content.xml", "META-INF/manifest.xml"), Kind.ODT, "opendocument.text"),
    ("apk", office("AndroidManifest.xml", "classes.dex"), Kind.EXECUTABLE, "android"),
    ("jar", office("META-INF/MANIFEST.MF", "a/B.class"), Kind.OTHER, "java-archive"),
    ("zip of a docx", office("材料/申报表.docx"), Kind.ZIP, "application/zip"),
    ("zip of a pdf, stored", make.zip_of({b"a.pdf": b"%PDF-1.4"}, method=0), Kind.ZIP, "application/zip"),
    ("zip with a forged UTF-8 flag", make.zip_of({"表.docx".encode("gbk"): b"x"}, flags=0x800), Kind.ZIP, "zip"),
    ("empty zip", make.zip_end(0, 0, 0), Kind.ZIP, "application/zip"),
    ("docx cut off", office("[Content_Types].xml", "word/document.xml")[:-40], Kind.DOCX, "wordprocessingml"),
    ("rar 5", make.rar5_stored({"a": b"x"}), Kind.RAR, "application/vnd.rar"),
    ("rar 4", make.rar4_main(0), Kind.RAR, "application/vnd.rar"),
    ("7z", make.sevenzip_of({"a": b"x"}), Kind.SEVENZIP, "application/x-7z-compressed"),
    ("tar", make.tar_of({"a.pdf": b"%PDF-1.4"}), Kind.TAR, "application/x-tar"),
    ("tar.gz", make.tar_of({"a": b"x"}, packing="gz"), Kind.TAR, "application/gzip"),
    ("tar.bz2", make.tar_of({"a": b"x"}, packing="bz2"), Kind.TAR, "application/x-bzip2"),
    ("tar.xz", make.tar_of({"a": b"x"}, packing="xz"), Kind.TAR, "application/x-xz"),
    ("winmail.dat", make.tnef_of({b"a": b"x"}), Kind.TNEF, "ms-tnef"),
    ("pdf", b"%PDF-1.7\n%\xe2\xe3", Kind.PDF, "application/pdf"),
    ("pdf after rubbish", b"\xef\xbb\xbf\r\n" * 20 + b"%PDF-1.4\n", Kind.PDF, "application/pdf"),
    ("pdf that is a zip too", b"%PDF-1.4\n" + office("a"), Kind.PDF, "application/pdf"),
    ("rtf", b"{\\rtf1\\ansi", Kind.RTF, "application/rtf"),
    ("rtf after blanks", b"\r\n {\\rtf1", Kind.RTF, "application/rtf"),
    ("html", b"<!DOCTYPE html>\n<html>", Kind.HTML, "text/html"),
    ("html by Word", b'<html xmlns:o="urn:schemas-microsoft-com:office:office">', Kind.HTML, "text/html"),
    ("html in GBK", "<head><title>申报表</title>".encode("gbk"), Kind.HTML, "text/html"),
    ("html in UTF-16", "<html><body>申报表".encode("utf-16"), Kind.HTML, "text/html"),
    ("html in UTF-16 without a mark", "<html><body><table><tr><td>申".encode("utf-16-le"), Kind.HTML, "text/html"),
    ("html after a comment", b"<?xml version='1.0'?><!-- saved --> <TABLE border=1>", Kind.HTML, "text/html"),
    ("mht by Word", WORD_PAGE, Kind.HTML, "multipart/related"),
    ("mht by Chrome", SAVED_PAGE, Kind.HTML, "multipart/related"),
    ("xml", b"<?xml version='1.0'?><x/>", Kind.OTHER, "application/xml"),
    ("svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", Kind.OTHER, "image/svg+xml"),
    ("mail", MAIL, Kind.MESSAGE, "message/rfc822"),
    ("mail from mbox", b"From a@b Tue Aug  1 09:00:00 2023\n" + MAIL, Kind.MESSAGE, "message/rfc822"),
    ("mail of one header", b'Content-Type: multipart/mixed;\r\n\tboundary="B"\r\n\r\n--B\r\n', Kind.MESSAGE, "message/rfc822"),
    (
        "mail that holds a page",
        b"Date: Mon, 15 Jan 2018 10:54:09 +0100\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
        b"--b\nContent-Type: multipart/related; boundary=c\n",
        Kind.MESSAGE,
        "message/rfc822",
    ),
    ("jpeg", picture("JPEG"), Kind.IMAGE, "image/jpeg"),
    ("png", picture("PNG"), Kind.IMAGE, "image/png"),
    ("gif", picture("GIF"), Kind.IMAGE, "image/gif"),
    ("bmp", picture("BMP"), Kind.IMAGE, "image/bmp"),
    ("tiff", picture("TIFF"), Kind.IMAGE, "image/tiff"),
    ("webp", picture("WEBP"), Kind.IMAGE, "image/webp"),
    ("heic", box(b"heic"), Kind.IMAGE, "image/heic"),
    ("heif", box(b"mif1"), Kind.IMAGE, "image/heif"),
    ("avif", box(b"avif"), Kind.IMAGE, "image/avif"),
    ("mp4", box(b"isom"), Kind.VIDEO, "video/mp4"),
    ("mp4 of an unknown brand", box(b"zzzz"), Kind.VIDEO, "video/mp4"),
    ("mov", box(b"qt  "), Kind.VIDEO, "video/quicktime"),
    ("mov, old", b"\x00\x00\x00\x08wide\x00\x00\x00\x00mdat", Kind.VIDEO, "video/quicktime"),
    ("3gp", box(b"3gp5"), Kind.VIDEO, "video/3gpp"),
    ("m4a", box(b"M4A "), Kind.AUDIO, "audio/mp4"),
    ("avi", b"RIFF\x00\x00\x00\x00AVI LIST", Kind.VIDEO, "video/x-msvideo"),
    ("mpeg ps", b"\x00\x00\x01\xba\x44", Kind.VIDEO, "video/mpeg"),
    ("mpeg es", b"\x00\x00\x01\xb3\x14", Kind.VIDEO, "video/mpeg"),
    ("mpeg ts", TS_PACKET * 5, Kind.VIDEO, "video/mp2t"),
    ("m2ts", (bytes(4) + TS_PACKET) * 5, Kind.VIDEO, "video/mp2t"),
    ("mkv", b"\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska", Kind.VIDEO, "video/x-matroska"),
    ("webm", b"\x1a\x45\xdf\xa3\x93\x42\x82\x84webm", Kind.VIDEO, "video/webm"),
    ("flv", b"FLV\x01\x05", Kind.VIDEO, "video/x-flv"),
    ("rm", b".RMF\x00\x00\x00\x12", Kind.VIDEO, "realmedia"),
    ("mxf", bytes.fromhex("060e2b34020501010d0102010102"), Kind.VIDEO, "application/mxf"),
    ("wav", b"RIFF\x00\x00\x00\x00WAVEfmt ", Kind.AUDIO, "audio/x-wav"),
    ("mp3 with tag", b"ID3\x03\x00", Kind.AUDIO, "audio/mpeg"),
    ("mp3", b"\xff\xfb\x90\x64" + bytes(64), Kind.AUDIO, "audio/mpeg"),
    ("aac", b"\xff\xf1\x50\x80", Kind.AUDIO, "audio/aac"),
    ("amr", b"#!AMR\n", Kind.AUDIO, "audio/amr"),
    ("ogg", b"OggS\x00\x02" + bytes(22) + b"\x01vorbis", Kind.AUDIO, "audio/ogg"),
    ("ogv", b"OggS\x00\x02" + bytes(22) + b"\x80theora", Kind.VIDEO, "video/ogg"),
    ("flac", b"fLaC\x00", Kind.AUDIO, "audio/flac"),
    ("exe", b"MZ\x90\x00\x03" + bytes(80) + b"PE\x00\x00", Kind.EXECUTABLE, "portable-executable"),
    ("elf", b"\x7fELF\x02", Kind.EXECUTABLE, "x-executable"),
    ("mach-o", b"\xcf\xfa\xed\xfe\x07", Kind.EXECUTABLE, "mach-binary"),
    ("lnk", b"\x4c\x00\x00\x00\x01\x14\x02\x00" + bytes(60), Kind.EXECUTABLE, "shortcut"),
    ("sh", b"#!/bin/sh\nrm -rf /", Kind.EXECUTABLE, "shellscript"),
    ("bat", b"@echo off\r\ndel *", Kind.EXECUTABLE, "x-bat"),
    ("vbs", b'Set sh = CreateObject("WScript.Shell")\r\n', Kind.EXECUTABLE, "vbscript"),
    ("js", b"var x = new ActiveXObject('WScript.Shell');", Kind.EXECUTABLE, "javascript"),
    ("reg", "Windows Registry Editor Version 5.00".encode("utf-16"), Kind.EXECUTABLE, "regedit"),
    ("text", "联系人：王喆".encode(), Kind.TEXT, "text/plain"),
    ("text in GBK", "联系人：王喆，电话：13800000000".encode("gbk"), Kind.TEXT, "text/plain"),
    ("text in UTF-16", "联系人：王喆".encode("utf-16"), Kind.TEXT, "text/plain"),
    ("text that begins with MZ", b"MZ is a county code", Kind.TEXT, "text/plain"),
    ("text with one label", b"Subject: what we talked about\n\nhello", Kind.TEXT, "text/plain"),
    ("noise", bytes(range(256)) * 4, Kind.OTHER, "octet-stream"),
]  # fmt: skip


@pytest.mark.parametrize(("_", "content", "kind", "media_type"), CASES, ids=[case[0] for case in CASES])
def test_a_file_is_what_its_bytes_say(tmp_path: Path, _: str, content: bytes, kind: Kind, media_type: str) -> None:
    path = tmp_path / "申报表.docx.exe.pdf"
    path.write_bytes(content)
    found = sniff(path)
    assert found[0] is kind
    assert media_type in found[1]


def ole(*streams: str) -> bytes:
    """Return an OLE file as msoffcrypto writes one, its streams renamed by equal length."""
    from msoffcrypto.format.ooxml import OOXMLFile

    plain, out = io.BytesIO(), io.BytesIO()
    docx.Document().save(plain)
    OOXMLFile(plain).encrypt("x", out)
    content = out.getvalue()
    for stream in streams:
        content = rename(content, "EncryptedPackage", stream)
    return content


def rename(content: bytes, old: str, new: str) -> bytes:
    """Return the file with a directory entry renamed: name in 64 bytes, then its length in bytes ([MS-CFB] 2.6.1)."""
    at = content.index(old.encode("utf-16-le") + b"\x00\x00")
    name = new.encode("utf-16-le")
    return content[:at] + name.ljust(64, b"\x00") + struct.pack("<H", len(name) + 2) + content[at + 66 :]


@pytest.mark.parametrize(
    ("stream", "kind", "media_type"),
    [
        ("EncryptedPackage", Kind.OLE_ENCRYPTED, "ooxml-protected"),
        ("WordDocument", Kind.OLE_WORD, "application/msword"),
        ("Workbook", Kind.SPREADSHEET, "ms-excel"),
        ("PowerPoint Document", Kind.PRESENTATION, "ms-powerpoint"),
        ("Anything", Kind.OTHER, "ole-storage"),
    ],
)
@pytest.mark.parametrize("broken", [False, True])
def test_ole_files_are_told_by_their_streams(
    tmp_path: Path, stream: str, kind: Kind, media_type: str, broken: bool
) -> None:
    path = tmp_path / "file"
    content = ole(stream)
    path.write_bytes(content[:40] + b"\xff" * 20 + content[60:] if broken else content)
    found = sniff(path)
    assert found[0] is kind
    assert media_type in found[1]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=2000))
def test_anything_has_a_kind(content: bytes) -> None:
    kind, media_type = sniff_bytes(content, io.BytesIO(content))
    assert kind in Kind
    assert "/" in media_type


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(CASES), st.floats(0, 1), st.binary(max_size=40))
def test_cut_heads_and_glued_tails_never_crash(case: tuple[str, bytes, Kind, str], cut: float, tail: bytes) -> None:
    content = case[1][: int(len(case[1]) * cut)] + tail
    assert sniff_bytes(content, io.BytesIO(content))[0] in Kind


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(CASES), st.sampled_from(CASES))
def test_of_two_files_glued_together_the_first_one_counts(
    one: tuple[str, bytes, Kind, str], two: tuple[str, bytes, Kind, str]
) -> None:
    strong = {Kind.IMAGE, Kind.RAR, Kind.SEVENZIP, Kind.AUDIO, Kind.TNEF}
    if one[2] in strong and len(one[1]) > 64:
        content = one[1] + two[1]
        assert sniff_bytes(content, io.BytesIO(content))[0] is one[2]


def test_base64_text_is_text() -> None:
    assert sniff_bytes(base64.encodebytes(bytes(range(256)) * 30))[0] is Kind.TEXT


def test_files_of_this_machine_are_programs() -> None:
    assert sniff(Path("/bin/sh").resolve())[0] is Kind.EXECUTABLE
