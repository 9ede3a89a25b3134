"""What the clock starts."""

from __future__ import annotations

from aws_lambda_powertools import Logger

from chalicelib import bootstrap
from chalicelib.application import wake

logger = Logger(service="vigie", serialize_stacktrace=False)


def tick() -> None:
    """Every minute: ask for every shard to be swept."""
    wake.tick(bootstrap.world())
    logger.info("tick")
