"""The queue of a fleet on PostgreSQL, by Procrastinate: a controller, and workers anywhere.

    procrastinate_jobs          a job for each task that waits or is in hand
    reconciler_fleet.bundle     the files of the fleet, by digest
                     result     how each task ended
                     halt       which runs are to begin nothing more
                     worker     who works, where, and when it was last seen

A worker may die, and a job is then done again: what must not happen twice is prevented by the
tenant's own ledger, whose lease the second worker has to wait for. A result is stored only by the
attempt that has the job, so that of a worker that was given up is not heard.

No statement needs a session, so PgBouncer may pool transactions; a worker that notices a pooler
polls instead of listening.

schema        the tables, their migrations, the grants, and the policies
sessions      a connection that waits for a database that is away
connector     the same, for Procrastinate
codec         how tasks and results are written
bundles, halts, checks
dispatcher    the controller's side: `ports.Dispatcher`
jobs          a job ends only by the attempt that has it
duty          what a worker is to do
attempts      one job of a worker, in a thread
housekeeping  what a worker does beside its jobs
schedule      what is due without a run
worker        all of a worker

Only this package imports procrastinate.
"""

from reconciler.adapters.dispatch.procrastinate.bundles import QueueBundles
from reconciler.adapters.dispatch.procrastinate.checks import QueueChecks
from reconciler.adapters.dispatch.procrastinate.codec import Codec
from reconciler.adapters.dispatch.procrastinate.dispatcher import QueueDispatcher, queue_dispatcher
from reconciler.adapters.dispatch.procrastinate.duty import Duty, Pace
from reconciler.adapters.dispatch.procrastinate.halts import QueueHalts
from reconciler.adapters.dispatch.procrastinate.schema import grants, initialise, pool_grants
from reconciler.adapters.dispatch.procrastinate.worker import Post, QueueWorker
from reconciler.adapters.postgres import UnreachableError

__all__ = [
    "Codec",
    "Duty",
    "Pace",
    "Post",
    "QueueBundles",
    "QueueChecks",
    "QueueDispatcher",
    "QueueHalts",
    "QueueWorker",
    "UnreachableError",
    "grants",
    "initialise",
    "pool_grants",
    "queue_dispatcher",
]
