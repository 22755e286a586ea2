"""That a UTR pays one commission only: a claim row, created only if there is none (design.md §3).

A claim counts only if the commission that it points to says that it was paid with this UTR. So a crash
between claim and payment leaves something harmless: the same payment finds its own claim, and another
commission takes the claim over. What may still be under way for the first one is then refused, because
taking over changes that commission's version.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

from domain.commissions._decisions import replacing
from domain.commissions._model import Commission
from domain.commissions._payment import Utr
from domain.commissions._rows import commissions_in
from domain.commissions._status import CommissionStatus
from domain.commissions.errors import UtrTaken
from domain.leads import Decision, LeadFile, LeadNotFound, change_lead
from domain.ports import Ports
from domain.store import Create, Delete, Replace, Row, RowChanged, RowExists, StorageUnavailable
from domain.timeline import Act, Note
from domain.values import lead_of

UTRS = "utrs"
CLAIM_ROW = "commission"
_ATTEMPTS = 5


@dataclass
class UtrClaim:
    """One request's claim of a UTR for a commission. `other` is the claim of another one that was met, and
    `spent` says that the other one was paid with it."""

    ports: Ports
    utr: Utr
    commission_id: str
    act: Act
    created: bool = False
    other: Row | None = None
    spent: bool = False

    @property
    def write_id(self) -> str:
        """Marks this request's claim, so that no other request takes it for its own."""
        return f"{self.act.write_id}:{self.commission_id}"

    async def make(self) -> None:
        """Claim it: one request if it is free. A claim of the same commission, left by an earlier attempt,
        is made this request's own. Raises StorageUnavailable."""
        for attempt in range(_ATTEMPTS):
            try:
                await self._commit(Create(CLAIM_ROW, {"commissionId": self.commission_id}))
            except RowExists:
                row = await self._row()
            else:
                self.created, self.other = True, None
                return
            if row and row.values["commissionId"] != self.commission_id:
                self.other = row
                return
            if row and await self._put_in_place_of(row):
                return
            await self.ports.pause(attempt)
        raise _busy()

    async def take_over(self) -> None:
        """Take the claim from a commission that wasn't paid with it. Raises UtrTaken, StorageUnavailable."""
        row = self.other
        if row is None:
            return
        holder_id = str(row.values["commissionId"])
        await self._release(holder_id)
        self.other = None
        if not await self._put_in_place_of(row):
            await self.make()

    async def give_back(self) -> None:
        """After a refusal: leave no claim behind, unless another request relies on it by now."""
        try:
            row = await self._row() if self.created else None
            if row and row.values["writeId"] == self.write_id:
                await self._commit(Delete(CLAIM_ROW, row.etag))
        except (RowChanged, StorageUnavailable):
            return  # it is harmless, see above

    async def _release(self, holder_id: str) -> None:
        act = replace(self.act, write_id=f"{self.act.write_id}:release", proof=None, version=None, exact=False)
        lead_id = lead_of(holder_id) or ""
        try:
            await change_lead(
                ports=self.ports, lead_id=lead_id, act=act, decide=lambda file: self._released(file, holder_id)
            )
        except LeadNotFound:
            return  # nobody can be paid with it there

    def _released(self, file: LeadFile, holder_id: str) -> Decision | None:
        holder = next((c for c in commissions_in(file) if c.id == holder_id), None)
        if holder is None:
            return None
        if uses(holder, self.utr):
            self.spent = True
            raise UtrTaken(
                f"UTR {self.utr.text} paid commission {holder_id} already. Check the reference.",
                details={"commissionId": holder_id},
            )
        if holder.status is not CommissionStatus.APPROVED or not holder.is_live:
            return None  # it can't be paid any more, or not yet
        said = f"A payment of {holder_id} with UTR {self.utr.text} wasn't finished; the UTR is free again"
        after = replace(holder, version=file.lead.version + 1)
        return Decision(
            file.lead, (Note("UtrReleased", said, facts={"part": holder_id}),), (replacing(file, after),)
        )

    async def _row(self) -> Row | None:
        return await self.ports.store.get(table=UTRS, partition=self.utr.text, key=CLAIM_ROW)

    async def _put_in_place_of(self, row: Row) -> bool:
        try:
            await self._commit(Replace(CLAIM_ROW, {"commissionId": self.commission_id}, row.etag))
        except RowChanged:
            return False
        return True

    async def _commit(self, write: Create | Replace | Delete) -> None:
        await self.ports.store.commit(table=UTRS, partition=self.utr.text, writes=[write], write_id=self.write_id)


async def keep_claims(*, ports: Ports, file: LeadFile) -> int:
    """Claim the UTRs that paid a lead's commissions where nobody does, as after the loss of rows; how many those
    were. A claim of another commission is left alone. Raises StorageUnavailable."""
    paid = [(c.id, c.payout.payment.utr.text) for c in commissions_in(file) if c.payout]
    kept = 0
    for commission_id, utr in paid:
        claim, write_id = Create(CLAIM_ROW, {"commissionId": commission_id}), f"kept:{ports.ids.unique()}"
        with suppress(RowExists):
            await ports.store.commit(table=UTRS, partition=utr, writes=[claim], write_id=write_id)
            kept += 1
    return kept


def uses(commission: Commission, utr: Utr) -> bool:
    """Whether the commission was paid with this UTR; also if it was clawed back since."""
    return commission.payout is not None and commission.payout.payment.utr == utr


def _busy() -> StorageUnavailable:
    return StorageUnavailable("Others are claiming this UTR at this moment. Try again.", retry_after=1)
