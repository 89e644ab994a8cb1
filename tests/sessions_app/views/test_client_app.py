"""What makes the client's pages an app: the worker, within its reach, and the manifest."""

import re
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders

from sessions_app import client_texts
from sessions_app.views import client_app


def test_worker_lies_under_the_clients_addresses_alone(client, db):
    response = client.get("/rate/worker.js")
    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert "Service-Worker-Allowed" not in response  # its reach is /rate/, where it lies
    assert "no-store" in response["Cache-Control"]


def test_worker_keeps_every_file_of_the_clients_pages_and_what_these_import(client, db):
    named = {*client_app.PAGE_FILES, *(f"js/{name}" for name in client_app.IMPORTED)}
    imported = set()
    for name in client_app.PAGE_FILES + tuple(f"js/{name}" for name in client_app.IMPORTED):
        code = Path(finders.find(name)).read_text()
        imported |= set(re.findall(r'^import .* from "\./(.+)";$', code, re.M))
    assert imported == set(client_app.IMPORTED)
    worker = client.get("/rate/worker.js").content.decode()
    for name in named:
        stem, ending = name.rsplit("/", 1)[1].rsplit(".", 1)
        assert re.search(rf'"/static/[a-z]+/{re.escape(stem)}(\.\w+)?\.{ending}"', worker), name


def test_form_asks_at_once_for_all_that_its_modules_import():
    form = Path(settings.BASE_DIR, "templates/sessions_app/rating_form.html").read_text()
    asked_at_once = re.findall(r'rel="modulepreload" href="{{ files }}js/(.+)"', form)
    assert asked_at_once == list(client_app.IMPORTED)


def test_worker_changes_with_what_an_imported_file_says(client, db, monkeypatch):
    before = client.get("/rate/worker.js").content
    static, imported = client_app.static, f"js/{client_app.IMPORTED[0]}"
    changed = {imported: "?changed"}
    monkeypatch.setattr(client_app, "static", lambda name: static(name) + changed.get(name, ""))
    assert client.get("/rate/worker.js").content != before


def test_manifest_starts_at_the_clients_pages_and_ends_there(client, db):
    response = client.get("/rate/app.webmanifest")
    manifest = response.json()
    assert response["Content-Type"] == "application/manifest+json"
    assert manifest["start_url"] == manifest["scope"] == "/rate/"
    assert manifest["display"] == "standalone"
    assert {icon["sizes"] for icon in manifest["icons"]} == {"any", "192x192"}


def test_worker_changes_with_the_words_of_the_page_it_keeps(client, db, monkeypatch):
    before = client.get("/rate/worker.js").content
    assert client.get("/rate/worker.js").content == before
    words = client_texts.texts_of("en") | {"kept": "Other words."}
    monkeypatch.setattr(client_texts, "texts_of", lambda language: words)
    assert client.get("/rate/worker.js").content != before


def test_policy_of_the_browser_takes_workers_and_manifests_from_here_alone(client, db):
    policy = client.get("/rate/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert not re.search("(worker|manifest|script|child|frame)-src", policy)
