"""Shares of small numbers, against published intervals."""

import pytest

from ruptures.precision import Share, wilson


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_published_interval(hits, count, low, high):
    assert wilson(hits, count) == pytest.approx((low, high), abs=5e-5)


def test_wilson_is_the_same_seen_from_the_other_side():
    low, high = wilson(3, 11)
    assert wilson(8, 11) == pytest.approx((1 - high, 1 - low))


def test_share_of_nothing_has_no_value():
    nothing = Share(0, 0)
    assert (nothing.share, nothing.interval) == (None, None)
    assert (nothing.low_percent, nothing.high_percent) == (None, None)


def test_ends_in_percent_are_rounded_outwards():
    assert wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)
    share = Share(1, 29)
    assert (share.low_percent, share.high_percent) == (0, 18)
    assert (Share(0, 20).low_percent, Share(20, 20).high_percent) == (0, 100)


@pytest.mark.parametrize(("hits", "count"), [(-1, 3), (4, 3)])
def test_more_hits_than_there_were_are_refused(hits, count):
    with pytest.raises(ValueError):
        Share(hits, count)
