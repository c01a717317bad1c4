"""A day without Amazon, by itself: it takes longest, and is therefore begun first."""

from tests.simulation.command import simulate


def test_a_day_without_amazon_costs_time_and_nothing_else() -> None:
    """Amazon is down for 24 hours, and 2,000 deliveries an hour go on: none is dead-lettered.

    Meanwhile some 300 requests find out whether it is back; the messages use up some 35 of their
    100 receives, and all of them are through three and a half hours after it is.
    """
    cost = simulate("--outage", "2000")

    assert cost["violations"] == 0
    assert cost["sent_once"] == cost["deliveries"] == 50_000
    assert cost["dead_letters"] == 0
    assert cost["apply_requests_while_down"] <= 400
    assert cost["most_receives"] <= 40
    assert cost["hours_to_drain"] <= 4
