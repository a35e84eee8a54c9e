"""What staff fetched from a link is judged as if the mail had carried it, once, and the applicant is told once."""

import email
import email.policy
import io
import zipfile
from datetime import UTC, datetime

import pytest

from daemon.fetch_note import FetchedFile, opened_urls
from daemon.fetched import FetchDesk
from domain.kinds import Decision, MessageKind, Role, Track
from tests.fixtures.cases import link
from tests.fixtures.expectations import expectations
from tests.fixtures.mails import attach, mail
from tests.fixtures.office import FILM, SHORT, Office, files_of, film

LINKED = "18-video-as-netease-link.eml"

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def linked(office: Office) -> Office:
    """The desk after a mail whose film is a link."""
    sample = next(row for row in expectations() if row.name == LINKED)
    office.arrive(sample.raw, sample.received_at)
    assert office.look() == 0
    return office


def test_a_case_that_waits_for_a_download_has_a_folder_of_its_own(linked: Office) -> None:
    assert linked.case().decision is Decision.MANUAL_REVIEW
    assert [path.name for path in linked.folder.root.iterdir()] == ["2023-V-0001"]


def test_a_fetched_film_is_judged_told_once_and_put_away(linked: Office) -> None:
    linked.put("一份跑了四十公里的承诺.mp4", film())
    assert linked.look() == 1
    linked.work()
    record = linked.case()
    assert record.decision is Decision.ACCEPTED  # and not late, though the window has long closed
    assert record.case.video is not None
    assert record.case.awaited == ()
    assert ("staff", "fetched", "一份跑了四十公里的承诺.mp4") in [(e.actor, e.event, e.detail) for e in record.history]
    assert len(linked.receipts()) == 2
    told = linked.receipts()[1]
    assert "已下载" in told.partition("\n\n")[2].partition("\n")[0]
    assert "■ 本次收到\n  1. 视频作品：“一份跑了四十公里的承诺.mp4”" in told
    assert "386.5 MB，已下载" in told
    assert linked.look() == 0
    assert linked.waiting() == []
    assert (linked.folder.folder("2023-V-0001") / "done" / "一份跑了四十公里的承诺.mp4").exists()
    assert linked.store.verify(linked.now()) == ()


def test_the_letter_goes_into_the_applicants_thread(linked: Office) -> None:
    linked.put("作品.mp4", film())
    linked.look()
    linked.work()
    first, second = (
        email.message_from_bytes(record.letter.raw, policy=email.policy.default) for record in linked.store.letters()
    )
    assert first["In-Reply-To"] in second["References"]
    assert second["To"] == first["To"]
    assert "2023-V-0001" in second["Subject"]


def test_a_film_that_breaks_a_rule_asks_for_a_better_one(linked: Office) -> None:
    linked.put("作品.mp4", film(SHORT))
    linked.look()
    linked.work()
    record = linked.case()
    assert record.decision is Decision.NEEDS_SUPPLEMENT
    assert "video_duration" in [finding.code for finding in record.findings]
    assert "video_link_only" not in [finding.code for finding in record.findings]


@pytest.mark.parametrize("restarted", [False, True])
def test_the_same_file_again_changes_nothing_and_tells_nobody(linked: Office, restarted: bool) -> None:
    for name in ("作品.mp4", "作品(1).mp4", "作品.mp4"):
        linked.put(name, film())
        if restarted:
            linked.restart()
        linked.look()
        linked.work()
        linked.look()
    assert len(linked.receipts()) == 2
    assert len(linked.case().case.of(Role.VIDEO)) == 1
    assert linked.waiting() == []


def test_killed_between_entering_and_judging_it_goes_on(linked: Office) -> None:
    linked.put("作品.mp4", film())
    assert linked.look() == 1
    linked.restart()
    assert linked.look() == 0  # entered already, judged by nobody
    assert linked.waiting() == ["作品.mp4"]
    linked.work()
    linked.restart()
    assert linked.look() == 0
    assert linked.waiting() == []
    assert len(linked.receipts()) == 2


def test_what_is_put_beside_a_file_under_work_waits_for_its_outcome(linked: Office) -> None:
    linked.put("作品.mp4", film())
    assert linked.look() == 1
    linked.put("又一版.mp4", film(SHORT))
    assert linked.look() == 0  # else the first would be judged and told of twice
    linked.work()
    assert linked.look() == 1
    linked.work()
    brought = [
        mail.parts for message in linked.case().messages if (mail := linked.store.mail(message)) and mail.fetched
    ]
    assert [[part.filename for part in parts] for parts in brought] == [["作品.mp4"], ["又一版.mp4"]]


def test_a_page_saved_for_the_film_is_put_aside_and_blames_nobody(linked: Office) -> None:
    linked.put("作品.mp4", b"<!DOCTYPE html><html><body>" + "请登录后下载".encode() + b"</body></html>")
    linked.put("空.mp4", b"")
    assert linked.look() == 0
    assert linked.case().decision is Decision.MANUAL_REVIEW
    assert len(linked.receipts()) == 1
    assert sorted(p.name for p in (linked.folder.folder("2023-V-0001") / "refused").iterdir()) == ["作品.mp4", "空.mp4"]


def test_a_file_over_the_limit_is_put_aside(linked: Office) -> None:
    linked.fetching = FetchDesk(linked.desk, linked.folder, max_bytes=1000)
    linked.put("作品.mp4", film())
    assert linked.look() == 0
    assert (linked.folder.folder("2023-V-0001") / "refused" / "作品.mp4").exists()


def test_a_withdrawn_case_takes_nothing(linked: Office) -> None:
    with linked.store.begin(linked.now()) as tx:
        tx.decide_case("2023-V-0001", Decision.WITHDRAWN, "staff:a")
    linked.put("作品.mp4", film())
    assert linked.look() == 0
    assert linked.waiting() == ["作品.mp4"]


def test_an_archive_behind_a_link_brings_forms_and_film_of_a_case_that_came_bare(office: Office) -> None:
    words = "通过网盘分享的文件：材料.zip\n链接: https://pan.baidu.com/s/1abcDEF 提取码: d6ea\n--来自百度网盘的分享"
    raw = mail(subject="潍坊市融媒体中心+张三+13800000000", text=words, attach=[attach("说明.txt", b"")])
    office.arrive(raw, datetime(2023, 8, 1, 1, 0, tzinfo=UTC))
    (bare,) = office.store.cases()
    assert [finding.code for finding in bare.findings if finding.code == "video_link_only"]
    office.look()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as box:
        for name, data in files_of(FILM).items():
            box.writestr(name, data)
    office.put("材料.zip", packed.getvalue(), bare.case.number or "")
    assert office.look() == 1
    office.work()
    (record,) = office.store.cases()
    assert record.case.track is Track.VIDEO
    assert record.case.title == "老街里的信用账本"
    assert {m.role for m in record.case.materials} >= {Role.WORD_FORM, Role.PDF_FORM, Role.VIDEO}
    assert record.decision is Decision.ACCEPTED
    office.look()
    assert office.waiting(bare.case.number or "") == []
    assert office.store.verify(office.now()) == ()


def test_the_same_link_sent_again_does_not_wait_anew(linked: Office) -> None:
    linked.put("作品.mp4", film())
    linked.look()
    linked.work()
    raw = next(row for row in expectations() if row.name == LINKED).raw
    linked.arrive(raw.replace(b"Message-ID: <", b"Message-ID: <again-"), datetime(2023, 8, 12, 1, 0, tzinfo=UTC))
    assert linked.case().case.awaited == ()
    assert linked.case().decision is Decision.ACCEPTED


def test_a_film_sent_by_mail_meanwhile_counts_over_the_one_behind_the_older_link(linked: Office) -> None:
    title = "一份跑了四十公里的承诺"
    raw = mail(
        subject="补充：2023-V-0001 诸城市融媒体中心+邱少华+13800003919",
        sender="zcrmt_xinyong@163.com",
        attach=[attach(f"{title}.mp4", film())],
    )
    linked.arrive(raw, datetime(2023, 8, 12, 1, 0, tzinfo=UTC))
    assert linked.case().decision is Decision.ACCEPTED
    linked.put("作品.mp4", film(SHORT))
    linked.look()
    linked.work()
    assert linked.case().decision is Decision.ACCEPTED
    newest = linked.case().case.newest(Role.VIDEO)
    assert newest is not None
    assert newest.part.filename == f"{title}.mp4"
    linked.look()
    assert linked.waiting() == []


def test_it_is_recorded_as_a_supplement(linked: Office) -> None:
    linked.put("作品.mp4", film())
    linked.look()
    linked.work()
    kinds = [record.kind for record in linked.store.messages()]
    assert kinds == [MessageKind.SUBMISSION, MessageKind.SUPPLEMENT]


@pytest.mark.parametrize(
    ("files", "opened"),
    [
        ([("b.mp4", 5)], ["2"]),  # by name
        ([("x.mp4", 1_000_500)], ["3"]),  # by size, as rounded in a mail
        ([("x.mp4", 5)], ["1"]),  # nothing tells: in order
        ([("x.mp4", 5), ("a.mp4", 5)], ["1", "2"]),
        ([("1", 1), ("2", 2), ("3", 3), ("4", 4)], ["1", "2", "3"]),
    ],
)
def test_which_links_files_came_from(files: list[tuple[str, int]], opened: list[str]) -> None:
    links = (link("a.mp4", url="1"), link("b.mp4", url="2"), link(None, url="3", size=1_000_000))
    fetched = tuple(FetchedFile(name=name, sha256="0" * 64, size=size) for name, size in files)
    assert list(opened_urls(links, fetched)) == opened
