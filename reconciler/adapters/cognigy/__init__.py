"""The Cognigy tenant over HTTP.

    v1          the API's routes and shapes, as a Tenant
    transport   requests, retries, and status codes → our errors
    auth        OAuth client credentials
    limiter     never more requests in a minute than the tenant allows

Another version of the API is a file beside v1.
"""

from reconciler.adapters.cognigy.v1 import Access, Credentials, connect

__all__ = ["Access", "Credentials", "connect"]
