"""In charge of what /metrics tells: every name, its labels and its meaning, in one table. `docs/metrics.md` is made of it.

No label names a person: mailboxes are counted from 1 in the order of the configuration, answers are bare codes.
"""

from typing import Literal

from domain.value import Value


class Family(Value):
    """One metric. Counters and histograms count from the start of the process, gauges are read when asked for."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    meaning: str
    labels: tuple[str, ...] = ()


_TABLE: tuple[tuple[str, Literal["counter", "gauge", "histogram"], tuple[str, ...], str], ...] = (
    ("build_info", "gauge", ("version", "python"), "Always 1; the labels tell what runs."),
    ("polls_total", "counter", ("mailbox", "result"), "Looks into a mailbox: ok, failed, or login_refused."),
    ("mails_fetched_total", "counter", ("mailbox",), "Mails taken in that were never seen before."),
    ("fetched_bytes_total", "counter", ("mailbox",), "Bytes taken in."),
    ("last_poll_age_seconds", "gauge", ("mailbox",), "Since the last look came to its end, for better or worse."),
    ("last_good_poll_age_seconds", "gauge", ("mailbox",), "Since the last look that came to a good end."),
    ("messages", "gauge", ("state",), "Messages by state: archived, read, decided, quarantined."),
    ("messages_decided_total", "counter", ("kind", "decision"), "Messages decided, by kind and decision (docs: RULES)."),
    ("oldest_waiting_age_seconds", "gauge", (), "Since the oldest message arrived that is neither decided nor quarantined; 0: none waits."),
    ("reading_seconds", "histogram", ("parser",), "Time a parser process took over one file; parser `mail` is a whole message opened."),
    ("letters", "gauge", ("state",), "Letters by state: queued, sending, sent, held, cancelled."),
    ("send_verdicts_total", "counter", ("verdict",), "Attempts to send, by how they ended: sent, retry, hold, alarm, unknown."),
    ("smtp_answers_total", "counter", ("code",), "The mail server's answers to these attempts; 0: none came."),
    ("letters_left", "gauge", ("mailbox", "cap"), "Letters that may still go out from a mailbox: per_quarter_hour, per_day."),
    ("disk_free_bytes", "gauge", (), "Free on the data directory's disk."),
    ("database_bytes", "gauge", (), "Size of the database."),
    ("kept_bytes", "gauge", (), "Raw mails and the files in them, each content once. Counted every quarter of an hour."),
    ("expiring_links", "gauge", (), "Links nobody has fetched that die soon or before the judging ends. Counted every quarter of an hour."),
    ("trouble", "gauge", ("trouble",), "1 while a trouble lasts, 0 while it does not; left out while it cannot be told."),
    ("alerts_total", "counter", ("trouble", "news"), "News of troubles written down to be told: raised, reminded, over."),
    ("confinement_info", "gauge", ("measures",), "Always 1; the label tells what confines a parser process."),
)  # fmt: skip
FAMILIES = {
    name: Family(name=f"shoujian_{name}", kind=kind, labels=labels, meaning=meaning)
    for name, kind, labels, meaning in _TABLE
}


def page() -> str:
    """Return docs/metrics.md."""
    rows = [
        f"| `{family.name}` | {family.kind} | {', '.join(f'`{label}`' for label in family.labels)} | {family.meaning} |"
        for family in FAMILIES.values()
    ]
    return "\n".join([_HEAD, *rows, ""])


_HEAD = """# Metrics

Made from `daemon/metric_names.py` by `.venv/bin/python -m daemon.metric_names > docs/metrics.md`; a test compares the two.

`[health] port` in config.toml serves `/metrics` (Prometheus text) and `/healthz` on loopback. `/healthz` answers 200, or 503 while the desk
does not do its work (`login`, `polling`, `sending`, `disk`, `database`), with one JSON object: `status` (`ok`, `attention`, `failing`), `troubles`,
`last_poll_age_s` by mailbox, `waiting` and `waiting_age_s`, `held_letters`, `quarantined`, `disk_free_bytes`, `confinement`.
It is for monitoring: restarting a desk whose login is refused mends nothing.

Counters and histograms begin at 0 with the process; gauges are read from the store when asked for, by queries that walk an index.
`mailbox` counts the configured mailboxes from 1: no label names a person.

| name | kind | labels | meaning |
| --- | --- | --- | --- |"""

if __name__ == "__main__":
    print(page(), end="")  # noqa: T201
