"""Fields, seals and legends read from labelled scans made here.

.venv/bin/python -m bench.accuracy_scans [--every N]

Compared by field after NFKC without white space. Seals: True, False, or None (cannot be known).
"""

import argparse
import difflib
import multiprocessing
import sys
import tempfile
import tomllib
import unicodedata
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bench.table import Figure, f1, share, table
from domain.facts import FileFacts
from domain.kinds import Kind
from domain.notice import Notice
from parsers.registry import ReadJob, read_file
from parsers.scans.ocr import warm_up
from tests.fixtures.make_red import DRAWN
from tests.fixtures.make_scans import filled, scan_image, scan_pdf

CONFIG = Path(__file__).parents[1] / "config.toml"
FIELDS = ("title", "contact", "phone", "email", "address", "category", "highlights", "content", "unit")
UNITS = (
    "潍坊市信用协会", "寿光市发展和改革局", "潍坊滨海经济技术开发区管理委员会", "山东秦池酒业有限公司", "国家税务总局潍坊市税务局",
    "昌乐县市场监督管理局", "青州市王府街道办事处", "潍坊市中级人民法院",
)  # fmt: skip
TITLES = (
    "信用监管让市场更有序",
    "“信易贷”破解小微企业融资难",
    "诚信建设万里行——寿光实践",
    "一张信用表，服务千万家",
    "守信激励“红名单”机制",
)
PEOPLE = ("李建国", "王 磊", "欧阳雪梅", "张永刚", "朱镕喆", "于洋")
PHONES = ("13812345678", "0536-8090748", "15715351816", "8090748", "0536-2323456转8012", "139 6367 0011")
EMAILS = (
    "wangxm2023@126.com",
    "sgfgj_xyk@163.com",
    "qingzhou.credit@wf.shandong.cn",
    "10086123@qq.com",
    "li-jianguo@sina.com",
)
PLACES = (
    "潍坊市奎文区东风东街6396号",
    "寿光市商务小区3号楼",
    "潍坊滨海区黄海路00169号",
    "青州市范公亭西路1666号",
    "昌乐县恒安街1号院2单元",
)
BODY = (
    "2023年以来，我局依托信用信息共享平台归集数据126.5万条，建立“红黑名单”制度，对328家守信企业实施容缺受理，办件时限压缩62%。"
    "在食品药品、工程建设等12个领域开展信用分级分类监管，A级企业抽查比例降至1%，D级企业提高到30%，检查精准度明显提升。\n"
    "通过“信用+金融”模式，帮助286家小微企业获得贷款3.42亿元，平均利率4.35%，较上年下降0.8个百分点。"
)

PRESSED: tuple[dict[str, Any], ...] = (
    {}, {"dpi": 150}, {"dpi": 300}, {"skew": 1.5}, {"skew": -2.5}, {"rotation": 90}, {"rotation": 180}, {"rotation": 270, "skew": 1},
    {"noise": 10}, {"blur": 1.2}, {"jpeg": 45}, {"dpi": 150, "noise": 8, "jpeg": 50}, {"shadow": True}, {"photo": True},
    {"photo": True, "shadow": True, "noise": 6}, {"photo": True, "seal_at": "text", "rotation": 90}, {"camscanner": True},
    {"seal_at": "text"}, {"seal_at": "text", "dpi": 150}, {"seal_at": "edge"}, {"seal_at": "foot"}, {"faint": 0.5}, {"faint": 0.3},
    {"faint": 0.2}, {"faint": 0.3, "photo": True}, {"seal_kind": "oval"}, {"seal_kind": "oval", "faint": 0.4}, {"seal_kind": "oval", "seal_tilt": 15},
    {"seal_tilt": 30}, {"seal_tilt": -45}, {"letterhead": True}, {"logo": True}, {"ring": 70}, {"ring": 22}, {"colour": (255, 0, 0)},
    {"colour": (140, 25, 30)}, {"colour": (240, 100, 110)}, {"star": False}, {"code": "3707020012345"}, {"below": "合同专用章"}, {"diameter": 58},
    {"diameter": 36}, {"borders": False}, {"borders": False, "skew": 1.2}, {"borders": False, "rotation": 180}, {"size": 4.2}, {"size": 3.7},
    {"face": "sans"}, {"face": "wqy"}, {"signature": "潍坊市信用协会"}, {"long": True}, {"long": True, "rotation": 90, "skew": 0.8},
    *({"extra": name} for name in DRAWN),
)  # fmt: skip
BARE: tuple[dict[str, Any], ...] = (
    {}, {"dpi": 150}, {"skew": 2}, {"rotation": 90}, {"noise": 10}, {"photo": True}, {"photo": True, "shadow": True}, {"letterhead": True},
    {"logo": True}, {"letterhead": True, "logo": True, "photo": True}, {"long": True}, {"jpeg": 40}, *({"extra": name} for name in DRAWN),
    *({"extra": name, "photo": True} for name in DRAWN),
)  # fmt: skip
GREY: tuple[dict[str, Any], ...] = (
    {"grey": True},
    {"grey": True, "noise": 8},
    {"grey": True, "dpi": 150, "seal_at": "text"},
    {"grey": True, "rotation": 90},
)


@dataclass(frozen=True)
class Labelled:
    """A scan and what stands on it."""

    name: str
    file: bytes
    kind: Kind
    fields: dict[str, str]
    annex: int
    seal: bool | None
    legend: str
    cut: bool  #: part of the legend is off the page
    signature: str  #: the unit's name beside (盖章), "" where it is not written


@dataclass(frozen=True)
class Reading:
    """A scan and what was read from it."""

    scan: Labelled
    facts: FileFacts

    @property
    def told(self) -> bool | None:
        return self.facts.seal.present if self.facts.seal else None

    @property
    def legend(self) -> str:
        return (self.facts.seal.text or "") if self.facts.seal else ""


def plans() -> list[tuple[bool | None, dict[str, Any]]]:
    """Return every scan to be made: is it sealed (None: grey, nobody can tell), and how it is spoilt."""
    return [*((True, how) for how in PRESSED), *((False, how) for how in BARE), *((None, how) for how in GREY)]


def labelled(number: int) -> Labelled:
    """Make the scan of that number."""
    sealed, spoilt = plans()[number]
    how = dict(spoilt)
    annex = 1 + number % 2
    body = "\n".join([BODY] * 6) if how.pop("long", False) else BODY
    fields = filled(
        annex,
        title=TITLES[number % len(TITLES)],
        contact=PEOPLE[number % len(PEOPLE)],
        phone=PHONES[number % len(PHONES)],
        email=EMAILS[number % len(EMAILS)],
        address=PLACES[number % len(PLACES)],
        content=body,
    )
    unit = UNITS[number % len(UNITS)]
    how.setdefault("face", ("serif", "sans", "wqy")[number % 3])
    if number % 3 == 1:
        how.setdefault("signature", unit)
    pictured = number % 5 == 4 and body is BODY
    make, kind = (scan_image, Kind.IMAGE) if pictured else (scan_pdf, Kind.PDF)
    file = make(annex, fields, None if sealed is False else unit, seed=number, **how)
    words = " ".join(f"{key}={value}" for key, value in how.items() if key not in {"face", "signature"})
    label = f"scan {number:03d} {'sealed' if sealed else 'grey' if sealed is None else 'bare'} {words}".strip()
    cut = how.get("seal_at") in {"edge", "foot"}
    return Labelled(label, file, kind, fields, annex, sealed, unit, cut, how.get("signature", ""))


@cache
def notice() -> Notice:
    return Notice(**tomllib.loads(CONFIG.read_text("utf-8"))["notice"])


def read(scan: Labelled, folder: Path) -> FileFacts:
    """Read a scan as the daemon does."""
    path = folder / "scan"
    path.write_bytes(scan.file)
    return read_file(path, ReadJob(scan.kind, folder, notice().forms, notice().commitment))


def read_all(every: int = 1, processes: int = 2) -> list[Reading]:
    """Make and read every N-th scan."""
    with ProcessPoolExecutor(processes, multiprocessing.get_context("forkserver"), initializer=warm_up) as pool:
        return list(pool.map(_made_and_read, range(0, len(plans()), every)))


def _made_and_read(number: int) -> Reading:
    scan = labelled(number)
    with tempfile.TemporaryDirectory() as folder:
        return Reading(scan, read(scan, Path(folder)))


def normal(text: str | None) -> str:
    return "".join(unicodedata.normalize("NFKC", text or "").split())


def wrong_fields(reading: Reading) -> list[str]:
    """Return the fields that were not read as they stand, and how; doubtful ones are marked."""
    form = reading.facts.forms[0] if reading.facts.forms else None
    wanted = {**reading.scan.fields, "unit": reading.scan.signature}
    return [
        f"{name}{' (unsure)' if form and name in form.unsure else ''}: {_difference(normal(wanted[name]), got)}"
        for name in FIELDS
        if (got := normal(getattr(form, name) if form else None)) != normal(wanted[name])
    ]


def _difference(wanted: str, got: str) -> str:
    """Return the first stretch that differs, with a little around it."""
    changes = difflib.SequenceMatcher(None, wanted, got, autojunk=False).get_opcodes()
    _, a, b, c, d = next(change for change in changes if change[0] != "equal")
    return f"{got[max(0, c - 4) : d + 4][:40]!r}, not {wanted[max(0, a - 4) : b + 4][:40]!r}"


def figures(readings: Sequence[Reading]) -> tuple[Figure, ...]:
    """Return fields, seals and legends as measured."""
    wrong = [(reading, wrong_fields(reading)) for reading in readings]
    asked = len(readings) * len(FIELDS)
    fields = [f"{reading.scan.name}: {one}" for reading, these in wrong for one in these]
    absent = [one.scan.name for one in readings if one.scan.seal and one.told is False]
    return (
        share("scan form fields exact", asked - len(fields), asked, 0.97, fields),
        _seals(readings),
        Figure(
            "seals told to be absent",
            sum(bool(one.scan.seal) for one in readings),
            len(absent),
            0,
            ".0f",
            True,
            tuple(absent),
        ),
        _legends(readings),
    )


def _seals(readings: Sequence[Reading]) -> Figure:
    """Grey scans, of which nobody can tell, are not judged; "cannot be known" of a sealed page is a miss."""
    judged = [(one.scan.name, one.scan.seal, one.told is True) for one in readings if one.scan.seal is not None]
    return f1("seal present", judged, 0.99)


def _legends(readings: Sequence[Reading]) -> Figure:
    """Characters of the legend in their order; what was read beside them counts against it."""
    whole = [one for one in readings if one.scan.seal and not one.scan.cut]
    right = sum(_common(one.scan.legend, one.legend) for one in whole)
    wrong = [
        f"{one.scan.name}: {one.legend!r}, not {one.scan.legend!r}" for one in whole if one.legend != one.scan.legend
    ]
    return share("legend characters", right, sum(len(one.scan.legend) for one in whole), 0.95, wrong)


def _common(wanted: str, got: str) -> int:
    blocks = difflib.SequenceMatcher(None, got, wanted, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) - max(0, len(got) - len(wanted))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--every", type=int, default=1, help="take each N-th scan only")
    chosen = options.parse_args()
    sys.stdout.write(table(figures(read_all(chosen.every))) + "\n")


if __name__ == "__main__":
    main()
