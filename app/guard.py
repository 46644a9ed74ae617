"""The outer guard: one ASGI wrapper for HTTP and WebSocket alike, that lets through what is allowed and nothing else."""

import asyncio
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import problems
from app.settings import Settings

SAFE = {"GET", "HEAD", "OPTIONS"}
MAPLIBRE = "'sha256-ji27qzEtxXZW+7dun6UwjHXJ18e6WAin1VvNtkzIE/o='"
"""The style sheet that plotly's bundle inserts for its maps when it loads."""
POLICY = (
    f"default-src 'self'; script-src 'self'; style-src 'self' {MAPLIBRE}; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class Guard:
    """Checks the Host, the origin, the kind and size of a body, and puts the security headers on every answer."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        headers: dict[str, list[str]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
        refusal = self._refusal(scope, headers)
        if scope["type"] == "websocket":
            if refusal:
                await receive()
                await send({"type": "websocket.close", "code": 1008, "reason": refusal[1][:120]})
                return
            await self.app(scope, receive, send)
            return
        if not refusal and scope["method"] not in SAFE:
            body = await self._body(scope, headers, receive)
            if isinstance(body, bytes):
                receive = _replay(body, receive)
            else:
                refusal = body
        if refusal:
            await problems.response(*refusal)(scope, receive, _with_headers(send))
            return
        await self.app(scope, receive, _with_headers(send))

    def _refusal(self, scope: Scope, headers: dict[str, list[str]]) -> tuple[int, str] | None:
        hosts = headers.get("host", [])
        if len(hosts) != 1:
            return 400, "A request needs exactly one Host."
        if not self._known(hosts[0]):
            return 421, "This server does not answer to that name."
        origin = next(iter(headers.get("origin", [])), None)
        unsafe = scope["type"] == "websocket" or scope["method"] not in SAFE
        if not unsafe:
            return None
        site = next(iter(headers.get("sec-fetch-site", [])), None)
        if site is not None and site not in ("same-origin", "none"):
            return 403, "Another site may not act on this one."
        if origin is not None and origin.lower() != f"{_scheme(scope)}://{hosts[0].lower()}":
            return 403, "Another site may not act on this one."
        return None

    def _known(self, host: str) -> bool:
        try:
            parts = urlsplit(f"//{host}")
            name, port = parts.hostname, parts.port
        except ValueError:
            return False
        if name is None or parts.path or parts.query or parts.fragment or "@" in host:
            return False
        shown = f"[{name}]" if ":" in name else name
        return self.settings.open or (shown in self.settings.hosts and (port is None or 0 < port < 65536))

    async def _body(self, scope: Scope, headers: dict[str, list[str]], receive: Receive) -> bytes | tuple[int, str]:
        limits = self.settings.limits
        table = scope["path"] == "/api/tables"
        limit = limits.table if table else limits.body
        declared = headers.get("content-length", ["0"])[0]
        if not declared.isdecimal():
            return 400, "Content-Length must be a whole number."
        if int(declared) > limit:
            return 413, f"The body would have {int(declared):,} bytes, and {limit:,} are allowed."
        parts: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(limits.body_seconds):
                while True:
                    message = await receive()
                    if message["type"] != "http.request":
                        return 400, "The request ended before its body."
                    parts.append(message.get("body", b""))
                    size += len(parts[-1])
                    if size > limit:
                        return 413, f"The body has more than the {limit:,} bytes that are allowed."
                    if not message.get("more_body"):
                        break
        except TimeoutError:
            return 408, f"The body did not arrive within {limits.body_seconds} seconds."
        kind = headers.get("content-type", [""])[0].split(";")[0].strip().lower()
        wanted = "text/csv" if table else "application/json"
        if size and kind != wanted:
            return 415, f"The body must be {wanted}; say so in Content-Type."
        return b"".join(parts)


def _scheme(scope: Scope) -> str:
    scheme = str(scope["scheme"])
    return {"ws": "http", "wss": "https"}.get(scheme, scheme)


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


def _with_headers(send: Send) -> Send:
    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            present = {name.lower() for name, _ in message.get("headers", [])}
            extra = [(name.encode(), value.encode()) for name, value in HEADERS.items() if name.encode() not in present]
            if b"cache-control" not in present:
                extra.append((b"cache-control", b"no-cache"))
            message = {**message, "headers": [*message.get("headers", []), *extra]}
        await send(message)

    return wrapped
