"""Tables as text."""


def parse_table(text: str, *, target: str | None = None, delimiter: str | None = None, header: bool | None = None) -> dict[str, object]:
    """Read a table."""
    raise NotImplementedError
