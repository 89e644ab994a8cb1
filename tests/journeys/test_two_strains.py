"""Two strains on the running stack, from the session to the end of the supervisor's review.

One fades behind top marks, is noticed, talked through, and verified. The other is dismissed as
none, comes back, and climbs to the clinic's lead, since nobody acknowledges it.
"""

import pytest
from playwright.sync_api import expect

from sessions_app import srs
from tests.journeys import strain_cast as cast
from tests.journeys.desk_harness import (
    TABLET,
    USUAL_MARKS,
    Desk,
    mail_to,
    make_appointment,
    newest_session,
    open_client,
    open_strain,
    rate_on_a_second_device,
)

TOP_MARKS = dict.fromkeys(srs.LINES, 100)
LOW_MARKS = {"relationship": 31, "goals": 88, "approach": 87, "overall": 84}
WAITING = "something is waiting for you"
DECLINED = "The client would rather not"
NEEDED = "Ask me twice before you believe that I am fine."
PLAN = "Begin the next hour with what was not said, and hold back with praise."
WHY_NOT = "She had just heard of her mother's illness."
WORD = "I ring you today. Please offer her a date this week."


@pytest.fixture(scope="module", autouse=True)
def the_cast(clinic):
    cast.put_in(clinic)


def test_fading_behind_top_marks_is_noticed_talked_through_and_verified(desk):
    therapist, tablet, supervisor = desk(), desk(viewport=TABLET), desk()

    # Top marks again, from a client who came late and agreed with everything.
    therapist.sign_in(cast.FADING_THERAPIST)
    make_appointment(therapist, cast.FADING, minutes_ago=55)
    rate_on_a_second_device(therapist, tablet, TOP_MARKS)
    log_session(therapist, cast.FADING, {"Quick agreement or praise": 2}, minutes_late=15)
    strain_says(therapist, cast.FADING, "Top marks, yet you noted signs of drawing back")

    # The supervisor is told, finds it in the queue, and they agree on a plan.
    mail_to(supervisor, cast.FADING_SUPERVISOR, WAITING)
    expect(supervisor.page.get_by_role("main")).not_to_contain_text(cast.FADING)
    supervisor.sign_in(cast.FADING_SUPERVISOR)
    open_case(supervisor, cast.FADING)
    supervisor.press("Acknowledge")
    agree_on_a_plan(supervisor)

    # The therapist reads the plan, talks with the client, and logs what was said and done.
    open_strain(therapist, cast.FADING)
    expect(therapist.page.locator("#plan")).to_contain_text(PLAN)
    confirm_the_type(therapist)
    log_the_steps(therapist)
    note_what_it_was_about(therapist)
    ask_whether_it_is_settled(therapist)

    # Two sessions in a row bear it out; the page says so as it happens.
    for minutes_ago, state in ((35, "Recovered once"), (15, "Repair verified")):
        make_appointment(therapist, cast.FADING, minutes_ago=minutes_ago)
        rate_on_a_second_device(therapist, desk(viewport=TABLET), USUAL_MARKS)
        strain_stands_at(therapist, cast.FADING, state)
    repair_is_seen_on_page_and_chart(therapist)

    # The supervisor sees that it held, and closes the review.
    open_case(supervisor, cast.FADING)
    expect(supervisor.page.locator(".note-held")).to_contain_text("The repair held")
    expect(supervisor.page.get_by_role("main")).not_to_contain_text(NEEDED)
    close_the_review(supervisor, "Repaired")
    expect_no_case(supervisor, cast.FADING)


def test_confrontation_dismissed_as_none_recurs_and_escalates_to_the_lead(desk, clinic):
    therapist, supervisor = desk(), desk()

    # A mark below the middle; the therapist says why it is not a strain.
    therapist.sign_in(cast.COMPLAINING_THERAPIST)
    make_appointment(therapist, cast.COMPLAINING, minutes_ago=55)
    rate_on_a_second_device(therapist, desk(viewport=TABLET), LOW_MARKS, meant_low=True)
    log_session(therapist, cast.COMPLAINING, {})
    strain_says(therapist, cast.COMPLAINING, "lies on the negative half of the line")
    mail_to(supervisor, cast.COMPLAINING_SUPERVISOR, WAITING)
    dismiss_it(therapist)

    # A week later the client complains, and gives no marks: a new strain, and a high one.
    cast.let_days_go_by(clinic, 7)
    make_appointment(therapist, cast.COMPLAINING, minutes_ago=55)
    log_session(therapist, cast.COMPLAINING, {"A complaint about you": 4}, unrated=DECLINED)
    strain_says(therapist, cast.COMPLAINING, "a complaint about you")
    mail_to(supervisor, cast.COMPLAINING_SUPERVISOR, WAITING, count=2)

    # The supervisor looks at it and acknowledges nothing.
    supervisor.sign_in(cast.COMPLAINING_SUPERVISOR)
    open_case(supervisor, cast.COMPLAINING, "those who supervise the supervisors are told on")

    # After two working days it goes to who supervises the supervisor, after five to the lead.
    cast.let_days_go_by(clinic, 4)
    above = desk()
    it_came_up_to(above, cast.ABOVE_THE_SUPERVISOR)
    open_case(above, cast.COMPLAINING, "the clinic's lead is told on")
    cast.let_days_go_by(clinic, 6)
    lead = desk()
    it_came_up_to(lead, cast.LEAD_OF_THE_CLINIC)

    # The lead sees this case beside the one that has come up in the demo, and no other; writes to
    # the therapist, and closes the review.
    expect(lead.page.locator(".queue-row")).to_have_count(2)
    answer_it(lead)
    for person in (lead, above):
        expect_no_case(person, cast.COMPLAINING)
    therapist.open("/")
    expect(therapist.page.get_by_role("region", name="From supervision")).to_contain_text(WORD)

    # What was dismissed still waits for the supervisor, with the therapist's reason.
    open_case(supervisor, cast.COMPLAINING, WHY_NOT)
    close_the_review(supervisor, "We agreed on a plan")
    expect_no_case(supervisor, cast.COMPLAINING)


def log_session(
    desk: Desk, case: str, markers: dict[str, int], *, minutes_late: int = 0, unrated: str = ""
):
    open_client(desk, case)
    newest_session(desk).get_by_role("link").first.click()
    if minutes_late:
        desk.page.get_by_label("Minutes late").fill(str(minutes_late))
    for name, salience in markers.items():
        for _tap in range(salience):
            desk.page.get_by_role("button", name=name).click()
    if unrated:
        desk.page.get_by_label("No rating today, because").select_option(unrated)
    desk.press("Save session")
    expect(desk.page.get_by_text("The session is saved.")).to_be_visible()


def strain_says(desk: Desk, case: str, sentence: str):
    open_strain(desk, case)
    why = desk.page.get_by_role("region", name="Why it is worth asking")
    expect(why).to_contain_text(sentence)


def open_case(desk: Desk, case: str, sentence: str = ""):
    """From the queue, where the row has to say `sentence`."""
    desk.open("/queue/")
    row = desk.page.locator(".queue-row").filter(has_text=case).first
    while not row.count() and turns_the_page(desk):
        continue
    expect(row).to_contain_text(sentence)
    row.get_by_role("link", name=case).click()


def turns_the_page(desk: Desk) -> bool:
    """To the queue's next page, where there is one."""
    more = desk.page.get_by_role("navigation", name="Pages").get_by_role("link", name="More")
    if not more.count():
        return False
    with desk.page.expect_navigation():
        more.click()
    return True


def fold_out(desk: Desk, name: str):
    desk.page.locator("summary").filter(has_text=name).first.click()


def agree_on_a_plan(desk: Desk):
    fold_out(desk, "Write down what you agreed on")
    desk.page.get_by_label("What we agreed on").fill(PLAN)
    desk.press("Save this plan")
    expect(desk.page.locator("#plan .text")).to_have_text(PLAN)


def confirm_the_type(desk: Desk):
    desk.page.get_by_label("Type").select_option("withdrawal")
    desk.page.get_by_label("Component").select_option("bond")
    desk.press("Confirm")
    expect(desk.page.get_by_text("From unease to saying it.")).to_be_visible()


def log_the_steps(desk: Desk):
    for place, note in enumerate(("I said that I go too fast.", "She said it all.", "")):
        row = desk.page.locator(".steps > li").nth(place)
        row.locator("summary").click()
        row.get_by_label("Note", exact=True).fill(note)
        row.get_by_role("button", name="Log this step").click()
        expect(row).to_have_class("done")


def note_what_it_was_about(desk: Desk):
    fold_out(desk, "Note what it was about")
    desk.page.get_by_label("I missed a sign").check()
    desk.page.get_by_label("Named my own part").check()
    desk.page.get_by_label("Said that being on guard makes sense").check()
    desk.page.get_by_label("What the client says is needed").fill(NEEDED)
    desk.press("Save this")
    expect(desk.page.locator("[aria-labelledby=about] dl")).to_contain_text(NEEDED)


def ask_whether_it_is_settled(desk: Desk):
    fold_out(desk, "I asked the client")
    desk.page.get_by_role("group", name="The client says").get_by_label("Yes").check()
    desk.press("Save the answer")
    expect(desk.page.locator("[aria-labelledby=settled]")).to_contain_text("the client said: Yes")


def strain_stands_at(desk: Desk, case: str, state: str):
    open_client(desk, case)
    strains = desk.page.get_by_role("region", name="Strains so far")
    expect(strains).to_contain_text(state)
    strains.get_by_role("link").first.click()


def repair_is_seen_on_page_and_chart(desk: Desk):
    expect(desk.page.locator(".note-held")).to_contain_text("The repair held")
    chart = desk.page.get_by_role("region", name="Alliance chart")
    expect(chart).to_contain_text("verified")


def dismiss_it(desk: Desk):
    fold_out(desk, "It was not a strain")
    desk.page.get_by_label("Something outside the hour explains it").check()
    desk.page.get_by_label("In your own words").fill(WHY_NOT)
    desk.press("Not a strain")
    expect(desk.page.get_by_text("Closed as not a strain.")).to_be_visible()


def it_came_up_to(desk: Desk, person: str):
    """By a mail that names nobody, and in their queue, with the reason."""
    mail_to(desk, person, WAITING)
    expect(desk.page.get_by_role("main")).to_contain_text("nobody before you")
    expect(desk.page.get_by_role("main")).not_to_contain_text(cast.COMPLAINING)
    desk.sign_in(person)
    desk.open("/queue/")
    row = desk.page.locator(".queue-row").filter(has_text=cast.COMPLAINING)
    expect(row).to_contain_text("It came up to you")


def answer_it(desk: Desk):
    open_case(desk, cast.COMPLAINING)
    desk.press("Acknowledge")
    desk.page.get_by_label("Write a word").fill(WORD)
    desk.press("Send")
    close_the_review(desk, "We agreed on a plan")


def close_the_review(desk: Desk, outcome: str):
    desk.page.get_by_role("group", name="Outcome of the review").get_by_label(outcome).check()
    desk.press("Close the review")
    expect(desk.page.get_by_text("The review is closed.")).to_be_visible()


def expect_no_case(desk: Desk, case: str):
    desk.open("/queue/")
    expect(desk.page.get_by_role("main")).not_to_contain_text(case)
    while turns_the_page(desk):
        expect(desk.page.get_by_role("main")).not_to_contain_text(case)
