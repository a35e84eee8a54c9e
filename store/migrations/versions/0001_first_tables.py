"""The first tables, and the triggers that keep the history append-only.

Column types are spelled out here and never imported from `store.tables`: a revision stays as it was when it ran.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

SQLITE_APPEND_ONLY = (
    "CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
    "CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
)
POSTGRESQL_APPEND_ONLY = (
    "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
    "CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON events FOR EACH ROW EXECUTE FUNCTION refuse_change()",
)


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("sender_key", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_cases"),
    )
    op.create_index("ix_cases_decision", "cases", ["decision"], unique=False)
    op.create_index("ix_cases_received_at", "cases", ["received_at"], unique=False)
    op.create_index("ix_cases_sender_key", "cases", ["sender_key"], unique=False)
    op.create_index("ix_cases_unit", "cases", ["unit"], unique=False)
    op.create_index("ix_cases_updated_at", "cases", ["updated_at"], unique=False)
    op.create_table(
        "cursors",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uidnext", sa.BigInteger(), nullable=False),
        sa.Column("highest", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "folder", name="pk_cursors"),
    )
    op.create_table(
        "events",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    op.create_index("ix_events_at", "events", ["at"], unique=False)
    op.create_index("ix_events_subject_id", "events", ["subject", "id"], unique=False)
    op.create_table(
        "facts",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("parser", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", "parser", "version", name="pk_facts"),
    )
    op.create_table(
        "messages",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("reply", sa.Boolean(), nullable=False),
        sa.Column("incomplete", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("lease_owner", sa.String(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("sender_key", sa.String(), nullable=False),
        sa.Column("sender_name", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("duplicate_of", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("sha256", name="pk_messages"),
    )
    op.create_index(
        "ix_messages_due",
        "messages",
        ["received_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index("ix_messages_message_id", "messages", ["message_id"], unique=False)
    op.create_index("ix_messages_received_at", "messages", ["received_at"], unique=False)
    op.create_index("ix_messages_sender_key_received_at", "messages", ["sender_key", "received_at"], unique=False)
    op.create_index("ix_messages_state_received_at", "messages", ["state", "received_at"], unique=False)
    op.create_table(
        "numbers",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", "track", name="pk_numbers"),
    )
    op.create_table(
        "polls",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_polls"),
    )
    op.create_index("ix_polls_account_id", "polls", ["account", "id"], unique=False)
    op.create_table(
        "case_messages",
        sa.Column("case_number", sa.String(), nullable=False),
        sa.Column("message_sha256", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name="fk_case_messages_case_number_cases"),
        sa.ForeignKeyConstraint(
            ["message_sha256"], ["messages.sha256"], name="fk_case_messages_message_sha256_messages"
        ),
        sa.PrimaryKeyConstraint("case_number", "message_sha256", name="pk_case_messages"),
    )
    op.create_index("ix_case_messages_message_sha256", "case_messages", ["message_sha256"], unique=False)
    op.create_table(
        "findings",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("case_number", sa.String(), nullable=True),
        sa.Column("message_sha256", sa.String(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.CheckConstraint("(case_number IS NULL) <> (message_sha256 IS NULL)", name="ck_findings_one_owner"),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name="fk_findings_case_number_cases"),
        sa.ForeignKeyConstraint(["message_sha256"], ["messages.sha256"], name="fk_findings_message_sha256_messages"),
        sa.PrimaryKeyConstraint("id", name="pk_findings"),
    )
    op.create_index("ix_findings_case_number", "findings", ["case_number"], unique=False)
    op.create_index("ix_findings_code", "findings", ["code"], unique=False)
    op.create_index("ix_findings_message_sha256", "findings", ["message_sha256"], unique=False)
    op.create_table(
        "ledger",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("incomplete", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["messages.sha256"], name="fk_ledger_sha256_messages"),
        sa.PrimaryKeyConstraint("id", name="pk_ledger"),
        sa.UniqueConstraint("account", "folder", "uidvalidity", "uid", name="uq_ledger_account_folder_uidvalidity_uid"),
    )
    op.create_index("ix_ledger_sha256", "ledger", ["sha256"], unique=False)
    op.create_table(
        "letters",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("recipient_key", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("message_sha256", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("proof", sa.String(), nullable=False),
        sa.Column("bounced", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["message_sha256"], ["messages.sha256"], name="fk_letters_message_sha256_messages"),
        sa.PrimaryKeyConstraint("id", name="pk_letters"),
        sa.UniqueConstraint("key", name="uq_letters_key"),
        sa.UniqueConstraint("message_id", name="uq_letters_message_id"),
    )
    op.create_index("ix_letters_created_at", "letters", ["created_at"], unique=False)
    op.create_index("ix_letters_kind_created_at", "letters", ["kind", "created_at"], unique=False)
    op.create_index("ix_letters_message_sha256", "letters", ["message_sha256"], unique=False)
    op.create_index("ix_letters_recipient_key_sent_at", "letters", ["recipient_key", "sent_at"], unique=False)
    op.create_index("ix_letters_sent_at", "letters", ["sent_at"], unique=False)
    op.create_index("ix_letters_state_next_at", "letters", ["state", "next_at"], unique=False)
    op.create_table(
        "materials",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("case_number", sa.String(), nullable=False),
        sa.Column("message_sha256", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("superseded", sa.Boolean(), nullable=False),
        sa.Column("material", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name="fk_materials_case_number_cases"),
        sa.ForeignKeyConstraint(["message_sha256"], ["messages.sha256"], name="fk_materials_message_sha256_messages"),
        sa.PrimaryKeyConstraint("id", name="pk_materials"),
        sa.UniqueConstraint(
            "case_number",
            "message_sha256",
            "path",
            "role",
            "nth",
            name="uq_materials_case_number_message_sha256_path_role_nth",
        ),
    )
    op.create_index("ix_materials_case_number", "materials", ["case_number"], unique=False)
    op.create_index("ix_materials_message_sha256", "materials", ["message_sha256"], unique=False)
    op.create_index("ix_materials_sha256", "materials", ["sha256"], unique=False)
    op.create_table(
        "outcomes",
        sa.Column("message_sha256", sa.String(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["message_sha256"], ["messages.sha256"], name="fk_outcomes_message_sha256_messages"),
        sa.PrimaryKeyConstraint("message_sha256", name="pk_outcomes"),
    )
    op.create_table(
        "parts",
        sa.Column("message_sha256", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["message_sha256"], ["messages.sha256"], name="fk_parts_message_sha256_messages"),
        sa.PrimaryKeyConstraint("message_sha256", "path", name="pk_parts"),
    )
    op.create_index("ix_parts_sha256", "parts", ["sha256"], unique=False)
    op.create_table(
        "readings",
        sa.Column("message_sha256", sa.String(), nullable=False),
        sa.Column("mail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["message_sha256"], ["messages.sha256"], name="fk_readings_message_sha256_messages"),
        sa.PrimaryKeyConstraint("message_sha256", name="pk_readings"),
    )
    op.create_table(
        "letter_cases",
        sa.Column("letter_id", sa.BigInteger(), nullable=False),
        sa.Column("case_number", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name="fk_letter_cases_case_number_cases"),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name="fk_letter_cases_letter_id_letters"),
        sa.PrimaryKeyConstraint("letter_id", "case_number", name="pk_letter_cases"),
    )
    op.create_index("ix_letter_cases_case_number", "letter_cases", ["case_number"], unique=False)

    sqlite = op.get_context().dialect.name == "sqlite"
    for statement in SQLITE_APPEND_ONLY if sqlite else POSTGRESQL_APPEND_ONLY:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("letter_cases")
    op.drop_table("readings")
    op.drop_table("parts")
    op.drop_table("outcomes")
    op.drop_table("materials")
    op.drop_table("letters")
    op.drop_table("ledger")
    op.drop_table("findings")
    op.drop_table("case_messages")
    op.drop_table("polls")
    op.drop_table("numbers")
    op.drop_table("messages")
    op.drop_table("facts")
    op.drop_table("events")
    op.drop_table("cursors")
    op.drop_table("cases")
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")
