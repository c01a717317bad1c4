"""Whether the ingress queue is encrypted so that SNS can still deliver to it.

Source: SQS developer guide, "Key management", on compatibility with other services: the key that
SQS has of its own cannot admit anybody, since its policy cannot be changed.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from recommendation_applier.aws.queue_policy import SNS, delivery
from recommendation_applier.aws.resource_policy import (
    Answer,
    UnreadablePolicyError,
    answer_to,
    statements_of,
)
from recommendation_applier.domain.ads_regions import AdsRegion
from recommendation_applier.domain.finding import Finding, fault, ok, warning

_SERVICE_KEY: Final = "alias/aws/sqs"
_BY_SQS: Final = "let SQS encrypt it by itself: set SqsManagedSseEnabled, and no KmsMasterKeyId"


def judge_encryption(attributes: Mapping[str, str]) -> Finding | None:
    """Judge the queue's encryption; None if that is for the policy of its key to decide."""
    key = attributes.get("KmsMasterKeyId")
    if not key:
        by_sqs = attributes.get("SqsManagedSseEnabled") == "true"
        return ok("encrypted by SQS (SSE-SQS)" if by_sqs else "not encrypted")
    return _service_key(key) if key.endswith(_SERVICE_KEY) else None


def judge_key(
    key: str, *, is_managed_by_aws: bool, policy: str, queue_arn: str, region: AdsRegion
) -> Finding:
    """Judge the *policy* of the KMS key *key* that the queue is encrypted with."""
    if is_managed_by_aws:
        return _service_key(key)
    mend = (
        f"allow {SNS} to kms:GenerateDataKey* and kms:Decrypt in the policy of {key}, and the "
        f"functions' roles to kms:Decrypt; or {_BY_SQS}"
    )
    try:
        statements = statements_of(policy)
    except UnreadablePolicyError as error:
        return fault(f"the policy of the queue's KMS key {key} cannot be read: {error}", mend)
    request = delivery(queue_arn, topic_arn=region.any_topic_arn)
    answers = {
        action: answer_to(replace(request, action=action, resource=key), statements).answer
        for action in ("kms:GenerateDataKey", "kms:Decrypt")
    }
    refused = [
        action
        for action, answer in answers.items()
        if answer in (Answer.DENIED, Answer.NOT_ALLOWED)
    ]
    if refused:
        return fault(
            f"the queue's KMS key {key} refuses {' and '.join(refused)} to {SNS}: what the Stream "
            "delivers is lost without a trace",
            mend,
        )
    if Answer.UNCERTAIN in answers.values():
        return warning(
            f"whether the queue's KMS key {key} admits {SNS} depends on a condition that cannot be "
            "told from here",
            mend,
        )
    return ok(f"encrypted by the KMS key {key}, which admits {SNS}")


def _service_key(key: str) -> Finding:
    return fault(
        f"the queue is encrypted by SQS's own KMS key, {key}, which never lets SNS in: what the "
        "Stream delivers is lost without a trace",
        _BY_SQS,
    )
