"""What keeps warm children of its own, and ends them with itself."""

from types import TracebackType
from typing import Self

from documents.pool import Pool


class Warm:
    """The owner of one pool; its children start with the first file, and end when it is closed or left."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the children; waits for those that are at work."""
        self._pool.close()
