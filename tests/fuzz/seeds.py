"""In charge of what is damaged: the sample mails, mails as programs write them, and one document of each kind, made here; other corpora as told."""

import gzip
import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from tests.fixtures import make_archives as archives
from tests.fixtures import make_forms_html as html
from tests.fixtures.mails import CLIENTS, attach, mail
from tests.fixtures.make_forms_entries import Entry
from tests.fixtures.make_hostile_documents import odt_entities
from tests.fixtures.make_ofds import ofd
from tests.fixtures.stories_paper import BATH, SCHOOL_FILM, stamped
from tests.fixtures.stories_paper import word as word_form
from tests.fuzz.mutations import packed, unpacked

SAMPLES = Path(__file__).parents[1] / "fixtures" / "samples"
CRASHES = Path(__file__).parents[1] / "fixtures" / "crashes"
KEPT = Path(__file__).parent / "kept"  #: archives that are another each time they are made: salt, time
_LARGEST = 400_000  #: bytes of a seed: what is larger is mostly one picture


def documents() -> list[bytes]:
    """Return one small document or archive of each kind that is cheap to read."""
    entry: Entry = BATH.entry
    text = "案例题目：诚信\n联系人：张三\n联系电话：13800000000\n邮箱：a@b.cn\n单位意见：本单位承诺对参评成果的真实性、有效性负责"
    picture = io.BytesIO()
    Image.new("RGB", (120, 90), "red").save(picture, "PNG")
    files = {"申报表.txt": text.encode("gbk"), "图.png": picture.getvalue()}
    raw = {name.encode("gbk"): data for name, data in files.items()}
    return [
        word_form(BATH).data, word_form(SCHOOL_FILM).data, packed(unpacked(odt_entities("", "amp"))), html.page(entry), html.page(entry, charset="gb2312", word=True),
        html.mht(entry), rb"{\rtf1\ansi\ansicpg936\trowd\cellx900\cellx1800 \'b0\'b8\'c0\'fd\'cc\'e2\cell \u35802?\cell\row}", text.encode(), text.encode("gb18030"),
        packed(unpacked(ofd(BATH.fields, signer="潍坊市信用协会"))), archives.zip_of(raw), archives.zip_locked(b"a.txt", b"x" * 99, b"wf2023"),
        archives.zip64(b"a.txt", b"x" * 99), archives.tar_of(files), gzip.compress(archives.tar_of(files), mtime=0), archives.tar_of(files, packing="xz"),
        *(path.read_bytes() for path in sorted(KEPT.iterdir())), archives.rar5_stored(files), archives.tnef_of(raw, body=b"hello"), picture.getvalue(),
    ]  # fmt: skip


def printed() -> list[bytes]:
    """Return PDFs: dear to read, so a few are enough."""
    return [stamped(BATH).data]


def mails() -> list[bytes]:
    """Return the samples that are not mostly pictures, and a mail of every program with a small file of every kind."""
    samples = [data for path in sorted(SAMPLES.glob("*.eml")) if len(data := path.read_bytes()) < _LARGEST]
    small = [attach(f"材料{i}", data) for i, data in enumerate(documents()) if len(data) < 20_000]
    written = [
        mail(client, html="<p>解压密码：wf2023 https://pan.baidu.com/s/1x 提取码：ab12</p>", attach=small[i::6])
        for i, client in enumerate(CLIENTS)
    ]
    crashes = [path.read_bytes() for path in sorted(CRASHES.glob("*.eml"))]
    return [*samples, *written, *crashes]


def corpus(folders: Sequence[Path]) -> list[bytes]:
    """Return the files of other corpora."""
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    return [data for path in files if 0 < len(data := path.read_bytes()) < _LARGEST]
