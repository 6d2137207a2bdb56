"""What every server has in common, be it the tenant, GitHub or a webhook.

network     the way there: TLS, the proxy in between, and an end to every wait
dead_ends   failures on that way that no repetition mends
answers     answers of a bounded size
pauses      which refusals may pass, and how long to wait for that
attempts    one request, repeated while that may help
"""

from reconciler.adapters.http.network import network

__all__ = ["network"]
