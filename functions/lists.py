"""Lists over HTTP: leads and their counters, quotations, commissions, customers, and a partner's sync."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import azure.functions as func

from domain import lists
from domain.lists import AllLeads, Collection
from domain.values import Role
from functions.edge import PARTNER_SIDE, SIGNED_IN, Call, Edge, Endpoint, Reply
from functions.models import list_items as items
from functions.models import lists as models
from functions.models.leads import LeadItem
from functions.models.paging import Cursors, check_ranges, page_reply, wish
from functions.replies import (
    CommissionPageReply,
    CountersReply,
    CustomerItem,
    PageReply,
    QuotationItem,
    SyncReply,
)

PARTNERS = frozenset({Role.CP})


@dataclass(frozen=True)
class ListDesk:
    """What lists need besides the ports."""

    everything: AllLeads
    cursors: Cursors


def blueprint(edge: Edge, desk: ListDesk) -> func.Blueprint:
    """The functions of the lists."""
    bp = func.Blueprint()
    ports, cursors = edge.ports, desk.cursors

    async def own(call: Call) -> Collection:
        return await lists.leads_of_actor(
            store=ports.store, everything=desk.everything, actor=call.actor, now=call.act.at
        )

    @edge.endpoint(
        bp,
        Endpoint(
            "ListLeads",
            "GET",
            "api/v1/leads",
            SIGNED_IN,
            "List the caller's leads",
            query=models.LeadQuery,
            reply=PageReply[LeadItem],
        ),
    )
    async def list_leads(call: Call) -> Reply:
        asked, order, wanted = wish(call, cursors), call.query.order(), call.query.filter()
        check_ranges(*models.lead_ranges(call.query))
        mine = await own(call)
        found = await wanted.of(await lists.seen_in_order(mine, call.actor, order.sort_by))
        page = await lists.walk(
            store=ports.store, found=found, among=mine, order=order, wish=asked, now=call.act.at
        )
        return Reply(page_reply(call, cursors, page, lambda lead: items.listed_lead(lead, call.actor)))

    @edge.endpoint(
        bp,
        Endpoint(
            "CountLeads",
            "GET",
            "api/v1/leads/summary",
            PARTNER_SIDE,
            "The counters of the home screen",
            reply=CountersReply,
        ),
    )
    async def count_leads(call: Call) -> Reply:
        return Reply(items.summary_shape(await lists.counters(await own(call), call.actor, call.act.at)))

    @edge.endpoint(
        bp,
        Endpoint(
            "ListQuotations",
            "GET",
            "api/v1/quotations",
            SIGNED_IN,
            "The quotations of the caller's leads, newest first; a customer's once they were shared",
            query=models.QuotationQuery,
            reply=PageReply[QuotationItem],
        ),
    )
    async def list_quotations(call: Call) -> Reply:
        asked, wanted = wish(call, cursors), call.query.filter(call.actor)
        found = await lists.quotations(await own(call), wanted, call.actor, call.act.at)
        page = lists.page_of(found, asked, key=lambda part: part.key, reverse=True)
        return Reply(
            page_reply(call, cursors, page, lambda part: items.quotation_item(part, call.actor, call.act.at))
        )

    @edge.endpoint(
        bp,
        Endpoint(
            "ListCommissions",
            "GET",
            "api/v1/commissions",
            PARTNER_SIDE,
            "The commissions that the caller sees, newest first, with lifetime totals per status",
            query=models.CommissionQuery,
            reply=CommissionPageReply,
        ),
    )
    async def list_commissions(call: Call) -> Reply:
        asked, wanted = wish(call, cursors), call.query.filter()
        check_ranges(("to", wanted.first, wanted.last))
        seen = lists.commissions_seen(await own(call), call.actor)
        found = await lists.commissions(seen, wanted)
        page = lists.page_of(found, asked, key=lambda part: part.key, reverse=True)
        totals = items.commission_totals(seen)
        return Reply(page_reply(call, cursors, page, items.commission_item, totals=totals))

    @edge.endpoint(
        bp,
        Endpoint(
            "ListCustomers",
            "GET",
            "api/v1/customers",
            PARTNER_SIDE,
            "The customers of the caller's leads, as these leads tell of them; an Admin finds any by phone or id",
            query=models.CustomerQuery,
            reply=PageReply[CustomerItem],
        ),
    )
    async def list_customers(call: Call) -> Reply:
        asked, typed = wish(call, cursors), call.query.search
        mine = await own(call)
        found = await lists.customers(mine, typed, call.actor)
        if typed and not found:
            known = await lists.customer_known_as(store=ports.store, typed=typed, actor=call.actor)
            alone = lists.page_of([known] if known else [], asked, key=lambda one: ("", one.customer.id))
            return Reply(page_reply(call, cursors, alone, items.customer_alone))
        page = lists.page_of(found, asked, key=lists.customer_key)
        return Reply(page_reply(call, cursors, page, partial(items.customer_item, mine, call.actor)))

    @edge.endpoint(
        bp,
        Endpoint(
            "SyncPartner",
            "GET",
            "api/v1/sync",
            PARTNERS,
            "Everything of a channel partner's at once",
            reply=SyncReply,
        ),
    )
    async def sync_partner(call: Call) -> Reply:
        collection, now = await own(call), call.act.at
        shape = partial(items.sync_shape, collection, call.actor, now)
        return Reply(make=shape, tag=items.sync_tag(collection, now))

    return bp
