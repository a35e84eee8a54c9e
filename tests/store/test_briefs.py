"""Light looks: the same truths as whole records, from columns alone."""

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from domain.case import Case, Material
from domain.facts import VideoFacts
from domain.kinds import Decision, MessageKind, MessageState, OutboxState, Role, Track
from domain.mail import Link
from store.desk import Store
from store.json_paths import inside
from store.tables import MaterialRow
from tests.store.build import NOW, SENDER, arrive, case, conclude, finding, later, letter, material, outcome

LINK = Link(url="https://pan.example/s/1", host="pan.example", provider="x", name="a.mp4")
GONE = (Decision.REJECTED, Decision.WITHDRAWN)


def film(**facts: object) -> Material:
    shown = material(Role.VIDEO, "片.mp4", sha256="e" * 64)
    video = VideoFacts.model_validate({"container": "mp4", "duration_s": 200.5, "width": 1920, "height": 1080} | facts)
    return shown.model_copy(update={"facts": shown.facts.model_copy(update={"video": video})})


def submit(store: Store, uid: int, entry: Case, decision: Decision = Decision.NEEDS_SUPPLEMENT) -> str:
    """Take in and decide a mail of one case, a day after the last; return its sha256."""
    when = later(days=uid)
    sha256 = arrive(store, f"mail {uid}", uid, received_at=when)
    entry = entry.model_copy(update={"first_received_at": when})
    with store.begin(when) as tx:
        tx.save_outcome(outcome(sha256, entry, decision=decision, received_at=when), sha256, SENDER)
        tx.finish(sha256)
    return sha256


def test_briefs_tell_what_the_cases_tell(store: Store) -> None:
    submit(store, 2, case("2023-V-0001", track=Track.VIDEO, title="乙"), Decision.MANUAL_REVIEW)
    submit(store, 1, case("2023-W-0001", title="甲"))
    found = store.briefs()
    assert [brief.number for brief in found] == ["2023-W-0001", "2023-V-0001"]
    for brief in found:
        record = store.case(brief.number)
        assert record is not None
        assert (brief.track, brief.unit, brief.title) == (record.case.track, record.case.unit, record.case.title)
        assert (brief.decision, brief.decided_by, brief.sender) == (record.decision, record.decided_by, record.sender)
        assert brief.received_at == record.case.first_received_at
    assert [brief.number for brief in store.briefs(Decision.MANUAL_REVIEW)] == ["2023-V-0001"]
    assert store.arrivals(later(days=1), later(days=2)) == (later(days=1),)


def test_cases_come_in_the_order_they_are_asked_for(store: Store) -> None:
    for uid in (1, 2, 3):
        submit(store, uid, case(f"2023-W-000{uid}"))
    found = store.cases_numbered(["2023-W-0003", "2023-W-0009", "2023-W-0001"])
    assert [record.case.number for record in found] == ["2023-W-0003", "2023-W-0001"]


def test_links_wait_where_no_film_could_be_read(store: Store) -> None:
    linked = case("2023-V-0001", track=Track.VIDEO).model_copy(update={"links": (LINK,)})
    first = submit(store, 1, linked)
    submit(store, 2, linked.model_copy(update={"number": "2023-V-0002", "materials": (film(),)}))
    unread = material(Role.VIDEO, "坏.mp4")
    submit(store, 3, linked.model_copy(update={"number": "2023-V-0003", "materials": (unread,)}))
    submit(store, 4, linked.model_copy(update={"number": "2023-V-0004"}), Decision.REJECTED)
    submit(store, 5, case("2023-W-0001", title='"links":[{"url":'))
    nul = LINK.model_copy(update={"url": LINK.url + "\0"})
    submit(store, 6, linked.model_copy(update={"number": "2023-V-0005", "links": (nul,)}))
    found = store.linked_cases(GONE)
    assert [each.case.number for each in found] == ["2023-V-0001", "2023-V-0003", "2023-V-0005"]
    assert found[0].messages == (first,)
    assert found[0].case.links == (LINK,)


def test_letters_are_told_case_by_case_oldest_first(store: Store) -> None:
    sha256 = arrive(store, "a")
    number = conclude(store, sha256)
    with store.begin(later(days=1)) as tx:
        tx.enqueue(letter(f"reminder:{number}", kind="reminder", cases=(number,)))
        tx.mark_bounced(f"<receipt:{sha256}@shoujian>", "550 gone")
    (about,) = store.letters_about([number, "2023-W-0099"]).values()
    assert [(each.kind, each.state, each.bounced) for each in about] == [
        ("receipt", OutboxState.QUEUED, "550 gone"),
        ("reminder", OutboxState.QUEUED, ""),
    ]
    assert [record.letter.kind for record in store.bounced_letters(NOW)] == ["receipt"]
    assert store.bounced_letters(later(days=1)) == ()


def test_lines_for_a_workbook_tell_files_findings_and_history(store: Store) -> None:
    form = material(Role.TEXT_WORK, "案例.docx")
    form = form.model_copy(update={"facts": form.facts.model_copy(update={"text_length": 1234})})
    submit(store, 1, case("2023-V-0001", form, film(), track=Track.VIDEO))
    (line,) = store.case_lines()
    record = store.case("2023-V-0001")
    assert record is not None
    assert line.case == record.case.model_copy(update={"materials": ()})
    assert line.findings == record.findings
    assert line.history == tuple((each.at, each.actor, each.event, each.detail) for each in record.history)
    paper, shown = line.files
    assert (paper.path, paper.size, paper.text_length, paper.width) == ("案例.docx", 9, 1234, None)
    assert (shown.role, shown.duration_s, shown.width, shown.height) == (Role.VIDEO, 200.5, 1920, 1080)


def test_the_log_has_every_message_with_its_cases(store: Store) -> None:
    arrive(store, "waiting", 9)
    sha256 = submit(store, 1, case("2023-W-0001"))
    waiting, decided = store.message_lines()
    assert (waiting.state, waiting.kind, waiting.case_numbers) == (MessageState.ARCHIVED, None, ())
    assert (decided.sha256, decided.kind, decided.case_numbers) == (sha256, MessageKind.SUBMISSION, ("2023-W-0001",))
    assert tuple(store.message_lines(newest=1)) == (decided,)


def test_every_message_is_followed_from_the_ledger_to_its_answer(store: Store) -> None:
    conclude(store, arrive(store, "answered", 1))
    silent = submit(store, 2, case("2023-W-0002"))
    arrive(store, "open", 3)
    arrive(store, "open", 4)  # the same bytes in another place
    found = store.reckoning(["wfxyxh"])
    assert (found.ledger, found.messages, found.outcomes, found.open, found.quarantined) == (4, 3, 2, 1, 0)
    assert (found.owed, found.unanswered) == (2, (silent,))
    assert store.reckoning(["another"]).ledger == 0


def test_figures_inside_json_are_asked_for_alike_on_both_databases() -> None:
    query = select(inside(MaterialRow.material, "facts", "width").as_integer())
    assert "JSON_EXTRACT(materials.material" in str(query.compile(dialect=sqlite.dialect()))
    assert "AS JSON) #>>" in str(query.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]  # SQLAlchemy's


def test_findings_keep_their_evidence(store: Store) -> None:
    sha256 = submit(store, 1, case("2023-W-0001"))
    entry = outcome(sha256, case("2023-W-0001"), received_at=later(days=1))
    judged = entry.verdicts[0].model_copy(update={"findings": (finding("late", closes="x"),)})
    with store.begin(later(days=2)) as tx:
        tx.save_outcome(entry.model_copy(update={"verdicts": (judged,)}), sha256, SENDER)
    assert next(store.case_lines()).findings[0].evidence == {"closes": "x"}
