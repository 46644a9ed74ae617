"""The outer guard: one ASGI layer for HTTP and WebSocket alike, that lets through what is allowed and nothing else."""

import asyncio
import ipaddress
import socket
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import problems
from app.door import FORM, PAGES, kind_of
from app.settings import Settings

FORM_BYTES = 1000
"""Bytes in the form that the page of the class word sends."""
SAFE = {"GET", "HEAD", "OPTIONS"}
MAPLIBRE = "'sha256-ji27qzEtxXZW+7dun6UwjHXJ18e6WAin1VvNtkzIE/o='"
"""The style sheet that plotly's bundle inserts for its maps when it loads."""
POLICY = (
    f"default-src 'self'; style-src 'self' {MAPLIBRE}; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
Refusal = tuple[int, str]


class Guard:
    """Checks the Host, the origin, the kind and size of a body, and puts the security headers on every answer.

    A name that was allowed is a proxy's: under it an origin may be https, and the proxy is believed when it says that the visitor came by https.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        send = _with_headers(scope, send)
        headers = Headers(scope=scope)
        if headers.get("x-forwarded-proto") == "https" and self.settings.allows(headers.get("host", "")):
            scope = {**scope, "scheme": "wss" if scope["type"] == "websocket" else "https"}
        refusal = self._refusal(scope, headers)
        if not refusal and scope["type"] == "http" and scope["method"] not in SAFE:
            body = await self._body(scope["path"], headers, receive)
            if isinstance(body, bytes):
                receive = _replay(body, receive)
            else:
                refusal = body
        if refusal:
            await problems.response(*refusal)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _refusal(self, scope: Scope, headers: Headers) -> Refusal | None:
        hosts = headers.getlist("host")
        if len(hosts) != 1:
            return 400, "A request needs exactly one Host."
        if not self._known(hosts[0]):
            return 421, "This server does not answer to that name. Open it at the address that it printed."
        if scope["type"] == "http" and scope["method"] in SAFE:
            return None
        host = hosts[0].lower()
        own = {f"{_scheme(scope)}://{host}", *((f"https://{host}",) if self.settings.allows(host) else ())}
        foreign = any(origin.lower() not in own for origin in headers.getlist("origin"))
        if foreign or any(site not in ("same-origin", "none") for site in headers.getlist("sec-fetch-site")):
            return 403, "Another site may not act on this one."
        return None

    def _known(self, host: str) -> bool:
        """Whether this server goes by that name; one that is open to the network also goes by numbers and by its machine's name."""
        try:
            parts = urlsplit(f"//{host}")
            name, port = parts.hostname, parts.port
        except ValueError:
            return False
        if not name or parts.netloc != host or "@" in host or port == 0:
            return False
        if name in (*self.settings.hosts, self.settings.host.lower()) or self.settings.allows(host):
            return True
        return self.settings.open and (_number(name) or name.removesuffix(".local") == socket.gethostname().lower().removesuffix(".local"))

    async def _body(self, path: str, headers: Headers, receive: Receive) -> bytes | Refusal:
        limits = self.settings.limits
        table, form = path == "/api/tables", path in PAGES and self.settings.door
        limit = FORM_BYTES if form else limits.table if table else limits.spec if path == "/api/sessions" else limits.body
        declared = headers.get("content-length", "0")
        if not declared.isdecimal():
            return 400, "Content-Length must be a whole number."
        if int(declared) > limit:
            return 413, f"The body would have {int(declared):,} bytes, and {limit:,} are allowed."
        try:
            async with asyncio.timeout(limits.body_seconds):
                body = await _read(receive, limit)
        except TimeoutError:
            return 408, f"The body did not arrive within {limits.body_seconds} seconds."
        wanted = FORM if form else "text/csv" if table else "application/json"
        if isinstance(body, bytes) and body and kind_of(headers) != wanted:
            return 415, f"The body must be {wanted}; say so in Content-Type."
        return body


async def _read(receive: Receive, limit: int) -> bytes | Refusal:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return 400, "The request ended before its body."
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            return 413, f"The body has more than the {limit:,} bytes that are allowed."
        if not message.get("more_body"):
            return b"".join(parts)


def _scheme(scope: Scope) -> str:
    return "https" if scope["scheme"] in ("https", "wss") else "http"


def _number(name: str) -> bool:
    try:
        return bool(ipaddress.ip_address(name))
    except ValueError:
        return False


def _replay(body: bytes, receive: Receive) -> Receive:
    """The body that was read, then whatever comes after it."""
    sent = False

    async def again() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _with_headers(scope: Scope, send: Send) -> Send:
    caching = "no-store" if scope["path"].startswith("/api") else "no-cache"

    async def wrapped(message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.http.response.start"):
            given = {name.lower() for name, _ in message.get("headers", [])}
            extra = {**HEADERS, "cache-control": caching}
            more = [(name.encode(), value.encode()) for name, value in extra.items() if name.encode() not in given]
            message = {**message, "headers": [*message.get("headers", []), *more]}
        await send(message)

    return wrapped
