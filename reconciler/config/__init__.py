"""Configuration: variables and a .env file, parsed once into typed values; the only reader of
os.environ.

configuration  the whole configuration, part by part
variables      the variables and the .env file as they are written
access         the tenant and its client, and the webhook
ledger         where the ledger is
github         what GitHub Actions says of a run
parts          a part that can be used, or the reason why it cannot
urls           what may get our credentials, and the proxies on the way
terminal       whether colour is wanted, and whether a GitHub Actions runner reads along

Import each from its own module: printing a line needs `terminal` alone.
"""
