"""Who the people are whom a rule means. Only the directory is asked; the rest stands in the record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from domain.notifications._rules import News, Rule, To
from domain.ports import Directory
from domain.timeline import Plain

Found = Callable[[News, Directory], Awaitable[tuple[Plain, ...]]]


def _named(field: str) -> Found:
    async def find(news: News, directory: Directory) -> tuple[Plain, ...]:
        return (news.state.get(field.format(part=news.part)),)

    return find


async def _former(news: News, directory: Directory) -> tuple[Plain, ...]:
    return tuple(change.before for change in news.entry.changes if change.field == "assignedTo")


async def _kam(news: News, directory: Directory) -> tuple[Plain, ...]:
    partner = news.state.get("assignedTo")
    return (await directory.kam_of(str(partner)),) if partner else ()


async def _bringer(news: News, directory: Directory) -> tuple[Plain, ...]:
    lead_id = news.state.get(f"{news.part}.leadId")
    return (await directory.partner_of(str(lead_id)),) if lead_id else ()


async def _self(news: News, directory: Directory) -> tuple[Plain, ...]:
    return (news.source,)


async def _admins(news: News, directory: Directory) -> tuple[Plain, ...]:
    return await directory.admins()


_FOUND: dict[To, Found] = {
    To.CUSTOMER: _named("customerId"),
    To.PARTNER: _named("assignedTo"),
    To.FORMER: _former,
    To.KAM: _kam,
    To.EARNER: _named("{part}.cpId"),
    To.UPLOADER: _named("{part}.requestedBy"),
    To.BRINGER: _bringer,
    To.SELF: _self,
    To.ADMINS: _admins,
}


async def recipients(rule: Rule, *, news: News, directory: Directory) -> tuple[str, ...]:
    """The ids of those whom a rule means; whoever did it is left out unless the rule is about the consequence."""
    found = [person for to in rule.to for person in await _FOUND[to](news, directory)]
    return tuple(str(person) for person in found if person and (rule.own or person != news.entry.actor.id))
