"""The door of a class: who has not given its word, or a learner's own, sees one page with one field; a script says it in its Authorization header."""

import hashlib
import hmac
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import monotonic
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.access import COOKIE as VISITOR
from app.access import GUEST, Guest, bearer_of, remember
from app.crowd import place
from app.keys import named, token
from app.problems import Problem
from app.roster import known, same
from app.settings import Settings
from app.templating import templates

COOKIE = "class"
FORM = "application/x-www-form-urlencoded"
PAGES = {"/": "/", "/laboratory": "/laboratory", "/docs": "/docs", "/door": "/"}
"""Where the page with the field is shown, and where its answer leads to, from this table and not from the request: the same page, but from the door the lab."""
DOOR = "/door"
"""The page with the field for who is inside already: to leave, or to come in as another."""
FREE = ("/health", "/favicon.ico", "/favicon.svg", "/static/", "/fonts/")
"""What the page with the field needs, and the health check; neither says anything of anybody."""
OWN = re.compile(r"/api/sessions/([A-Za-z0-9_-]{22})(?:/|$)")
MINUTE = 60.0
ADDRESSES = 1000
"""Addresses whose wrong words are remembered at once."""


@dataclass(frozen=True)
class Saying:
    """What the door says: of the word that it asks for, of a wrong one, and of too many."""

    asks: str
    wrong: str
    many: str
    label: str


ONE = Saying("the class word", "That is not the class word.", "wrong class words", "Class word")
EACH = Saying("your own word", "Nobody in this class has that word.", "wrong words", "Your word")


class Door:
    """Lets in the cookie that a right word was answered with, the word itself, and a session's own token to that session. Inside the guard.

    Words and cookies are looked up by their seal under the server's key, so how long that takes says nothing of how near a guess was.
    """

    def __init__(self, app: ASGIApp, settings: Settings, key: bytes) -> None:
        self.app = app
        self._key = key
        self._says = EACH if settings.roster else ONE
        self._by_word: dict[bytes, Guest] = {}
        self._by_cookie: dict[bytes, Guest] = {}
        for learner in settings.roster:
            name = known(learner.name)
            self._expect(learner.word, b"learner\0" + name.encode() + b"\0", learner.name, named(key, name))
        if settings.class_word:
            self._expect(settings.class_word, b"class\0")
        self._guesses = Guesses(settings.limits.guesses)

    def guest(self, connection: HTTPConnection) -> Guest | None:
        """Who comes, by the cookie or the word; whether that one is let in is not said here, and nothing is noted."""
        if inside := self._inside(connection.cookies):
            return inside
        found = self._by_word.get(self._seal(_digest(_as_sent(bearer_of(connection) or ""))))
        return replace(found, by_word=True) if found else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        page = scope["path"] in PAGES and scope["type"] == "http"
        if page and _is_form(scope):
            await (await self._asked(Request(scope, receive)))(scope, receive, send)
            return
        found = self._found(HTTPConnection(scope))
        if page and (isinstance(found, Problem) or scope["path"] == DOOR):
            await self._page(Request(scope), found)(scope, receive, send)
        elif isinstance(found, Problem):
            await found.response()(scope, receive, send)
        else:
            await self.app({**scope, GUEST: found} if found else scope, receive, send)

    def _expect(self, word: str, kind: bytes, name: str | None = None, visitor: str | None = None) -> None:
        """Let this word in from now on, and the cookie that belongs to it."""
        cookie = hmac.new(self._key, kind + _digest(word), "sha256").hexdigest()
        self._by_word[self._seal(_digest(word))] = self._by_cookie[self._seal(cookie.encode())] = Guest(cookie, name, visitor)

    def _seal(self, what: bytes) -> bytes:
        return hmac.digest(self._key, b"seal\0" + what, "sha256")

    def _inside(self, cookies: Mapping[str, str]) -> Guest | None:
        """Who was let in before."""
        return self._by_cookie.get(self._seal(cookies.get(COOKIE, "").encode()))

    def _found(self, connection: HTTPConnection) -> Guest | Problem | None:
        """Who comes in, nobody in particular, or why this request does not."""
        path = connection.scope["path"]
        if connection.scope["type"] == "http" and any(path.startswith(each) if each.endswith("/") else path == each for each in FREE):
            return None
        if inside := self._inside(connection.cookies):
            return inside
        bearer = bearer_of(connection)
        if bearer is None:
            return Problem(401, self._closed, {"www-authenticate": "Bearer"})
        own = OWN.match(path)
        if own and hmac.compare_digest(bearer.encode(), token(self._key, own[1]).encode()):
            return None
        found = self._guess(connection, _as_sent(bearer))
        return found if isinstance(found, Problem) else replace(found, by_word=True)

    @property
    def _closed(self) -> str:
        return f"This server asks for {self._says.asks}: open its page and give it, or send it as Authorization: Bearer."

    async def _asked(self, request: Request) -> Response:
        """The answer to the page's form: the cookies and the page that was asked for, or the field again."""
        form = _fields((await request.body()).decode("utf-8", "replace"))
        leads = PAGES[request.scope["path"]]
        if "leave" in form:
            gone = RedirectResponse(leads, 303)
            for name in (COOKIE, VISITOR):
                gone.delete_cookie(name, httponly=True, samesite="lax")
            return gone
        found = self._guess(request, form.get("word", [""])[0])
        if isinstance(found, Problem):
            return self._page(request, found)
        answer = RedirectResponse(leads, 303)
        if found.visitor:
            remember(request, answer, VISITOR, found.visitor, None)
            remember(request, answer, COOKIE, found.cookie, None)
        else:
            remember(request, answer, COOKIE, found.cookie)
        return answer

    def _guess(self, connection: HTTPConnection, word: str) -> Guest | Problem:
        """Who has this word, or what is said to it; after too many wrong ones from an address a right one is not listened to either, for a while."""
        address = _address(connection)
        if (wait := self._guesses.wait(address)) > 0:
            sentence = f"Too many {self._says.many} came from your address; try again in {wait} seconds."
            return Problem(429, sentence, {"retry-after": str(wait)})
        if found := self._by_word.get(self._seal(_digest(word))):
            return found
        self._guesses.note(address)
        wrong = self._says.wrong
        return Problem(401, wrong if connection.scope["path"] in PAGES else f"{wrong} {self._closed}", {"www-authenticate": "Bearer"})

    def _page(self, request: Request, found: Guest | Problem | None) -> Response:
        """The page with one field, and who is inside, or what is wrong with the word that came."""
        problem = found if isinstance(found, Problem) else None
        said = problem.detail if problem and problem.detail != self._closed else None
        words = {"said": said, "label": self._says.label, "inside": found if isinstance(found, Guest) else None}
        headers = {**((problem.headers if problem else None) or {}), "cache-control": "no-store"}
        return templates.TemplateResponse(request, "class.html", words, status_code=problem.status if problem else 200, headers=headers)


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
    """A word as it is compared, and of one length."""
    return hashlib.sha256(same(word).encode("utf-8", "replace")).digest()


def _address(connection: HTTPConnection) -> str:
    """Where it comes from."""
    return place(connection.client.host if connection.client else "")


def _fields(form: str) -> dict[str, list[str]]:
    """What a form says; one with many fields is not ours."""
    try:
        return parse_qs(form, max_num_fields=4)
    except ValueError:
        return {}


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
