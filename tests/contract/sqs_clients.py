"""SQS clients that reach no SQS."""

import boto3
from botocore.config import Config
from types_boto3_sqs.client import SQSClient


def stubbed_sqs() -> SQSClient:
    """Make a client for a Stubber to answer."""
    return boto3.client(
        "sqs",
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )


def unreachable_sqs() -> SQSClient:
    """Make a client that finds nobody listening."""
    return boto3.client(
        "sqs",
        region_name="us-east-1",
        endpoint_url="http://127.0.0.1:1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(retries={"total_max_attempts": 1, "mode": "standard"}),
    )
