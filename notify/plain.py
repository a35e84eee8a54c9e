"""In charge of short letters: salutation, paragraphs, a few facts, perhaps steps. Leaves what they say to `replies` and `case_letters`."""

from typing import Any

from domain.case import Case
from domain.mail import SubjectFacts
from domain.notice import SHANGHAI, Notice
from domain.records import Letter
from notify.labels import TRACKS
from notify.letters import Draft, PostOffice, seal
from notify.pages import render
from notify.phrases import salutation
from notify.quoting import quote
from notify.thread import Thread, reply_subject

_WIDTH = 680  #: pixels of the letter on a wide screen


def plain(
    kind: str,
    key: str,
    result: str,
    shown: dict[str, object],
    *,
    thread: Thread,
    post: PostOffice,
    numbers: tuple[str, ...] = (),
) -> Letter:
    """Return a letter: `shown` has salutation, paragraphs and closing, and may have facts, steps and steps_title."""
    values = _in_words_of_the_call({"facts": [], "steps": [], "steps_title": "", **shown})
    draft = Draft(
        kind=kind,
        key=key,
        subject=reply_subject(thread.subject, numbers, result),
        text=render("plain.txt.j2", **values),
        html=render("plain.html.j2", **values),
        case_numbers=numbers,
    )
    return seal(draft, thread, post)


def _in_words_of_the_call(shown: dict[str, Any]) -> dict[str, Any]:
    """Return what a letter shows with our own sentences in the words of its call. Values of facts and steps are not ours."""
    said, tracks = shown["notice"].words.said, frozenset(TRACKS.values())
    return {
        **shown,
        "paragraphs": [said(paragraph) for paragraph in shown["paragraphs"]],
        "facts": [(said(name), said(value) if value in tracks else value) for name, value in shown["facts"]],
        "steps_title": said(shown["steps_title"]),
        "closing": said(shown["closing"]),
    }


def frame(notice: Notice, post: PostOffice) -> dict[str, object]:
    """Return what every letter's page shows."""
    return {"notice": notice, "today": post.now.astimezone(SHANGHAI).date(), "width": _WIDTH}


def addressed(cases: list[Case], thread: Thread, subject: SubjectFacts | None = None) -> str:
    """Address the form's contact and unit where all cases agree on them, else the sender; who recommends by the subject."""
    if subject and any(case.recommended for case in cases):
        return salutation(quote(subject.unit, 40), subject.contact, thread.name)
    units, contacts = ({getattr(case, field) or "" for case in cases} for field in ("unit", "contact"))
    unit = quote(units.pop(), 40) if len(units) == 1 else None
    contact = contacts.pop() if len(contacts) == 1 else None
    return salutation(unit, contact, thread.name)
