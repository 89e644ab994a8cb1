"""When a page has come to rest, after "back", "reload" or whatever else moves it on.

No time is long enough on a busy machine: "back" begins a while after it was asked for, and a staff
page that the browser kept then asks the server again by itself. So every page says whether it is on
its way out: `watch` a context before its first page, and ask `settled`.
"""

import time

from playwright.sync_api import BrowserContext, Error, Page

WITHIN_SECONDS = 60
LOOKS_EVERY_MS = 20
# Before any script of the page: a guard's own listener comes after this one, so that a page which
# leaves as soon as it is shown is seen to leave. The browser keeps the page with what is said here.
WATCH = """
  window.restsSinceShown = false;
  addEventListener("pageshow", () => { window.restsSinceShown = true; });
  addEventListener("pagehide", () => { window.restsSinceShown = false; });
  navigation.addEventListener("navigate", (leaving) => {
    if (!leaving.destination.sameDocument) window.restsSinceShown = false;
  });
"""
RESTS = "window.restsSinceShown && document.readyState === 'complete'"
MOVES_ON = ("context was destroyed", "is navigating")


def watch(context: BrowserContext) -> None:
    context.add_init_script(WATCH)


def settled(page: Page) -> Page:
    """The page, once it is shown and goes nowhere any more."""
    _until_there(page, RESTS)
    return page


def loaded(page: Page, question: str) -> object:
    """What a page answers that is loaded; asked again where it moves on meanwhile."""
    return _until_there(page, f"document.readyState === 'complete' ? {question} : null")


def _until_there(page: Page, question: str) -> object:
    deadline = time.monotonic() + WITHIN_SECONDS
    while not (answer := _answer(page, question)):
        assert time.monotonic() < deadline, f"{page.url} did not come to rest"
        page.wait_for_timeout(LOOKS_EVERY_MS)
    return answer


def _answer(page: Page, question: str) -> object:
    try:
        return page.evaluate(question)
    except Error as error:
        assert any(words in str(error) for words in MOVES_ON), error
        return None


def go_back(page: Page) -> None:
    """Committed, not loaded: a page that was kept never loads again."""
    page.go_back(wait_until="commit")
