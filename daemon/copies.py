"""In charge of telling a mail's second copy: to two mailboxes of ours, or brought twice on its way. Nobody is answered twice for it."""

from domain.mail import Mail
from store.desk import Store


def first_copy(mail: Mail, store: Store) -> str | None:
    """Return the sha256 of the message a mail is a second copy of, or None.

    Message-IDs are reused and rewritten, and each server adds headers of its own: it is a copy where the id and all that was written is the same.
    """
    if not mail.message_id:
        return None
    for record in store.message_by_message_id(mail.message_id):
        if record.sha256 == mail.sha256 or record.kind is None:
            continue
        other = store.mail(record.sha256)
        if other and _written(other) == _written(mail):
            return record.sha256
    return None


def _written(mail: Mail) -> tuple[object, ...]:
    """Return what its writer put into a mail."""
    parts = [(part.path, part.sha256) for part in mail.parts]
    return mail.message_id, mail.from_.address.lower(), mail.subject, mail.text, mail.quoted, mail.links, parts
