"""Rulings of staff that can be taken back, and the codes of digests."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "rulings",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("case_number", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("before_by", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("letter_key", sa.String(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name="fk_rulings_case_number_cases"),
        sa.PrimaryKeyConstraint("id", name="pk_rulings"),
    )
    op.create_index("ix_rulings_case_number", "rulings", ["case_number"], unique=False)
    op.create_table(
        "codes",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("recipient_key", sa.String(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_codes"),
    )
    op.create_table(
        "code_uses",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("case_number", sa.String(), nullable=False),
        sa.Column("message_sha256", sa.String(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name="fk_code_uses_case_number_cases"),
        sa.ForeignKeyConstraint(["code"], ["codes.code"], name="fk_code_uses_code_codes"),
        sa.ForeignKeyConstraint(["message_sha256"], ["messages.sha256"], name="fk_code_uses_message_sha256_messages"),
        sa.PrimaryKeyConstraint("code", "case_number", name="pk_code_uses"),
    )


def downgrade() -> None:
    op.drop_table("code_uses")
    op.drop_table("codes")
    op.drop_table("rulings")
