"""Every staff page of the running demo clinic, and what is looked at on each of them.

A `Reader` is one person signed in once; further contexts begin with the same cookies. `inspect`
answers with a list of what is wrong on the page that is open, so that a test shows all of it.
"""

import re
import subprocess
from functools import cached_property

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page, expect

from ruptures.demo.accounts import ADMINISTRATOR, PASSWORD, SUPERVISORS, THERAPISTS
from tests.installation import Installation, wait_for

THERAPIST, SUPERVISOR = THERAPISTS[0][0], SUPERVISORS[0][0]
ADMINISTRATOR_EMAIL = ADMINISTRATOR[0]
NEWCOMER, NEW_SUPERVISOR = "fir@demo.example", "yew@demo.example"

# Today's row of a session that can still be rated.
TO_RATE = "[aria-labelledby=sessions-today] li:has(form)"
DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}
WIDTHS = (1280, 1080, 390, 320)
RIGHT_TO_LEFT_WIDTHS = (1280, 390)

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Nothing is loaded beforehand: among these rules that would serve only the one about sound.
AXE = """tags => axe.run(
  document, {runOnly: tags, resultTypes: ["violations"], preload: false}
).then(found => found.violations.map(each => `${each.id}: ${each.nodes[0].html.slice(0, 160)}`))"""
# A chart fits itself to a new width a moment later.
FITS = """async () => {
  const root = document.documentElement;
  for (let turn = 0; turn < 40 && root.scrollWidth > root.clientWidth; turn += 1)
    await new Promise(done => setTimeout(done, 50));
  return root.scrollWidth - root.clientWidth;
}"""
# Two who came today, without a client: one therapist, and one who supervises the other.
ADD_NEWCOMERS = f"""
from django.utils import timezone
from accounts.services import invitations, people
from accounts.models import User
admin = User.objects.get(email="{ADMINISTRATOR_EMAIL}")
fir = invitations.invite(name="Fir", email="{NEWCOMER}", role="therapist", by=admin)
yew = invitations.invite(name="Yew", email="{NEW_SUPERVISOR}", role="therapist", by=admin)
for person in (fir, yew):
    person.set_password("{PASSWORD}")
    person.save()
today = timezone.localdate()
people.start_supervision(supervisor=yew, therapist=fir, from_on=today, by=admin)
"""


def add_newcomers(clinic: Installation) -> None:
    subprocess.run(
        clinic.manage("shell", "-v0", "-c", ADD_NEWCOMERS), env=clinic.environment, check=True
    )


def sign_in(page: Page, email: str) -> None:
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


class Reader:
    """One person, signed in once; every context of theirs begins with that session."""

    def __init__(self, browser: Browser, clinic: Installation, email: str = ""):
        self.browser, self.clinic, self.email = browser, clinic, email

    @cached_property
    def kept(self) -> dict:
        context = self.browser.new_context(base_url=self.clinic.url, locale="en-GB")
        page = context.new_page()
        page.goto("/account/login/")
        if self.email:
            sign_in(page, self.email)
            expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        state = context.storage_state()
        context.close()
        return state

    def context(self, **options: object) -> BrowserContext:
        usual = {"base_url": self.clinic.url, "locale": "en-GB", "viewport": DESKTOP}
        usual["reduced_motion"] = "reduce"  # colours are there at once, not after a transition
        return self.browser.new_context(storage_state=self.kept, **usual | options)

    def open(self, path: str = "/", **options: object) -> Page:
        page = self.context(**options).new_page()
        page.goto(path)
        return page


class Watch:
    """What the browser complained about while a page was open."""

    def __init__(self, page: Page):
        self.heard: list[str] = []
        page.on("pageerror", lambda error: self.heard.append(str(error)))
        page.on("console", self._note)

    def _note(self, message) -> None:
        is_refusal = "Content Security Policy" in message.text
        is_missing_page = "status of 404" in message.text
        if is_refusal or (message.type == "error" and not is_missing_page):
            self.heard.append(message.text)

    def taken(self) -> list[str]:
        heard, self.heard = self.heard, []
        return heard


def wait_for_charts(page: Page) -> None:
    """Those that come alive with the page; the others wait to be looked at closer."""
    if page.locator("[data-chart]:not([data-figure])").count():
        expect(page.locator(".chart--live").first).to_be_visible()
    elif page.locator("[data-chart]").count():
        expect(page.locator(".chart--waiting").first).to_be_visible()


def axe(page: Page) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(AXE, RULES)


def overflows(page: Page, widths=WIDTHS) -> list[str]:
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 810})
        if over := page.evaluate(FITS):
            found.append(f"{over} px too wide at {width} px")
    return found


def overflows_at(page: Page, path: str) -> list[str]:
    page.goto(path)
    wait_for_charts(page)
    return overflows(page)


def read_in(page: Page, language: str) -> None:
    """Chooses the language at the foot of the page."""
    page.get_by_role("contentinfo").get_by_role("button", name=language).click()


def inspect(page: Page) -> list[str]:
    """Light at the desk, dark on a phone, every width, right to left: what is wrong, or []."""
    wait_for_charts(page)
    page.set_viewport_size(DESKTOP)
    page.emulate_media(color_scheme="light")
    wrong = axe(page) + overflows(page)
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark")
    wrong += [f"dark: {each}" for each in axe(page)]
    page.emulate_media(color_scheme="light")
    page.evaluate("document.documentElement.dir = 'rtl'")
    wrong += [f"right to left: {each}" for each in overflows(page, RIGHT_TO_LEFT_WIDTHS)]
    page.evaluate("document.documentElement.dir = 'ltr'")
    return wrong


def inspect_all(page: Page, paths: dict[str, str]) -> dict[str, list[str]]:
    """Opens each address in turn; answers with the pages on which something is wrong."""
    watch, wrong = Watch(page), {}
    for name, path in paths.items():
        page.goto(path)
        found = inspect(page) + watch.taken()
        if found:
            wrong[name] = found
    return wrong


def address(page: Page, selector: str) -> str:
    return page.locator(selector).first.get_attribute("href")


def therapist_pages(page: Page) -> dict[str, str]:
    """What a therapist opens. `page` shows their day, with a strain worth asking about."""
    strain = address(page, "[aria-labelledby=strains] .case a")
    log = address(page, f"{TO_RATE} a[href^='/sessions/']")
    page.goto(strain)
    client = address(page, ".crumb a")
    page.goto("/clients/")
    calm = address(page, ".list > li:not(:has(.state)) a")
    return {
        "today": "/",
        "clients": "/clients/",
        "no such client": "/clients/?q=nobody",
        "client with open strain": client,
        "client without": calm,
        "new client": "/clients/new/",
        "edit client": f"{calm}edit/",
        "ending": f"{calm}end/",
        "agreement": f"{calm}agreements/",
        "new appointment": f"{calm}sessions/new/",
        "session log": log,
        "paper entry": f"{log}paper/",
        "strain": strain,
        "note a strain": f"{calm}strain/",
        "own repairs": "/own/",
        "emergencies": "/emergency/",
        "open in an emergency": "/emergency/open/",
        "rules": "/rules/",
        "no such page": "/nowhere/",
        "own sign-in": "/account/2fa/",
        "where signed in": "/sign-ins/",
        "who looked": f"{calm}looks/",
        "the client's copy": f"{calm}copy/",
        "security keys": "/account/2fa/webauthn/",
        "change password": "/account/password/change/",
        "confirm again": "/account/reauthenticate/",
        "sign out": "/account/logout/",
    }


def supervisor_pages(page: Page) -> dict[str, str]:
    page.goto("/queue/")
    case = address(page, ".queue-row a")
    page.goto("/supervision/")
    agenda = address(page, "main table a")
    page.goto("/trend/")
    report = address(page, "main .list a")
    return {
        "queue": "/queue/",
        "snoozed": "/queue/?show=snoozed",
        "case": case,
        "prepare supervision": "/supervision/",
        "agenda": agenda,
        "when away": "/away/",
        "precision": "/rules/precision/",
        "weekly list": "/trend/",
        "weekly report": report,
        "weeks so far": "/trend/now/",
        "Monday mail": "/trend/mail/",
        "note an event": "/trend/events/",
    }


ADMINISTRATOR_PAGES = {
    "check": "/clinic/check/",
    "people": "/people/",
    "new person": "/people/new/",
    "new supervision": "/people/supervision/new/",
    "clinic": "/clinic/",
    "tablets": "/tablets/",
    "pair a tablet": "/tablets/new/",
    "form": "/clinic/form/",
    "add a form": "/clinic/form/new/",
    "fields of a form": "/clinic/form/fields/",
}
OPEN_PAGES = {
    "sign in": "/account/login/",
    "forgotten password": "/account/password/reset/",
    "link sent": "/account/password/reset/done/",
    "spent link": "/account/password/reset/key/1-spent/",
    "password changed": "/account/password/reset/key/done/",
    "closed access": "/account/inactive/",
    "no sign-up": "/account/signup/",
    "invitation": "/invitation/",
    "demo mail": "/demo/mail/",
}


def reset_link_by_mail(page: Page, email: str) -> str:
    """Asks for a new password; answers with the link in the mail, which stays open."""
    page.goto("/account/password/reset/")
    page.get_by_label("Email").fill(email)
    page.get_by_role("button", name="Send me the link").click()
    row = page.get_by_role("row", name=email)

    def has_come() -> bool:
        page.goto("/demo/mail/")
        return row.count() > 0

    wait_for(has_come, within=20)
    row.first.get_by_role("link").click()
    return re.search(r"/account/password/reset/key/\S+", page.locator("pre").inner_text())[0]
