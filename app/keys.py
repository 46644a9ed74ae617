"""What opens a session: its owner's cookie, or its own token. Neither is kept: of the cookie a digest, and the token follows from the server's key."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass


@dataclass(frozen=True)
class Keys:
    """Whom a session belongs to, and its token."""

    owner: str
    token: str

    def open(self, visitor: str | None, bearer: str | None) -> bool:
        """Whether these credentials open the session; where a token came, it alone decides."""
        if bearer is not None:
            return hmac.compare_digest(bearer.encode(), self.token.encode())
        return visitor is not None and hmac.compare_digest(fingerprint(visitor).encode(), self.owner.encode())


def fingerprint(visitor: str) -> str:
    """What is kept of a visitor's cookie."""
    return hashlib.sha256(visitor.encode()).hexdigest()


def named(key: bytes, name: str) -> str:
    """The visitor that a name of a roster stands for: the same on every machine and after a restart, and nobody else can make it up."""
    return urlsafe_b64encode(hmac.digest(key, b"visitor\0" + name.encode(), "sha256")[:24]).decode()


def token(key: bytes, session_id: str) -> str:
    """The token of a session: its id, signed by the server; the same after a restart, and nowhere written down."""
    return urlsafe_b64encode(hmac.digest(key, session_id.encode(), "sha256")[:24]).decode()
