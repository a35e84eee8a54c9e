"""In charge of the log: one line an event to standard error, for the journal, with personal data masked."""

import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

from domain.text import mask_address, mask_phone

_ADDRESS = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_FOREIGN = re.compile(r"[^\n\x20-\x7e]+")

#: APScheduler warns of every look it skips while the last one still works; aiosmtpd (the demo's) of its own future.
_CHATTY = ("apscheduler", "mail.log")


def configure(*, verbose: bool = False, stream: TextIO | None = None) -> None:
    """Send events to standard error, where systemd's journal reads them, or to a stream until it is called again. Call at start."""
    level = logging.DEBUG if verbose else logging.INFO
    line = "level=%(levelname)s logger=%(name)s %(message)s"
    logging.basicConfig(level=logging.WARNING, stream=stream or sys.stderr, format=line, force=True)
    for handler in logging.getLogger().handlers:
        handler.addFilter(_MaskRecords())
    for chatty in _CHATTY:
        logging.getLogger(chatty).setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            mask_event,
            structlog.processors.KeyValueRenderer(key_order=["level", "event"], drop_missing=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: structlog.PrintLogger(stream or sys.stderr),
        cache_logger_on_first_use=False,  # a logger kept would go on writing to a stream that was closed since
    )


@contextmanager
def written_to(path: Path) -> Iterator[None]:
    """Send events to a new file as long as the context lasts, then to standard error."""
    try:
        with path.open("w", encoding="utf-8", buffering=1) as stream:
            configure(stream=stream)
            yield
    finally:
        configure()


def mask_event(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Hide phone numbers and addresses in every value of an event. Digests of mails are no phones: they stay.

    A trace quotes what it failed on, names of people too: of its words only the English are left.
    """
    masked = {key: value if key == "sha256" else mask(value) for key, value in event.items()}
    return masked | {"exception": english(masked["exception"])} if "exception" in masked else masked


def english(told: object) -> str:
    """Return what an error tells without what it may quote of a mail: letters of other scripts and control characters."""
    return _FOREIGN.sub("…", str(told))


def mask(value: Any) -> Any:
    """Return a value with the middle of phones and the local part of addresses hidden; what is no text as it is."""
    if not isinstance(value, str):
        return value
    return mask_phone(_ADDRESS.sub(lambda found: mask_address(found[0]), value))


class _MaskRecords(logging.Filter):
    """Masks what libraries log."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = mask(record.getMessage()), ()
        return True
