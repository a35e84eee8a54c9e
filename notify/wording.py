"""In charge of saying a finding in Chinese. Judging is the rules' work; the words of each code stand in `words_*.py`."""

from domain.case import Finding
from domain.notice import Notice
from notify import words_entry, words_files, words_forms, words_mail, words_people, words_works  # noqa: F401  entered on import
from notify.evidence import Evidence
from notify.phrasebook import Words, cite, codes, look_up

__all__ = ["Words", "codes", "say"]


def say(finding: Finding, notice: Notice) -> Words:
    """Return a finding in words: where it is, what was found, what the notice asks, how to mend it.

    Raises KeyError for a code without words; a test asks for every code of RULES.md.
    """
    entry = look_up(finding.code)
    if entry is None:
        raise KeyError(f"no words for {finding.code}: add a function to notify/words_*.py")
    clause, wording = entry
    if notice.clauses is not None:
        clause = notice.clauses.get(finding.code.partition(":")[0], "")
    words = wording(Evidence(finding.code, finding.evidence), notice)
    return words if words.clause else words.model_copy(update={"clause": cite(clause, notice)})
