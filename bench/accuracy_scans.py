"""Fields, seals and legends read from labelled scans made here, seconds a page and peak memory.

.venv/bin/python -m bench.accuracy_scans [--every N] [--verbose]

Compared by field after NFKC without white space. Seals: True, False, or None (cannot be known). Seconds are of CPU, one core.
"""

import argparse
import difflib
import resource
import tempfile
import time
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from domain.facts import FileFacts
from domain.kinds import Kind
from domain.notice import Notice
from parsers.registry import ReadJob, read_file
from parsers.scan_ocr import warm_up
from tests.fixtures.make_red import DRAWN
from tests.fixtures.make_scans import filled, scan_image, scan_pdf

FIELDS = ("title", "contact", "phone", "email", "address", "category", "highlights", "content")
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
#: Red things that a person would have to look at: "cannot be known" is right as well as "none".
ARGUABLE = {"square", "disc", "star", "words"}


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


@dataclass
class Score:
    """What has been counted so far."""

    fields: Counter[str] = field(default_factory=Counter)
    total: int = 0
    seals: Counter[tuple[bool | None, bool | None]] = field(default_factory=Counter)
    false_absent: list[str] = field(default_factory=list)
    legend_right: int = 0
    legend_all: int = 0
    pages: int = 0
    seconds: float = 0.0
    slowest: float = 0.0


def scans() -> Iterator[Labelled]:
    """Give every labelled scan, one after the other."""
    plans = [*((True, how) for how in PRESSED), *((False, how) for how in BARE), *((None, how) for how in GREY)]
    for number, (sealed, how) in enumerate(plans):
        yield labelled(number, sealed, dict(how))


def labelled(number: int, sealed: bool | None, how: dict[str, Any]) -> Labelled:
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
    make, kind = (
        (scan_image, Kind.IMAGE) if number % 5 == 4 and "long" not in how and body is BODY else (scan_pdf, Kind.PDF)
    )
    file = make(annex, fields, None if sealed is False else unit, seed=number, **how)
    words = " ".join(f"{key}={value}" for key, value in how.items() if key != "face")
    label = f"{number:03d} {'sealed' if sealed else 'grey' if sealed is None else 'bare'} {words}"
    return Labelled(label, file, kind, fields, annex, sealed, unit, how.get("seal_at") in {"edge", "foot"})


def normal(text: str | None) -> str:
    return "".join(unicodedata.normalize("NFKC", text or "").split())


def count(score: Score, scan: Labelled, facts: FileFacts, verbose: bool) -> None:
    form = facts.forms[0] if facts.forms else None
    wrong = {}
    for name in FIELDS:
        got = getattr(form, name) if form else None
        score.total += 1
        if normal(got) == normal(scan.fields[name]):
            score.fields[name] += 1
        else:
            wrong[name] = (got, form is not None and name in form.unsure)
    told = facts.seal.present if facts.seal else None
    score.seals[scan.seal, told] += 1
    if scan.seal and told is False:
        score.false_absent.append(scan.name)
    legend = (facts.seal.text or "") if facts.seal else ""
    if scan.seal and not scan.cut:
        score.legend_all += len(scan.legend)
        blocks = difflib.SequenceMatcher(None, legend, scan.legend, autojunk=False).get_matching_blocks()
        score.legend_right += sum(block.size for block in blocks) - max(0, len(legend) - len(scan.legend))
    if verbose or wrong or (scan.seal is not told) or (scan.seal and legend != scan.legend):
        print(
            f"{scan.name}: seal {told} {legend if legend != scan.legend else '='} {wrong or ''} {facts.problem or ''}",
            flush=True,
        )


def run(every: int, verbose: bool) -> Score:
    notice = Notice(**tomllib.loads(Path("config.toml").read_text("utf-8"))["notice"])
    score = Score()
    warm_up()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scan"
        for number, scan in enumerate(scans()):
            if number % every:
                continue
            path.write_bytes(scan.file)
            job = ReadJob(scan.kind, Path(folder), notice.forms, notice.commitment)
            start = time.process_time()
            facts = read_file(path, job)
            spent = time.process_time() - start
            pages = facts.pages or 1
            score.pages, score.seconds = score.pages + pages, score.seconds + spent
            score.slowest = max(score.slowest, spent / pages)
            count(score, scan, facts, verbose)
    return score


def report(score: Score) -> None:
    right = sum(score.fields.values())
    print(f"\nforms {score.total // len(FIELDS)}, fields exact {right}/{score.total} = {right / score.total:.2%}")
    print("  " + ", ".join(f"{name} {score.fields[name]}" for name in FIELDS))
    print("seal (is → told): " + ", ".join(f"{a} → {b}: {n}" for (a, b), n in sorted(score.seals.items(), key=str)))
    hit = score.seals[True, True]
    told = sum(n for (is_, says), n in score.seals.items() if says is True and is_ is not None)
    real = sum(n for (is_, _), n in score.seals.items() if is_ is True)
    print(
        f"  precision {hit / max(told, 1):.3f} recall {hit / max(real, 1):.3f} F1 {2 * hit / max(told + real, 1):.3f}"
    )
    print(f"  false absent: {score.false_absent or 'none'}")
    print(
        f"legend characters {score.legend_right}/{score.legend_all} = {score.legend_right / max(score.legend_all, 1):.2%}"
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"CPU {score.seconds / score.pages:.2f} s a page (slowest {score.slowest:.2f}), peak RSS {peak:.0f} MB (fixtures made in the same process)"
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--every", type=int, default=1, help="take each N-th scan only")
    options.add_argument("--verbose", action="store_true")
    chosen = options.parse_args()
    report(run(chosen.every, chosen.verbose))


if __name__ == "__main__":
    main()
