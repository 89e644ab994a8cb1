"""Whoever is signed in sees on each page of staff that they are, and how to sign out."""

import pytest
from django.urls import reverse

from tests.test_access_matrix import (  # noqa: F401  (a fixture)
    CAST,
    MATRIX,
    arguments,
    column,
    taken_back,
)

# Theirs are the device's pages: nobody is signed in there, or is meant to seem so.
OF_THE_DEVICE = {
    "rating_thanks",
    "rating_kept",
    "therapy_session_look",
}
OF_NOBODY = {"invitation_accept", "pack_preview"}
SIGN_OUT = 'action="/account/logout/"'


@pytest.mark.parametrize("member", CAST[1:])
def test_sign_out_is_in_the_head_of_each_staff_page(member, arguments, client, request):  # noqa: F811
    client.force_login(request.getfixturevalue(member))
    without, seen = set(), 0
    for name in [name for name, (reading, _w) in column(member).items() if reading == "."]:
        with taken_back(client):
            page = client.get(reverse(name, kwargs=arguments.get(name)))
        if page.headers["Content-Type"].startswith("text/html"):
            seen += 1
            head = page.content.decode().partition("<main")[0]
            without |= {name} if SIGN_OUT not in head else set()
    assert seen > 10
    assert without <= OF_THE_DEVICE | OF_NOBODY
