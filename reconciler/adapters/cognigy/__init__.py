"""The Cognigy tenant over HTTP.

    v1          the API's routes, as a Tenant
    shapes      what its JSON and headers mean
    transport   requests and their answers, rid of our secrets
    failures    status codes and exceptions → our errors, and the pauses between attempts
    auth        OAuth client credentials
    limiter     never more requests in a minute than the tenant allows

Another version of the API is two files beside these.
"""

from reconciler.adapters.cognigy.v1 import connect

__all__ = ["connect"]
