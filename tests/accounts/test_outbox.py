"""The list of what was sent, which outlives the database and has an end."""

from pathlib import Path

from accounts import outbox
from accounts.models import AccountMail
from accounts.services import account_mails


def test_list_of_what_was_sent_stays_small_and_knows_the_newest(
    settings, tmp_path, monkeypatch, administrator, mailoutbox
):
    settings.APART_DIR = str(tmp_path)
    monkeypatch.setattr(outbox, "SENT_LOG_BYTES", 400)  # ten keys and one more
    for _mail in range(40):
        account_mails.write(to=administrator, kind=AccountMail.Kind.SECOND_FACTOR_RESET)
    assert account_mails.deliver_due() == len(mailoutbox) == 40
    files = sorted(path.name for path in Path(tmp_path).glob("sent*"))
    assert files in (["sent.1.log", "sent.log"], ["sent.1.log"])
    known = [outbox.was_sent(mail) for mail in AccountMail.objects.order_by("sent_at", "id")]
    assert known[-11:] == [True] * 11
    assert sum(known) <= 22
