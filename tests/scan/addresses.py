"""What there is to attack, as an OpenAPI document: each page somebody can reach by its links, each
form on those pages with its fields, and each address of the application with a made-up key."""

import re
import urllib.parse
import urllib.request
from collections import deque
from collections.abc import Iterator
from html.parser import HTMLParser

from django.urls import URLPattern, get_resolver

PAGES_AT_MOST = 150
OF_A_KIND = 2  # pages that differ in their key alone
KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-W\d\d")
PLACE = re.compile(r"<(?:\w+:)?(\w+)>")
# Leaving, handing the device over, or a file of a megabyte ends or slows what is to be scanned.
LEFT_ALONE = re.compile(r"/(logout|sign-ins/end|hand-over|sessions/[^/]+/together|static)/")
ASKED = ("q", "page", "language", "next")


class _Page(HTMLParser):
    """Links, and forms as (method, address, names of their fields)."""

    def __init__(self):
        super().__init__()
        self.links: list[str] = []
        self.forms: list[tuple[str, str, set[str]]] = []

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        if tag == "a" and named.get("href"):
            self.links.append(named["href"])
        elif tag == "form":
            self.forms.append((named.get("method", "get"), named.get("action") or "", set()))
        elif tag in ("input", "select", "textarea", "button") and named.get("name") and self.forms:
            self.forms[-1][2].add(named["name"])


class Explorer:
    """Follows every link from `/` as the person whose session `headers` carry."""

    def __init__(self, url: str, headers: dict[str, str]):
        self.url, self.headers = url, headers
        self.pages: dict[str, set[str]] = {}
        self.forms: dict[str, set[str]] = {}

    def explore(self) -> None:
        to_come, kinds = deque(["/", "/holes/"]), {}
        while to_come and len(self.pages) < PAGES_AT_MOST:
            address = to_come.popleft()
            path, _mark, query = address.partition("?")
            kind = KEY.sub("*", path)
            if path in self.pages or kinds.get(kind, 0) >= OF_A_KIND or LEFT_ALONE.search(path):
                continue
            kinds[kind] = kinds.get(kind, 0) + 1
            self.pages[path] = set(urllib.parse.parse_qs(query))
            to_come.extend(self._links_of(address))

    def is_signed_in(self) -> bool:
        """Whether the session still opens what nobody else may open."""
        address = f"{self.url}/still-here/"
        request = urllib.request.Request(address, headers=self.headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.url == address

    def _links_of(self, address: str) -> Iterator[str]:
        page = _Page()
        page.feed(self._read(address))
        for method, action, fields in page.forms:
            target = self._path(action, address)
            if target and not LEFT_ALONE.search(target):
                known = self.forms if method.lower() == "post" else self.pages
                known.setdefault(target.partition("?")[0], set()).update(fields)
        return filter(None, (self._path(link, address) for link in page.links))

    def _read(self, address: str) -> str:
        request = urllib.request.Request(self.url + address, headers=self.headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                is_page = answer.headers.get_content_type() == "text/html"
                return answer.read().decode() if is_page else ""
        except urllib.error.HTTPError as refused:
            if refused.code >= 500:
                raise
            return ""

    def _path(self, link: str, base: str) -> str | None:
        """The path and query of a link within the application, without its fragment."""
        whole = urllib.parse.urljoin(self.url + base, link).partition("#")[0]
        return whole.removeprefix(self.url) if whole.startswith(self.url + "/") else None


def document(url: str, explorer: Explorer) -> dict:
    """OpenAPI 3.0. Forms take any text in the fields they have."""
    paths: dict[str, dict] = {}
    for address, names in explorer.pages.items():
        paths.setdefault(address, {})["get"] = _asking({*names, *ASKED})
    for address, names in explorer.forms.items():
        paths.setdefault(address, {})["post"] = _sending(names - {"csrfmiddlewaretoken"})
    for address, places in _addresses():
        if places and not LEFT_ALONE.search(address):
            paths.setdefault(address, {})["get"] = _asking(ASKED, places)
    paths["/holes/crash/"] = {"post": _sending({"number"})}
    info = {"title": "Alliance", "version": "1"}
    return {"openapi": "3.0.3", "info": info, "servers": [{"url": url}], "paths": paths}


def _addresses(patterns=None, before: str = "/") -> Iterator[tuple[str, list[str]]]:
    for pattern in patterns or get_resolver("alliance.urls").url_patterns:
        address = before + str(pattern.pattern)
        if not isinstance(pattern, URLPattern):
            yield from _addresses(pattern.url_patterns, address)
        elif "(" not in address and "^" not in address:
            yield PLACE.sub(r"{\1}", address), PLACE.findall(address)


def _text(required: bool = False) -> dict:
    return {"required": required, "schema": {"type": "string", "maxLength": 300}}


def _asking(names, places=()) -> dict:
    asked = [{"name": name, "in": "query"} | _text() for name in sorted(names)]
    within = [{"name": name, "in": "path"} | _text(required=True) for name in places]
    return {"parameters": within + asked, "responses": {"200": {"description": "a page"}}}


def _sending(names: set[str]) -> dict:
    fields = {name: {"type": "string", "maxLength": 300} for name in sorted(names)}
    schema = {"type": "object", "properties": fields}
    content = {"application/x-www-form-urlencoded": {"schema": schema}}
    return {"requestBody": {"content": content}, "responses": {"200": {"description": "a page"}}}
