"""Replay: the archive judged again under other rules says what changes, and changes it only where it is told to."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from daemon.desk import Desk
from daemon.replaying import Replay, Replayed, apply
from domain.case import Case, Outcome, Reading, Verdict
from domain.kinds import Decision, MessageKind, Severity
from domain.mail import Address
from domain.notice import Limits, Notice, RuleConfig
from domain.records import Arrival, CaseRecord
from parsers.registry import facts_version, parser_for
from parsers.sandbox import Sandbox
from store.archive import Archive
from store.desk import Store
from tests.fixtures.cases import IN_TIME, article, context, film, mail, notice, rules, scan, text_case, video_case, word
from validators.rulebook import judge

NOW = datetime(2023, 8, 20, 1, 0, tzinfo=UTC)
TEXT, VIDEO = "2023-W-0001", "2023-V-0001"


@pytest.fixture
def desk(tmp_path: Path, sandbox: Sandbox) -> Desk:
    """A desk with a text of 1,500 字 and a film of 200 s on record, both accepted."""
    store = Store.open(f"sqlite:///{tmp_path}/desk.db", Archive(tmp_path / "data"))
    desk = Desk(notice(), rules(), Limits(), store, sandbox, "wfxyxh@126.com", "组委会")
    record(desk, 1, judge(text_case(word(), scan(), article(1500), title="一封信", number=TEXT), context()))
    record(desk, 2, judge(video_case(film(duration_s=200), title="一部片", number=VIDEO), context()))
    return desk


def record(desk: Desk, uid: int, verdict: Verdict) -> str:
    """Put a judged case on record as the daemon does, its files' facts in the store."""
    verdict = verdict.model_copy(update={"case": own_files(verdict.case, uid)})
    sha256 = desk.store.archive.add_bytes(f"mail {uid}".encode())
    arrival = Arrival(account="t", folder="INBOX", uidvalidity=1, uid=uid, sha256=sha256, size=9, received_at=IN_TIME)
    desk.store.record_arrival(arrival, IN_TIME)
    told = mail(sha256=sha256, message_id=f"<{uid}@a.cn>", from_=Address(name="王明", address=f"a{uid}@example.com"))
    desk.store.save_mail(sha256, told)
    outcome = Outcome(
        reading=Reading(mail=told, subject=context().subject, facts={}, received_at=IN_TIME),
        kind=MessageKind.SUBMISSION,
        decision=verdict.decision,
        verdicts=(verdict,),
    )
    keep_facts(desk, verdict.case)
    with desk.store.begin(IN_TIME + timedelta(minutes=uid)) as tx:
        tx.next_number(2023, verdict.case.track)
        tx.save_outcome(outcome)
        tx.finish(sha256)
    return sha256


def own_files(case: Case, uid: int) -> Case:
    """Return the case with files that no other has."""
    parts = ((m, hashlib.sha256(f"{uid} {m.part.path}".encode()).hexdigest()) for m in case.materials)
    own = (m.model_copy(update={"part": m.part.model_copy(update={"sha256": sha256})}) for m, sha256 in parts)
    return case.model_copy(update={"materials": tuple(own)})


def keep_facts(desk: Desk, case: Case) -> None:
    for material in case.materials:
        reader = parser_for(material.part.kind)
        assert reader
        version = facts_version(reader, desk.notice.forms, desk.notice.commitment)
        desk.store.save_facts(material.part.sha256, reader.name, version, material.facts)


def under(desk: Desk, notice: Notice | None = None, **severities: Severity) -> Desk:
    """The same desk under other rules."""
    told = {**desk.rules, **{code: RuleConfig(severity=severity) for code, severity in severities.items()}}
    return Desk(notice or desk.notice, told, desk.limits, desk.store, desk.sandbox, desk.account, desk.sender_name)


def shorter(desk: Desk, words: int = 1000) -> Desk:
    limits = desk.notice.text.model_copy(update={"max_words": words})
    return under(desk, desk.notice.model_copy(update={"text": limits}))


def case(desk: Desk, number: str) -> CaseRecord:
    found = desk.store.case(number)
    assert found
    return found


def changed(desk: Desk, since: datetime | None = None) -> list[Replayed]:
    return [each for each in Replay(desk, since).run() if each.changed]


def test_the_same_rules_change_nothing(desk: Desk) -> None:
    assert [each.before.case.number for each in Replay(desk).run()] == [VIDEO, TEXT]
    assert changed(desk) == []


def test_a_stricter_limit_shows_before_and_after_and_touches_nothing(desk: Desk) -> None:
    [each] = changed(shorter(desk))
    assert (each.before.case.number, each.before.decision, each.decision) == (
        TEXT,
        Decision.ACCEPTED,
        Decision.NEEDS_SUPPLEMENT,
    )
    assert (each.gone, each.new) == ((), ("text_too_long",))
    assert case(desk, TEXT).decision is Decision.ACCEPTED


def test_apply_records_the_verdict_with_a_line_of_history_and_no_letter(desk: Desk) -> None:
    strict = shorter(desk)
    [each] = changed(strict)
    assert apply(each, strict, NOW)
    after = case(desk, TEXT)
    assert after.decision is Decision.NEEDS_SUPPLEMENT
    assert [finding.code for finding in after.findings] == ["text_too_long"]
    assert ("replayed", "new: text_too_long") in [(event.event, event.detail) for event in after.history]
    assert changed(strict) == []
    assert desk.store.letters() == ()
    outcome = desk.store.outcome(after.messages[-1])
    assert outcome and outcome.decision is Decision.NEEDS_SUPPLEMENT
    assert [line for line in desk.store.verify(NOW) if "blob" not in line] == []


def test_the_rule_put_back_takes_the_finding_away(desk: Desk) -> None:
    strict = shorter(desk)
    apply(changed(strict)[0], strict, NOW)
    [each] = changed(desk)
    assert (each.gone, each.new, each.decision) == (("text_too_long",), (), Decision.ACCEPTED)


def test_another_figure_in_the_same_finding_is_a_change_too(desk: Desk) -> None:
    apply(changed(shorter(desk))[0], shorter(desk), NOW)
    [each] = changed(shorter(desk, 1200))
    assert (each.gone, each.new) == ((), ("text_too_long (other figures)",))


def test_another_severity_names_both(desk: Desk) -> None:
    strict = shorter(desk)
    apply(changed(strict)[0], strict, NOW)
    [each] = changed(under(strict, text_too_long=Severity.REVIEW))
    assert (each.gone, each.new) == (("text_too_long (error)",), ("text_too_long (review)",))
    assert each.decision is Decision.MANUAL_REVIEW


def test_what_staff_decided_stands_though_the_findings_change(desk: Desk) -> None:
    with desk.store.begin(NOW) as tx:
        tx.decide_case(TEXT, Decision.REJECTED, "staff:li", "")
    strict = shorter(desk)
    [each] = changed(strict)
    assert (each.decision, each.new) == (Decision.REJECTED, ("text_too_long",))
    assert apply(each, strict, NOW, tell=True)
    after = case(desk, TEXT)
    assert (after.decision, after.decided_by) == (Decision.REJECTED, "staff:li")
    assert [finding.code for finding in after.findings] == ["text_too_long"]
    assert desk.store.letters() == ()


def test_tell_queues_one_letter_for_a_changed_decision(desk: Desk) -> None:
    strict = shorter(desk)
    for each in changed(strict):
        apply(each, strict, NOW, tell=True)
    [letter] = desk.store.letters()
    assert letter.letter.case_numbers == (TEXT,)
    assert "1000 字" in letter.letter.text


def test_a_case_that_changed_meanwhile_is_left_alone(desk: Desk) -> None:
    strict = shorter(desk)
    [each] = changed(strict)
    with desk.store.begin(NOW) as tx:
        tx.decide_case(TEXT, Decision.ACCEPTED, "staff:li", "")
    assert not apply(each, strict, NOW, tell=True)
    assert case(desk, TEXT).findings == ()
    assert desk.store.letters() == ()


def test_since_leaves_out_what_came_before(desk: Desk) -> None:
    assert changed(shorter(desk), since=IN_TIME + timedelta(seconds=1)) == []
    assert len(changed(shorter(desk), since=IN_TIME)) == 1


def test_a_withdrawn_case_is_over(desk: Desk) -> None:
    with desk.store.begin(NOW) as tx:
        tx.decide_case(TEXT, Decision.WITHDRAWN, "staff:li", "")
    assert [record.case.number for record in Replay(desk).cases] == [VIDEO]


def test_facts_of_a_newer_reader_take_the_place_of_the_old(desk: Desk) -> None:
    """The commitment is part of the version: under another sentence every form is another reading."""
    other = under(desk, desk.notice.model_copy(update={"commitment": "我单位承诺材料真实"}))
    held = case(desk, TEXT)
    for material in held.case.materials:
        form = material.form and material.form.model_copy(update={"title": "两封信", "commitment": False})
        facts = material.facts.model_copy(update={"forms": (form,) if form else ()})
        keep_facts(other, text_case(material.model_copy(update={"facts": facts})))
    [each] = [each for each in Replay(other).run() if each.before.case.number == TEXT]
    assert each.verdict.case.title == "两封信"
    assert each.new == ("commitment_missing",)
    assert apply(each, other, NOW)
    after = case(desk, TEXT)
    assert after.case.title == "两封信"
    assert [material.role for material in after.case.materials] == [material.role for material in held.case.materials]
    assert all(form.title == "两封信" for _, form in after.case.readable)


def test_works_are_compared_with_those_on_record_by_then(desk: Desk) -> None:
    """A copy sent later speaks against itself, not against what was there before."""
    pieces = tuple(range(128))
    for uid, unit in ((3, "寿光市司法局"), (4, "诸城市教育局")):
        number = f"2023-W-000{uid - 1}"
        twin = text_case(word(unit=unit), scan(unit=unit), article(1500), title=unit, unit=unit, sketch=pieces)
        record(desk, uid, judge(twin.model_copy(update={"number": number}), context()))
    copies = [each.before.case.number for each in changed(desk) if "similar_work" in each.new]
    assert copies == ["2023-W-0003"]
