"""The API against its own schema: schemathesis makes requests of every call, right ones and wrong ones, and follows the links from call to call."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import Limits
from tests.app.conftest import process

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance,"
    "negative_data_rejection,unsupported_method,allow_header_conformance"
)
"""Not that everything the schema allows is taken: what is too large for this server, or does not fit together, is refused in words."""
ENDLESS = "/events$"
EFFORT = """
headers = { Cookie = "visitor=schemathesis-is-visiting" }
[generation]
deterministic = true
max-examples = 1
[phases.coverage]
enabled = false
[phases.stateful]
max-steps = 20
[phases.stateful.generation]
max-examples = 20
"""


def test_every_call_keeps_its_promises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer is a fault of the server, none is of a kind that is not written down, and nothing wrong is taken; repeatable, and some 20 seconds."""
    monkeypatch.setenv("BACKPROP_LAB_SESSIONS_PER_VISITOR", str(Limits().sessions))
    monkeypatch.setenv("NO_COLOR", "1")
    with process() as (server, address):
        (tmp_path / "schemathesis.toml").write_text(EFFORT)
        run = "from schemathesis.cli import schemathesis; schemathesis()"
        asked = ["run", f"{address}/openapi.json", "--exclude-path-regex", ENDLESS, "--checks", CHECKS, "--request-timeout", "20"]
        answer = subprocess.run([sys.executable, "-c", run, *asked], cwd=tmp_path, capture_output=True, text=True, timeout=120)
        assert answer.returncode == 0, answer.stdout
        followed = re.search(r"API Links: +(\d+) covered", answer.stdout)
        assert followed and int(followed[1]) > 20, answer.stdout
        assert " passed" in answer.stdout.rpartition("Test cases:")[2]
        server.terminate()
        assert server.wait(timeout=10) == 0
        assert server.stderr and "Traceback" not in server.stderr.read()
