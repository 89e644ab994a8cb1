"""The administrator's way from a file to the form that clients see, and what guards it."""

import datetime
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from sessions_app import packs as pack_files
from sessions_app.models import InstrumentPack, SRSEntry
from sessions_app.services import packs, tablet
from tests import factories

pytestmark = pytest.mark.django_db
PAGE = "/clinic/form/"
HOSTILE = "<script>alert(1)</script><b>"
QUERIES = 13


@pytest.fixture
def desk(client, administrator) -> Client:
    client.force_login(administrator)
    return client


def upload(desk, content) -> "object":
    file = content if isinstance(content, bytes) else json.dumps(content).encode()
    return desk.post(f"{PAGE}new/", {"file": SimpleUploadedFile("form.json", file)})


def stored() -> InstrumentPack:
    return InstrumentPack.objects.get(code="their-form")


def declaration(**changes) -> dict:
    day = timezone.localdate() + datetime.timedelta(days=365)
    right = {"holder": "Our clinic", "reference": "L-7", "valid_until": day.isoformat()}
    return right | {"confirmed": "on"} | changes


def in_use(desk, content=None) -> InstrumentPack:
    upload(desk, content or factories.licensed_pack())
    desk.post(f"{PAGE}{stored().key}/", declaration())
    return stored()


@pytest.fixture
def device(therapy_session, therapist) -> Client:
    _link, token = tablet.send_link(therapy_session=therapy_session, by=therapist)
    device = Client()
    device.post("/rate/", {"token": token})
    return device


def text(response) -> str:
    return response.content.decode()


def test_pack_list_says_what_the_default_form_is_not(desk):
    page = text(desk.get(PAGE))
    assert "In use: Session check" in page
    assert "It is not the licensed SRS; the cut-offs 36 and 9 are borrowed from it." in page


def test_pack_create_keeps_a_complete_file_unused(desk):
    response = upload(desk, factories.licensed_pack())
    assert response.headers["Location"] == f"{PAGE}{stored().key}/"
    assert "In use: Session check" in text(desk.get(PAGE))


def test_pack_create_names_what_is_wrong_and_stores_nothing(desk):
    content = factories.licensed_pack(id="Their Form")
    del content["languages"]["fr"]["title"]
    page = text(upload(desk, content))
    assert "languages.fr.title: missing" in page
    assert "id: must be small letters" in page
    assert not InstrumentPack.objects.filter(version="1", code__startswith="Their").exists()


def test_pack_create_refuses_a_file_over_its_limit(desk):
    page = text(upload(desk, b"{" + b" " * pack_files.LARGEST_FILE))
    assert "larger than 64 KB" in page


def test_pack_create_refuses_other_words_under_the_same_version(desk):
    upload(desk, factories.licensed_pack())
    page = text(upload(desk, factories.licensed_pack(notice="Other words.")))
    assert "Give the changed file a new version" in page


def test_pack_template_is_a_pack_that_can_be_sent_back(desk):
    response = desk.get(f"{PAGE}template/")
    assert "attachment" in response.headers["Content-Disposition"]
    assert upload(desk, response.content).status_code == 302
    assert InstrumentPack.objects.get(code="our-form").languages == ["en", "es", "fr", "de", "ar"]


def test_pack_guide_names_every_field_of_the_schema(desk):
    page = text(desk.get(f"{PAGE}fields/"))
    schema = json.loads(pack_files.SCHEMA.read_text(encoding="utf-8"))
    kinds = [schema, schema["properties"]["rights"], *schema["$defs"].values()]
    names = {name for kind in kinds for name in kind.get("properties", {})} - {"rights"}
    groups = set(pack_files.LINE_CODES)
    assert [name for name in names - groups if f"{name}</code>" not in page] == []


def test_pack_detail_declares_and_shows_who_when_and_until(desk):
    in_use(desk)
    page = text(desk.get(PAGE))
    for shown in ("In use: Their form", "Our clinic, L-7", "Administrator Rowan", "Français"):
        assert shown in page
    assert f"{timezone.localdate().year + 1}" in page


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"confirmed": ""}, "Please tick this"),
        ({"holder": ""}, "This field is required"),
        ({"valid_until": "2020-01-01"}, "This day is over"),
    ],
)
def test_pack_detail_refuses_half_a_declaration(desk, changes, reason):
    upload(desk, factories.licensed_pack())
    page = text(desk.post(f"{PAGE}{stored().key}/", declaration(**changes)))
    assert reason in page
    assert not packs.uses()


def test_pack_detail_goes_back_to_our_own_form_without_a_declaration(desk):
    in_use(desk)
    desk.post(f"{PAGE}{packs.default_pack().key}/")
    assert "In use: Session check" in text(desk.get(PAGE))


def test_pack_preview_is_the_form_in_a_sandbox_without_a_ticket(desk):
    upload(desk, factories.licensed_pack())
    response = desk.get(f"{PAGE}{stored().key}/preview/?language=de")
    policy = response.headers["Content-Security-Policy"]
    assert "sandbox allow-scripts" in policy
    assert "allow-forms" not in policy
    page = text(response)
    assert 'lang="de"' in page
    assert "Une ligne" in page
    assert "Sign out" not in page


def test_preview_alone_is_in_a_sandbox(desk):
    assert "sandbox" not in desk.get(PAGE).headers["Content-Security-Policy"]


def hostile_pack() -> dict:
    line = {"heading": HOSTILE, "low": f'"{HOSTILE}', "high": f"'{HOSTILE}"}
    lines = dict.fromkeys(pack_files.LINE_CODES, line)
    texts = {"title": HOSTILE, "instruction": HOSTILE, "lines": lines}
    rights = {"copyright": HOSTILE, "holder": HOSTILE, "reference": HOSTILE, "valid_until": ""}
    return factories.licensed_pack(
        name=HOSTILE, notice=HOSTILE, version="<b>", rights=rights, languages={"fr": texts}
    )


def test_words_of_a_pack_are_shown_as_words_everywhere(desk, device):
    upload(desk, hostile_pack())
    key = stored().key
    desk.post(f"{PAGE}{key}/", declaration(holder=HOSTILE, reference=HOSTILE))
    pages = [desk.get(f"{PAGE}{rest}") for rest in ("", f"{key}/", f"{key}/preview/")]
    pages += [device.get("/rate/ready/"), device.get("/rate/form/")]
    for page in map(text, pages):
        assert "&lt;script&gt;" in page
        assert "<script>alert" not in page
        assert "<b>" not in page


def test_client_sees_the_first_language_where_their_own_is_not_there(desk, device):
    in_use(desk)
    page = text(device.get("/rate/form/"))
    assert '<html class="client" lang="fr"' in page
    assert "© Somebody" in page
    assert "proche de : peu" in page


def test_entry_keeps_pack_version_and_language(desk, device, therapy_session):
    pack = in_use(desk)
    device.post("/rate/form/", hand_in(therapy_session, pack, "de"))
    entry = SRSEntry.objects.get(therapy_session=therapy_session)
    assert (entry.pack, entry.pack.version, entry.language) == (pack, "1", "de")


def test_form_opened_before_a_change_counts_for_the_pack_it_showed(desk, device, therapy_session):
    before = packs.active_pack()
    assert str(before.key) in text(device.get("/rate/form/"))
    in_use(desk)
    device.post("/rate/form/", hand_in(therapy_session, before, "es"))
    assert SRSEntry.objects.get(therapy_session=therapy_session).pack == before


def hand_in(therapy_session, pack, language) -> dict:
    uuid = therapy_session.tablet_links.latest("pk").entry_uuid
    marks = dict.fromkeys(pack_files.LINE_CODES, 80)
    return marks | {"uuid": uuid, "language": language, "pack": pack.key}


def test_administrators_pages_warn_of_a_right_that_ends(desk, therapist):
    upload(desk, factories.licensed_pack())
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    desk.post(f"{PAGE}{stored().key}/", declaration(valid_until=tomorrow.isoformat()))
    assert "in 1 day." in text(desk.get("/people/"))
    packs.PackUse.objects.update(valid_until=timezone.localdate() - datetime.timedelta(days=1))
    page = text(desk.get("/people/"))
    assert "Since then clients see the form that comes with Alliance" in page
    assert "In use: Session check" in text(desk.get(PAGE))
    desk.force_login(therapist)
    assert "The right to use" not in text(desk.get("/"))


def test_pack_list_asks_as_much_with_one_form_as_with_three(desk, django_assert_num_queries):
    for version in ("1", "2", "3"):
        upload(desk, factories.licensed_pack(version=version))
        pack = InstrumentPack.objects.get(code="their-form", version=version)
        desk.post(f"{PAGE}{pack.key}/", declaration())
        desk.get(PAGE)  # the message that was waiting
        if version != "2":
            with django_assert_num_queries(QUERIES):
                assert desk.get(PAGE).status_code == 200
