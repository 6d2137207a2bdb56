"""What every server has in common, be it the tenant, GitHub or a webhook.

network   the way there: TLS, and the proxy in between
pauses    which refusals may pass, and how long to wait for that
"""

from reconciler.adapters.http.network import network

__all__ = ["network"]
