"""In charge of the numbers of /metrics: counters that the service feeds, and a collector that reads the store when asked.

Names, labels and meanings stand in `metric_names`. One registry a desk: two desks in a process do not mix.
"""

import platform
import tomllib
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from daemon.metric_names import FAMILIES
from domain.case import Outcome
from ingest.errors import NotLetIn
from ingest.poll import PollReport
from notify.alerts import Alert
from notify.outbox import SendReport

Reading = tuple[str, tuple[str, ...], float]  #: name, label values, figure
_BUCKETS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0)
_PROJECT = Path(__file__).parents[1] / "pyproject.toml"


class Meters:
    """The counters. Safe for threads; what is counted goes with the process."""

    def __init__(self, accounts: Sequence[str]) -> None:
        self.registry = CollectorRegistry()
        self._numbers = {account: str(number) for number, account in enumerate(accounts, 1)}
        self._polls, self._fetched, self._bytes = map(self._counter, ("polls", "mails_fetched", "fetched_bytes"))
        self._decided, self._alerts = map(self._counter, ("messages_decided", "alerts"))
        self._verdicts, self._codes = map(self._counter, ("send_verdicts", "smtp_answers"))
        family = FAMILIES["reading_seconds"]
        self._reading = Histogram(family.name, family.meaning, family.labels, registry=self.registry, buckets=_BUCKETS)

    def mailbox(self, account: str) -> str:
        """Return the number that stands for a mailbox."""
        return self._numbers.get(account, "0")

    def polled(self, report: PollReport) -> None:
        refused = isinstance(report.error, NotLetIn)
        mailbox = self.mailbox(report.account)
        self._polls.labels(mailbox, "login_refused" if refused else "ok" if report.ok else "failed").inc()
        self._fetched.labels(mailbox).inc(report.new)
        self._bytes.labels(mailbox).inc(report.bytes)

    def decided(self, outcome: Outcome) -> None:
        self._decided.labels(outcome.kind.value, outcome.decision.value).inc()

    def sent(self, report: SendReport) -> None:
        for verdict, code in report.answers:
            self._verdicts.labels(verdict.value).inc()
            self._codes.labels(str(code)).inc()

    def alerted(self, alert: Alert) -> None:
        self._alerts.labels(alert.trouble.value, alert.news.value).inc()

    def read(self, parser: str, seconds: float) -> None:
        """Count one reading; what a sandbox is given as `timed`."""
        self._reading.labels(parser).observe(seconds)

    def show(self, gauges: Callable[[], Iterator[Reading]]) -> None:
        """Have gauges read whenever the registry is asked."""
        self.registry.register(_Gauges(gauges))

    def _counter(self, name: str) -> Counter:
        family = FAMILIES[f"{name}_total"]
        return Counter(family.name, family.meaning, family.labels, registry=self.registry)


class _Gauges(Collector):
    """Reads the gauges when asked, and not at registration: then the store may not be there yet."""

    def __init__(self, gauges: Callable[[], Iterator[Reading]]) -> None:
        self._gauges = gauges

    def describe(self) -> list[Any]:
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        families: dict[str, GaugeMetricFamily] = {}
        for name, labels, figure in self._gauges():
            known = FAMILIES[name]
            metric = families.setdefault(name, GaugeMetricFamily(known.name, known.meaning, labels=known.labels))
            metric.add_metric(labels, figure)
        yield from families.values()


@cache
def build() -> tuple[str, str]:
    """Return the versions of program and Python."""
    project = tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]
    return str(project["version"]), platform.python_version()
