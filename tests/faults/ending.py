"""In charge of what is compared when all is over: records, blobs, letters and what reached the SMTP server, without times and random names."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlmodel import select

from domain.records import CaseRecord, Event, LetterRecord, MessageRecord
from store.intake_tables import LedgerRow
from tests.faults.workload import STAFF
from tests.fixtures.desks import store_of
from tests.fixtures.smtp import Received

Ending = dict[str, Any]
_TIMES = {"created_at", "updated_at", "decided_at", "history", "attempts", "error"}
_DIGEST = "digest"


def ending(data: Path, received: Iterable[Received]) -> Ending:
    """Return how it all ended. Times, tries and Message-IDs of ours differ from run to run; nothing else may."""
    left = sorted(entry.name for entry in (data / "tmp").iterdir())
    with store_of(data) as store:
        letters = [record for record in store.letters() if record.letter.kind != _DIGEST]
        messages, cases = store.messages(), store.cases()
        subjects = [message.sha256 for message in messages] + [str(case.case.number) for case in cases]
        with store.database.read() as session:
            ledger = sorted((row.folder, row.uid, row.sha256) for row in session.exec(select(LedgerRow)))
        return {
            "messages": sorted((_message(record) for record in messages), key=lambda told: str(told["sha256"])),
            "cases": [_case(record) for record in cases],
            "letters": sorted(_letter(record) for record in letters),
            "history": {subject: _events(store.history(subject)) for subject in subjects},
            "ledger": ledger,
            "blobs": sorted(store.archive.blobs()),
            "fetched": sorted(str(path.relative_to(data)) for path in data.glob("inbox_videos/**/*")),
            "arrived": arrived(received),
            "left in tmp": left,
            "discrepancies": store.verify(datetime.now(UTC)),
        }


def arrived(received: Iterable[Received]) -> Counter[str]:
    """Return what reached the SMTP server, by recipient, thread and subject, and how often; the digest by itself."""
    return Counter(
        f"{', '.join(mail.recipients)} {mail.message['In-Reply-To']} {mail.message['Subject']}"
        for mail in received
        if STAFF not in mail.recipients
    )


def digests(received: Iterable[Received]) -> int:
    """Return how many digests reached the SMTP server."""
    return sum(STAFF in mail.recipients for mail in received)


def doubled(received: Iterable[Received]) -> list[str]:
    """Return the ids of letters that reached the SMTP server more than once."""
    counted = Counter(str(mail.message["X-Shoujian-Id"]) for mail in received)
    return [id_ for id_, times in counted.items() if times > 1]


def _message(record: MessageRecord) -> dict[str, Any]:
    return record.model_dump(mode="json", exclude=_TIMES)


def _case(record: CaseRecord) -> dict[str, Any]:
    return record.model_dump(mode="json", exclude=_TIMES)


def _letter(record: LetterRecord) -> tuple[str, ...]:
    letter = record.letter
    return (
        _undated(letter.key),
        letter.kind,
        letter.recipient,
        str(record.state),
        letter.subject,
        letter.text,
        str(letter.case_numbers),
    )


def _events(history: tuple[Event, ...]) -> list[tuple[str, ...]]:
    """Return a history without failed tries, of which a killed process has fewer, and without the server's words.

    A letter in doubt goes out after those that are not: replies stand at the end, in order of their keys.
    """
    kept = [event for event in history if event.event not in {"failed", "quarantined", "replied"}]
    replied = sorted(_undated(event.detail.split(": ")[0]) for event in history if event.event == "replied")
    return [
        *((event.actor, event.event, _undated(event.detail)) for event in kept),
        *(("replied", detail) for detail in replied),
    ]


def _undated(key: str) -> str:
    """Return the key of a letter that one address gets once a day without the day."""
    return re.sub(r"\d{4}-\d\d-\d\d$", "day", key)
