"""In charge of the store's errors, typed by who must act; each says the mend."""


class StoreError(Exception):
    """Something in the store needs a person."""


class NaiveTime(ValueError):
    """A time without a zone was given: a bug of the caller. Every time here is aware (DESIGN, Ids and time)."""


class LeaseLost(StoreError):
    """Another worker has decided this message meanwhile; the present transaction must leave nothing."""


class UnknownCase(StoreError):
    """No case has this number."""


class Ambiguous(StoreError):
    """A shortened id fits several messages. Give more of its characters."""


class SchemaUnknown(StoreError):
    """The database was written by a newer version of this program. Install that version, or restore a backup."""


class StillRead(StoreError):
    """What was erased still stands in the database's log, for somebody reads it. Stop that process; run `purge` again."""


class CannotBackUp(StoreError):
    """No copy was made; the message says why and what to do."""


class CannotUndo(StoreError):
    """A decision can no longer be taken back. Decide anew: the applicant is told of that."""


class CannotRegroup(StoreError):
    """Cases cannot be merged or split like that; the message says why."""


class NotEmpty(StoreError):
    """The database to move into holds records already, or did not take all. Give one that is new."""
