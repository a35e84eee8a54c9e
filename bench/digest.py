"""What the digest of many cases costs on this machine: `python -m bench.digest [CASES] [DIRECTORY]`. Not a test: figures, no verdict.

Cases are spread over the call's weeks, half of them films, with forms of 1,800 字, findings, replies and history.
"""

import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from domain.case import Case, Finding, Material, Outcome, Reading, Verdict
from domain.facts import FileFacts, FormFields, VideoFacts
from domain.kinds import Decision, Kind, MessageKind, OutboxState, Role, Severity, Track
from domain.mail import Address, Link, Mail, Part, SubjectFacts
from domain.notice import SHANGHAI, Notice
from domain.records import Arrival, Letter
from notify import digest_figures
from notify.digest import HTML_LIMIT, address_digest, write_digest
from notify.letters import PostOffice
from notify.workbook import write_workbook
from store.archive import Archive
from store.desk import Store

MORNING = datetime(2023, 8, 29, 8, 30, tzinfo=SHANGHAI)
DAYS = 45
CONTENT = "信用" * 900
_DECISIONS = (Decision.ACCEPTED, Decision.ACCEPTED, Decision.NEEDS_SUPPLEMENT, Decision.MANUAL_REVIEW)
_FINDINGS = {
    Decision.NEEDS_SUPPLEMENT: Finding(code="missing_pdf_form", severity=Severity.ERROR),
    Decision.MANUAL_REVIEW: Finding(
        code="seal_unclear", severity=Severity.REVIEW, evidence={"file": "申报表.pdf", "reason": ""}
    ),
}


@contextmanager
def timed(name: str) -> Iterator[None]:
    """Print what something costs: CPU seconds, which a busy machine changes least, and the clock's."""
    busy, started = time.process_time(), time.perf_counter()
    yield
    print(f"{name:48}{time.process_time() - busy:8.2f} s CPU {time.perf_counter() - started:8.2f} s")


def part(path: str, kind: Kind, serial: int) -> Part:
    return Part(path=path, filename=path, kind=kind, media_type="x/y", sha256=f"{serial:064x}", size=123_456)


def materials(serial: int, when: datetime, *, film: bool) -> tuple[Material, ...]:
    form = FormFields(annex=1, title="诚信", content=CONTENT)
    paper = FileFacts(parser="word", version=1, forms=(form,), text=CONTENT * 2, text_length=3600)
    shown = VideoFacts(container="mp4", duration_s=200.0, width=1920, height=1080)
    told = [(Role.WORD_FORM, "申报表.docx", Kind.DOCX, paper), (Role.PDF_FORM, "申报表.pdf", Kind.PDF, paper)]
    if film:
        told.append((Role.VIDEO, "作品.mp4", Kind.VIDEO, FileFacts(parser="video", version=1, video=shown)))
    return tuple(
        Material(role=role, part=part(path, kind, serial * 10 + nth), facts=facts, form=form, received_at=when)
        for nth, (role, path, kind, facts) in enumerate(told)
    )


def case(number: str, serial: int, when: datetime, unit: str) -> Case:
    track = Track.VIDEO if "-V-" in number else Track.TEXT
    by_link = serial % 10 == 1
    link = Link(url=f"https://pan.example/{serial}", host="pan.example", provider="baidu", name="作品.mp4")
    return Case(
        number=number, track=track, title=f"诚信案例之{serial}", unit=unit, contact="王明", phone="13800000000", email="a@b.example",
        content=CONTENT, sketch=tuple(range(64)), links=(link,) if by_link else (), first_received_at=when,
        materials=materials(serial, when, film=track is Track.VIDEO and not by_link),
    )  # fmt: skip


def take(store: Store, notice: Notice, serial: int, total: int) -> None:
    when = MORNING - timedelta(days=DAYS) + timedelta(days=DAYS) * serial / total
    sha256 = store.archive.add_bytes(b"mail %d" % serial)
    place = {"account": "a", "folder": "INBOX", "uidvalidity": 1, "uid": serial, "sha256": sha256, "size": 9}
    store.record_arrival(Arrival.model_validate(place | {"received_at": when}), when)
    decision = _DECISIONS[serial % len(_DECISIONS)]
    unit = f"{notice.units[serial % len(notice.units)].name}第{serial % 400}中心"
    with store.begin(when) as tx:
        number = tx.next_number(2023, Track.VIDEO if serial % 2 else Track.TEXT)
        entry = case(number, serial, when, unit)
        mail = Mail(
            sha256=sha256, size=9, from_=Address(address=f"a{serial}@b.example"), subject="申报",
            parts=tuple(material.part for material in entry.materials),
        )  # fmt: skip
        findings = tuple(filter(None, (_FINDINGS.get(decision),)))
        reading = Reading(mail=mail, subject=SubjectFacts(), facts={}, received_at=when)
        verdicts = (Verdict(case=entry, findings=findings, decision=decision),)
        tx.save_outcome(Outcome(reading=reading, kind=MessageKind.SUBMISSION, decision=decision, verdicts=verdicts))
        tx.enqueue(reply(sha256, number))
        tx.finish(sha256)
    if letter := store.claim_letter("bench", MORNING):
        store.settle_letter(letter.id, OutboxState.SENT, when, proof="250 ok")


def reply(sha256: str, number: str) -> Letter:
    return Letter(
        message_id=f"<{sha256[:20]}@desk>", kind="receipt", key=f"receipt:{sha256}", recipient="a@b.example", subject="回执",
        text="已收到" * 300, html="<p>已收到</p>" * 800, raw=b"x" * 30_000, message_sha256=sha256, case_numbers=(number,),
    )  # fmt: skip


def this_call() -> Notice:
    return Notice.model_validate(tomllib.loads(Path("config.toml").read_text(encoding="utf-8"))["notice"])


def measure(root: Path, total: int) -> None:
    notice = this_call()
    store = Store.open(f"sqlite:///{root}/desk.db", Archive(root / "data"))
    with timed(f"take in {total:,} cases (not the question)"):
        for serial in range(total):
            take(store, notice, serial, total)
    store.record_poll("a", MORNING, MORNING, True, "", total, 0)
    yesterday = MORNING.date() - timedelta(days=1)
    with timed("figures of the digest"):
        digest_figures.gather(store, notice, yesterday, MORNING, ())
    with timed("workbook"):
        write_workbook(store, notice, root / "a.xlsx")
    with timed("digest whole: figures, HTML, text, workbook"):
        edition = write_digest(store, notice, yesterday, MORNING, ())
    with timed("letter for one more reader"):
        letter = address_digest(edition, PostOffice(address="a@b.example", name="组委会", now=MORNING), "c@b.example")
    size = len(edition.html.encode())
    print(f"HTML {size:,} bytes of {HTML_LIMIT:,}, letter {len(letter.raw):,} bytes")
    store.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None) as directory:
        measure(Path(directory), int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
