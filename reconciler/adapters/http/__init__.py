"""What all servers have in common: the tenant, GitHub and the webhook.

network     the connection: TLS, proxies, and a limit on every wait
trust       the certificates that this process trusts
dead_ends   connection failures that no retry can fix
answers     responses of a bounded size
pauses      which failures are transient, and how long to wait before retrying
attempts    one request, retried while that may help
"""

from reconciler.adapters.http.network import network

__all__ = ["network"]
