"""In charge of telling what is wrong with the office's own templates when the daemon starts."""

import structlog

from daemon.settings import Settings
from daemon.workshop import clock
from notify.trial import faults

log = structlog.get_logger(__name__)


def tell_of_templates(settings: Settings) -> None:
    """Log what is wrong with the office's own templates; ours stand in for those."""
    folder = settings.notify.templates
    for fault in faults(folder, settings.notice, clock()) if folder else ():
        log.warning("office template", template=fault.template, error=fault.told, mend="see `doctor`; ours is used")
