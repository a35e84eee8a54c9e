"""In charge of telling, from the folder of sent mail, whether a letter of ours went out. Read header by header, for
NetEase's SEARCH finds nothing (research §0.3, §2). Leaves what follows from it to `notify`.
"""

import email.parser
import re
from collections.abc import Callable, Iterator

import structlog

from ingest.access import MailboxAccess
from ingest.errors import IngestError
from ingest.session import Session, open_session

NEWEST = 500  #: letters looked at, newest first
_BATCH = 10  #: headers a command (research §1.6)
_OUR_ID = "X-Shoujian-Id"  #: stands in every letter of ours, and survives a provider's new Message-ID
_log = structlog.get_logger(__name__)


def sent_lookup(settings: MailboxAccess) -> Callable[[str], bool | None]:
    """Return a function that tells whether the letter with a Message-ID stands in the folder of sent mail.

    It returns True when it is there; False when it is not, though the folder does keep letters of ours, so that its absence
    means something; None when nothing can be told: no such folder, none of our letters in it, or no connection.
    """

    def lookup(message_id: str) -> bool | None:
        try:
            with open_session(settings) as session:
                return _look(session, message_id)
        except IngestError as error:
            _log.warning("sent_folder_not_read", error=str(error))
            return None

    return lookup


def _look(session: Session, message_id: str) -> bool | None:
    folder = session.sent_folder()
    if folder is None:
        return None
    examined = session.examine(folder)
    keeps_ours = False
    for found_id, our_id in _headers(session, session.uids(examined.exists) if examined.exists else []):
        if _bare(message_id) in (_bare(found_id), _bare(our_id)):
            return True
        keeps_ours = keeps_ours or bool(our_id)
    return False if keeps_ours else None


def _headers(session: Session, uids: list[int]) -> Iterator[tuple[str, str]]:
    """Yield Message-ID and our id of the newest letters, newest first."""
    newest = uids[::-1][:NEWEST]
    for start in range(0, len(newest), _BATCH):
        answers = session.headers(newest[start : start + _BATCH], ("Message-ID", _OUR_ID))
        for raw in answers.values():
            header = email.parser.BytesHeaderParser().parsebytes(raw)
            yield str(header.get("Message-ID", "")), str(header.get(_OUR_ID, ""))


def _bare(message_id: str) -> str:
    return re.sub(r"[<>\s]", "", message_id)
