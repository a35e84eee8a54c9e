"""The base of every value: frozen, compared by content, strict about unknown fields, JSON in and out."""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """A frozen record. `model_copy(update=…)` returns a changed one; nothing here mutates."""

    model_config = ConfigDict(frozen=True, extra="forbid")
