"""What a replay costs on this machine: `python -m bench.replay [CASES]`. Not a test: figures, no verdict."""

import hashlib
import sys
import tempfile
import time
from pathlib import Path

from daemon.desk import Desk
from daemon.replaying import Replay, apply
from daemon.workshop import clock
from domain.case import Case
from domain.notice import Limits
from domain.sketch import sketch
from parsers.sandbox import Sandbox
from store.archive import Archive
from store.desk import Store
from tests.daemon.test_replaying import record, shorter
from tests.fixtures.cases import PROSE, article, context, film, notice, rules, scan, text_case, video_case, word
from validators.rulebook import judge

COUNTIES = (
    "潍城区",
    "寒亭区",
    "坊子区",
    "奎文区",
    "临朐县",
    "昌乐县",
    "青州市",
    "诸城市",
    "寿光市",
    "安丘市",
    "高密市",
    "昌邑市",
)


def pictures(serial: int) -> str:
    """Return the fingerprint of a film that no other is alike to: 32 pictures, as many as are sampled."""
    return "".join(hashlib.sha256(f"{serial} {nth}".encode()).hexdigest()[:16] for nth in range(32))


def entry(serial: int) -> Case:
    """Return one of many cases, every third a film."""
    unit, text = f"{COUNTIES[serial % 12]}第{serial}实验学校", "".join(f"{serial}年{word}" for word in PROSE)[:1800]
    told = {"title": f"第{serial}号案例", "unit": unit, "sketch": sketch(text)}
    if serial % 3:
        number = f"2023-W-{serial - serial // 3:04d}"
        return text_case(word(unit=unit), scan(unit=unit), article(1500, text), number=number, **told)
    return video_case(film(), number=f"2023-V-{serial // 3:04d}", fingerprint=pictures(serial), **told)


def main(count: int) -> None:
    """Fill a store, judge it again, then again under a shorter limit and record what changed."""
    with tempfile.TemporaryDirectory() as root, Sandbox(Limits()) as sandbox:
        store = Store.open(f"sqlite:///{root}/desk.db", Archive(Path(root) / "data"))
        desk = Desk(notice(), rules(), Limits(), store, sandbox, "wfxyxh@126.com", "组委会")
        for serial in range(1, count + 1):
            record(desk, serial, judge(entry(serial), context()))
        started, busy = time.perf_counter(), time.process_time()
        again = [each for each in Replay(desk).run() if each.changed]
        seconds, busy = time.perf_counter() - started, time.process_time() - busy
        print(f"{count} cases judged again in {seconds:.1f} s ({busy:.1f} s of CPU), {len(again)} changed")
        strict = shorter(desk)
        started = time.perf_counter()
        changed = [each for each in Replay(strict).run() if each.changed]
        applied = sum(apply(each, strict, clock()) for each in changed)
        print(f"under a shorter limit: {applied} changed and recorded, {time.perf_counter() - started:.1f} s in all")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
