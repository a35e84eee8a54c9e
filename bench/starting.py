"""In charge of the daemon's start as a contestant: `python -m bench.starting FOLDER`. Says "ready" when it would tell systemd so, and ends."""

import sys
from pathlib import Path

from pydantic import SecretStr

from daemon import journal
from daemon.service import Service
from daemon.settings import load
from daemon.workshop import open_desk, open_store, sources

CONFIG = Path(__file__).parents[1] / "config.toml"


def main(folder: Path) -> None:
    settings = load(CONFIG, folder)
    inbox = folder / "inbox"
    inbox.mkdir(exist_ok=True)
    mailbox = settings.mailbox.model_copy(update={"source": "folder", "directory": inbox})
    post = settings.smtp.model_copy(update={"host": "127.0.0.1", "port": 9, "security": "none"})  # nobody is there
    settings = settings.model_copy(update={"mailbox": mailbox, "smtp": post, "password": SecretStr("none")})
    with journal.written_to(folder / "log"), open_store(settings) as store, open_desk(settings, store) as desk:
        service = Service(settings, desk, sources(settings))
        service.start()
        print("ready", flush=True)
        service.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
