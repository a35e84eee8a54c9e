"""In charge of the seal in 单位意见 (clause 四): there, legible, and of the unit that applies."""

from collections.abc import Iterator

from rapidfuzz import fuzz

from domain.case import Case
from domain.notice import Notice
from domain.units import normal_unit, of_two_levels, roster_unit, same_unit
from validators.rulebook import Context, Observation, rule, saw


@rule("pdf_not_stamped", clause="四", quote="PDF盖章扫描版")
def a_seal_is_on_the_copy(case: Case, context: Context) -> Iterator[Observation]:
    if case.scan and case.seal and case.seal.present is False:
        yield saw(file=case.scan.part.path)


@rule("seal_unclear", clause="四", quote="PDF盖章扫描版")
def the_seal_can_be_told(case: Case, context: Context) -> Iterator[Observation]:
    if not case.scan or case.scan.facts.problem in ("encrypted", "corrupt", "empty"):
        return
    if case.seal is None or case.seal.present is None:
        yield saw(file=case.scan.part.path, reason=case.seal.reason if case.seal else "not looked at")


@rule("seal_unit_mismatch", clause="四", quote="(盖章)")
def the_seal_is_the_units_own(case: Case, context: Context) -> Iterator[Observation]:
    legends = [seal.text for seal in case.seal.seals if seal.text] if case.seal and case.seal.present else []
    names = [name for name in (case.unit, context.subject.unit, case.form.unit if case.form else None) if name]
    if not legends or not names or not case.scan:
        return
    if not any(_same(legend, name, context.notice) for legend in legends for name in names):
        yield saw(file=case.scan.part.path, seal=legends[0], unit=names[0])


def _same(legend: str, name: str, notice: Notice) -> bool:
    """Tell whether a legend, read with slips or in part, can be a unit's (alias table included)."""
    if of_two_levels(legend, name):
        return False
    if same_unit(legend, name, threshold=70):
        return True
    ours, theirs = roster_unit(legend, notice), roster_unit(name, notice)
    if ours and ours == theirs and ours.group != "county":
        return True
    short, long = sorted((normal_unit(legend), normal_unit(name)), key=len)
    return len(short) >= 4 and fuzz.partial_ratio(short, long) >= 80
