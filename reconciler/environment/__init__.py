"""The environment: the only reader of os.environ.

variables   the variables and a .env file, and what they say of the tenant
github      what GitHub Actions says of a run
urls        what may get our credentials, and the proxies on the way
"""

from reconciler.environment.github import GitHubAccess, GitHubEnvironment, is_commit
from reconciler.environment.urls import proxy_for
from reconciler.environment.variables import (
    DEFAULT_LEDGER,
    Environment,
    TenantAccess,
    WebhookAccess,
    a_runner_listens,
    color_is_unwanted,
    read_environment,
)

__all__ = [
    "DEFAULT_LEDGER",
    "Environment",
    "GitHubAccess",
    "GitHubEnvironment",
    "TenantAccess",
    "WebhookAccess",
    "a_runner_listens",
    "color_is_unwanted",
    "is_commit",
    "proxy_for",
    "read_environment",
]
