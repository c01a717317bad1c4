"""Whether the ingress queue's policy lets the Stream deliver, and Amazon look.

Source: amzn/ads-advanced-tools-docs, amazon_marketing_stream/Stream_SQS _CF_Template.yaml.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from recommendation_applier.aws.policy_conditions import listed
from recommendation_applier.aws.resource_policy import (
    Answer,
    Request,
    UnreadablePolicyError,
    answer_to,
    statements_of,
)
from recommendation_applier.domain.ads_regions import (
    ADS_REGIONS,
    ANY_TOPIC,
    REVIEWER_ROLE_ARN,
    AdsRegion,
)
from recommendation_applier.domain.finding import Finding, fault, ok, together, warning

SNS: Final = "sns.amazonaws.com"

_STRANGER: Final = "111122223333"
"""An account that AWS's documentation is about, and nobody's."""

_BACK: Final = "as IngressQueuePolicy of template.yaml has it"


def judge_policy(document: str | None, *, queue_arn: str, region: AdsRegion) -> Finding:
    """Judge the queue's policy, None where it has none: who may send, and who may look."""
    try:
        statements = statements_of(document) if document else []
    except UnreadablePolicyError as error:
        return fault(
            f"the queue's policy cannot be read: {error}", f"write a policy {_BACK}, onto the queue"
        )
    return together(
        [
            _of_publisher(statements, queue_arn, region),
            _of_reviewer(statements, queue_arn, region),
            _of_strangers(statements, queue_arn, region),
        ]
    )


def delivery(queue_arn: str, *, topic_arn: str) -> Request:
    """Give the request that SNS makes for a topic."""
    account = topic_arn.split(":")[4]
    return Request(
        kind="Service",
        principal=SNS,
        action="sqs:SendMessage",
        resource=queue_arn,
        context={
            "aws:currenttime": None,
            "aws:epochtime": None,
            "aws:principalisawsservice": "true",
            "aws:principalservicename": SNS,
            "aws:requestedregion": queue_arn.split(":")[3],
            "aws:resourceaccount": queue_arn.split(":")[4],
            "aws:securetransport": "true",
            "aws:sourceaccount": account,
            "aws:sourcearn": topic_arn,
            "aws:sourceip": None,
            "aws:sourceorgid": None,
            "aws:sourceorgpaths": None,
            "kms:encryptioncontext:aws:sqs:arn": queue_arn,
            "kms:viaservice": None,
        },
    )


def _of_publisher(
    statements: Sequence[Mapping[str, Any]], queue_arn: str, region: AdsRegion
) -> Finding:
    who = f"topics of account {region.publisher_account} (the dataset's publisher in {region.name})"
    said = answer_to(delivery(queue_arn, topic_arn=region.any_topic_arn), statements)
    allow = (
        f"allow {SNS} to sqs:SendMessage where aws:SourceArn is like "
        f"{region.topic_arn_prefix}*, {_BACK}"
    )
    if said.answer is Answer.ALLOWED:
        return ok(f"lets {who} deliver")
    if said.answer is Answer.DENIED:
        return fault(
            f"the queue's policy denies deliveries to {who}: {said.statement}",
            f"take the statement {said.statement} off the queue's policy, or except {SNS} from it",
        )
    if said.answer is Answer.UNCERTAIN:
        return warning(
            f"whether the queue's policy lets {who} deliver depends on a condition that cannot be "
            f"told from here: {said.statement}",
            f"see that the statement {said.statement} lets {SNS} through; {_BACK}, it has no such "
            "condition",
        )
    if topic := next(_admitted_topics(statements, queue_arn, region), None):
        return warning(
            f"the queue's policy lets the topic {topic} deliver, and no other of {who}",
            f"Amazon may deliver from other topics: {allow}",
        )
    others = [
        f"{each.publisher_account} ({each.name}'s)"
        for each in ADS_REGIONS.values()
        if each is not region and _lets_deliver(statements, queue_arn, each, region)
    ]
    instead = f", but those of {', '.join(others)}" if others else ""
    return fault(f"the queue's policy does not let {who} deliver{instead}", allow)


def _of_reviewer(
    statements: Sequence[Mapping[str, Any]], queue_arn: str, region: AdsRegion
) -> Finding:
    request = Request(
        kind="AWS",
        principal=REVIEWER_ROLE_ARN,
        action="sqs:GetQueueAttributes",
        resource=queue_arn,
        context={
            "aws:currenttime": None,
            "aws:epochtime": None,
            "aws:principalaccount": REVIEWER_ROLE_ARN.split(":")[4],
            "aws:principalarn": REVIEWER_ROLE_ARN,
            "aws:principalisawsservice": "false",
            "aws:principalorgid": None,
            "aws:principalorgpaths": None,
            "aws:principaltype": "AssumedRole",
            "aws:requestedregion": region.aws_region,
            "aws:resourceaccount": queue_arn.split(":")[4],
            "aws:securetransport": "true",
            "aws:sourceip": None,
            "aws:useragent": None,
        },
    )
    said = answer_to(request, statements)
    who = f"Amazon's reviewer ({REVIEWER_ROLE_ARN})"
    if said.answer is Answer.ALLOWED:
        return ok("lets Amazon's reviewer look")
    if said.answer is Answer.DENIED:
        return fault(
            f"the queue's policy denies {who} a look: {said.statement}",
            f"take the statement {said.statement} off the queue's policy, or except the role "
            "from it",
        )
    if said.answer is Answer.UNCERTAIN:
        return warning(
            f"whether the queue's policy lets {who} look depends on what cannot be told from here: "
            f"{said.statement}",
            f"see that the statement {said.statement} lets the role through",
        )
    return fault(
        f"the queue's policy does not let {who} look, so that Amazon refuses to subscribe it",
        f"allow {REVIEWER_ROLE_ARN} to sqs:GetQueueAttributes, {_BACK}",
    )


def _of_strangers(
    statements: Sequence[Mapping[str, Any]], queue_arn: str, region: AdsRegion
) -> Finding:
    topic = f"arn:aws:sns:{region.aws_region}:{_STRANGER}:{ANY_TOPIC}"
    said = answer_to(delivery(queue_arn, topic_arn=topic), statements)
    if said.answer is Answer.ALLOWED:
        return warning(
            f"the queue's policy lets topics of every account deliver: {said.statement}",
            f"hold the statement {said.statement} to aws:SourceArn like "
            f"{region.topic_arn_prefix}*, {_BACK}",
        )
    return ok("lets nobody else deliver")


def _lets_deliver(
    statements: Sequence[Mapping[str, Any]], queue_arn: str, other: AdsRegion, region: AdsRegion
) -> bool:
    """Tell whether another region's publisher may deliver, from there or from here."""
    topics = [
        f"arn:aws:sns:{place}:{other.publisher_account}:{ANY_TOPIC}"
        for place in (other.aws_region, region.aws_region)
    ]
    answers = [answer_to(delivery(queue_arn, topic_arn=each), statements) for each in topics]
    return any(each.answer is Answer.ALLOWED for each in answers)


def _admitted_topics(
    statements: Sequence[Mapping[str, Any]], queue_arn: str, region: AdsRegion
) -> Iterator[str]:
    """Give the topics of the publisher that conditions name, and that may deliver."""
    for statement in statements:
        for tests in (statement.get("Condition") or {}).values():
            for each in (pattern for wanted in tests.values() for pattern in listed(wanted)):
                name = each.rpartition(":")[2].replace("*", "x").replace("?", "x")
                topic_arn = f"{region.topic_arn_prefix}{name}"
                request = delivery(queue_arn, topic_arn=topic_arn)
                if answer_to(request, statements).answer is Answer.ALLOWED:
                    yield topic_arn
