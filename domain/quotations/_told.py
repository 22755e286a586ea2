"""What a customer is told of a quotation: neither margins nor the dealer add-on, nor anything that gives them
away, such as unit prices or the hardware subtotal. The API and the PDF both go by this page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from domain.quotations._model import Quotation
from domain.timeline import Plain
from domain.values import Money

_TOLD_OF_PRICE = frozenset(
    {
        "day",
        "capacityKw",
        "panel",
        "inverter",
        "centralSubsidy",
        "stateSubsidy",
        "totalSubsidyPaise",
        "systemPricePaise",
        "customerPaysPaise",
    }
)
_NOT_TOLD_OF_PARTS = frozenset({"unitPricePaise", "revision", "effectiveFrom", "effectiveTo", "active"})
_NOT_TOLD_OF_CHOICE = frozenset({"addOnPerKwPaise"})


@dataclass(frozen=True)
class PriceTable:
    """The price in the few lines that everybody is told. `system` + `installation` + `transport` = `total`;
    `total` − `central` − `state` = `pays`, never below 0. `discount` is contained in `system`."""

    system: Money
    installation: Money
    transport: Money
    discount: Money
    total: Money
    central: Money
    state: Money
    pays: Money


def price_table(quotation: Quotation) -> PriceTable:
    """The table of a quotation, from the lines that it was priced with."""
    lines: list[Mapping[str, Plain]] = quotation.price.get("lines", [])

    def sum_of(member: str, value: str) -> Money:
        return Money(sum(line["amountPaise"] for line in lines if line.get(member) == value))

    installation, transport = sum_of("code", "fee:installation"), sum_of("kind", "Transport")
    return PriceTable(
        system=quotation.system_price - installation - transport,
        installation=installation,
        transport=transport,
        discount=Money(quotation.configuration.get("discountPaise", 0)),
        total=quotation.system_price,
        central=_amount(quotation, "centralSubsidy"),
        state=_amount(quotation, "stateSubsidy"),
        pays=quotation.customer_pays,
    )


def _amount(quotation: Quotation, subsidy: str) -> Money:
    return Money(quotation.price.get(subsidy, {}).get("amountPaise", 0))


def told_price(quotation: Quotation) -> dict[str, Plain]:
    """The customer's part of the stored price."""
    told = {name: value for name, value in quotation.price.items() if name in _TOLD_OF_PRICE}
    return {
        **told,
        **{part: _without(told[part], _NOT_TOLD_OF_PARTS) for part in ("panel", "inverter") if part in told},
    }


def told_configuration(quotation: Quotation) -> dict[str, Plain]:
    """The customer's part of the stored configuration."""
    return _without(quotation.configuration, _NOT_TOLD_OF_CHOICE)


def _without(plain: Mapping[str, Plain], names: frozenset[str]) -> dict[str, Plain]:
    return {name: value for name, value in plain.items() if name not in names}
