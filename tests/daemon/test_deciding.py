"""Stories of staff: a decision seen before it goes, taken back in time, and cases put together or apart."""

from datetime import timedelta
from pathlib import Path

import pytest

from daemon.deciding import decide_case, undo_decision
from daemon.regrouping import merge_cases, split_case
from daemon.settings import ConfigError, Settings, load
from domain.kinds import Decision, OutboxState, Role
from tests.fixtures.cases import IN_TIME
from tests.fixtures.desks import ROOT
from tests.fixtures.mails import mail
from tests.fixtures.office import Office
from tests.fixtures.stories_paper import BATH, RIVER, both, stamped, word

FIRST, SECOND = "2023-W-0001", "2023-W-0002"

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load(ROOT / "config.toml", tmp_path)


@pytest.fixture
def entered(office: Office) -> Office:
    office.arrive(mail("qq", subject="昌乐县发改局+王明+13800000001", sender="wm@qq.com", text="材料随后报送"), IN_TIME)
    return office


def test_a_dry_run_shows_the_letter_whole_and_writes_nothing(entered: Office, settings: Settings) -> None:
    before = entered.case(FIRST), entered.store.letters()
    letter = decide_case(settings, entered.store, FIRST, Decision.REJECTED, "属广告", entered.now(), dry_run=True)
    assert letter is not None
    assert letter.subject.endswith(f"【受理编号 {FIRST}】不予受理")
    assert "情况说明：属广告" in letter.text
    assert (entered.case(FIRST), entered.store.letters()) == before


def test_a_decision_is_taken_back_while_its_letter_waits(entered: Office, settings: Settings) -> None:
    now = entered.now()
    decide_case(settings, entered.store, FIRST, Decision.REJECTED, "属广告", now)
    letter = entered.store.letters()[-1]
    assert letter.next_at == now + timedelta(minutes=5)
    undone = undo_decision(entered.store, FIRST, now + timedelta(minutes=1))
    assert (undone.taken_back, undone.restored, undone.letter_cancelled) == (
        Decision.REJECTED,
        Decision.NEEDS_SUPPLEMENT,
        True,
    )
    record = entered.case(FIRST)
    assert (record.decision, record.decided_by) == (Decision.NEEDS_SUPPLEMENT, "daemon")
    assert entered.store.letters()[-1].state is OutboxState.CANCELLED
    assert [event.event for event in record.history][-2:] == ["cancelled", "undone"]
    with pytest.raises(ConfigError, match="staff have decided nothing"):
        undo_decision(entered.store, FIRST, now)
    assert entered.store.verify(now) == ()


def test_what_went_out_or_was_overtaken_stays(entered: Office, settings: Settings) -> None:
    now = entered.now()
    with pytest.raises(ConfigError, match="no case 2023-W-0009"):
        undo_decision(entered.store, "2023-W-0009", now)
    decide_case(settings, entered.store, FIRST, Decision.ACCEPTED, "材料齐全", now)
    claimed = None
    while (letter := entered.store.claim_letter("t", now + timedelta(hours=1))) is not None:
        claimed = letter
    assert claimed is not None
    with pytest.raises(ConfigError, match="letter about 2023-W-0001 is sending"):
        undo_decision(entered.store, FIRST, now)
    entered.arrive(
        mail("qq", subject=f"补充 {FIRST}", sender="wm@qq.com", attach=[word(BATH)]), IN_TIME + timedelta(days=1)
    )
    with pytest.raises(ConfigError, match="has changed since"):
        undo_decision(entered.store, FIRST, now)


def test_a_second_decision_calls_the_first_ones_letter_back(entered: Office, settings: Settings) -> None:
    now = entered.now()
    decide_case(settings, entered.store, FIRST, Decision.REJECTED, "属广告", now)
    decide_case(settings, entered.store, FIRST, Decision.ACCEPTED, "核实无误", now + timedelta(minutes=1))
    states = [record.state for record in entered.store.letters()]
    assert states == [OutboxState.QUEUED, OutboxState.CANCELLED, OutboxState.QUEUED]
    undone = undo_decision(entered.store, FIRST, now + timedelta(minutes=2))
    assert undone.restored is Decision.REJECTED


@pytest.fixture
def torn(office: Office) -> Office:
    """One case that came as two: its form from one colleague, its stamped scan from another."""
    office.arrive(mail("qq", subject=BATH.subject, sender="a@qq.com", attach=[word(BATH)]), IN_TIME)
    office.arrive(
        mail("netease", subject=BATH.subject, sender="b@163.com", attach=[stamped(BATH)]), IN_TIME + timedelta(hours=1)
    )
    assert [record.case.number for record in office.store.cases()] == [FIRST, SECOND]
    return office


def test_two_that_were_one_are_merged_and_judged_again(torn: Office, settings: Settings) -> None:
    letters = len(torn.receipts())
    done = merge_cases(settings, torn.store, FIRST, SECOND, torn.now())
    record, gone = torn.case(FIRST), torn.case(SECOND)
    assert done.records[0].decision is record.decision is Decision.ACCEPTED
    assert [(m.role, m.version, m.superseded) for m in record.case.materials] == [
        (Role.WORD_FORM, 1, False),
        (Role.PDF_FORM, 1, False),
    ]
    assert len(record.messages) == 2
    assert (gone.decision, gone.case.merged_into, gone.case.materials) == (Decision.WITHDRAWN, FIRST, ())
    assert (record.history[-2].event, record.history[-2].detail) == ("merged", f"{SECOND} is part of this case")
    assert len(torn.receipts()) == letters
    assert torn.store.verify(torn.now()) == ()


def test_merging_can_be_told_to_everyone_who_was_answered(torn: Office, settings: Settings) -> None:
    done = merge_cases(settings, torn.store, FIRST, SECOND, torn.now(), tell=True)
    assert {letter.recipient for letter in done.letters} == {"a@qq.com", "b@163.com"}
    assert all(
        f"受理编号 {SECOND} 与 {FIRST} 为同一案例，现已合并，以 {FIRST} 为准" in letter.text for letter in done.letters
    )


def test_what_is_sent_to_a_merged_number_goes_to_the_case_that_stayed(torn: Office, settings: Settings) -> None:
    merge_cases(settings, torn.store, FIRST, SECOND, torn.now())
    answered = [record.letter.message_id for record in torn.store.letters()][-1:]
    changed = BATH.subject
    torn.arrive(
        mail("netease", subject=f"Re: 【受理编号 {SECOND}】{changed}", sender="b@163.com", replies_to=answered, attach=[stamped(BATH, "新扫描.pdf", seal=None)]),
        IN_TIME + timedelta(days=1),
    )  # fmt: skip
    assert [record.case.number for record in torn.store.cases()] == [FIRST, SECOND]
    scans = [m for m in torn.case(FIRST).case.materials if m.role is Role.PDF_FORM]
    assert [(m.version, m.superseded) for m in scans] == [(1, True), (2, False)]
    assert torn.case(SECOND).decision is Decision.WITHDRAWN


def test_numbers_are_never_reused_and_a_case_is_merged_once(torn: Office, settings: Settings) -> None:
    merge_cases(settings, torn.store, FIRST, SECOND, torn.now())
    for wrong in ((FIRST, SECOND), (SECOND, FIRST), (FIRST, FIRST), (FIRST, "2023-W-0009")):
        with pytest.raises(ConfigError):
            merge_cases(settings, torn.store, *wrong, torn.now())
    with pytest.raises(ConfigError, match="part of 2023-W-0001"):
        decide_case(settings, torn.store, SECOND, Decision.ACCEPTED, "", torn.now())
    torn.arrive(mail("qq", subject=RIVER.subject, sender="c@qq.com", attach=both(RIVER)), IN_TIME + timedelta(days=1))
    assert torn.store.cases()[-1].case.number == "2023-W-0003"


def test_one_that_was_two_is_split_and_both_are_judged_again(torn: Office, settings: Settings) -> None:
    torn.arrive(
        mail("qq", subject=RIVER.subject, sender="a@qq.com", attach=[word(RIVER, "另一案例.docx")]),
        IN_TIME + timedelta(days=1),
    )
    third = torn.store.cases()[-1].case.number or ""
    merge_cases(settings, torn.store, FIRST, SECOND, torn.now())
    merge_cases(settings, torn.store, FIRST, third, torn.now())
    assert torn.case(FIRST).case.title == RIVER.title  # the mistake
    done = split_case(settings, torn.store, FIRST, {"另一案例.docx"}, torn.now(), tell=True)
    kept, new = done.records
    assert (kept.case.title, kept.case.unit, kept.decision) == (BATH.title, BATH.unit, Decision.ACCEPTED)
    assert (new.case.number, new.case.title, new.decision) == ("2023-W-0004", RIVER.title, Decision.NEEDS_SUPPLEMENT)
    assert new.messages == torn.case(third).messages
    assert next(event.event for event in new.history) == "split"
    assert len(done.letters) == 2
    assert "1. 未收到申报表 PDF 盖章扫描版" in done.letters[1].text
    assert torn.store.verify(torn.now()) == ()


def test_a_split_of_nothing_or_of_everything_is_refused_and_uses_no_number(torn: Office, settings: Settings) -> None:
    path = torn.case(FIRST).case.materials[0].part.path
    for paths in ({"没有.docx"}, {path}):
        with pytest.raises(ConfigError, match=r"has no file|nothing would be left"):
            split_case(settings, torn.store, FIRST, paths, torn.now())
    assert len(torn.store.cases()) == 2
    assert torn.store.verify(torn.now()) == ()
