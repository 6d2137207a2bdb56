"""The Cognigy tenant over HTTP, with a folder for each version of the API.

    v1          the API of the vendor guide
    v2          the REST API v2.0 of Cognigy.AI
    entrance    the checks of an examination that all versions have
    apis        what each of them can do, by name
    sessions    a connection from its parts
    transport   requests and responses, with our secrets redacted
    failures    status codes and exceptions → our errors, and the delays between attempts
    overheard   what answers say besides their content
    auth        an API key, or OAuth client credentials
    paths       quotes the segments of a path
    redaction   finds our secrets in what the tenant sends back
    limiter     never more requests per minute than the tenant allows
    window      the places that this leaves, shared by all connections to an origin
    rates       the windows of all origins

The capabilities of an API version are a value (`reconciler.model.api.Api`), which can be read
without HTTP.
"""
