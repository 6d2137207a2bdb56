"""GitHub over HTTP: REST, and GraphQL for the two questions that REST does not answer.

repository  the routes that we use, as ports.Repository
session     requests and their answers: retries, pages, rate limits
failures    statuses and lost answers → our errors, and the pauses between attempts
shapes      JSON → our nouns
storage     the storage that artifacts are downloaded from, which gets no token
archive     the one file within an artifact's zip
events      the event file of a workflow → our nouns
"""

from reconciler.adapters.github.archive import only_member
from reconciler.adapters.github.events import read_event
from reconciler.adapters.github.repository import connect

__all__ = ["connect", "only_member", "read_event"]
