"""What counts as a trouble of the desk, and what is not known yet."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from daemon.settings import Settings, parse
from daemon.signs import Signs
from daemon.troubles import FAILING, Seen, troubles, unanswered
from daemon.vitals import Polled, Vitals
from domain.kinds import MessageState, OutboxState
from ingest.errors import LoginRefused, Unreachable, UnsafeLogin
from ingest.poll import PollReport
from notify.alerts import News, address_alert, compose_alert
from notify.outbox import SendReport
from notify.trouble_words import WORDS, Trouble
from store.values import Levels
from tests.fixtures.cases import configuration

NOW = datetime(2023, 8, 1, 4, tzinfo=UTC)
ACCOUNT = "wfxyxh@126.com"
LONG_AGO = NOW - timedelta(days=9)
JUST_NOW = NOW - timedelta(seconds=30)


@pytest.fixture(scope="module")
def settings() -> Settings:
    return parse(configuration())


def vitals(**changed: Any) -> Vitals:
    well: dict[str, Any] = {
        "at": NOW,
        "levels": Levels(messages={}, letters={}, waiting_since=None),
        "polls": {ACCOUNT: Polled(last=JUST_NOW, good=JUST_NOW)},
        "disk_free": 500 * 1024**3,
    }
    return Vitals.model_validate(well | changed)


def signs(started: datetime = LONG_AGO, error: Exception | None = None, **sent: Any) -> Signs:
    made = Signs(started)
    made.polled(PollReport(ACCOUNT, JUST_NOW, JUST_NOW, (), error))  # type: ignore[arg-type]  # table of errors
    made.sent(ACCOUNT, SendReport(**sent))
    return made


def here(seen: Seen) -> set[Trouble]:
    return {trouble for trouble, evidence in seen.items() if evidence}


LATE = Polled(last=JUST_NOW, good=NOW - timedelta(minutes=14))
FULL = Levels(messages={MessageState.QUARANTINED: 2}, letters={OutboxState.HELD: 1}, waiting_since=None)
NO_ANSWER = Unreachable("no route to host")


@pytest.mark.parametrize(
    ("measured", "noticed", "trouble"),
    [
        ({}, {}, set()),
        ({}, {"error": LoginRefused("LOGIN Login error")}, {Trouble.LOGIN}),
        ({}, {"error": UnsafeLogin("Unsafe Login")}, {Trouble.LOGIN}),
        ({"polls": {ACCOUNT: LATE}}, {"error": LoginRefused("no")}, {Trouble.LOGIN}),
        ({}, {"error": NO_ANSWER}, set()),
        ({"polls": {ACCOUNT: LATE}}, {"error": NO_ANSWER}, {Trouble.POLLING}),
        ({"polls": {ACCOUNT: LATE}}, {"error": NO_ANSWER, "started": NOW - timedelta(minutes=5)}, set()),
        ({}, {"alarms": ("535 Error: authentication failed",)}, {Trouble.SENDING}),
        ({"levels": FULL}, {}, {Trouble.QUARANTINE, Trouble.HELD}),
        ({"disk_free": 4 * 1024**3}, {}, {Trouble.DISK}),
        ({"digest_day": date(2023, 7, 31), "digest_missing": 1}, {}, {Trouble.DIGEST}),
        ({"digest_day": date(2023, 7, 31), "digest_missing": 1}, {"started": NOW - timedelta(minutes=5)}, set()),
        ({"digest_day": date(2023, 7, 31)}, {}, set()),
    ],
)  # fmt: skip
def test_each_trouble_is_told_from_what_is_measured_and_noticed(
    settings: Settings, measured: dict[str, Any], noticed: dict[str, Any], trouble: set[Trouble]
) -> None:
    assert here(troubles(vitals(**measured), signs(**noticed), settings)) == trouble


def test_a_desk_that_has_just_started_knows_neither_login_nor_sending_nor_what_verify_would_find(
    settings: Settings,
) -> None:
    seen = troubles(vitals(polls={ACCOUNT: Polled()}), Signs(NOW), settings)
    assert set(Trouble) - set(seen) == {
        Trouble.LOGIN, Trouble.POLLING, Trouble.SENDING, Trouble.VERIFY, Trouble.DIGEST,
    }  # fmt: skip


def test_what_the_mail_server_said_last_counts(settings: Settings) -> None:
    noticed = signs(alarms=("535 no",))
    noticed.sent(ACCOUNT, SendReport())  # dialled nobody
    assert Trouble.SENDING in here(troubles(vitals(), noticed, settings))
    noticed.sent(ACCOUNT, SendReport(sent=(1,)))
    assert Trouble.SENDING not in here(troubles(vitals(), noticed, settings))


def test_a_poll_without_an_answer_leaves_open_whether_the_login_is_taken(settings: Settings) -> None:
    noticed = signs(error=LoginRefused("no"))
    noticed.polled(PollReport(ACCOUNT, JUST_NOW, JUST_NOW, (), NO_ANSWER))
    assert Trouble.LOGIN in here(troubles(vitals(), noticed, settings))
    noticed.polled(PollReport(ACCOUNT, JUST_NOW, JUST_NOW))
    assert Trouble.LOGIN not in here(troubles(vitals(), noticed, settings))


def test_a_poll_of_hours_that_comes_on_is_no_stalled_one(settings: Settings) -> None:
    noticed = signs()
    assert here(troubles(vitals(polls={ACCOUNT: LATE}), noticed, settings)) == {Trouble.POLLING}
    noticed.came_on(ACCOUNT, NOW - timedelta(minutes=1))
    assert here(troubles(vitals(polls={ACCOUNT: LATE}), noticed, settings)) == set()


def test_of_several_mailboxes_the_one_in_trouble_is_named() -> None:
    second = {"account": "second@163.com", "credential": "mail-password-2"}
    settings = parse({**configuration(), "mailboxes": [second]})
    noticed = signs()
    noticed.polled(PollReport("second@163.com", JUST_NOW, JUST_NOW, (), LoginRefused("no")))
    noticed.sent("second@163.com", SendReport(alarms=("535 no",)))
    both = {ACCOUNT: Polled(good=JUST_NOW), "second@163.com": LATE}
    seen = troubles(vitals(polls=both), noticed, settings)
    assert here(seen) == {Trouble.LOGIN, Trouble.SENDING}
    assert (seen[Trouble.LOGIN]["answer"], seen[Trouble.SENDING]["answer"]) == (
        "second@163.com：no",
        "second@163.com：535 no",
    )


def test_discrepancies_are_told_until_a_verify_finds_none(settings: Settings) -> None:
    noticed = signs()
    noticed.verified(["blob 1: missing"])
    assert here(troubles(vitals(), noticed, settings)) == {Trouble.VERIFY}
    noticed.verified([])
    assert here(troubles(vitals(), noticed, settings)) == set()


def test_a_database_without_an_answer_tells_nothing_else() -> None:
    seen = unanswered(OSError("disk I/O error\nwhile reading"))
    assert seen == {Trouble.DATABASE: {"answer": "OSError: disk I/O error"}}
    assert Trouble.DATABASE in FAILING


EVIDENCE: dict[Trouble, dict[str, str | int | float]] = {
    Trouble.LOGIN: {"answer": "LOGIN Login error {0} %s\r\nBcc: all@x.cn"},
    Trouble.POLLING: {"minutes": 14, "answer": "no route"},
    Trouble.SENDING: {"answer": "535 Error: authentication failed"},
    Trouble.QUARANTINE: {"count": 2},
    Trouble.HELD: {"count": 1},
    Trouble.DIGEST: {"day": "2023-07-31", "count": 1},
    Trouble.DISK: {"free_gib": "4.0", "least_gib": "5"},
    Trouble.DATABASE: {"answer": "OSError"},
    Trouble.VERIFY: {"count": 1},
}


@pytest.mark.parametrize("news", News)
@pytest.mark.parametrize("trouble", Trouble)
def test_every_trouble_has_words_for_each_news_and_its_mend(trouble: Trouble, news: News) -> None:
    alert = compose_alert(trouble, news, EVIDENCE[trouble] if news is not News.OVER else {}, NOW, NOW, "评选")
    letter = address_alert(alert, "ops@example.cn", "alerts@example.cn")
    assert letter == address_alert(alert, "ops@example.cn", "alerts@example.cn")
    assert WORDS[trouble].title in letter.subject
    assert "\nBcc" not in letter.text
    assert ("处理办法" in letter.text) is (news is not News.OVER)
    assert b"Auto-Submitted: auto-generated" in letter.raw
    assert "{" not in letter.text.replace("{0}", "")
