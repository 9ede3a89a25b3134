"""What all tests share: an environment without anybody's credentials, and Hypothesis profiles."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

os.environ |= {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "eu-west-3",
    "POWERTOOLS_LOG_LEVEL": "WARNING",
}
os.environ.pop("AWS_PROFILE", None)

slow_is_fine = [HealthCheck.too_slow]
settings.register_profile("fast", max_examples=20, deadline=None, suppress_health_check=slow_is_fine)
settings.register_profile("whole", max_examples=60, deadline=None, suppress_health_check=slow_is_fine)
settings.register_profile("deep", max_examples=2000, deadline=None, suppress_health_check=slow_is_fine)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))
