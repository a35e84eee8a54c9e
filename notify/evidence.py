"""In charge of reading a finding's evidence safely: what is missing or odd becomes a default, so no reply is lost to it."""

from datetime import datetime
from typing import Any

from notify.figures import parsed
from notify.quoting import file_name, quoted


class Evidence:
    """A finding's evidence with typed access (INTERFACES.md lists what each rule gives)."""

    def __init__(self, code: str, values: dict[str, Any]) -> None:
        self.code = code
        self._values = values

    @property
    def parameter(self) -> str:
        """What stands after ":" in the code: the field of `field_missing:phone`."""
        return self.code.partition(":")[2]

    def text(self, key: str) -> str:
        """Return a text as sent, "" where there is none."""
        value = self._values.get(key)
        return "" if value is None else str(value)

    def quoted(self, key: str, limit: int = 60) -> str:
        """Return a text in quotation marks, safe to repeat."""
        return quoted(self.text(key), limit)

    def file(self, key: str = "file") -> str:
        """Return a file as a person reads it; 来信附件 where it is not named."""
        return file_name(self.text(key))

    def number(self, key: str) -> float | None:
        """Return a number, None where there is none."""
        value = self._values.get(key)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

    def moment(self, key: str) -> datetime | None:
        """Return an aware moment, None where there is none."""
        return parsed(self._values.get(key))

    def flag(self, key: str) -> bool:
        return bool(self._values.get(key))

    def items(self, key: str) -> list[Any]:
        """Return a list, [] where there is none."""
        value = self._values.get(key)
        return list(value) if isinstance(value, list | tuple) else []

    def pairs(self, key: str) -> dict[str, tuple[str, str]]:
        """Return field → (one value, other value); malformed entries are passed over."""
        value = self._values.get(key)
        entries = value.items() if isinstance(value, dict) else ()
        return {
            str(name): (str(pair[0] or ""), str(pair[1] or ""))
            for name, pair in entries
            if isinstance(pair, list | tuple) and len(pair) == 2
        }
