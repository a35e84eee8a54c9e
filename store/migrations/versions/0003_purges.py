"""Purges on record, cases that know they were purged, and a history that a purge may shorten and nothing may change.

See docs/decisions/0008: the trigger lets an event lose the end of its detail while a purge is open. Nothing else, ever.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

ONLY_SHORTER = (
    "NEW.id = OLD.id AND NEW.at = OLD.at AND NEW.actor = OLD.actor AND NEW.subject = OLD.subject AND NEW.event = OLD.event "
    "AND substr(OLD.detail, 1, length(NEW.detail)) = NEW.detail "
    "AND EXISTS (SELECT 1 FROM purges WHERE finished_at IS NULL)"
)
SQLITE = (
    "DROP TRIGGER events_no_update",
    f"CREATE TRIGGER events_no_update BEFORE UPDATE ON events WHEN NOT ({ONLY_SHORTER}) "
    "BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
    "CREATE TRIGGER purges_no_delete BEFORE DELETE ON purges BEGIN SELECT RAISE(ABORT, 'purges are append-only'); END",
)
POSTGRESQL = (
    "DROP TRIGGER events_append_only ON events",
    "CREATE FUNCTION only_shorter() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN IF {ONLY_SHORTER} THEN RETURN NEW; END IF; RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
    "CREATE TRIGGER events_append_only BEFORE UPDATE ON events FOR EACH ROW EXECUTE FUNCTION only_shorter()",
    "CREATE TRIGGER events_no_delete BEFORE DELETE ON events FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER purges_no_delete BEFORE DELETE ON purges FOR EACH ROW EXECUTE FUNCTION refuse_change()",
)
SQLITE_BACK = (
    "DROP TRIGGER purges_no_delete",
    "DROP TRIGGER events_no_update",
    "CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
)
POSTGRESQL_BACK = (
    "DROP TRIGGER purges_no_delete ON purges",
    "DROP TRIGGER events_no_delete ON events",
    "DROP TRIGGER events_append_only ON events",
    "DROP FUNCTION only_shorter()",
    "CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON events FOR EACH ROW EXECUTE FUNCTION refuse_change()",
)


def upgrade() -> None:
    op.create_table(
        "purges",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_purges"),
    )
    op.add_column("cases", sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True))
    _run(SQLITE, POSTGRESQL)


def downgrade() -> None:
    _run(SQLITE_BACK, POSTGRESQL_BACK)
    op.drop_column("cases", "purged_at")
    op.drop_table("purges")


def _run(sqlite: tuple[str, ...], postgresql: tuple[str, ...]) -> None:
    for statement in sqlite if op.get_context().dialect.name == "sqlite" else postgresql:
        op.execute(statement)
