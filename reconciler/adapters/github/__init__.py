"""GitHub over HTTP: REST, and GraphQL for two queries that REST cannot answer.

repository  the routes that we use, as ports.Repository
session     requests and responses: retries, pagination, rate limits
failures    statuses and lost responses → our errors, and the delays between attempts
shapes      JSON → our model
storage     downloads from the artifact storage, which must not get the token
job_files   a job's summary and a step's outputs
archive     the single file in an artifact's zip
events      the event file of a workflow → our model
"""

from reconciler.adapters.github.archive import only_member
from reconciler.adapters.github.events import read_event
from reconciler.adapters.github.job_files import JobFiles
from reconciler.adapters.github.repository import connect

__all__ = ["JobFiles", "connect", "only_member", "read_event"]
