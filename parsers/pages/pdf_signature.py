"""In charge of electronic seals in a PDF: signature fields and stamps, and who signed. The signature is not verified.

ISO 32000-1 §12.8 (signatures), §12.5.6.12 (stamp annotations).
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from domain.facts import Seal, SealFacts
from domain.text import one_line
from domain.units import looks_like_organisation

_MOST_FIELDS = 500
_DEEPEST = 8


@dataclass(frozen=True)
class Signed:
    """What a PDF bears electronically."""

    seals: tuple[Seal, ...] = ()
    stamps: int = 0  #: stamp annotations; what they show is judged on the drawn page

    @property
    def facts(self) -> SealFacts | None:
        if not self.seals:
            return None
        texts = dict.fromkeys(seal.text for seal in self.seals if seal.text)
        return SealFacts(
            present=True,
            text="、".join(texts) or None,
            seals=self.seals,
            reason="signature field (not verified)",
            electronic=True,
        )


def signatures(document: Any, pages: int) -> Signed:
    """Return the signatures of a pdfminer document. `pages`: how many to look through for stamps."""
    form = _resolved(document.catalog.get("AcroForm"))
    fields = _resolved(form.get("Fields")) if isinstance(form, dict) else None
    seals = tuple(_seal(value) for value in _values(fields, 0) if _is_signature(value))
    return Signed(seals[:20], _stamps(document, pages))


def _resolved(value: Any) -> Any:
    from pdfminer.pdftypes import resolve1

    return resolve1(value)


def _values(fields: Any, depth: int) -> Iterator[dict[str, Any]]:
    """Give the value dictionaries of signature fields, kids included."""
    if not isinstance(fields, list) or depth > _DEEPEST:
        return
    for reference in fields[:_MOST_FIELDS]:
        field = _resolved(reference)
        if not isinstance(field, dict):
            continue
        value = _resolved(field.get("V"))
        if isinstance(value, dict):
            yield value
        yield from _values(_resolved(field.get("Kids")), depth + 1)


def _is_signature(value: dict[str, Any]) -> bool:
    contents = _resolved(value.get("Contents"))
    return bool(_resolved(value.get("ByteRange"))) and isinstance(contents, bytes) and any(contents)


def _seal(value: dict[str, Any]) -> Seal:
    name = _resolved(value.get("Name"))
    signer = _signer(_resolved(value.get("Contents"))) or (_text(name) if isinstance(name, bytes | str) else None)
    return Seal(shape="signature", text=signer, confidence=0.9)


def _text(value: bytes | str) -> str | None:
    from pdfminer.utils import decode_text

    return one_line(decode_text(value) if isinstance(value, bytes) else value) or None


def _signer(contents: bytes) -> str | None:
    """Return the organisation (else the name) that the signer's certificate names (RFC 5652 §5.1)."""
    from cryptography.hazmat.primitives.serialization.pkcs7 import load_der_pkcs7_certificates

    try:
        with warnings.catch_warnings():  # BER where DER is asked for is usual here
            warnings.simplefilter("ignore")
            certificates = load_der_pkcs7_certificates(_container(contents))
        issuers = {certificate.issuer for certificate in certificates}
        own = next((one for one in certificates if one.subject not in issuers), None)
        return _name_in(own) if own else None
    except (ValueError, TypeError):  # SM2 and home-made containers: signed all the same, by whom is not told
        return None


def _container(contents: bytes) -> bytes:
    """Return a DER value without the zeros that fill up its place in the file."""
    if len(contents) < 4 or contents[1] <= 0x80 or contents[1] > 0x84:
        return contents
    count = contents[1] & 0x7F
    return contents[: 2 + count + int.from_bytes(contents[2 : 2 + count], "big")]


def _name_in(certificate: Any) -> str | None:
    from cryptography.x509.oid import NameOID

    kinds = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME)
    names = [one_line(str(part.value)) for kind in kinds for part in certificate.subject.get_attributes_for_oid(kind)]
    return next((name for name in names if looks_like_organisation(name)), names[0] if names else None)


def _stamps(document: Any, pages: int) -> int:
    from itertools import islice

    from pdfminer.pdfpage import PDFPage

    return sum(_stamps_on(page) for page in islice(PDFPage.create_pages(document), pages))


def _stamps_on(page: Any) -> int:
    notes = _resolved(page.annots) if page.annots else []
    found = (_resolved(note) for note in notes[:_MOST_FIELDS]) if isinstance(notes, list) else ()
    return sum(isinstance(note, dict) and getattr(note.get("Subtype"), "name", "") == "Stamp" for note in found)
