"""The models of AWS's services, as botocore reads them from its own files."""

from functools import cache

import botocore.loaders


def share_models() -> None:
    """Let all sessions share what one of them has read, as the clients of one session do.

    Otherwise each reads megabytes of JSON anew: the greater part of what a test with moto costs.
    """
    botocore.loaders.create_loader = cache(botocore.loaders.create_loader)
