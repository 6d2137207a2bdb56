"""The whole state of a tenant ↔ one document, which outlives the process.

    {"version": 1, "given": how many ids were given,
     "objects": {collection: [[parent, object]]},
     "trained": [[flow, locale, content]],
     "snapshots": {id: {"objects": as above, "trained": as above}}}

What is still to happen is not in it: a task that was not over ends with an error in the next
process, as on a server that was restarted.
"""

from __future__ import annotations

from reconciler.sandbox.v2.calls import Document
from reconciler.sandbox.v2.snapshots import Contents, Snapshots
from reconciler.sandbox.v2.tasks import RUNNING
from reconciler.sandbox.v2.training import Trained, Training
from reconciler.sandbox.v2.world import World, iso

_VERSION = 1
_RESTARTED = "The sandbox was restarted in the meantime."


def written(world: World, *, training: Training, snapshots: Snapshots) -> Document:
    """The document of this state."""
    names = {id(collection): name for name, collection in world.collections.items()}
    return {
        "version": _VERSION,
        "given": world.identifiers.given,
        "objects": {name: each.pairs() for name, each in world.collections.items()},
        "trained": _written_trained(training.trained),
        "snapshots": {
            snapshot: {
                "objects": {names[id(each)]: pairs for each, pairs in contents.objects},
                "trained": _written_trained(contents.trained),
            }
            for snapshot, contents in snapshots.contents.items()
        },
    }


def restore(state: Document, world: World, *, training: Training, snapshots: Snapshots) -> None:
    """Put a state in place of an empty one. Raises `ValueError` for one that another version
    wrote, or that is damaged."""
    if not isinstance(state, dict) or state.get("version") != _VERSION:
        raise ValueError("another version of the sandbox wrote it")
    try:
        world.identifiers.given = int(state["given"])
        for name, collection in world.collections.items():
            for parent, document in state["objects"][name]:
                collection.add(document, parent=parent)
        training.trained = _trained(state["trained"])
        for snapshot, kept in state["snapshots"].items():
            snapshots.contents[snapshot] = Contents(
                objects=tuple(
                    (world.collections[name], [(parent, each) for parent, each in pairs])
                    for name, pairs in kept["objects"].items()
                ),
                trained=_trained(kept["trained"]),
            )
        _end_what_is_not_over(world)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError("it is damaged") from error


def _end_what_is_not_over(world: World) -> None:
    for task in world.tasks.everything():
        run = task["data"].get("playbookRunId")
        lacks_run = task["type"] == "runPlaybook" and world.runs.find(run or "") is None
        if task["status"] in RUNNING or (task["status"] == "done" and lacks_run):
            task.update(status="error", failReason=_RESTARTED, lastFinishedAt=iso(world.now()))


def _written_trained(trained: Trained) -> list[list[object]]:
    return [[flow, locale, content] for (flow, locale), content in trained.items()]


def _trained(written: list[tuple[str, str, Document]]) -> Trained:
    return {(flow, locale): content for flow, locale, content in written}
