"""The template keeps the promises that its comments and the README make."""

import json
import random
import re
import tomllib
from typing import Any

import pytest

from recommendation_applier.aws import held_entries
from recommendation_applier.aws.follow_ups import INDEX
from recommendation_applier.domain.ads_regions import ADS_REGIONS
from recommendation_applier.domain.default_policy import DEFAULT_POLICY
from recommendation_applier.domain.event import SOURCE
from recommendation_applier.domain.follow_up import FIRST_GAP, GIVE_UP_AFTER
from recommendation_applier.domain.ledger import LEASE_MARGIN_SECONDS
from recommendation_applier.domain.opportunity_routes import read_routes
from recommendation_applier.domain.policy import read_policy
from recommendation_applier.domain.reasons import RetryReason
from recommendation_applier.domain.retry_schedule import visibility_seconds
from tests.builders import NO_ROUTES
from tests.emulator import amazon_streams
from tests.emulator.aws import (
    FOLLOW_UP_FUNCTION,
    FOLLOW_UP_ROLE,
    FUNCTION,
    OPPORTUNITIES_FUNCTION,
    OPPORTUNITIES_ROLE,
    OPPORTUNITIES_SCHEDULE,
    ROLE,
    SCHEDULE,
    SECRET,
    SUBSCRIPTIONS_FUNCTION,
    SUBSCRIPTIONS_ROLE,
    SUBSCRIPTIONS_SCHEDULE,
    TABLE,
)
from tests.emulator.intrinsics import Document
from tests.emulator.parameters import DeployRefusedError
from tests.emulator.template import TEMPLATE, ExpandedTemplate, expand, load

HOMES = {"NA": "us-east-1", "EU": "eu-west-1", "FE": "us-west-2"}
"""Where Amazon Marketing Stream delivers for the advertisers of each region of Amazon Ads."""

PUBLISHERS = {"NA": "084590724871", "EU": "059061853903", "FE": "489995134625"}
"""Whose topics carry the dataset sponsored-ads-campaign-diagnostics-recommendations."""

REVIEWER = "arn:aws:iam::926844853897:role/ReviewerRole"
"""Who looks at a queue for Amazon before a subscription to it is accepted."""

LONGEST_WINDOW_SECONDS = 300
"""Lambda's limit of a batching window."""

DAY_SECONDS = 24 * 60 * 60

ROLES = {
    FUNCTION: ROLE,
    FOLLOW_UP_FUNCTION: FOLLOW_UP_ROLE,
    OPPORTUNITIES_FUNCTION: OPPORTUNITIES_ROLE,
    SUBSCRIPTIONS_FUNCTION: SUBSCRIPTIONS_ROLE,
}
"""Each function's own."""


def expanded(ads_region: str = "NA", **parameters: str) -> ExpandedTemplate:
    """Expand the template for *ads_region* with all that it has, and *parameters* besides."""
    given = {
        "AdsRegion": ads_region,
        "PartnerNetworkAccountId": "amzn1.ads1.ma1.example",
        "OpportunityFiles": "APPLY",
    }
    return expand(given | parameters, region=HOMES[ads_region])


def statements(template: ExpandedTemplate, queue_policy: str) -> dict[str, Document]:
    """Return the statements of a queue policy by their Sid."""
    document = template.properties(queue_policy)["PolicyDocument"]
    return {statement["Sid"]: statement for statement in document["Statement"]}


def role_statements(template: ExpandedTemplate, role: str) -> list[Document]:
    """Return every statement of a function's role."""
    policies = template.properties(role)["Policies"]
    return [each for policy in policies for each in policy["PolicyDocument"]["Statement"]]


def granted(template: ExpandedTemplate, role: str) -> dict[str, tuple[list[str], str]]:
    """Return the actions that a role allows, with their resource, by the statement's Sid."""
    return {
        each["Sid"]: (
            [each["Action"]] if isinstance(each["Action"], str) else each["Action"],
            each["Resource"],
        )
        for each in role_statements(template, role)
    }


# ---- Queues -------------------------------------------------------------------------------------


def test_no_delivery_comes_back_while_it_is_worked_on() -> None:
    """Visibility is at least six function timeouts and the longest window that can be chosen."""
    template = expanded()

    visibility = template.properties("IngressQueue")["VisibilityTimeout"]
    timeout = template.properties(FUNCTION)["Timeout"]
    longest_window = load()["Parameters"]["BatchingWindowSeconds"]["MaxValue"]
    assert longest_window == LONGEST_WINDOW_SECONDS
    assert visibility >= 6 * timeout + longest_window


def test_dead_letters_outlive_deliveries() -> None:
    """A message keeps its age when SQS moves it, so the dead-letter queue must keep it longer."""
    template = expanded()

    ingress = template.properties("IngressQueue")["MessageRetentionPeriod"]
    dead_letters = template.properties("DeadLetterQueue")["MessageRetentionPeriod"]
    assert ingress < dead_letters
    assert dead_letters == 14 * 24 * 60 * 60


def test_deliveries_are_received_often_before_sqs_gives_up() -> None:
    """Lambda's guide wants five receives at the least, and the function knows the number."""
    template = expanded()

    redrive_policy = template.properties("IngressQueue")["RedrivePolicy"]
    known = template.properties(FUNCTION)["Environment"]["Variables"]["MAX_RECEIVE_COUNT"]
    assert redrive_policy["maxReceiveCount"] >= 5
    assert redrive_policy["maxReceiveCount"] == int(known)
    assert redrive_policy["deadLetterTargetArn"] == "${DeadLetterQueue.Arn}"


def test_the_dead_letter_queue_serves_the_ingress_queue_alone() -> None:
    """RedriveAllowPolicy names the ingress queue by the name that it is given."""
    template = expanded()

    name = template.properties("IngressQueue")["QueueName"]
    assert name == "recommendation-applier-ingress"
    assert template.properties("DeadLetterQueue")["RedriveAllowPolicy"] == {
        "redrivePermission": "byQueue",
        "sourceQueueArns": [f"arn:aws:sqs:us-east-1:123456789012:{name}"],
    }


@pytest.mark.parametrize("queue", ["IngressQueue", "DeadLetterQueue"])
def test_queues_are_encrypted_at_rest_and_on_the_way(queue: str) -> None:
    """SQS's own keys at rest, and whatever comes without TLS is denied, whoever sends it."""
    template = expanded()

    assert template.properties(queue)["SqsManagedSseEnabled"] is True
    assert template.properties(f"{queue}Policy")["Queues"] == [f"${{{queue}}}"]
    assert statements(template, f"{queue}Policy")["RefuseWhatIsNotEncryptedOnTheWay"] == {
        "Sid": "RefuseWhatIsNotEncryptedOnTheWay",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Resource": f"${{{queue}.Arn}}",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


@pytest.mark.parametrize("ads_region", HOMES)
def test_only_the_datasets_account_delivers_and_only_the_reviewer_looks(ads_region: str) -> None:
    """The ingress queue admits SNS for one account's topics, and Amazon's reviewer, and nobody."""
    found = statements(expanded(ads_region), "IngressQueuePolicy")

    topics = f"arn:aws:sns:{HOMES[ads_region]}:{PUBLISHERS[ads_region]}:*"
    allowed = [each for each in found.values() if each["Effect"] == "Allow"]
    assert allowed == [
        {
            "Sid": "LetTheStreamDeliver",
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": "${IngressQueue.Arn}",
            "Condition": {"ArnLike": {"aws:SourceArn": topics}},
        },
        {
            "Sid": "LetAmazonReviewTheQueue",
            "Effect": "Allow",
            "Principal": {"AWS": REVIEWER},
            "Action": "sqs:GetQueueAttributes",
            "Resource": "${IngressQueue.Arn}",
        },
    ]


# ---- Ledger -------------------------------------------------------------------------------------


def test_the_ledger_forgets_what_is_over_and_nothing_by_mistake() -> None:
    """DynamoDB deletes what is past `keptUntil`; 35 days can be gone back to, and more is barred.

    Asserted here: moto has tables without expiry and without recovery, whatever a template says.
    """
    template = expanded()

    table = template.properties(TABLE)
    assert table["TimeToLiveSpecification"] == {"AttributeName": "keptUntil", "Enabled": True}
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["DeletionProtectionEnabled"] is True


def test_the_ledger_is_paid_for_by_what_is_asked_of_it() -> None:
    """On demand, with the keys of its documents, and encrypted by DynamoDB's own key."""
    table = expanded().properties(TABLE)

    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert "ProvisionedThroughput" not in table
    assert "SSESpecification" not in table
    assert table["KeySchema"] == [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ]


def test_what_is_due_and_what_is_held_is_found_by_indexes_of_keys() -> None:
    """Only records that are followed, and entries that are held, are in them, the first first."""
    table = expanded().properties(TABLE)

    assert table["GlobalSecondaryIndexes"] == [
        {
            "IndexName": INDEX,
            "KeySchema": [
                {"AttributeName": "followUp", "KeyType": "HASH"},
                {"AttributeName": "dueAt", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        },
        {
            "IndexName": "HeldIndex",
            "KeySchema": [
                {"AttributeName": "held", "KeyType": "HASH"},
                {"AttributeName": "heldUntil", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        },
    ]
    types = {each["AttributeName"]: each["AttributeType"] for each in table["AttributeDefinitions"]}
    assert types == {
        "pk": "S",
        "sk": "S",
        "followUp": "S",
        "dueAt": "N",
        "held": "S",
        "heldUntil": "N",
    }


def test_the_policy_that_is_deployed_is_the_default_one() -> None:
    """Everything is applied, as far as ApplyMode lets it; a short policy costs nothing."""
    parameter = expanded().properties("ApplyPolicy")

    assert read_policy(parameter["Value"]) == DEFAULT_POLICY
    assert (parameter["Type"], parameter["Tier"]) == ("String", "Intelligent-Tiering")


def test_a_claim_outlives_its_invocation_and_ends_before_the_next_receive() -> None:
    """Whoever gets a delivery again finds the claim of a crashed invocation ended."""
    template = expanded()

    timeout = template.properties(FUNCTION)["Timeout"]
    visibility = template.properties("IngressQueue")["VisibilityTimeout"]
    longest_lease = timeout + LEASE_MARGIN_SECONDS
    assert timeout < longest_lease < visibility


def test_the_ledger_remembers_for_as_long_as_anything_can_come_back() -> None:
    """However few days are chosen: both queues, one after the other, and the whole follow-up."""
    template = expanded()
    parameter = load()["Parameters"]["LedgerRetentionDays"]

    least = parameter["MinValue"] * DAY_SECONDS
    queues = ("IngressQueue", "DeadLetterQueue")
    waited = sum(template.properties(queue)["MessageRetentionPeriod"] for queue in queues)
    assert least > waited
    assert least > GIVE_UP_AFTER.total_seconds()
    variables = template.properties(FUNCTION)["Environment"]["Variables"]
    assert int(variables["LEDGER_RETENTION_DAYS"]) == parameter["Default"]


@pytest.mark.parametrize("function", ROLES)
def test_all_functions_keep_the_same_ledger(function: str) -> None:
    """There is one table, and each knows its name."""
    template = expanded()

    assert list(template.logical_ids("AWS::DynamoDB::Table")) == [TABLE]
    variables = template.properties(function)["Environment"]["Variables"]
    assert variables["LEDGER_TABLE_NAME"] == f"${{{TABLE}}}"


# ---- Functions and roles ------------------------------------------------------------------------


def test_every_statement_says_what_it_is_for() -> None:
    """Each statement, of the roles and of the queues, has a Sid that is a phrase."""
    template = expanded()
    found = [
        *(each for role in ROLES.values() for each in role_statements(template, role)),
        *statements(template, "IngressQueuePolicy").values(),
        *statements(template, "DeadLetterQueuePolicy").values(),
    ]

    assert found
    for statement in found:
        assert re.fullmatch(r"([A-Z][a-z]+){2,}", statement["Sid"]), statement


@pytest.mark.parametrize("role", ROLES.values())
def test_a_role_is_written_by_hand_and_names_what_it_touches(role: str) -> None:
    """No managed policies, no action and no resource that is a star."""
    template = expanded()

    assert "ManagedPolicyArns" not in template.properties(role)
    assert set(template.logical_ids("AWS::IAM::Role")) == set(ROLES.values())
    for statement in role_statements(template, role):
        assert statement["Effect"] == "Allow"
        assert isinstance(statement["Resource"], str)
        assert statement["Resource"] != "*"
        assert "*" not in json.dumps(statement["Action"])


@pytest.mark.parametrize(("function", "role"), ROLES.items())
def test_each_function_has_its_own_role_and_log(function: str, role: str) -> None:
    """What one may do is not what the other may, and each is read by itself."""
    properties = expanded().properties(function)

    assert properties["Role"] == f"${{{role}.Arn}}"
    assert properties["LoggingConfig"]["LogGroup"] == f"${{{function}LogGroup}}"


def test_the_apply_function_may_do_this_and_nothing_else() -> None:
    """Action by action; that each is needed and that they are enough, the emulator shows."""
    assert granted(expanded(), ROLE) == {
        "ReceiveDeliveries": (
            ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
            "${IngressQueue.Arn}",
        ),
        "PutOffRetries": (["sqs:ChangeMessageVisibility"], "${IngressQueue.Arn}"),
        "KeepDeadLetters": (["sqs:SendMessage"], "${DeadLetterQueue.Arn}"),
        "KeepTheLedger": (
            [
                "dynamodb:BatchGetItem",
                "dynamodb:GetItem",
                "dynamodb:PutItem",
                "dynamodb:Query",
                "dynamodb:UpdateItem",
            ],
            "${LedgerTable.Arn}",
        ),
        "ReadTheCredentials": (["secretsmanager:GetSecretValue"], "${AdsCredentials}"),
        "ReadThePolicy": (
            ["ssm:GetParameter"],
            "arn:aws:ssm:us-east-1:123456789012:parameter${ApplyPolicy}",
        ),
        "ReadTheRoutes": (
            ["ssm:GetParameter"],
            "arn:aws:ssm:us-east-1:123456789012:parameter${OpportunityRoutes}",
        ),
        "ConfirmSubscriptionsOfTheStream": (
            ["sns:ConfirmSubscription"],
            "arn:aws:sns:us-east-1:084590724871:*",
        ),
        "WriteTheLog": (
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            "${ApplyFunctionLogGroup.Arn}",
        ),
    }


def test_the_follow_up_function_may_do_this_and_nothing_else() -> None:
    """It touches no queue, deletes nothing, and searches nothing but the two indexes."""
    assert granted(expanded(), FOLLOW_UP_ROLE) == {
        "FindWhatIsDue": (["dynamodb:Query"], f"${{LedgerTable.Arn}}/index/{INDEX}"),
        "FindWhatIsHeld": (["dynamodb:Query"], f"${{LedgerTable.Arn}}/index/{held_entries.INDEX}"),
        "KeepTheLedger": (
            ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem"],
            "${LedgerTable.Arn}",
        ),
        "ReadTheCredentials": (["secretsmanager:GetSecretValue"], "${AdsCredentials}"),
        "WriteTheLog": (
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            "${FollowUpFunctionLogGroup.Arn}",
        ),
    }


@pytest.mark.parametrize("role", [ROLE, FOLLOW_UP_ROLE])
def test_a_role_may_tell_the_one_bus_that_is_named_and_as_itself(role: str) -> None:
    """Without EventBusName the statement is not there at all."""
    [statement] = [
        each
        for each in role_statements(expanded(EventBusName="alerts"), role)
        if each["Sid"] == "TellTheEventBus"
    ]

    assert statement == {
        "Sid": "TellTheEventBus",
        "Effect": "Allow",
        "Action": "events:PutEvents",
        "Resource": "arn:aws:events:us-east-1:123456789012:event-bus/alerts",
        "Condition": {
            "ForAllValues:StringEquals": {"events:source": SOURCE},
            "Null": {"events:source": "false"},
        },
    }
    assert "TellTheEventBus" not in granted(expanded(), role)


@pytest.mark.parametrize("name", ["", "alerts"])
@pytest.mark.parametrize("function", [FUNCTION, FOLLOW_UP_FUNCTION])
def test_both_functions_know_the_bus_that_is_to_be_told(function: str, name: str) -> None:
    """None by default."""
    template = expanded(EventBusName=name) if name else expanded()

    variables = template.properties(function)["Environment"]["Variables"]
    assert variables["EVENT_BUS_NAME"] == name


@pytest.mark.parametrize(
    ("files", "may_send"), [("INDEX", {}), ("APPLY", {"OfferWhatIsNew": ["sqs:SendMessage"]})]
)
def test_the_reader_of_files_may_do_this_and_nothing_else(
    files: str, may_send: dict[str, list[str]]
) -> None:
    """It keeps the index, updates no entry of the ledger, and sends only what is to be applied."""
    assert granted(expanded(OpportunityFiles=files), OPPORTUNITIES_ROLE) == {
        "KeepTheIndex": (
            [
                "dynamodb:BatchGetItem",
                "dynamodb:BatchWriteItem",
                "dynamodb:PutItem",
                "dynamodb:Query",
            ],
            "${LedgerTable.Arn}",
        ),
        **{sid: (actions, "${IngressQueue.Arn}") for sid, actions in may_send.items()},
        "ReadTheCredentials": (["secretsmanager:GetSecretValue"], "${AdsCredentials}"),
        "WriteTheLog": (
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            "${OpportunitiesFunctionLogGroup.Arn}",
        ),
    }


def test_the_check_of_subscriptions_may_do_this_and_nothing_else() -> None:
    """It makes no record and deletes none; of the queue it knows nothing."""
    assert granted(expanded(), SUBSCRIPTIONS_ROLE) == {
        "KeepTheRecord": (["dynamodb:Query", "dynamodb:UpdateItem"], "${LedgerTable.Arn}"),
        "ReadTheCredentials": (["secretsmanager:GetSecretValue"], "${AdsCredentials}"),
        "WriteTheLog": (
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            "${SubscriptionsFunctionLogGroup.Arn}",
        ),
    }


def test_nothing_reads_files_unless_somebody_wants_it() -> None:
    """OFF, the default, makes neither function nor role, log, schedule, alarm or output."""
    template = expanded(OpportunityFiles="OFF")

    everything = {
        logical_id
        for resource_type in {each["Type"] for each in template.document["Resources"].values()}
        for logical_id in template.logical_ids(resource_type)
    }
    assert [each for each in everything if each.startswith("Opportunities")] == []
    assert len(everything) > 20
    outputs = template.document["Outputs"]
    conditions = {name: output.get("Condition") for name, output in outputs.items()}
    assert [name for name, each in conditions.items() if each == "FilesAreRead"] == [
        "OpportunitiesFunctionName",
        "OpportunitiesFunctionLogGroupName",
    ]
    assert load()["Parameters"]["OpportunityFiles"]["Default"] == "OFF"


def test_files_are_looked_at_twice_an_hour_by_one_tick_at_a_time() -> None:
    """A tick ends before the next begins, however long a file is."""
    template = expanded()

    rule = template.properties(OPPORTUNITIES_SCHEDULE)
    assert rule["ScheduleExpression"] == "rate(30 minutes)"
    assert [target["Arn"] for target in rule["Targets"]] == [f"${{{OPPORTUNITIES_FUNCTION}.Arn}}"]
    assert template.properties(OPPORTUNITIES_FUNCTION)["Timeout"] * 2 <= 30 * 60


def test_subscriptions_are_checked_once_an_hour_by_one_tick_at_a_time() -> None:
    """Whether or not files are read; a tick ends before the next begins."""
    template = expanded(OpportunityFiles="OFF")

    rule = template.properties(SUBSCRIPTIONS_SCHEDULE)
    assert rule["ScheduleExpression"] == "rate(1 hour)"
    assert [target["Arn"] for target in rule["Targets"]] == [f"${{{SUBSCRIPTIONS_FUNCTION}.Arn}}"]
    assert template.properties(SUBSCRIPTIONS_FUNCTION)["Timeout"] * 2 <= 60 * 60


@pytest.mark.parametrize("ads_region", HOMES)
def test_subscriptions_are_asked_about_at_the_regions_own_host(ads_region: str) -> None:
    """Marketing Stream is served by region, in one of the two media types that are documented."""
    template = expanded(ads_region)

    variables = template.properties(SUBSCRIPTIONS_FUNCTION)["Environment"]["Variables"]
    suffix = {"NA": "", "EU": "-eu", "FE": "-fe"}[ads_region]
    assert variables["STREAM_API_URL"] == f"https://advertising-api{suffix}.amazon.com"
    parameter = load()["Parameters"]["StreamMediaType"]
    assert variables["STREAM_MEDIA_TYPE"] == parameter["Default"]
    assert set(parameter["AllowedValues"]) == amazon_streams.MEDIA_TYPES


def test_the_schedule_ticks_in_time_for_the_first_check() -> None:
    """Every five minutes, twice within the first gap."""
    template = expanded()

    rule = template.properties(SCHEDULE)
    assert rule["ScheduleExpression"] == "rate(5 minutes)"
    assert FIRST_GAP.total_seconds() >= 2 * 5 * 60
    assert [target["Arn"] for target in rule["Targets"]] == [f"${{{FOLLOW_UP_FUNCTION}.Arn}}"]


def test_only_its_schedule_may_run_a_function() -> None:
    """Each of the three that have one."""
    template = expanded()

    permissions = list(map(template.properties, template.logical_ids("AWS::Lambda::Permission")))
    assert {each["Principal"] for each in permissions} == {"events.amazonaws.com"}
    assert {each["FunctionName"]: each["SourceArn"] for each in permissions} == {
        f"${{{FOLLOW_UP_FUNCTION}}}": f"${{{SCHEDULE}.Arn}}",
        f"${{{OPPORTUNITIES_FUNCTION}}}": f"${{{OPPORTUNITIES_SCHEDULE}.Arn}}",
        f"${{{SUBSCRIPTIONS_FUNCTION}}}": f"${{{SUBSCRIPTIONS_SCHEDULE}.Arn}}",
    }


def test_a_tick_is_over_before_the_next_and_is_never_repeated() -> None:
    """The next one does what it did not: Lambda neither tries again nor keeps it for later."""
    template = expanded()

    assert template.properties(FOLLOW_UP_FUNCTION)["Timeout"] < 5 * 60
    asynchronous = list(
        map(template.properties, template.logical_ids("AWS::Lambda::EventInvokeConfig"))
    )
    assert {each["FunctionName"] for each in asynchronous} == {
        f"${{{FOLLOW_UP_FUNCTION}}}",
        f"${{{OPPORTUNITIES_FUNCTION}}}",
        f"${{{SUBSCRIPTIONS_FUNCTION}}}",
    }
    for each in asynchronous:
        assert each["MaximumRetryAttempts"] == 0
        assert each["MaximumEventAgeInSeconds"] == 5 * 60


@pytest.mark.parametrize(
    "function", [FOLLOW_UP_FUNCTION, OPPORTUNITIES_FUNCTION, SUBSCRIPTIONS_FUNCTION]
)
def test_all_functions_are_one_bundle(function: str) -> None:
    """`sam build` builds once for functions that are alike in what it looks at."""
    resources = load()["Resources"]
    apply, other = resources[FUNCTION], resources[function]

    assert apply["Metadata"] == other["Metadata"]
    for name in ("CodeUri", "Runtime", "Architectures"):
        assert apply["Properties"][name] == other["Properties"][name]


@pytest.mark.parametrize(
    "function", [FOLLOW_UP_FUNCTION, OPPORTUNITIES_FUNCTION, SUBSCRIPTIONS_FUNCTION]
)
def test_all_functions_have_the_same_values_in_common(function: str) -> None:
    """What one speaks to, as whom, and under which name it counts, the others do too."""
    template = expanded()
    apply, other = (
        template.properties(each)["Environment"]["Variables"] for each in (FUNCTION, function)
    )

    assert other == {name: apply.get(name, other[name]) for name in other}
    assert "LEDGER_TABLE_NAME" in apply.keys() & other.keys()


@pytest.mark.parametrize("ads_region", HOMES)
def test_only_subscriptions_of_the_dataset_can_be_confirmed(ads_region: str) -> None:
    """What the role may confirm is what the function believes: topics of one account."""
    template = expanded(ads_region)

    [resource] = [
        statement["Resource"]
        for statement in role_statements(template, ROLE)
        if statement["Action"] == "sns:ConfirmSubscription"
    ]
    variables = template.properties(FUNCTION)["Environment"]["Variables"]
    assert resource == f"arn:aws:sns:{HOMES[ads_region]}:{PUBLISHERS[ads_region]}:*"
    assert variables["STREAM_TOPIC_ARN_PREFIX"] == resource.removesuffix("*")


def test_deliveries_that_failed_come_back_alone() -> None:
    """The event source mapping reads which deliveries of a batch failed, and fills batches."""
    template = expanded()

    [logical_id] = template.logical_ids("AWS::Lambda::EventSourceMapping")
    mapping = template.properties(logical_id)
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["EventSourceArn"] == "${IngressQueue.Arn}"
    # A filter would delete what it does not match, subscription confirmations among them.
    assert "FilterCriteria" not in mapping


@pytest.mark.parametrize("ads_region", HOMES)
def test_the_function_speaks_to_amazons_hosts(ads_region: str) -> None:
    """Partner Opportunities has one host for all regions, Login with Amazon one for each."""
    variables = expanded(ads_region).properties(FUNCTION)["Environment"]["Variables"]

    top_level = {"NA": "com", "EU": "co.uk", "FE": "co.jp"}[ads_region]
    assert variables["ADS_API_URL"] == "https://advertising-api.amazon.com"
    assert variables["LWA_TOKEN_URL"] == f"https://api.amazon.{top_level}/auth/o2/token"


def test_a_first_deploy_changes_no_campaign() -> None:
    """Unless somebody says otherwise, nothing is applied."""
    variables = expanded().properties(FUNCTION)["Environment"]["Variables"]

    assert variables["APPLY_MODE"] == "DRY_RUN"


@pytest.mark.parametrize("function", ROLES)
@pytest.mark.parametrize("architecture", ["arm64", "x86_64"])
def test_a_function_runs_on_the_processors_that_were_chosen(
    function: str, architecture: str
) -> None:
    """The Architecture parameter reaches the function."""
    properties = expanded(Architecture=architecture).properties(function)

    assert properties["Architectures"] == [architecture]
    assert properties["Runtime"] == "python3.13"


def test_logs_end() -> None:
    """The functions write into log groups of the stack's, whose retention is set."""
    template = expanded(LogRetentionDays="30")

    log_groups = set(template.logical_ids("AWS::Logs::LogGroup"))
    assert log_groups == {f"{function}LogGroup" for function in ROLES}
    for log_group in log_groups:
        assert template.properties(log_group)["RetentionInDays"] == "30"


# ---- Routes -------------------------------------------------------------------------------------


def test_the_route_table_is_created_empty() -> None:
    """What an operator stores stays, since the template's value never changes."""
    parameter = expanded().properties("OpportunityRoutes")

    assert read_routes(parameter["Value"], source="the template") == NO_ROUTES
    assert parameter["Type"] == "String"
    variables = expanded().properties(FUNCTION)["Environment"]["Variables"]
    assert variables["OPPORTUNITY_ROUTES_NAME"] == "${OpportunityRoutes}"


# ---- Credentials --------------------------------------------------------------------------------


def test_the_template_never_writes_the_secret() -> None:
    """The secret is created empty, so that no deploy overwrites what an operator stored."""
    assert set(expanded().properties(SECRET)) == {"Description"}


@pytest.mark.parametrize("logical_id", ["DeadLetterQueue", SECRET, TABLE])
def test_what_cannot_be_made_again_outlives_the_stack(logical_id: str) -> None:
    """Dead letters, credentials and ledger are there after the stack, or they, are replaced."""
    resource = expanded().resource(logical_id)

    assert resource["DeletionPolicy"] == "Retain"
    assert resource["UpdateReplacePolicy"] == "Retain"


# ---- Parameters, rules, outputs -----------------------------------------------------------------


@pytest.mark.parametrize("name", load()["Parameters"])
def test_every_parameter_is_described_and_bounded(name: str) -> None:
    """A person reads what it is for, and a wrong value stops the deploy."""
    written = load()
    parameter = written["Parameters"][name]
    interface = written["Metadata"]["AWS::CloudFormation::Interface"]

    assert parameter["Description"].endswith(".")
    assert (
        "AllowedValues" in parameter
        or {"MinValue", "MaxValue"} <= parameter.keys()
        or {"AllowedPattern", "MaxLength", "ConstraintDescription"} <= parameter.keys()
    )
    assert [name in group["Parameters"] for group in interface["ParameterGroups"]].count(True) == 1
    assert name in interface["ParameterLabels"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ActionableStatuses", "PUBLISHED, REMOVED"),
        ("ActionableStatuses", ""),
        ("AlarmEmail", "nobody"),
        ("ApplyMode", "apply"),
        ("BatchSize", "1001"),
        ("BatchingWindowSeconds", "0"),
        ("DefaultPartnerOpportunityId", "an id"),
        ("EventBusName", "a bus"),
        ("EventBusName", "arn:aws:events:us-east-1:123456789012:event-bus/alerts"),
        ("LedgerRetentionDays", "29"),
        ("LedgerRetentionDays", "3651"),
        ("LogRetentionDays", "31"),
        ("SilenceHours", "-1"),
        ("SilenceHours", "169"),
        ("MaximumConcurrency", "1"),
        ("MaxConcurrentRequests", "17"),
        ("OpportunityFiles", "index"),
        ("PartnerNetworkAccountId", ""),
        ("StreamMediaType", "application/json"),
        ("PartnerNetworkAccountId", "amzn1\r\nHost: elsewhere"),
    ],
)
def test_a_wrong_value_is_refused_by_name(name: str, value: str) -> None:
    """CloudFormation names the parameter before anything is made."""
    with pytest.raises(DeployRefusedError, match=f"Parameter {name} failed"):
        expanded(**{name: value})


@pytest.mark.parametrize("ads_region", HOMES)
@pytest.mark.parametrize("region", [*HOMES.values(), "eu-central-1"])
def test_each_region_of_amazon_ads_has_one_home(ads_region: str, region: str) -> None:
    """A deploy to any other region is refused with the right one."""
    parameters = {"AdsRegion": ads_region, "PartnerNetworkAccountId": "amzn1.ads1.ma1.example"}
    home = HOMES[ads_region]

    if region == home:
        assert expand(parameters, region=region).document["Resources"]
    else:
        with pytest.raises(DeployRefusedError, match=f"{ads_region} must be deployed in {home}"):
            expand(parameters, region=region)


def test_every_output_is_described() -> None:
    """Who reads the outputs learns what each is for."""
    outputs = load()["Outputs"]

    assert set(outputs) == {
        "AlarmTopicArn",
        "ApplyFunctionLogGroupName",
        "ApplyFunctionName",
        "ApplyPolicyName",
        "CredentialsSecretArn",
        "DashboardUrl",
        "DeadLetterQueueArn",
        "DeadLetterQueueUrl",
        "FollowUpFunctionLogGroupName",
        "FollowUpFunctionName",
        "IngressQueueArn",
        "IngressQueueUrl",
        "LedgerTableName",
        "OpportunitiesFunctionLogGroupName",
        "OpportunitiesFunctionName",
        "OpportunityRoutesName",
        "SubscriptionsFunctionLogGroupName",
        "SubscriptionsFunctionName",
    }
    assert all(output["Description"].endswith(".") for output in outputs.values())


_PHYSICAL_NAMES = frozenset(
    {
        "AlarmName",
        "DashboardName",
        "FunctionName",
        "LogGroupName",
        "Name",
        "QueueName",
        "RoleName",
        "TableName",
    }
)


def test_no_name_stands_in_the_way_of_a_second_stack() -> None:
    """The only physical names are made of the stack's."""
    named = {
        f"{logical_id}.{name}": value
        for logical_id, resource in load()["Resources"].items()
        for name, value in resource["Properties"].items()
        if name in _PHYSICAL_NAMES and resource["Type"] != "AWS::Logs::QueryDefinition"
    }

    assert named == {
        # One account has one dashboard of a name, for all regions.
        "Dashboard.DashboardName": {"Fn::Sub": "${AWS::StackName}-${AWS::Region}"},
        "ApplyPolicy.Name": {"Fn::Sub": "/${AWS::StackName}/apply-policy"},
        "IngressQueue.QueueName": {"Fn::Sub": "${AWS::StackName}-ingress"},
        "OpportunityRoutes.Name": {"Fn::Sub": "/${AWS::StackName}/opportunity-routes"},
    }


def test_every_skipped_finding_has_its_reason() -> None:
    """A check of checkov's is skipped by its name, on its resource, with a sentence."""
    for resource in load()["Resources"].values():
        for skip in resource.get("Metadata", {}).get("checkov", {}).get("skip", []):
            assert re.fullmatch(r"CKV_AWS_\d+", skip["id"])
            assert skip["comment"].endswith(".")


# ---- samconfig.toml -----------------------------------------------------------------------------


def environment(name: str) -> dict[str, Any]:
    """Read an environment of samconfig.toml."""
    text = TEMPLATE.with_name("samconfig.toml").read_text(encoding="utf-8")
    return dict(tomllib.loads(text)[name])


def overrides(text: str) -> dict[str, str]:
    """Read `parameter_overrides` as sam does."""
    pairs = (pair.partition("=") for pair in text.split())
    return {name: value.strip('"') for name, _, value in pairs}


@pytest.mark.parametrize("ads_region", HOMES)
def test_each_environment_of_sam_is_deployed_where_it_belongs(ads_region: str) -> None:
    """Region and AdsRegion of na, eu and fe fit, once the account id is filled in."""
    settings = environment(ads_region.lower())
    where = settings["global"]["parameters"]
    parameters = overrides(settings["deploy"]["parameters"]["parameter_overrides"])

    assert where["region"] == HOMES[ads_region]
    assert parameters["AdsRegion"] == ads_region
    with pytest.raises(DeployRefusedError, match=r"PartnerNetworkAccountId .* samconfig\.toml"):
        expand(parameters, region=where["region"])
    filled = parameters | {"PartnerNetworkAccountId": "amzn1.ads1.ma1.example"}
    assert expand(filled, region=where["region"]).document["Resources"]


def test_the_environments_of_sam_have_stacks_of_their_own() -> None:
    """No deploy to one region takes another's place, and each asks before it changes anything."""
    settings = [environment(ads_region.lower()) for ads_region in HOMES]

    names = [each["global"]["parameters"]["stack_name"] for each in settings]
    assert len(set(names)) == 3
    for each in settings:
        deploy = each["deploy"]["parameters"]
        assert deploy["capabilities"] == "CAPABILITY_IAM"
        assert deploy["confirm_changeset"] is True
        assert deploy["resolve_s3"] is True
        assert each["validate"]["parameters"]["lint"] is True


def test_sam_local_invoke_needs_no_parameters() -> None:
    """The default environment says which function events are for, and applies nothing."""
    local_invoke = environment("default")["local_invoke"]["parameters"]

    assert local_invoke["function_logical_id"] == FUNCTION
    template = expand(overrides(local_invoke["parameter_overrides"]), region="us-east-1")
    assert template.scope.parameters["ApplyMode"] == "DRY_RUN"


def test_removed_can_never_be_made_actionable() -> None:
    """The deploy is refused before a cold start would be."""
    with pytest.raises(DeployRefusedError, match="ActionableStatuses must be"):
        expanded(ActionableStatuses="PUBLISHED,REMOVED")

    template = expanded(ActionableStatuses="PUBLISHED,NOT_REMOVED")
    assert template.scope.parameters["ActionableStatuses"] == "PUBLISHED,NOT_REMOVED"


@pytest.mark.parametrize("reason", list(RetryReason))
def test_the_last_receive_comes_before_a_delivery_is_lost(reason: RetryReason) -> None:
    """Whatever is drawn, all receives together take less time than the queue keeps a delivery."""
    queue = expanded().properties("IngressQueue")
    receives = queue["RedrivePolicy"]["maxReceiveCount"]
    for seed in range(200):
        draw = random.Random(seed).uniform  # noqa: S311 - lots, not secrets
        waited = sum(
            visibility_seconds(receive_count=count, reason=reason, retry_after=0.0, jitter=draw)
            for count in range(1, receives)
        )

        assert waited < queue["MessageRetentionPeriod"]


def test_the_regions_are_those_of_the_code() -> None:
    """The mapping, and the rules about where each is deployed."""
    template = load()

    for name, mapped in template["Mappings"]["AmazonAds"].items():
        assert ADS_REGIONS[name].publisher_account == mapped["PublisherAccount"]
        assert ADS_REGIONS[name].api_url == mapped["StreamApiUrl"]
    asserted = {
        rule["RuleCondition"]["Fn::Equals"][1]: rule["Assertions"][0]["Assert"]["Fn::Equals"][1]
        for rule in template["Rules"].values()
    }
    assert asserted == {name: region.aws_region for name, region in ADS_REGIONS.items()}
