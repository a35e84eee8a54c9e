"""The newest of each material counts; older ones are kept."""

from datetime import datetime

import pytest

from domain.case import Material
from domain.kinds import Role, Track
from store.desk import Store
from store.materials import NEWEST_COUNTS
from tests.store.build import NOW, SENDER, arrive, case, later, material, outcome

NUMBER = "2023-W-0001"


class Desk:
    """Messages on one case, hour by hour."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.uid = 0
        with store.begin(NOW) as tx:
            tx.next_number(2023, Track.TEXT)

    def bring(self, *materials: Material, hours: int) -> str:
        """Let a mail that arrived `hours` after the first bring materials; what is held goes along, as in the pipeline."""
        self.uid += 1
        sha256 = arrive(self.store, f"mail {self.uid}", self.uid, received_at=later(hours=hours))
        held = self.materials()
        brought = [m.model_copy(update={"received_at": later(hours=hours)}) for m in materials]
        self.save(sha256, *held, *brought, hours=hours)
        return sha256

    def save(self, sha256: str, *materials: Material, hours: int) -> None:
        with self.store.begin(later(hours=hours)) as tx:
            tx.save_outcome(outcome(sha256, case(NUMBER, *materials), received_at=later(hours=hours)), sha256, SENDER)

    def materials(self) -> tuple[Material, ...]:
        record = self.store.case(NUMBER)
        return record.case.materials if record else ()

    def rows(self) -> list[tuple[str, int, bool]]:
        return [(m.part.path, m.version, m.superseded) for m in self.materials()]


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


@pytest.mark.parametrize("role", sorted(NEWEST_COUNTS))
def test_a_later_mail_replaces_what_has_one_newest(desk: Desk, role: Role) -> None:
    desk.bring(material(role, "旧"), hours=0)
    desk.bring(material(role, "新"), hours=1)
    assert desk.rows() == [("旧", 1, True), ("新", 2, False)]


@pytest.mark.parametrize("role", sorted(set(Role) - NEWEST_COUNTS))
def test_pictures_and_other_files_add_up(desk: Desk, role: Role) -> None:
    desk.bring(material(role, "一"), hours=0)
    desk.bring(material(role, "二"), hours=1)
    assert [superseded for _, _, superseded in desk.rows()] == [False, False]


def test_a_picture_is_replaced_when_the_outcome_says_so(desk: Desk) -> None:
    first = desk.bring(material(Role.IMAGE, "旧.jpg"), hours=0)
    old = desk.materials()[0].model_copy(update={"superseded": True})
    second = arrive(desk.store, "second", 9)
    desk.save(second, old, material(Role.IMAGE, "新.jpg", received_at=later(hours=1)), hours=1)
    assert desk.rows() == [("旧.jpg", 1, True), ("新.jpg", 2, False)]
    assert desk.materials()[0].message_sha256 == first


def test_files_of_one_mail_do_not_replace_each_other(desk: Desk) -> None:
    desk.bring(material(Role.PDF_FORM, "第一页.pdf"), material(Role.PDF_FORM, "第二页.pdf"), hours=0)
    assert desk.rows() == [("第一页.pdf", 1, False), ("第二页.pdf", 1, False)]
    desk.bring(material(Role.PDF_FORM, "全.pdf"), hours=1)
    assert desk.rows()[:2] == [("第一页.pdf", 1, True), ("第二页.pdf", 1, True)]


def test_newest_is_told_by_arrival_not_by_the_order_of_work(desk: Desk) -> None:
    """The older mail was quarantined and taken up again later."""
    desk.bring(material(Role.WORD_FORM, "新.docx"), hours=5)
    desk.bring(material(Role.WORD_FORM, "旧.docx"), hours=1)
    assert desk.rows() == [("旧.docx", 2, True), ("新.docx", 1, False)]


def test_of_two_mails_of_one_second_the_later_entered_counts(desk: Desk) -> None:
    desk.bring(material(Role.WORD_FORM, "一.docx"), hours=1)
    desk.bring(material(Role.WORD_FORM, "二.docx"), hours=1)
    assert desk.rows() == [("一.docx", 1, True), ("二.docx", 2, False)]


def test_an_outcome_that_marks_everything_replaced_still_leaves_the_newest(desk: Desk) -> None:
    sha256 = arrive(desk.store, "a", 7)
    desk.save(sha256, material(Role.VIDEO, "a.mp4").model_copy(update={"superseded": True}), hours=0)
    assert desk.rows() == [("a.mp4", 1, False)]


def test_what_was_replaced_is_in_the_history_once(desk: Desk) -> None:
    desk.bring(material(Role.WORD_FORM, "旧.docx"), hours=0)
    desk.bring(material(Role.WORD_FORM, "新.docx"), hours=1)
    desk.bring(material(Role.PDF_FORM, "扫描.pdf"), hours=2)
    told = [event.detail for event in desk.store.history(NUMBER) if event.event == "superseded"]
    assert told == ["word_form v1: 旧.docx"]


def test_a_file_whose_role_is_told_anew_is_not_held_twice(desk: Desk) -> None:
    sha256 = desk.bring(material(Role.OTHER, "正文.docx"), hours=0)
    anew = desk.materials()[0].model_copy(update={"role": Role.TEXT_WORK})
    desk.save(sha256, anew, hours=0)
    assert [(m.role, m.part.path) for m in desk.materials()] == [(Role.TEXT_WORK, "正文.docx")]


def test_a_later_mail_may_tell_the_role_of_an_earlier_file_anew(desk: Desk) -> None:
    desk.bring(material(Role.OTHER, "正文.docx"), hours=0)
    anew = desk.materials()[0].model_copy(update={"role": Role.TEXT_WORK})
    second = arrive(desk.store, "second", 8)
    desk.save(second, anew, material(Role.IMAGE, "现场.jpg", received_at=later(hours=1)), hours=1)
    assert [m.role for m in desk.materials()] == [Role.TEXT_WORK, Role.IMAGE]


def test_older_versions_survive_an_outcome_that_does_not_mention_them(desk: Desk) -> None:
    desk.bring(material(Role.WORD_FORM, "旧.docx"), hours=0)
    second = arrive(desk.store, "second", 8)
    desk.save(second, material(Role.WORD_FORM, "新.docx", received_at=later(hours=1)), hours=1)
    assert desk.rows() == [("旧.docx", 1, True), ("新.docx", 2, False)]


def test_two_forms_of_one_file_are_two_materials(desk: Desk) -> None:
    desk.bring(material(Role.IMAGE_FORM, "两页.tif"), material(Role.IMAGE_FORM, "两页.tif"), hours=0)
    assert len(desk.materials()) == 2


def test_cases_holding_a_file_are_found(desk: Desk) -> None:
    desk.bring(material(Role.WORD_FORM, "a.docx", sha256="a" * 64), hours=0)
    assert desk.store.cases_holding(["a" * 64, "b" * 64]) == {"a" * 64: (NUMBER,)}
    assert desk.store.cases_holding([]) == {}


def test_many_files_are_asked_for_at_once(desk: Desk) -> None:
    desk.bring(material(Role.WORD_FORM, "a.docx", sha256="a" * 64), hours=0)
    many = [f"{serial:064x}" for serial in range(40_000)]
    assert desk.store.cases_holding([*many, "a" * 64]) == {"a" * 64: (NUMBER,)}


def test_arrival_of_a_material_is_kept_to_the_second(desk: Desk) -> None:
    desk.bring(material(Role.WORD_FORM, "a.docx"), hours=3)
    moment: datetime = desk.materials()[0].received_at
    assert moment == later(hours=3)
    assert moment.utcoffset() is not None
