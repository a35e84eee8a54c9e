"""In charge of labels that ask for two things at once ("联系人及电话"): what of the answer is whose.

Leaves single labels to `parsers.forms.labels`.
"""

import re

from domain.phone import find_phones, normal_text
from parsers.forms.labels import Label, Labels

_AND = re.compile(r"[/／、及和与&＋+\s]+")
_ASKED = frozenset({"contact", "phone", "email"})
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_EDGES = " \t\n,，;；、/:：()（）|"


def joint_labels(labels: Labels, text: str) -> tuple[Label, ...]:
    """Return the labels that a cell names together, or () where it names one or something else."""
    pieces = [piece for piece in _AND.split(text.strip(" \n:：")) if piece]
    if not 2 <= len(pieces) <= 3 or len(text) > 30:
        return ()
    found = [label for piece in pieces if (label := labels.whole(piece)) and label.field in _ASKED]
    return tuple(found) if len(found) == len(pieces) == len({label.field for label in found}) else ()


def shares(text: str) -> dict[str, str]:
    """Return what of an answer is the contact's name, the phones and the address, in normal form of width."""
    rest = normal_text(text)
    emails = _ADDRESS.findall(rest)
    rest = _ADDRESS.sub(" ", rest)
    phones = list(find_phones(rest))
    numbers = [rest[phone.start : phone.end].strip() for phone in phones]
    for phone in reversed(phones):
        rest = rest[: phone.start] + " " + rest[phone.end :]
    return {"contact": rest.strip(_EDGES), "phone": "、".join(numbers), "email": "、".join(emails)}
