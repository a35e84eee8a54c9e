"""In charge of the table of fault points: every step from the mailbox to the last answer of the SMTP server, by the function that is it.

A process is killed right before the function is called, and right after it has returned. Leaves the killing to `runner`.
"""

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """How far an unkilled run had come when the point's own runs begin; each goes through to the end of the workload."""

    EMPTY = "empty"  #: nothing yet: no data directory
    FRESH = "fresh"  #: no mail yet; what all files of the workload but one say is known, as of any that came before
    FETCHED = "fetched"  #: every mail archived and in the ledger, none taken up
    DECIDED = "decided"  #: every mail at its end, every letter queued, none sent


@dataclass(frozen=True)
class Point:
    """A step, told by a function: "module:name" as it is looked up by whoever calls it."""

    name: str
    step: str
    stage: Stage
    hit: int = 1  #: which call is meant
    since: str = ""  #: calls count only after this function was entered once
    saying: str = ""  #: only calls with this in their arguments count
    command: str = "once"


_COMMIT = "sqlalchemy.engine.default:DefaultDialect.do_commit"
_ARRIVAL = "store.ledger:Ledger.record_arrivals"
_KEEP = "store.archive:Archive.keep"
_FINISH = "store.transaction:Transaction.finish"
_INCOMING = "store.archive:Incoming"
_TX = "store.transaction:Transaction"
_SMTP = "notify.smtp:SmtpTransport"
_DIGEST = "daemon.service:queue_digest"
_EMPTY, _FRESH, _FETCHED, _DECIDED = Stage

POINTS = (
    # the store's first start
    Point("tables made", "store.desk:migrate", _EMPTY),
    Point("tables committed", _COMMIT, _EMPTY),
    Point("dead owners' leases freed", "store.recovery:Recovery.reclaim", _FRESH),
    # fetch
    Point("IMAP login", "ingest.session:Session._connect", _FRESH),
    Point("EXAMINE", "ingest.session:Session.examine", _FRESH),
    Point("UID SEARCH", "ingest.session:Session.uids", _FRESH),
    Point("FETCH of the third mail", "ingest.session:Session.fetch_to", _FRESH, hit=3),
    # archive
    Point("piece of a mail written", f"{_INCOMING}.write", _FRESH, hit=2),
    Point("batch of mails kept", _KEEP, _FRESH, hit=2),
    Point("fsync of the mail", "store.archive:os.fsync", _FRESH, since=_KEEP),
    Point("link under its sha256", "store.archive:os.link", _FRESH, hit=2),
    Point("fsync of the directory", "store.archive:sync_directory", _FRESH, since="store.archive:os.link"),
    Point("temporary name removed", f"{_INCOMING}.close", _FRESH, hit=2),
    # ledger
    Point("arrivals recorded", _ARRIVAL, _FRESH, hit=2),
    Point("arrivals committed", _COMMIT, _FRESH, since=_ARRIVAL),
    Point("cursor saved", "store.ledger:Ledger.save_cursor", _FRESH),
    Point("poll recorded", "store.ledger:Ledger.record_poll", _FRESH),
    # parse
    Point("message claimed", "store.work:Work.claim_message", _FETCHED, hit=3),
    Point("mail read in the sandbox", "parsers.sandbox:Sandbox.read_mail", _FETCHED, hit=2),
    Point("files of a mail archived", "store.archive:Archive.add_all", _FETCHED, hit=2),
    Point("mail as read saved", "store.work:Work.save_mail", _FETCHED, hit=2),
    Point("files read in the sandbox", "parsers.sandbox:Sandbox.read_files", _FETCHED, hit=2),
    Point("facts of a file saved", "store.work:Work.save_facts", _FETCHED),
    Point("message judged", "daemon.worker:conclude", _FETCHED, hit=3),
    # commit
    Point("number drawn", f"{_TX}.next_number", _FETCHED, hit=2),
    Point("outcome saved", f"{_TX}.save_outcome", _FETCHED, hit=2),
    Point("letter queued", f"{_TX}.enqueue", _FETCHED, hit=3),
    Point("bounce tied to its letter", f"{_TX}.mark_bounced", _FETCHED),
    Point("message finished", _FINISH, _FETCHED, hit=4),
    Point("outcome committed", _COMMIT, _FETCHED, since=_FINISH),
    Point("failed try counted", "store.work:Work.fail_message", _FETCHED),
    Point("sender of a quarantined mail told", "daemon.worker:compose_fallback", _FETCHED),
    # what staff fetched
    Point("fetched file archived", "ingest.watched:WatchedFolder.take", _FETCHED),
    Point("fetched file entered", "daemon.fetch_note:enter", _FETCHED),
    Point("fetched file's arrival committed", _COMMIT, _FETCHED, since="daemon.fetch_note:enter"),
    Point("fetched file moved", "ingest.watched:_move", _FETCHED),
    # send
    Point("letter claimed", "store.outbox:Outbox.claim_letter", _DECIDED, hit=2),
    Point("claim committed", _COMMIT, _DECIDED, since="store.outbox:Outbox.claim_letter"),
    Point("SMTP dialled", f"{_SMTP}._open", _DECIDED),
    Point("SMTP login", f"{_SMTP}._login", _DECIDED),
    Point("MAIL", "smtplib:SMTP.docmd", _DECIDED, saying="MAIL FROM"),
    Point("RCPT", "smtplib:SMTP.docmd", _DECIDED, saying="RCPT TO", hit=2),
    Point("DATA", "smtplib:SMTP.docmd", _DECIDED, saying="'DATA'"),
    Point("body sent", "smtplib:SMTP.send", _DECIDED, saying="X-Shoujian-Id"),
    Point("final dot", "smtplib:SMTP.send", _DECIDED, saying=r"b'.\r\n'", hit=2),
    Point("answer to the final dot", f"{_SMTP}._finish", _DECIDED),
    Point("letter settled", "store.outbox:Outbox.settle_letter", _DECIDED, hit=2),
    Point("settlement committed", _COMMIT, _DECIDED, since="store.outbox:Outbox.settle_letter"),
    Point("SMTP logout", f"{_SMTP}.close", _DECIDED),
    # the morning
    Point("digest queued", _DIGEST, _DECIDED, command="run"),
    Point("digest in the outbox", f"{_TX}.enqueue", _DECIDED, since=_DIGEST, command="run"),
    Point("digest committed", _COMMIT, _DECIDED, since=f"{_TX}.enqueue", command="run"),
)  # fmt: skip
