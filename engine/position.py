"""A position in a run: how many updates are done, and how many instructions of the present one."""

from typing import NamedTuple


class Position(NamedTuple):
    """`instruction` instructions of update number `update` are done. The end of an update is (update + 1, 0), where its values stay visible."""

    update: int
    instruction: int

    def json(self) -> dict[str, int]:
        """The form in which a position travels."""
        return {"update": self.update, "instruction": self.instruction}

    def __str__(self) -> str:
        return f"update {self.update}, op {self.instruction}"
