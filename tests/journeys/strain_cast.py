"""Who stands in the journeys of two strains before the browser begins, and time that goes by there.

Each is a script for `manage.py shell` beside the running stack, which works on in the meantime.
"""

import subprocess

from ruptures.demo.accounts import ADMINISTRATOR, LEAD, SUPERVISORS, THERAPISTS
from tests.installation import Installation

FADING, COMPLAINING = "Dunnock-41", "Wryneck-42"
FADING_THERAPIST, COMPLAINING_THERAPIST = THERAPISTS[1][0], THERAPISTS[2][0]
FADING_SUPERVISOR, COMPLAINING_SUPERVISOR = SUPERVISORS[0][0], SUPERVISORS[1][0]
ABOVE_THE_SUPERVISOR, LEAD_OF_THE_CLINIC = "lark@demo.example", LEAD[0]

_CAST = """
import datetime
from django.utils import timezone
from accounts.models import User
from accounts.services import invitations, people
from ruptures.services import screening
from sessions_app.models import TherapySession
from tests import factories
from tests.factories.records import marks

def moment(weeks):
    return timezone.now() + datetime.timedelta(weeks=weeks)

def client(label, therapist, totals, **last):
    pair = factories.PairFactory(
        client__case_label=label, client__name="", therapist=User.objects.get(email=therapist)
    )
    for back, total in zip(reversed(range(len(totals))), totals):
        at, what = moment(-1 - back), {{}} if back else last
        held = factories.TherapySessionFactory(
            pair=pair, starts_at=at, logged_at=at, attendance="attended", **what
        )
        factories.SRSEntryFactory(therapy_session=held, **marks(total))
    factories.TherapySessionFactory(pair=pair, starts_at=moment(4))
    screening.screen_pair(pair=pair, alerting=False)

usual = [37.0, 37.4, 37.2, 37.3]
client("{fading}", "{fading_therapist}", [*usual, 40.0, 40.0], minutes_late=12)
client("{complaining}", "{complaining_therapist}", usual)

admin = User.objects.get(email="{administrator}")
lark = invitations.invite(name="Supervisor Lark", email="{above}", role="therapist", by=admin)
lark.password = admin.password
lark.save(update_fields=["password"])
pine = User.objects.get(email="{supervisor}")
people.start_supervision(supervisor=lark, therapist=pine, from_on=timezone.localdate(), by=admin)
"""
# Every moment of one client's rows, so that it is as if all of it had happened earlier. The worker
# is asked for the look around that it takes each minute, to spare the wait.
_TIME_GOES_BY = """
import datetime
from django.db.models import DateTimeField, F
from ruptures.models import Alert, Episode, EpisodeState, Finding, Screening
from ruptures.tasks import sweep
from sessions_app.models import Pair, SRSEntry, TherapySession

pair = Pair.objects.get(client__case_label="{label}")
for rows in (
    TherapySession.objects.filter(pair=pair),
    SRSEntry.objects.filter(therapy_session__pair=pair),
    Screening.objects.filter(therapy_session__pair=pair),
    Finding.objects.filter(therapy_session__pair=pair),
    Episode.objects.filter(pair=pair),
    EpisodeState.objects.filter(episode__pair=pair),
    Alert.objects.filter(episode__pair=pair),
):
    moments = [each.name for each in rows.model._meta.fields if isinstance(each, DateTimeField)]
    rows.update(**{{name: F(name) - datetime.timedelta(days={days}) for name in moments}})
sweep.delay()
"""


def put_in(clinic: Installation) -> None:
    _run(
        clinic,
        _CAST.format(
            fading=FADING,
            complaining=COMPLAINING,
            fading_therapist=FADING_THERAPIST,
            complaining_therapist=COMPLAINING_THERAPIST,
            administrator=ADMINISTRATOR[0],
            above=ABOVE_THE_SUPERVISOR,
            supervisor=COMPLAINING_SUPERVISOR,
        ),
    )


def let_days_go_by(clinic: Installation, days: int) -> None:
    """For the complaining client, as far as the software can tell."""
    _run(clinic, _TIME_GOES_BY.format(label=COMPLAINING, days=days))


def _run(clinic: Installation, script: str) -> None:
    command = clinic.manage("shell", "-v0", "-c", script)
    subprocess.run(command, env=clinic.environment_of_the_stack, check=True)
