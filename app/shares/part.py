"""What an application that is one of several workers knows of that."""

from dataclasses import dataclass, field

from app.shares import WHOLE, Share
from app.shares.siblings import Siblings


@dataclass(frozen=True)
class Part:
    """The key that all workers sign with, its share, and the others. A server that is one process is the whole, and alone."""

    key: bytes = field(repr=False)
    share: Share = WHOLE
    siblings: Siblings = field(default_factory=Siblings)
