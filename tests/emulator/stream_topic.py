"""Amazon Marketing Stream's SNS topic, as far as a subscriber meets it."""

from moto.backends import get_backend
from moto.core.models import DEFAULT_ACCOUNT_ID


def publish_topic(topic_arn: str) -> None:
    """Make a topic of another account known to ours.

    SNS finds a topic by its ARN, whoever owns it; moto looks among the caller's own only.
    """
    _, _, _, region, owner, name = topic_arn.split(":")
    sns = get_backend("sns")
    topic = sns[owner][region].create_topic(name)
    sns[DEFAULT_ACCOUNT_ID][region].topics[topic_arn] = topic
