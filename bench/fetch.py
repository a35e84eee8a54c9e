"""Fetching a mailbox from Dovecot over TLS on loopback into our archive, beside mbsync, getmail6 and a bare IMAPClient loop that fsyncs.

.venv/bin/python -m bench.fetch [SMALL [MIDDLE [LARGE [LAPS]]]]    mails of 8 kB, of 5 MB, of 60 MB

Every contestant is a process of its own and fetches everything into an empty place: mbsync and getmail6 from their start, as they are run
for each look; ours and the loop from when they are loaded, as a daemon is. All write every mail durably: mbsync and getmail6 by their own fsync, the loop by one for each file. Ours keeps a ledger beside.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.mailbox import MIB, fill, mail
from bench.race import Cost, Failed, Race, race, run
from bench.table import Figure, table
from tests.fixtures.dovecot import PASSWORD, USER, Dovecot

ROOT = Path(__file__).parents[1]
PEERS = ROOT / ".bench-venv" / "bin"
OURS, MBSYNC, GETMAIL, BARE = "ours", "mbsync", "getmail6", "IMAPClient + fsync"

_MBSYNC = """
FSync yes

IMAPAccount desk
Host localhost
Port {port}
User {user}
Pass {password}
SSLType IMAPS
CertificateFile {ca}
AuthMechs LOGIN

IMAPStore far
Account desk

MaildirStore near
Path {to}/
Inbox {to}/INBOX

Channel desk
Far :far:
Near :near:
Patterns INBOX
Create Near
Sync Pull
SyncState {to}/
"""

_GETMAIL = """
[retriever]
type = SimpleIMAPSSLRetriever
server = 127.0.0.1
port = {port}
username = {user}
password = {password}
mailboxes = ("INBOX",)
ca_certs = {ca}

[destination]
type = Maildir
path = {to}/
{user_line}

[options]
read_all = true
delete = false
delivered_to = false
received = false
verbose = 0
"""


@dataclass(frozen=True)
class Mailbox:
    """What is fetched, and from where."""

    server: Dovecot
    mails: int

    def ours(self, to: Path) -> Cost:
        cost = self._python("desk", to)
        self.expect(OURS, sum(1 for blob in (to / "data" / "blobs").rglob("*") if blob.is_file()))
        return cost

    def bare(self, to: Path) -> Cost:
        cost = self._python("bare", to)
        self.expect(BARE, sum(1 for _ in to.glob("*.eml")))
        return cost

    def mbsync(self, to: Path) -> Cost:
        cost = run(["mbsync", "-q", "-c", self._written(_MBSYNC, to), "-a"])
        self.expect(MBSYNC, _in_maildir(to / "INBOX"))
        return cost

    def getmail(self, to: Path) -> Cost:
        for folder in (to, *(to / name for name in ("cur", "new", "tmp"))):
            folder.mkdir(exist_ok=True)
            if os.getuid() == 0:  # it delivers as root for nobody
                shutil.chown(folder, "mail", "mail")
        cost = run([PEERS / "getmail", "--getmaildir", to, "--rcfile", self._written(_GETMAIL, to)])
        self.expect(GETMAIL, _in_maildir(to))
        return cost

    def contestants(self) -> dict[str, Callable[[Path], Cost]]:
        """Return those that are installed here."""
        known: dict[str, Callable[[Path], Cost]] = {OURS: self.ours, BARE: self.bare}
        if shutil.which("mbsync"):
            known[MBSYNC] = self.mbsync
        if (PEERS / "getmail").exists():
            known[GETMAIL] = self.getmail
        return known

    def _python(self, name: str, to: Path) -> Cost:
        command: list[str | Path] = [
            sys.executable,
            "-m",
            "bench.fetchers",
            name,
            str(self.server.tls_port),
            self.server.ca_file,
            to,
        ]
        return run(command, warm=True, PYTHONPATH=str(ROOT))

    def _written(self, config: str, to: Path) -> Path:
        told = config.format(
            port=self.server.tls_port, ca=self.server.ca_file, user=USER, password=PASSWORD, to=to,
            user_line="user = mail" if os.getuid() == 0 else "",
        )  # fmt: skip
        path = to / "rc"
        path.write_text(told)
        path.chmod(0o600)
        return path

    def expect(self, name: str, found: int) -> None:
        if found != self.mails:
            raise Failed(f"{name} brought {found} of {self.mails} mails")


def _in_maildir(folder: Path) -> int:
    return sum(1 for name in ("cur", "new") for _ in (folder / name).iterdir())


def measure(small: int = 1000, middle: int = 10, large: int = 2, laps: int = 3) -> Race:
    """Race the contestants that are installed; ours and the loop always are."""
    sizes = [8_000] * small + [5 * MIB] * middle + [60 * MIB] * large
    with Dovecot() as server:
        fill(server, [mail(serial, size) for serial, size in enumerate(sizes)])
        _warm(server)
        every = Mailbox(server, len(sizes)).contestants()
        return race("fetch", len(sizes), laps, {name: _lap(work) for name, work in every.items()})


def _lap(work: Callable[[Path], Cost]) -> Callable[[int], Cost]:
    def lap(_: int) -> Cost:
        with tempfile.TemporaryDirectory(prefix="bench-fetch-") as to:
            return work(Path(to))

    return lap


def _warm(server: Dovecot) -> None:
    """Have the server index its mailbox, which whoever comes first would wait for."""
    with server.client() as client:
        client.select_folder("INBOX", readonly=True)
        client.fetch(client.search("ALL"), ["RFC822.SIZE"])


def figures(run: Race) -> tuple[Figure, ...]:
    """Return the wall time beside the best that is there, and our peak memory."""
    others = [name for name in run.costs if name != OURS]
    return (
        run.ratio(OURS, others, 1.0),
        run.most(OURS, 150, by="peak", said="peak memory of the fetching daemon, MiB"),
    )


if __name__ == "__main__":
    told = measure(*map(int, sys.argv[1:]))
    print(told.told(), table(figures(told)), sep="\n\n")
