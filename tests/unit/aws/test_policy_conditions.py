"""Conditions of policies, held against what is known of a request."""

from typing import Any

import pytest

from recommendation_applier.aws.policy_conditions import Verdict, all_of, any_of, hold, negated

TOPIC = "arn:aws:sns:us-east-1:084590724871:recommendations"
KNOWN = {
    "aws:sourcearn": TOPIC,
    "aws:sourceaccount": "084590724871",
    "aws:securetransport": "true",
    "aws:sourceip": None,
}


@pytest.mark.parametrize(
    ("operator", "key", "wanted", "verdict"),
    [
        ("ArnLike", "aws:SourceArn", "arn:aws:sns:us-east-1:084590724871:*", True),
        ("ArnEquals", "AWS:SOURCEARN", ["arn:aws:sns:*:0845907248??:rec*"], True),
        ("ArnLike", "aws:SourceArn", "arn:aws:sns:eu-west-1:084590724871:*", False),
        ("ArnLike", "aws:SourceArn", "arn:aws:s*:recommendations:x:y", False),
        ("ArnLike", "aws:SourceArn", "*", True),
        ("ArnLike", "aws:SourceArn", "arn:aws:sns:*", None),
        ("ArnNotLike", "aws:SourceArn", "arn:aws:sns:*:111122223333:*", True),
        ("ArnNotEquals", "aws:SourceArn", TOPIC, False),
        ("StringLike", "aws:SourceArn", "arn:aws:sns:*recommendations", True),
        ("StringEquals", "aws:SourceArn", "arn:aws:sns:us-east-1:084590724871:*", False),
        ("StringEquals", "aws:SourceArn", [TOPIC], True),
        ("StringEquals", "aws:SourceAccount", ["1", "084590724871"], True),
        ("StringEqualsIgnoreCase", "aws:SourceArn", TOPIC.upper(), True),
        ("StringNotEquals", "aws:SourceAccount", "084590724871", False),
        ("StringNotEquals", "aws:PrincipalOrgID", "o-ours", True),
        ("StringNotEqualsIfExists", "aws:PrincipalOrgID", "o-ours", True),
        ("StringEquals", "aws:PrincipalOrgID", "o-ours", False),
        ("StringEqualsIfExists", "aws:PrincipalOrgID", "o-ours", True),
        ("StringEquals", "aws:SourceAccount", "${aws:PrincipalAccount}", None),
        ("StringNotEquals", "aws:SourceAccount", "${aws:PrincipalAccount}", None),
        ("StringEquals", "aws:SourceAccount", ["${a}", "084590724871"], True),
        ("Bool", "aws:SecureTransport", "false", False),
        ("Bool", "aws:SecureTransport", True, True),
        ("BoolIfExists", "aws:PrincipalIsAWSService", "false", True),
        ("Null", "aws:SourceArn", "true", False),
        ("Null", "aws:SourceArn", False, True),
        ("Null", "aws:PrincipalOrgID", "true", True),
        ("IpAddress", "aws:SourceIp", "10.0.0.0/8", None),
        ("NotIpAddress", "aws:VpcSourceIp", "10.0.0.0/8", True),
        ("DateGreaterThan", "aws:SourceAccount", "2026-01-01", None),
        ("ForAnyValue:StringLike", "aws:SourceArn", "arn:*", True),
        ("ForAnyValue:StringNotEquals", "aws:TagKeys", "a", False),
        ("ForAllValues:StringEquals", "aws:TagKeys", "a", True),
    ],
    ids=str,
)
def test_a_condition_holds_or_not_or_depends(
    operator: str, key: str, wanted: Any, verdict: Verdict
) -> None:
    """By IAM's own rules; None is what nobody here knows."""
    assert hold({operator: {key: wanted}}, KNOWN) is verdict


def test_all_conditions_must_hold() -> None:
    """Of several operators, and of several keys of one; one that fails decides."""
    good = {"StringEquals": {"aws:SourceAccount": "084590724871"}}
    depends = {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}

    assert hold({}, KNOWN) is True
    assert hold({**good, **depends}, KNOWN) is None
    assert hold({**good, "Null": {"aws:SourceArn": "true"}, **depends}, KNOWN) is False


def test_what_depends_is_neither() -> None:
    """The logic of three values, of Kleene."""
    assert [all_of([True, None]), all_of([None, False]), all_of([])] == [None, False, True]
    assert [any_of([True, None]), any_of([None, False]), any_of([])] == [True, None, False]
    assert [negated(each) for each in (True, False, None)] == [False, True, None]
