"""What makes the client's pages an app that opens with the server gone: its worker and manifest."""

import hashlib
import json

from django.http import JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from sessions_app import client_texts
from sessions_app.views.rating import render_client_page

PAGE_FILES = (
    "css/tokens.css",
    "css/tablet.css",
    "js/client-page.js",
    "js/larger-text.js",
    "js/rating-form.js",
    "js/rating-line.js",
    "js/tablet-watch.js",
)
# What the modules above import stands under its plain name.
IMPORTED = (
    "kept-pages.js",
    "rating-send.js",
    "rating-steps.js",
    "sealing.js",
    "waiting-forms.js",
    "way-home.js",
)


@require_GET
def client_worker(request):
    """Lies under the client's addresses, so its reach ends with them: no page of staff. Other files
    or other words on the page it keeps make another worker, which fetches them anew."""
    files = [static(name) for name in PAGE_FILES] + [_plain(name) for name in IMPORTED]
    hashed = [*files, *(static(f"js/{name}") for name in IMPORTED)]
    words = render_client_page(request, "rating_kept").content.decode()
    settings = {
        "version": hashlib.sha256(" ".join([*hashed, words]).encode()).hexdigest()[:12],
        "files": files,
        "form": reverse("rating_form"),
        "ready": reverse("rating_ready"),
        "kept": reverse("rating_kept"),
    }
    return render(
        request,
        "sessions_app/client_worker.js",
        {"settings": mark_safe(json.dumps(settings))},  # addresses of our own alone
        content_type="text/javascript; charset=utf-8",
    )


def _plain(name: str) -> str:
    return static("js/rating-line.js").rpartition("/")[0] + f"/{name}"


@require_GET
def client_manifest(request):
    manifest = {
        "name": client_texts.texts_of(client_texts.REFERENCE_LANGUAGE)["app_name"],
        "id": reverse("rating_code"),
        "start_url": reverse("rating_code"),
        "scope": reverse("rating_code"),
        "display": "standalone",
        "background_color": "#fbf9f5",
        "theme_color": "#fbf9f5",
        "icons": [
            {"src": static("img/app-icon.svg"), "sizes": "any", "type": "image/svg+xml"},
            {
                "src": static("img/app-icon.png"),
                "sizes": "192x192",
                "type": "image/png",
                "purpose": "any maskable",
            },
        ],
    }
    return JsonResponse(manifest, content_type="application/manifest+json")
