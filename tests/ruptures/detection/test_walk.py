"""A client's sessions are judged side by side while nothing opens, and one by one after that."""

from ruptures.detection.history import History
from ruptures.detection.screen import screen
from tests.ruptures.detection import cases as case
from tests.ruptures.detection.series import random_pair

ANOTHER = {"id": "another", "sessions": []}
SERIES = 150


def found(*pairs):
    return screen(History.from_pairs(pairs)).pair(0)


def test_client_alone_is_judged_as_one_beside_another():
    """To the last bit: what is stored is compared with what is found anew."""
    first_strains = set()
    for seed in range(SERIES):
        pair = random_pair(seed)
        alone = found(pair)
        assert alone == found(pair, ANOTHER), seed
        newest = len(pair["sessions"])
        first = min((episode.opened for episode in alone.episodes), default=None)
        first_strains.add({None: "none", 1: "first", newest: "newest"}.get(first, "between"))
    assert first_strains == {"none", "first", "newest", "between"}


def test_level_that_rises_twice_is_learned_in_one_go():
    totals = [36.2, 36.2, None, 36.2, 36.2, 38.1, 38.1, None, 38.1, 38.1, 40.0, 40.0, 40.0, 40.0]
    for sessions in range(len(totals) + 1):
        for newest in (30.0, 40.0):  # a fall that is judged by all that was learned, and none
            begun = case.pair(*totals[:sessions], newest)
            assert found(begun) == found(begun, ANOTHER), (sessions, newest)
    levels = [session.baseline.mean for session in found(begun).sessions]
    assert len(set(levels)) == 7  # none, with each of four totals, and two that are higher


def test_cusum_is_set_back_where_the_level_rises_with_a_low_total():
    """Three of the last four lie high, and the newest so low that the CUSUM had begun."""
    rising = case.pair(*[33.0] * 4, 30.0, 37.5, 37.0, 35.5, 31.9, 33.0)
    *_before, low, newest = found(rising).sessions
    assert (low.z < -0.5, low.cusum) == (True, 0.0)
    assert newest.baseline.mean > low.baseline.mean + 2
    assert found(rising) == found(rising, ANOTHER)
