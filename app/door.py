"""The door of a class: who has not given the class word sees one page with one field; a script says it in its Authorization header."""

import hashlib
import hmac
import ipaddress
import math
import re
import unicodedata
from time import monotonic
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.access import bearer_of, remember
from app.keys import token
from app.problems import Problem
from app.settings import Settings
from app.templating import templates

COOKIE = "class"
FORM = "application/x-www-form-urlencoded"
PAGES = {"/": "/", "/laboratory": "/laboratory", "/docs": "/docs"}
"""Where the page with the field is shown, and where its answer leads to: the same page, from this table and not from the request."""
FREE = ("/health", "/favicon.ico", "/favicon.svg", "/static/", "/fonts/")
"""What the page with the field needs, and the health check; neither says anything of anybody."""
OWN = re.compile(r"/api/sessions/([A-Za-z0-9_-]{22})(?:/|$)")
MINUTE = 60.0
ADDRESSES = 1000
"""Addresses whose wrong words are remembered at once."""
CLOSED = "This server asks for the class word: open its page and give it, or send it as Authorization: Bearer."
WRONG = "That is not the class word."


class Door:
    """Lets in the cookie that the right word was answered with, the word itself, and a session's own token to that session. Inside the guard."""

    def __init__(self, app: ASGIApp, settings: Settings, key: bytes) -> None:
        assert settings.class_word is not None
        self.app = app
        self._key = key
        self._word = _digest(settings.class_word)
        self._cookie = hmac.new(key, b"class\0" + self._word, "sha256").hexdigest()
        self._guesses = Guesses(settings.limits.guesses)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["path"] in PAGES and scope["type"] == "http" and _is_form(scope):
            await (await self._asked(Request(scope, receive)))(scope, receive, send)
        elif (problem := self._refusal(HTTPConnection(scope))) is None:
            await self.app(scope, receive, send)
        else:
            page = scope["path"] in PAGES and scope["type"] == "http"
            await (_page(Request(scope)) if page else problem.response())(scope, receive, send)

    def _refusal(self, connection: HTTPConnection) -> Problem | None:
        """Why this request does not come in."""
        path = connection.scope["path"]
        if connection.scope["type"] == "http" and any(path.startswith(each) if each.endswith("/") else path == each for each in FREE):
            return None
        if hmac.compare_digest(connection.cookies.get(COOKIE, "").encode(), self._cookie.encode()):
            return None
        bearer = bearer_of(connection)
        if bearer is None:
            return Problem(401, CLOSED, {"www-authenticate": "Bearer"})
        own = OWN.match(path)
        if own and hmac.compare_digest(bearer.encode(), token(self._key, own[1]).encode()):
            return None
        return self._guess(connection, _as_sent(bearer))

    async def _asked(self, request: Request) -> Response:
        """The answer to the page's field: the cookie and the page that was asked for, or the field again."""
        if problem := self._guess(request, _field((await request.body()).decode("utf-8", "replace"))):
            return _page(request, problem)
        answer = RedirectResponse(PAGES[request.scope["path"]], 303)
        remember(request, answer, COOKIE, self._cookie)
        return answer

    def _guess(self, connection: HTTPConnection, word: str) -> Problem | None:
        """What is said to a word; after too many wrong ones from an address the right one is not listened to either, for a while."""
        address = _address(connection)
        if (wait := self._guesses.wait(address)) > 0:
            sentence = f"Too many wrong class words came from your address; try again in {wait} seconds."
            return Problem(429, sentence, {"retry-after": str(wait)})
        if hmac.compare_digest(_digest(word), self._word):
            return None
        self._guesses.note(address)
        return Problem(401, f"{WRONG} {CLOSED}" if connection.scope["path"] not in PAGES else WRONG, {"www-authenticate": "Bearer"})


class Guesses:
    """The wrong words of the last minute, by address."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._times: dict[str, list[float]] = {}

    def wait(self, address: str) -> int:
        """Whole seconds until a word from there is listened to; 0 is now."""
        now = monotonic()
        recent = [each for each in self._times.pop(address, []) if each > now - MINUTE]
        if recent:
            self._times[address] = recent
        return 0 if len(recent) < self._most else max(1, math.ceil(recent[0] + MINUTE - now))

    def note(self, address: str) -> None:
        """One more wrong word from there; the address that was not heard of for longest makes room."""
        self._times.setdefault(address, []).append(monotonic())
        if len(self._times) > ADDRESSES:
            del self._times[next(iter(self._times))]


def _digest(word: str) -> bytes:
    """A word as it is compared: without spaces around it, in one spelling of its accents, and of one length."""
    return hashlib.sha256(unicodedata.normalize("NFC", word.strip()).encode("utf-8", "replace")).digest()


def _address(connection: HTTPConnection) -> str:
    """Where it comes from; in IPv6 the network, of which one machine has all addresses."""
    host = connection.client.host if connection.client else ""
    try:
        known = ipaddress.ip_address(host)
    except ValueError:
        return host[:64]
    return host if known.version == 4 else str(ipaddress.ip_network((known, 64), strict=False))


def _field(form: str) -> str:
    """The word in a form; one with many fields is not ours."""
    try:
        return parse_qs(form, max_num_fields=4).get("word", [""])[0]
    except ValueError:
        return ""


def _as_sent(text: str) -> str:
    """A header's text, which is read byte by byte, in the letters that a script meant."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


def _is_form(scope: Scope) -> bool:
    return scope["method"] == "POST" and kind_of(Headers(scope=scope)) == FORM


def kind_of(headers: Headers) -> str:
    """What a body says it is, without its parameters."""
    return headers.get("content-type", "").split(";")[0].strip().lower()


def _page(request: Request, problem: Problem | None = None) -> Response:
    """The page with one field, and what is wrong with the word that came."""
    status, said, more = (problem.status, problem.detail, problem.headers) if problem else (401, None, {"www-authenticate": "Bearer"})
    return templates.TemplateResponse(request, "class.html", {"said": said}, status_code=status, headers={**(more or {}), "cache-control": "no-store"})
