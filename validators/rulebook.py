"""In charge of collecting the rules and applying them: a case and its context in, a verdict out. Leaves words to `notify`.

A rule is a generator that yields what it saw; how bad that is stands in `[rules]` of config.toml, unless the rule knows better.
"""

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.case import Case, Finding, Reading, Verdict, decide
from domain.kinds import Severity
from domain.mail import SubjectFacts
from domain.notice import Limits, Notice, RuleConfig

_CLAUSES = (
    "window",
    "materials",
    "seal",
    "form",
    "text",
    "video",
    "originality",
    "applicant",
    "files",
    "subject",
    "arrival",
)


class RuleBookError(ValueError):
    """`[rules]` names a rule that does not exist, or misses one. The operator mends config.toml."""


@dataclass(frozen=True)
class Observation:
    """What a rule saw. `severity` only where the rule knows better than the configuration."""

    evidence: dict[str, Any]
    parameter: str = ""  #: "phone" of field_missing:phone
    severity: Severity | None = None


def saw(parameter: str = "", severity: Severity | None = None, **evidence: Any) -> Observation:
    """Return an observation with its evidence, which is JSON."""
    return Observation(evidence, parameter, severity)


@dataclass(frozen=True)
class Context:
    """All that a rule may know besides the case."""

    notice: Notice
    rules: Mapping[str, RuleConfig]
    received_at: datetime  #: arrival of the mail that is judged (INTERNALDATE)
    limits: Limits = field(default_factory=Limits)
    subject: SubjectFacts = field(default_factory=SubjectFacts)
    supplement: bool = False  #: the case was first received by an earlier mail
    others: tuple[Case, ...] = ()  #: the cases on record that may be alike, for originality
    stray: tuple[str, ...] = ()  #: paths of parts that belong to no case


CaseCheck = Callable[[Case, Context], Iterator[Observation]]
MessageCheck = Callable[[Reading, Context], Iterator[Observation]]


@dataclass(frozen=True)
class Rule:
    """A clause of the notice as a check. `quote` stands in the notice word for word; "" where the rule is ours."""

    code: str
    clause: str
    quote: str
    check: CaseCheck | MessageCheck


CASE_RULES: dict[str, Rule] = {}
MESSAGE_RULES: dict[str, Rule] = {}


def rule(code: str, clause: str = "", quote: str = "") -> Callable[[CaseCheck], CaseCheck]:
    """Register a check of a case."""

    def register(check: CaseCheck) -> CaseCheck:
        CASE_RULES[code] = Rule(code, clause, quote, check)
        return check

    return register


def message_rule(code: str, clause: str = "", quote: str = "") -> Callable[[MessageCheck], MessageCheck]:
    """Register a check of a message as a whole."""

    def register(check: MessageCheck) -> MessageCheck:
        MESSAGE_RULES[code] = Rule(code, clause, quote, check)
        return check

    return register


def judge(case: Case, context: Context) -> Verdict:
    """Apply every rule to a case and return all it found, worst first, with the decision they add up to."""
    findings = _apply(CASE_RULES, context, lambda check: check(case, context))
    return Verdict(case=case, findings=findings, decision=decide(findings))


def judge_message(reading: Reading, context: Context) -> tuple[Finding, ...]:
    """Apply every rule about the message as a whole."""
    return _apply(MESSAGE_RULES, context, lambda check: check(reading, context))


def codes() -> frozenset[str]:
    """Return the code of every rule there is."""
    return frozenset(CASE_RULES) | frozenset(MESSAGE_RULES)


def check_configuration(rules: Mapping[str, RuleConfig]) -> None:
    """Raise RuleBookError, naming all that is wrong, unless `[rules]` has exactly the rules there are."""
    unknown, missing = sorted(set(rules) - codes()), sorted(codes() - set(rules))
    wrong = [f"no such rule: {code}" for code in unknown] + [f"[rules] lacks: {code}" for code in missing]
    if wrong:
        raise RuleBookError("; ".join(wrong))


_ORDER = (Severity.FATAL, Severity.ERROR, Severity.REVIEW, Severity.WARNING)


def _apply(
    rules: Mapping[str, Rule], context: Context, run: Callable[[Any], Iterable[Observation]]
) -> tuple[Finding, ...]:
    found = [
        Finding(
            code=f"{code}:{seen.parameter}" if seen.parameter else code,
            severity=seen.severity or context.rules[code].severity,
            evidence=seen.evidence,
        )
        for code, each in rules.items()
        if context.rules[code].severity is not Severity.OFF
        for seen in run(each.check)
    ]
    return tuple(sorted(found, key=lambda finding: _ORDER.index(finding.severity)))


for _clause in _CLAUSES:
    importlib.import_module(f"validators.{_clause}")
