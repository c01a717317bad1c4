"""Amazon Ads, as the functions of a deployed stack speak to it.

What speaks is imported when it does: nobody who asks for help waits for httpx.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from recommendation_applier.entrypoints.cli.deployed_stack import DeployedStack

if TYPE_CHECKING:
    from types_boto3_lambda.client import LambdaClient

    from recommendation_applier.amazon_ads.opportunity_files import OpportunityFiles

_PATIENCE_SECONDS: Final = 3600.0
"""For all requests of a command together; whoever waits can end it any time."""


@contextmanager
def opportunity_files(stack: DeployedStack) -> Iterator["OpportunityFiles"]:
    """Read opportunities and their files with the addresses and credentials of *stack*.

    The operator needs lambda:GetFunctionConfiguration on ApplyFunction, and
    secretsmanager:GetSecretValue on the stack's secret.
    """
    from recommendation_applier.entrypoints.amazon_wiring import (  # noqa: PLC0415 - as the module says
        connect,
    )
    from recommendation_applier.entrypoints.files_wiring import files_of  # noqa: PLC0415
    from recommendation_applier.entrypoints.settings import (  # noqa: PLC0415
        FollowUpSettings,
        read_settings,
    )
    from recommendation_applier.entrypoints.wiring import Time  # noqa: PLC0415

    functions: LambdaClient = stack.session.client("lambda")
    name = stack.output("ApplyFunctionName")
    found = functions.get_function_configuration(FunctionName=name)
    settings = read_settings(found["Environment"]["Variables"], FollowUpSettings)
    amazon = connect(stack.session, settings)
    with amazon.http() as http:
        yield files_of(amazon, http, Time(time.monotonic() + _PATIENCE_SECONDS, _PATIENCE_SECONDS))
