"""The administrator's pages about the client's form: what is in use, by what right, what else."""

import json

from csp.decorators import csp_update
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.permissions import administrator_required
from sessions_app import access, client_texts, packs
from sessions_app.forms import PackDeclarationForm, PackFileForm, RatingForm
from sessions_app.services import packs as pack_service


@require_GET
@administrator_required
def pack_list(request):
    default_pack, pack = pack_service.default_pack(), pack_service.active_pack()
    context = {
        "pack": pack,
        "languages": _named(pack.languages),
        "default_pack": default_pack,
        "use": pack_service.newest_use(),
        "uses": pack_service.uses(),
        "others": [other for other in pack_service.stored_packs() if other != pack],
    }
    return render(request, "sessions_app/pack_list.html", context)


@require_http_methods(["GET", "POST"])
@administrator_required
def pack_create(request):
    form = PackFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            pack = pack_service.add(content=form.cleaned_data["file"], by=request.user)
        except pack_service.DifferentContent as refused:
            form.add_error("file", str(refused))
        else:
            messages.success(request, _("The file is complete. Nothing has changed for clients."))
            return redirect("pack_detail", key=pack.key)
    return render(request, "sessions_app/pack_create.html", {"form": form})


@require_http_methods(["GET", "POST"])
@administrator_required
def pack_detail(request, key):
    """Looked at language by language, then declared and in use."""
    pack = access.pack_for(key)
    form = PackDeclarationForm(request.POST if request.method == "POST" else None, pack=pack)
    if form.is_valid():
        pack_service.use(pack=pack, by=request.user, **form.declared())
        messages.success(request, _("From now on clients see %(name)s.") % {"name": pack.name})
        return redirect("pack_list")
    context = {
        "pack": pack,
        "form": form,
        "languages": _named(pack.languages),
        "is_ours": pack_service.comes_with_alliance(pack),
        "in_use": pack == pack_service.active_pack(),
    }
    return render(request, "sessions_app/pack_detail.html", context)


@require_GET
@administrator_required
@csp_update({"sandbox": ["allow-scripts"]})
def pack_preview(request, key):
    """The form as clients see it. The browser keeps it apart from this installation (a sandbox
    without forms), and it has no ticket: nothing can be handed in."""
    pack = access.pack_for(key)
    asked = request.GET.get("language")
    language = asked if asked in pack.languages else pack_service.first_language(pack)
    context = {
        "pack": packs.view(pack.content, language),
        "texts": client_texts.texts_of(language),
        "languages": [],
        "form": RatingForm(),
        "post_url": "",
        "is_preview": True,
        "back_url": reverse("pack_detail", kwargs={"key": pack.key}),
    }
    return render(request, "sessions_app/rating_form.html", context)


@require_GET
@administrator_required
def pack_guide(request):
    """What each field of a pack file is."""
    context = {"own_names": client_texts.own_names(), "largest": packs.LARGEST_FILE // 1024}
    return render(request, "sessions_app/pack_guide.html", context)


@require_GET
@administrator_required
def pack_template(request):
    """The default pack as a file to start from, under an id that is the clinic's to change."""
    content = packs.load_pack() | {"id": "our-form", "name": _("Our form")}
    response = HttpResponse(
        json.dumps(content, ensure_ascii=False, indent=2), content_type="application/json"
    )
    response.headers["Content-Disposition"] = 'attachment; filename="form.json"'
    return response


def _named(languages: list[str]) -> list[tuple[str, str]]:
    return [(code, client_texts.own_names()[code]) for code in languages]
