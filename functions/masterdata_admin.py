"""Master data as admins change it: kinds, items with all their dated rows, history, CSV."""

from __future__ import annotations

from typing import Any

import azure.functions as func

from domain import pricing
from domain.pricing import CatalogueFile
from domain.values import Role, csv_rows, csv_text
from functions.edge import Call, Edge, Endpoint, Reply
from functions.models.masterdata import (
    DeactivationBody,
    ItemChangeBody,
    ItemShape,
    ItemsQuery,
    NewItemBody,
    given_fields,
    history_entry,
    item_shape,
    items_page,
)
from functions.models.pricing import CatalogueSource

STAFF = frozenset({Role.ADMIN, Role.KAM})
ADMIN = frozenset({Role.ADMIN})
KIND = "api/v1/masterdata/{kind}"
ITEM = KIND + "/{itemId}"
MAX_FILE = 1024 * 1024


def blueprint(edge: Edge, catalogue: CatalogueSource) -> func.Blueprint:
    """The functions that list and change master data."""
    bp = func.Blueprint()
    ports = edge.ports

    def changed(file: CatalogueFile) -> CatalogueFile:
        catalogue.saw(file.catalogue())
        return file

    @edge.endpoint(bp, Endpoint("ListItems", "GET", KIND, STAFF, "All items of a kind", query=ItemsQuery))
    async def list_items(call: Call) -> Reply:
        kind = pricing.checked_kind(call.path["kind"])
        file = await pricing.read_file(ports.store)
        return Reply(items_page(file, kind, call.query), version=pricing.version_of(file.of_kind(kind)))

    @edge.endpoint(
        bp,
        Endpoint(
            "AddItem", "POST", KIND, ADMIN, "Add an item of master data", NewItemBody, reply=ItemShape, status=201
        ),
    )
    async def add_item(call: Call) -> Reply:
        kind, body = pricing.checked_kind(call.path["kind"]), call.body
        file, made = await pricing.add_item(
            ports=ports, kind=kind, item_id=body.id, given=given_fields(body), act=call.act
        )
        place = {"Location": f"/api/v1/masterdata/{kind}/{made}"}
        return _item(changed(file), kind, made, status=201, headers=place)

    @edge.endpoint(bp, Endpoint("ReadItem", "GET", ITEM, STAFF, "An item with all its dated rows", reply=ItemShape))
    async def read_item(call: Call) -> Reply:
        return _item(await pricing.read_file(ports.store), call.path["kind"], call.path["itemId"])

    @edge.endpoint(
        bp,
        Endpoint(
            "ChangeItem",
            "PATCH",
            ITEM,
            ADMIN,
            "Give an item other values from a day on; needs If-Match",
            body=ItemChangeBody,
            reply=ItemShape,
            critical=True,
        ),
    )
    async def change_item(call: Call) -> Reply:
        kind, item_id = call.path["kind"], call.path["itemId"]
        given = given_fields(call.body)
        file = await pricing.edit_item(ports=ports, kind=kind, item_id=item_id, given=given, act=call.act)
        return _item(changed(file), kind, item_id)

    @edge.endpoint(
        bp,
        Endpoint(
            "DeactivateItem",
            "PATCH",
            ITEM + "/deactivate",
            ADMIN,
            "Let an item be chosen no more; needs If-Match",
            body=DeactivationBody,
            reply=ItemShape,
            critical=True,
        ),
    )
    async def deactivate_item(call: Call) -> Reply:
        kind, item_id = call.path["kind"], call.path["itemId"]
        file = await pricing.deactivate_item(
            ports=ports, kind=kind, item_id=item_id, reason=call.body.reason, act=call.act
        )
        return _item(changed(file), kind, item_id)

    @edge.endpoint(bp, Endpoint("ReadItemHistory", "GET", ITEM + "/history", STAFF, "Who changed an item, and how"))
    async def read_item_history(call: Call) -> Reply:
        kind, item_id = call.path["kind"], call.path["itemId"]
        entries = await pricing.history_of(store=ports.store, kind=kind, item_id=item_id)
        newest = [history_entry(entry, kind, item_id) for entry in reversed(entries)]
        return Reply({"history": newest, "total": len(newest), "kind": kind, "id": item_id})

    @edge.endpoint(
        bp, Endpoint("ExportItems", "GET", KIND + "/export", STAFF, "A kind as CSV", media=("text/csv",))
    )
    async def export_items(call: Call) -> Reply:
        kind = pricing.checked_kind(call.path["kind"])
        items = (await pricing.read_file(ports.store)).of_kind(kind)
        text = csv_text(header=pricing.header_of(kind), rows=pricing.as_rows(kind, items))
        named = {"Content-Disposition": f'attachment; filename="{kind}.csv"'}
        return Reply(raw=text, media_type="text/csv", version=pricing.version_of(items), headers=named)

    @edge.endpoint(
        bp,
        Endpoint(
            "ImportItems",
            "POST",
            KIND + "/import",
            ADMIN,
            "Write the rows of a CSV, all or none; needs the kind's If-Match",
            critical=True,
            upload=MAX_FILE,
        ),
    )
    async def import_items(call: Call) -> Reply:
        kind = pricing.checked_kind(call.path["kind"])
        rows = csv_rows(call.upload, most=pricing.MAX_ROWS)
        file, written = await pricing.import_items(ports=ports, kind=kind, rows=rows, act=call.act)
        said = {"total": len(rows), "imported": written, "unchanged": len(rows) - written, "errors": []}
        return Reply(said, version=pricing.version_of(changed(file).of_kind(kind)))

    return bp


def _item(file: CatalogueFile, kind: str, item_id: str, **more: Any) -> Reply:
    editions = pricing.found(file, kind, item_id)
    return Reply(item_shape(kind, editions), version=pricing.version_of(editions), **more)
