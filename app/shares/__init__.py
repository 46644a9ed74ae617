"""The visitors shared out between worker processes (`--workers N`), each of which is a whole server for its share of them. See docs/decisions/workers.md."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from app.keys import fingerprint


@dataclass(frozen=True)
class Share:
    """One worker's share: the visitors whose digests fall to its number, of so many workers, and their sessions.

    A session's id falls to its owner's worker too. Those of which that is not so, because there were other workers when they were made, are `astray`.
    """

    number: int = 0
    count: int = 1
    astray: Mapping[str, int] = field(default_factory=dict)

    def of_visitor(self, visitor: str) -> int:
        """The worker of a visitor, by the secret of the cookie."""
        return self.of_owner(fingerprint(visitor))

    def of_owner(self, owner: str) -> int:
        """The worker of a visitor, by what is kept of the secret."""
        return self._of(owner)

    def of_session(self, id_: str) -> int:
        """The worker of a session."""
        return self.astray.get(id_, self._of(id_))

    def visitor(self) -> str:
        """A new visitor's secret, of this share."""
        return self._drawn(24, self.of_visitor)

    def session(self) -> str:
        """A new session's id, of this share."""
        return self._drawn(16, self.of_session)

    def _of(self, text: str) -> int:
        return int.from_bytes(sha256(text.encode()).digest()[:8]) % self.count

    def _drawn(self, size: int, of: Callable[[str], int]) -> str:
        while of(made := secrets.token_urlsafe(size)) != self.number:
            pass
        return made


WHOLE = Share()
"""Everybody: the share of a server that is one process."""
