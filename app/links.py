"""Where a new session or a new sweep leads, as links of OpenAPI: to every call that takes its id."""

from typing import Any

MADE = {"/api/sessions": "session_id", "/api/sweeps": "sweep_id"}
"""What makes something with an id, and what that id is called in the paths of the other calls."""


def link(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema whose calls are joined: whatever reads it can go on from what was made."""
    for path, name in MADE.items():
        taking = [call["operationId"] for other, calls in schema["paths"].items() if f"{{{name}}}" in other for call in calls.values()]
        links = {each: {"operationId": each, "parameters": {name: "$response.body#/id"}} for each in taking}
        schema["paths"][path]["post"]["responses"]["201"]["links"] = links
    return schema
