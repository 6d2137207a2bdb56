"""The Cognigy tenant over HTTP, a folder for each version of the API.

    v1          the API of the vendor guide
    transport   requests and their answers, rid of our secrets
    failures    status codes and exceptions → our errors, and the pauses between attempts
    auth        OAuth client credentials
    limiter     never more requests in a minute than the tenant allows

What a version's API can do is a value (`reconciler.model.api.Api`), which needs no HTTP to be read.
"""
