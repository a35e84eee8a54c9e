"""In charge of text on its way to PostgreSQL. Apart from `postgresql`, for the driver is loaded only where that database is used."""

from typing import Any

from psycopg.types.string import StrDumperUnknown


class Text(StrDumperUnknown):
    """Text as PostgreSQL can keep it: U+0000, which no column of its holds, becomes U+FFFD. Hostile mail has it anywhere."""

    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace("\0", "\N{REPLACEMENT CHARACTER}"))
