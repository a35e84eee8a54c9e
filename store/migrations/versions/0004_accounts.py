"""Letters know the login they are from: several mailboxes, each with its own way out."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("letters", sa.Column("account", sa.String(), server_default=sa.text("''"), nullable=False))
    op.drop_index("ix_letters_state_next_at", table_name="letters")
    op.drop_index("ix_letters_sent_at", table_name="letters")
    op.create_index("ix_letters_state_account_next_at", "letters", ["state", "account", "next_at"], unique=False)
    op.create_index("ix_letters_sent_at_account", "letters", ["sent_at", "account"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_letters_sent_at_account", table_name="letters")
    op.drop_index("ix_letters_state_account_next_at", table_name="letters")
    op.create_index("ix_letters_sent_at", "letters", ["sent_at"], unique=False)
    op.create_index("ix_letters_state_next_at", "letters", ["state", "next_at"], unique=False)
    op.drop_column("letters", "account")
