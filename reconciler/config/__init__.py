"""Configuration: environment variables and a .env file, parsed once into typed values. Only this
package reads os.environ.

configuration  the whole configuration, part by part
variables      the raw variables, from the environment and .env
access         the tenant, its OAuth client, and the webhook
credentials    credentials by name: where they may lie, and what they must be
sources        where all of that came from, for `-v`
ledger         where the ledger is
database       the URL of a shared ledger
github         the variables of GitHub Actions
project        the project's folder, found upwards from the working directory
parts          a part that can be used, or the reason why it cannot
urls           URLs that may get our credentials, and the proxies for them
shells         where shells look for completions
terminal       whether to use colour, and whether a GitHub Actions runner reads our output

Import names from their own modules: printing a line needs only `terminal`.
"""
