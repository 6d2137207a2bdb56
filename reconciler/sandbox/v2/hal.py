"""HAL, which `/v2.0` speaks to a client that does not ask for JSON."""

from __future__ import annotations

import json

from reconciler.sandbox.messages import Response, json_response
from reconciler.sandbox.v2.calls import Document


def embedded(response: Response, *, collection: str, path: str) -> Response:
    """The answer in HAL. The items of a listing are under the name of the collection."""
    if not response.body or response.cut:
        return response
    content = json.loads(response.body)
    links = {"self": {"href": path}}
    if not collection:
        if isinstance(content, dict):
            content = {**content, "_links": links}
        return _hal(response.status, content)
    rest = {name: value for name, value in content.items() if name != "items"}
    items = [_item(item, collection, path) for item in content["items"]]
    return _hal(response.status, {**rest, "_embedded": {collection: items}, "_links": links})


def _item(item: Document, collection: str, path: str) -> Document:
    """An item, whose id is under the name of its kind."""
    rest = {name: value for name, value in item.items() if name != "_id"}
    href = f"{path}/{item['_id']}"
    return {
        f"{collection.removesuffix('s')}Id": item["_id"],
        **rest,
        "_links": {"self": {"href": href}},
    }


def _hal(status: int, content: object) -> Response:
    return json_response(status, content, {"content-type": "application/hal+json"})
