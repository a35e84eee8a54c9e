"""In charge of the fetching contestants that are Python of ours: `python -m bench.fetchers desk|bare PORT CERTIFICATE FOLDER`."""

import os
import ssl
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bench.race import ready


def desk(port: int, certificate: Path, folder: Path) -> int:
    """Poll once as the daemon does; return how many mails were taken in."""
    from daemon import journal
    from ingest.access import MailboxAccess
    from ingest.mailbox import ImapSource
    from ingest.poll import poll
    from store.archive import Archive
    from store.desk import Store
    from tests.fixtures.dovecot import PASSWORD, USER

    access = MailboxAccess.of(
        "generic", USER, PASSWORD, host="127.0.0.1", port=port, security="tls", ca_file=certificate, folders=("INBOX",)
    )
    with (
        journal.written_to(folder / "log"),
        Store.open(f"sqlite:///{folder}/desk.db", Archive(folder / "data")) as store,
    ):
        ready()
        report = poll(ImapSource(access), store, partial(datetime.now, UTC))
    if report.errors:
        raise SystemExit("; ".join(report.errors))
    return report.new


def bare(port: int, certificate: Path, folder: Path) -> int:
    """Fetch as the shortest script would that keeps what it fetched: one message a command, one fsync a file."""
    from imapclient import IMAPClient

    from tests.fixtures.dovecot import PASSWORD, USER

    ready()
    context = ssl.create_default_context(cafile=str(certificate))
    with IMAPClient("127.0.0.1", port, ssl=True, ssl_context=context) as client:
        client.login(USER, PASSWORD)
        client.select_folder("INBOX", readonly=True)
        uids = client.search("ALL")
        for uid in uids:
            raw = client.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"]
            with (folder / f"{uid}.eml").open("wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
        return len(uids)


if __name__ == "__main__":
    print({"desk": desk, "bare": bare}[sys.argv[1]](int(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4])))
