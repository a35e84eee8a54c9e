"""In charge of what the terminal shows: cases, messages, one record whole. English labels, Chinese contents."""

from collections.abc import Iterable
from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from daemon.contract import Json
from domain.kinds import Decision, MessageState, OutboxState
from domain.notice import SHANGHAI, Notice
from domain.records import CaseRecord, Event, MessageRecord
from notify.wording import say
from store.desk import Store

_COLOURS = {
    "accepted": "green",
    "needs_supplement": "yellow",
    "manual_review": "cyan",
    "rejected": "red",
    "ignored": "dim",
    "duplicate": "dim",
}


def console(*, stderr: bool = False) -> Console:
    """Return the terminal, as wide as it is; a pipe gets enough to read."""
    screen = Console(highlight=False, stderr=stderr)
    return screen if screen.is_terminal else Console(highlight=False, width=160, stderr=stderr)


def coloured(decision: str | None) -> Text:
    """Return a decision in its colour."""
    return Text(decision or "-", style=_COLOURS.get(decision or "", ""))


def show_line(line: Json) -> None:
    """Show what `check` says of one message."""
    screen = console()
    screen.rule(Text(f"{line['file']}  {line['kind']}"), align="left")
    screen.print(Text(f"{line['message']['from'] or '-'}  {line['message']['subject']}"))
    screen.print(Text("decision: "), coloured(line["decision"]))
    for finding in line["findings"]:
        screen.print(_finding(finding["severity"], finding["code"], finding["message"]))
    for case in line["cases"]:
        screen.print(
            Text(f"{case['number'] or '-'} {case['title'] or '-'} ({case['track']}) "), coloured(case["decision"])
        )
        for finding in case["findings"]:
            screen.print(_finding(finding["severity"], finding["code"], finding["message"]))
    if line["reply"]:
        screen.print(Text(f"reply to {line['reply']['to']}: {line['reply']['subject']}", style="bold"))
        screen.print(Text(line["reply"]["text"]))


def show_status(store: Store, now: datetime) -> None:
    """Show how much there is of everything, and what waits for a person."""
    screen, cases = console(), store.cases()
    table = Table("what", "state", "count")
    for message_state in MessageState:
        table.add_row("messages", message_state.value, str(len(store.messages(state=message_state))))
    for decision in Decision:
        if count := sum(1 for record in cases if record.decision is decision):
            table.add_row("cases", coloured(decision.value), str(count))
    for outbox_state in OutboxState:
        table.add_row("letters", outbox_state.value, str(len(store.letters(state=outbox_state))))
    screen.print(table)
    last = store.last_poll(None)
    if last:
        ago = (now - last.finished_at).total_seconds()
        screen.print(Text(f"last poll {moment(last.finished_at)} ({ago:.0f} s ago): {last.error or 'ok'}"))
    for message in store.messages(state=MessageState.QUARANTINED):
        screen.print(Text(f"quarantined {message.sha256[:12]}: {message.error}", style="red"))
    for letter in store.letters(state=OutboxState.HELD):
        screen.print(Text(f"held reply {letter.id}: {letter.error}", style="yellow"))


def show_cases(records: Iterable[CaseRecord]) -> None:
    """Show cases, one a line."""
    table = Table("number", "decision", "title", "unit", "contact", "phone", "received")
    for record in records:
        case = record.case
        table.add_row(
            case.number,
            coloured(record.decision.value),
            *(Text(text or "-") for text in (case.title, case.unit, case.contact, case.phone)),
            moment(case.first_received_at),
        )
    console().print(table)


def show_messages(records: Iterable[MessageRecord]) -> None:
    """Show messages, one a line."""
    table = Table("sha256", "received", "state", "kind", "decision", "from", "subject", "cases")
    for record in records:
        table.add_row(
            record.sha256[:12],
            moment(record.received_at),
            record.state.value,
            record.kind.value if record.kind else "-",
            coloured(record.decision.value if record.decision else None),
            Text(record.sender),
            Text(record.subject[:60]),
            " ".join(record.case_numbers),
        )
    console().print(table)


def show_case(record: CaseRecord, notice: Notice) -> None:
    """Show a case whole: fields, materials with their versions, findings, history."""
    screen, case = console(), record.case
    screen.print(Text(f"{case.number}  {case.title or '-'}  "), coloured(record.decision.value))
    for field in ("unit", "contact", "phone", "email", "address", "category"):
        screen.print(Text(f"  {field:9} {getattr(case, field) or '-'}"))
    for material in case.materials:
        old = " (superseded)" if material.superseded else ""
        screen.print(Text(f"  {material.role.value:10} v{material.version} {material.part.path}{old}"))
    for link in case.links:
        screen.print(Text(f"  link       {link.provider} {link.name or ''} {link.url}"))
    for finding in record.findings:
        screen.print(_finding(finding.severity.value, finding.code, say(finding, notice).message))
    _show_history(screen, record.history)


def show_message(record: MessageRecord, history: Iterable[Event], notice: Notice) -> None:
    """Show a message whole, with its history."""
    screen = console()
    screen.print(
        Text(f"{record.sha256}  {record.state.value}  "), coloured(record.decision.value if record.decision else None)
    )
    screen.print(
        Text(f"  from {record.sender_name} <{record.sender}>  received {moment(record.received_at)} in {record.folder}")
    )
    screen.print(Text(f"  {record.subject}"))
    screen.print(Text(f"  kind {record.kind.value if record.kind else '-'}  {record.reason}  {record.error}"))
    for finding in record.findings:
        screen.print(_finding(finding.severity.value, finding.code, say(finding, notice).message))
    screen.print(Text(f"  cases {' '.join(record.case_numbers) or '-'}"))
    _show_history(screen, history)


def moment(when: datetime) -> str:
    """Return a moment as staff read it."""
    return f"{when.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _show_history(screen: Console, history: Iterable[Event]) -> None:
    for event in history:
        screen.print(Text(f"  {moment(event.at)} {event.actor:12} {event.event} {event.detail}", style="dim"))


def _finding(severity: str, code: str, message: str) -> Text:
    return Text(f"  {severity:7} {code}: {message}")
