"""The configuration: variables and a .env file, parsed into typed values; the only reader of
os.environ.

variables   the variables and a .env file, and what they say of tenant, webhook and ledger
github      what GitHub Actions says of a run
terminal    whether colour is wanted, and whether a GitHub Actions runner reads along
urls        what may get our credentials, and the proxies on the way

Import each from its own module: printing a line needs `terminal` alone.
"""
