"""In charge of versions: which of the files that came for a case count, and which were replaced and are kept.

A form, scan, video or article of a later mail replaces those of earlier mails in the same role. Pictures and other files add up.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, select

from domain.case import Material
from domain.kinds import Role
from store.history import note
from store.tables import MaterialRow

NEWEST_COUNTS = frozenset({Role.WORD_FORM, Role.PDF_FORM, Role.IMAGE_FORM, Role.VIDEO, Role.TEXT_WORK})

Key = tuple[str, str, Role, int]  #: message, path in it, role, and which of the file's forms


def save_materials(session: Session, number: str, materials: Iterable[Material], sha256: str, now: datetime) -> None:
    """Bring a case's rows in line with its materials as judged for message `sha256`.

    Rows of other messages are never lost; those of this message, and those whose role was told anew, follow the outcome.
    """
    told = _keyed(materials, sha256)
    rows = {_key(row): row for row in _rows(session, number)}
    counted = {id(row) for row in rows.values() if not row.superseded}
    for key in [key for key, row in rows.items() if _is_gone(row, told, sha256)]:
        session.delete(rows.pop(key))
    for key, material in told.items():
        if key in rows:
            rows[key].material, rows[key].superseded = material, material.superseded
        else:
            rows[key] = _new(number, key, material, rows.values())
            session.add(rows[key])
    session.flush()  # numbers the new rows: of two mails of one second the later entered is the newer
    for role in NEWEST_COUNTS:
        settle([row for row in rows.values() if row.role is role])
    for row in rows.values():
        if row.superseded and id(row) in counted:
            note(session, now, number, "superseded", f"{row.role} v{row.version}: {row.path}")


def to_material(row: MaterialRow) -> Material:
    """Return the value of a row."""
    return row.material.model_copy(update={"version": row.version, "superseded": row.superseded})


def _rows(session: Session, number: str) -> Iterable[MaterialRow]:
    return session.exec(select(MaterialRow).where(MaterialRow.case_number == number).order_by(col(MaterialRow.id)))


def _keyed(materials: Iterable[Material], sha256: str) -> dict[Key, Material]:
    """Return materials under their keys; one without a message came with this one."""
    seen: Counter[tuple[str, str, Role]] = Counter()
    keyed: dict[Key, Material] = {}
    for material in materials:
        owned = material if material.message_sha256 else material.model_copy(update={"message_sha256": sha256})
        place = (owned.message_sha256, owned.part.path, owned.role)
        keyed[*place, seen[place]] = owned
        seen[place] += 1
    return keyed


def _key(row: MaterialRow) -> Key:
    return (row.message_sha256, row.path, row.role, row.nth)


def _is_gone(row: MaterialRow, told: dict[Key, Material], sha256: str) -> bool:
    """Tell whether a row is no longer what its message brought: read anew, or the same file now plays another role."""
    if _key(row) in told:
        return False
    return row.message_sha256 == sha256 or any(key[:2] == (row.message_sha256, row.path) for key in told)


def _new(number: str, key: Key, material: Material, rows: Iterable[MaterialRow]) -> MaterialRow:
    message, path, role, nth = key
    earlier = [row.version for row in rows if row.role is role and row.message_sha256 != message]
    return MaterialRow(
        case_number=number,
        message_sha256=message,
        path=path,
        role=role,
        nth=nth,
        sha256=material.part.sha256,
        received_at=material.received_at,
        version=1 + max(earlier, default=0),
        superseded=material.superseded,
        material=material,
    )


def settle(rows: list[MaterialRow]) -> None:
    """Let only the newest mail's files count in a role; among those, the ones the outcome left standing."""
    if not rows:
        return
    newest = max(rows, key=lambda row: (row.received_at, row.id or 0)).message_sha256
    standing = [row for row in rows if row.message_sha256 == newest]
    none_left = all(row.superseded for row in standing)
    for row in rows:
        row.superseded = row.message_sha256 != newest or (row.superseded and not none_left)
