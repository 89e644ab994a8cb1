"""The client's form on a small server of its own, behind the fixture `rating_page`.

Pages are rendered from the real templates with the default pack. What the form sends is kept in
`RatingDesk.posts`; `RatingDesk.answers` may hold what to answer instead of "saved".
"""

import json
import threading
import time
import uuid
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from django import forms
from django.template.loader import render_to_string

from sessions_app import client_texts, packs

ROOT = Path(__file__).parents[2]
TYPES = {".css": "text/css", ".js": "text/javascript"}
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PACK_KEY = str(uuid.uuid4())
PAGES = ("form", "ready", "thanks", "kept", "closed", "code")


class MarksForm(forms.Form):
    """As much of a form as the template looks at."""

    relationship = forms.IntegerField(min_value=0, max_value=100)
    goals = forms.IntegerField(min_value=0, max_value=100)
    approach = forms.IntegerField(min_value=0, max_value=100)
    overall = forms.IntegerField(min_value=0, max_value=100)
    wants_to_talk = forms.BooleanField(required=False)


@dataclass
class Answer:
    """One answer of the server: a status, a JSON body, a delay in seconds; status 0 breaks off."""

    status: int = 200
    body: dict = field(default_factory=lambda: {"next": "/thanks"})
    after: float = 0


@dataclass
class RatingDesk:
    """What the server has received and what it is going to answer."""

    posts: list[dict] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    url: str = ""


def context_for(language: str, data: dict | None = None, **more: object) -> dict:
    pack = packs.load_pack()
    form = MarksForm(data) if data is not None else MarksForm()
    names = client_texts.own_names()
    return {
        "pack": packs.view(pack, language),
        "texts": client_texts.texts_of(language),
        "form": form,
        "uuid": uuid.uuid4(),
        "pack_key": PACK_KEY,
        "csrf_token": "a-token-of-the-harness",
        "two_words": "velvet harbour",
        "look_together": "now",
        "languages": [
            {"code": code, "own_name": name, "url": f"?language={code}"}
            for code, name in names.items()
        ],
        "post_url": "/form",
        **more,
    }


def rendered(page: str, context: dict) -> str:
    return render_to_string(f"sessions_app/rating_{page}.html", context)


def static_file(path: str) -> Path:
    return ROOT / path.lstrip("/")


class RatingHandler(BaseHTTPRequestHandler):
    """Serves the pages and the static files, and takes what the form sends to the server's desk."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        """Quiet: the test's own messages are enough."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        page = parts.path.strip("/")
        if parts.path.startswith("/static/"):
            self.reply_with_file(static_file(parts.path))
        elif page in PAGES:
            self.reply_with_page(page, context_for(query.pop("language", "en"), **query))
        else:
            self.reply(404, "text/plain", b"")

    def do_POST(self) -> None:
        desk = self.server.desk
        length = int(self.headers["Content-Length"])
        fields = parse_qs(self.rfile.read(length).decode(), keep_blank_values=True)
        desk.posts.append({key: values[-1] for key, values in fields.items()})
        answer = desk.answers.pop(0) if desk.answers else Answer()
        time.sleep(answer.after)
        if not answer.status:
            self.break_off()
        elif "application/json" not in self.headers.get("Accept", ""):
            self.answer_in_html(desk.posts[-1])
        else:
            self.reply(answer.status, "application/json", json.dumps(answer.body).encode())

    def break_off(self) -> None:
        """Half an answer, then silence."""
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.write(b'{"next": "/th')
        self.close_connection = True

    def answer_in_html(self, data: dict) -> None:
        context = context_for(data["language"], data)
        if context["form"].is_valid() or data.get("declined"):
            self.send_response(303)
            self.send_header("Location", "/thanks")
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self.reply_with_page("form", context, status=400)

    def reply_with_file(self, path: Path) -> None:
        if path.is_file():
            self.reply(200, TYPES[path.suffix], path.read_bytes())
        else:
            self.reply(404, "text/plain", b"")

    def reply_with_page(self, page: str, context: dict, status: int = 200) -> None:
        self.reply(status, "text/html; charset=utf-8", rendered(page, context).encode())

    def reply(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", CONTENT_POLICY)
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)


def serve(server: ThreadingHTTPServer) -> None:
    """In the background. It looks often whether it shall end: its own half a second is long for
    a server that each test starts anew."""
    threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()


def open_desk() -> tuple[RatingDesk, ThreadingHTTPServer]:
    desk = RatingDesk()
    server = ThreadingHTTPServer(("127.0.0.1", 0), RatingHandler)
    server.desk = desk
    server.daemon_threads = True
    serve(server)
    desk.url = f"http://127.0.0.1:{server.server_port}"
    return desk, server
