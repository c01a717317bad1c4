"""The embedded AWS has of template.yaml what a delivery and a tick touch, also in a moto server."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.server import ThreadedMotoServer

from tests.emulator.aws import deploy
from tests.emulator.invocation import Event, InvocationContext
from tests.emulator.parameters import DeployRefusedError
from tests.emulator.poller import EventSourceMapping
from tests.emulator.stack import DeployedFunction

PARAMETERS = {"AdsRegion": "NA", "PartnerNetworkAccountId": "amzn1.ads1.ma1.example"}

REGION = "us-east-1"


def resources(function: DeployedFunction) -> dict[str, str]:
    """Give the resource of each statement of a function's role, by its Sid."""
    [policy] = function.policy_documents
    return {each["Sid"]: each["Resource"] for each in policy["Statement"]}


@pytest.fixture
def moto() -> Iterator[None]:
    """An AWS of this process only; its Lambda needs no Docker."""
    with mock_aws(config={"lambda": {"use_docker": False}}):
        yield


@pytest.fixture
def moto_server() -> Iterator[str]:
    """The same AWS over HTTP, for programs of other processes."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.mark.usefixtures("moto")
def test_the_functions_have_the_environments_that_moto_resolves_too() -> None:
    """Two resolvers of the template's functions, moto's and our own, agree on each variable."""
    stack = deploy(PARAMETERS, region=REGION)

    assert stack.apply.name == stack.outputs["ApplyFunctionName"]
    assert stack.follow_up.name == stack.outputs["FollowUpFunctionName"]
    for function in (stack.apply, stack.follow_up):
        deployed = boto3.client("lambda", region_name=REGION).get_function_configuration(
            FunctionName=function.name
        )
        variables = deployed["Environment"]["Variables"]
        assert {name: str(value) for name, value in variables.items()} == function.environment
        assert deployed["Timeout"] == function.timeout_seconds
        assert deployed["Handler"] == function.handler
        assert deployed["FunctionArn"] == function.arn


@pytest.mark.usefixtures("moto")
def test_the_ledger_has_its_keys_and_its_index() -> None:
    """A table on demand that cannot be deleted; its expiry and recovery moto does not have."""
    stack = deploy(PARAMETERS, region=REGION)

    table = stack.dynamodb.describe_table(TableName=stack.ledger_table_name)["Table"]
    assert [each["AttributeName"] for each in table["KeySchema"]] == ["pk", "sk"]
    indexes = [each["IndexName"] for each in table["GlobalSecondaryIndexes"]]
    assert indexes == ["DueIndex", "HeldIndex"]
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["DeletionProtectionEnabled"] is True
    assert stack.apply.environment["LEDGER_TABLE_NAME"] == stack.ledger_table_name
    assert stack.follow_up.environment["LEDGER_TABLE_NAME"] == stack.ledger_table_name


@pytest.mark.usefixtures("moto")
def test_the_next_follow_up_is_the_earliest_in_the_index() -> None:
    """What is not followed is not in it; an empty ledger has none."""
    stack = deploy(PARAMETERS, region=REGION)
    assert stack.next_follow_up() is None

    for number, due in enumerate((1_800_000_300, 1_800_000_000, None)):
        follow_up = {"followUp": {"S": "DUE"}, "dueAt": {"N": str(due)}} if due else {}
        stack.dynamodb.put_item(
            TableName=stack.ledger_table_name,
            Item={"pk": {"S": "CLAIM#1"}, "sk": {"S": str(number)}, **follow_up},
        )

    assert stack.next_follow_up() == datetime.fromtimestamp(1_800_000_000, UTC)


@pytest.mark.usefixtures("moto")
def test_the_schedule_is_there_and_may_run_the_follow_up_function() -> None:
    """What runs it is the emulator, as often as the template says: moto has it and never does."""
    stack = deploy(PARAMETERS, region=REGION)

    events = boto3.client("events", region_name=REGION)
    rules = {each["ScheduleExpression"]: each for each in events.list_rules()["Rules"]}
    assert rules.keys() == {"rate(5 minutes)", "rate(1 hour)"}
    rule = rules["rate(5 minutes)"]
    assert stack.tick_interval == timedelta(minutes=5)
    [target] = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
    assert target["Arn"] == stack.follow_up.arn
    policy = boto3.client("lambda", region_name=REGION).get_policy(
        FunctionName=stack.follow_up.name
    )
    [statement] = json.loads(policy["Policy"])["Statement"]
    assert statement["Action"] == "lambda:InvokeFunction"
    assert statement["Condition"] == {"ArnLike": {"AWS:SourceArn": rule["Arn"]}}


@pytest.mark.usefixtures("moto")
def test_the_outputs_are_those_that_moto_resolves_too() -> None:
    """Outputs read as CloudFormation would show them, the secret's ARN among them."""
    stack = deploy(PARAMETERS, region=REGION)

    [shown] = boto3.client("cloudformation", region_name=REGION).describe_stacks(
        StackName=stack.name
    )["Stacks"]
    assert {each["OutputKey"]: each["OutputValue"] for each in shown["Outputs"]} == stack.outputs
    assert shown["StackStatus"] == "CREATE_COMPLETE"


@pytest.mark.usefixtures("moto")
def test_the_event_source_mapping_is_there_and_does_not_poll() -> None:
    """What a delivery meets is our poller; moto's own, one message at a time, is switched off."""
    stack = deploy(PARAMETERS | {"BatchSize": "250"}, region=REGION)

    [mapping] = boto3.client("lambda", region_name=REGION).list_event_source_mappings(
        FunctionName=stack.outputs["ApplyFunctionName"]
    )["EventSourceMappings"]
    assert mapping["State"] == "Disabled"
    assert mapping["EventSourceArn"] == stack.event_source.queue_arn
    assert mapping["BatchSize"] == stack.event_source.batch_size == 250
    assert stack.event_source.batching_window_seconds == 60
    assert stack.event_source.maximum_concurrency == 2
    assert stack.event_source.function_response_types == ("ReportBatchItemFailures",)


@pytest.mark.usefixtures("moto")
def test_the_queues_are_joined_and_guarded() -> None:
    """The redrive policy of the ingress queue and the policies of both are in force."""
    stack = deploy(PARAMETERS, region=REGION)

    ingress, dead_letters = (
        stack.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        for url in (stack.ingress_queue_url, stack.dead_letter_queue_url)
    )
    assert json.loads(ingress["RedrivePolicy"])["deadLetterTargetArn"] == dead_letters["QueueArn"]
    sids = [each["Sid"] for each in json.loads(ingress["Policy"])["Statement"]]
    assert sids == [
        "LetTheStreamDeliver",
        "LetAmazonReviewTheQueue",
        "RefuseWhatIsNotEncryptedOnTheWay",
    ]
    assert "RefuseWhatIsNotEncryptedOnTheWay" in dead_letters["Policy"]


@pytest.mark.usefixtures("moto")
def test_the_secret_is_empty_until_somebody_fills_it() -> None:
    """A first deploy leaves a secret without a value, and stored credentials are in it."""
    stack = deploy(PARAMETERS, region=REGION)
    secret_arn = stack.apply.environment["CREDENTIALS_SECRET_ARN"]

    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        stack.secrets.get_secret_value(SecretId=secret_arn)
    stack.store_credentials({"client_id": "id"})

    assert stack.secrets.get_secret_value(SecretId=secret_arn)["SecretString"] == (
        '{"client_id": "id"}'
    )


@pytest.mark.usefixtures("moto")
def test_the_roles_policies_name_what_was_deployed() -> None:
    """Nothing in the policy of either role is left to be resolved."""
    stack = deploy(PARAMETERS, region=REGION)

    outputs = stack.outputs
    table = f"arn:aws:dynamodb:us-east-1:123456789012:table/{stack.ledger_table_name}"
    log_groups = "arn:aws:logs:us-east-1:123456789012:log-group"
    parameter = "arn:aws:ssm:us-east-1:123456789012:parameter"
    assert resources(stack.apply) == {
        "ReceiveDeliveries": outputs["IngressQueueArn"],
        "PutOffRetries": outputs["IngressQueueArn"],
        "KeepDeadLetters": outputs["DeadLetterQueueArn"],
        "KeepTheLedger": table,
        "ReadTheCredentials": outputs["CredentialsSecretArn"],
        "ReadThePolicy": f"{parameter}{outputs['ApplyPolicyName']}",
        "ReadTheRoutes": "arn:aws:ssm:us-east-1:123456789012:parameter"
        + outputs["OpportunityRoutesName"],
        "ConfirmSubscriptionsOfTheStream": "arn:aws:sns:us-east-1:084590724871:*",
        "WriteTheLog": f"{log_groups}:{outputs['ApplyFunctionLogGroupName']}:*",
    }
    assert resources(stack.follow_up) == {
        "FindWhatIsDue": f"{table}/index/DueIndex",
        "FindWhatIsHeld": f"{table}/index/HeldIndex",
        "KeepTheLedger": table,
        "ReadTheCredentials": outputs["CredentialsSecretArn"],
        "WriteTheLog": f"{log_groups}:{outputs['FollowUpFunctionLogGroupName']}:*",
    }
    assert stack.apply.log_group_arn == f"{log_groups}:{outputs['ApplyFunctionLogGroupName']}"


@pytest.mark.usefixtures("moto")
def test_two_stacks_live_side_by_side() -> None:
    """Under another name the same template is another stack, with nothing in common."""
    one = deploy(PARAMETERS, region=REGION, stack_name="one")
    other = deploy(PARAMETERS, region=REGION, stack_name="other")

    assert not set(one.outputs.values()) & set(other.outputs.values())
    one.deliver(["a body"])
    assert "Messages" not in other.sqs.receive_message(QueueUrl=other.ingress_queue_url)


@pytest.mark.usefixtures("moto")
def test_a_deploy_to_the_wrong_region_makes_nothing() -> None:
    """The rule stops the deploy before anything is created."""
    with pytest.raises(DeployRefusedError, match="NA must be deployed in us-east-1"):
        deploy(PARAMETERS, region="eu-west-1")

    stacks = boto3.client("cloudformation", region_name="eu-west-1").list_stacks()
    assert stacks["StackSummaries"] == []


def test_a_moto_server_takes_the_same_deploy(moto_server: str) -> None:
    """Over HTTP too: deployed, filled, delivered to, polled and emptied."""
    stack = deploy(PARAMETERS, region=REGION, stack_name="served", endpoint_url=moto_server)
    stack.store_credentials({"client_id": "id"})
    stack.deliver(map(str, range(25)))
    received: list[str] = []

    def handler(event: Event, _: InvocationContext) -> object:
        received.extend(record["body"] for record in event["Records"])
        return {"batchItemFailures": []}

    poller = EventSourceMapping.of(stack, handler)

    assert len(poller.drain()) == 1
    assert sorted(received, key=int) == list(map(str, range(25)))
    assert poller.drain() == []
