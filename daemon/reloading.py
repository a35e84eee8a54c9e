"""In charge of a changed config.toml: which of it holds from now on, and which needs a restart and is told so.

Where mail comes from and where all is kept cannot change under a running daemon; the rest can. Leaves when to the service.
"""

from collections.abc import Callable
from typing import Any

import structlog

from daemon.settings import SECRETS, ConfigError, Settings

log = structlog.get_logger(__name__)

_FIXED = ("data", "mailbox", "mailboxes", "health", "alerts")  #: sections that hold until a restart
_LIVE_IN_MAILBOX = {"poll_seconds"}


def told_anew(old: Settings, reread: Callable[[], Settings]) -> Settings | None:
    """Return the settings that hold from now on, and log what changes and what cannot; None where the new ones are of no use."""
    try:
        held, changed, refused = in_force(old, reread())
    except ConfigError as error:
        log.error("reload: the old configuration goes on", error=str(error), mend="mend it, then reload again")  # noqa: TRY400
        return None
    for name in refused:
        log.warning("reload: needs a restart", option=name)
    log.info("reloaded", changed=list(changed))
    return held


def in_force(old: Settings, new: Settings) -> tuple[Settings, tuple[str, ...], tuple[str, ...]]:
    """Return the settings that hold from now on, the sections that changed, and what of the new needs a restart."""
    live = {name: getattr(new, name) for name in Settings.model_fields if name not in (*_FIXED, *SECRETS)}
    mailbox = old.mailbox.model_copy(update={name: getattr(new.mailbox, name) for name in _LIVE_IN_MAILBOX})
    held = old.model_copy(update={**live, "mailbox": mailbox})
    changed = tuple(name for name in Settings.model_fields if getattr(held, name) != getattr(old, name))
    return held, changed, tuple(_refused(held, new))


def _refused(held: Settings, new: Settings) -> list[str]:
    """Return the names of the options that the new file sets and that do not hold, "mailbox.account"."""
    found: list[str] = []
    for section in _FIXED:
        ours: Any = getattr(held, section)
        theirs: Any = getattr(new, section)
        if isinstance(ours, tuple):
            found += [section] if ours != theirs else []
            continue
        names = type(ours).model_fields
        found += [f"{section}.{name}" for name in names if getattr(ours, name) != getattr(theirs, name)]
    return found
