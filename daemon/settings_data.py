"""In charge of `[data]`: where records, raw mail and waiting work are kept."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from domain.value import Value


class DataSettings(Value):
    """`[data]`: where everything is kept."""

    directory: Path = Path("data")
    database: str | None = None  #: SQLAlchemy URL: postgresql+psycopg://…; default: SQLite in the directory
    blobs: str | None = None  #: "s3://bucket/prefix": raw mail and files lie there; default: in the directory
    cache_bytes: int = Field(default=20 * 1024**3, ge=0)  #: of blobs kept here as well, where they lie in a bucket
    queue: Literal["in-process", "procrastinate"] = "in-process"  #: who reads: this process, or any number of workers

    least_free_mb: int = Field(default=500, ge=0)  #: with less room mail is left on the server

    @property
    def is_postgresql(self) -> bool:
        return (self.database or "").startswith("postgresql")

    @property
    def shares_work(self) -> bool:
        """Whether several processes serve the call together."""
        return self.queue == "procrastinate"

    @field_validator("blobs")
    @classmethod
    def _blobs_lie_in_s3(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith("s3://"):
            raise ValueError('blobs is "s3://bucket/prefix", or left out')
        return url

    @model_validator(mode="after")
    def _a_shared_queue_needs_postgresql(self) -> Self:
        if self.shares_work and not self.is_postgresql:
            raise ValueError('queue = "procrastinate" needs database = "postgresql+psycopg://…"')
        return self
