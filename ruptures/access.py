"""How a view upstairs gets a record: its own case, or one it supervises; else 404."""

from uuid import UUID

from accounts import audit
from accounts.models import User
from accounts.permissions import supervisees_of
from ruptures.models import ClientCopy, Episode, TeamEvent, WeeklyReport

WITH_PAIR = ("pair__client__sealing_key", "pair__therapist")


def episode_for(user: User, key: UUID) -> Episode:
    """A strain of an own pair, or of a supervised one."""
    episodes = Episode.objects.visible_to(user).select_related(*WITH_PAIR)
    return audit.fetch(episodes, by=user, key=key)


def readable_episode_for(user: User, key: UUID) -> Episode:
    """Besides those, a strain of a record that the person opened in an emergency, to read. One's
    own first: that is what is asked for most, and by a much smaller question."""
    own = Episode.objects.of(user).select_related(*WITH_PAIR)
    return audit.fetch(
        own,
        by=user,
        otherwise=lambda: Episode.objects.readable_by(user).select_related(*WITH_PAIR),
        key=key,
    )


def own_episode_for(user: User, key: UUID) -> Episode:
    """A strain of an own pair, open or closed: what a therapist may add to and think about."""
    episodes = Episode.objects.of(user).select_related("pair__client", "pair__therapist")
    return audit.fetch(episodes, by=user, key=key)


def own_open_episode_for(user: User, key: UUID) -> Episode:
    """An open strain of an own pair: what a therapist may work on."""
    episodes = Episode.objects.open().of(user).select_related(*WITH_PAIR)
    return audit.fetch(episodes, by=user, key=key)


def supervised_episode_for(user: User, key: UUID) -> Episode:
    """A strain of a supervisee: what a supervisor may review."""
    episodes = Episode.objects.supervised_by(user)
    episodes = episodes.select_related(*WITH_PAIR)
    return audit.fetch(episodes, by=user, key=key)


def weekly_report_for(user: User, week: str) -> WeeklyReport:
    return audit.fetch(WeeklyReport.objects.filter(supervisor=user), by=user, week=week)


def team_event_for(user: User, key: UUID) -> TeamEvent:
    """An event that the person noted."""
    return audit.fetch(TeamEvent.objects.filter(supervisor=user), by=user, shown=False, key=key)


def supervisee_for(user: User, key: UUID) -> User:
    """A therapist whom the person supervises today."""
    return audit.fetch(supervisees_of(user), by=user, key=key)


def own_client_copy_for(user: User, client_key: UUID, *, shown: bool = True) -> ClientCopy:
    """The copy that the person asked for, of a client they still have, made or not. With `shown`
    off nothing of it reaches the page."""
    copies = ClientCopy.objects.of(user).select_related(*WITH_PAIR).defer("content")
    return audit.fetch(copies, by=user, shown=shown, pair__client__key=client_key)
