"""What a configuration costs. What is possible is in `_configuration`; all prices and rates are master data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from domain.errors import Fault
from domain.pricing._catalogue import CatalogueOfDay, active
from domain.pricing._configuration import Configuration, add_on_faults, capacity, check
from domain.pricing._items import Basis, ChargeKind, Discom, Fee, Inverter, Panel, Scheme, State
from domain.pricing._subsidy import Subsidy, subsidy
from domain.pricing.errors import ConfigurationNotPossible
from domain.values import ZERO, Money

T = TypeVar("T")

_STEP = Decimal("0.5")  # metres of extra height that a structure row prices


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the hardware subtotal: amount = unit price × quantity, rounded half up once.

    `kind` says which of the four other charges it is.
    """

    code: str
    label: str
    quantity: Decimal
    unit: str
    unit_price: Money
    amount: Money
    kind: ChargeKind | None = None


@dataclass(frozen=True, kw_only=True)
class Price:
    """A price and all that it was computed from. The sums follow from the parts, so they can't disagree.

    `configuration` holds ids and the add-on in force, whatever was typed. `inflated_base` and `add_on_total`
    are kept as they were rounded when the price was made, not computed again.
    """

    configuration: Configuration
    catalogue_version: int
    day: date
    panel: Panel
    inverter: Inverter
    capacity_kw: Decimal
    lines: tuple[Line, ...]
    inflation_percent: Decimal
    inflated_base: Money
    add_on_per_kw: Money
    add_on_total: Money
    central_subsidy: Subsidy
    state_subsidy: Subsidy

    @property
    def hardware_subtotal(self) -> Money:
        """The sum of the lines."""
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def discount(self) -> Money:
        """What staff took off (docs/adr/0019); 0 for most."""
        return self.configuration.discount or ZERO

    @property
    def max_discount(self) -> Money:
        """What may be taken off: the inflation. The subtotal holds the minimum company margin (domain.md,
        price 6), so what is left always covers it."""
        return self.inflated_base - self.hardware_subtotal

    @property
    def system_price(self) -> Money:
        """Inflated base + dealer add-on total (domain.md, price 6), less the discount."""
        return self.inflated_base - self.discount + self.add_on_total

    @property
    def total_subsidy(self) -> Money:
        """Central and state part."""
        return self.central_subsidy.amount + self.state_subsidy.amount

    @property
    def customer_pays(self) -> Money:
        """System price − subsidies, never below 0 (domain.md, price 7)."""
        return max(ZERO, self.system_price - self.total_subsidy)


@dataclass(frozen=True, kw_only=True)
class _System:
    """A configuration that passed `check`, with its references looked up."""

    chosen: Configuration
    catalogue: CatalogueOfDay
    state: State
    discom: Discom
    panel: Panel
    inverter: Inverter
    fee: Fee
    kw: Decimal


def price(configuration: Configuration, catalogue: CatalogueOfDay) -> Price:
    """The price of a configuration on the catalogue's day (domain.md, price 1 to 7).

    Raises ConfigurationNotPossible with every fault.
    """
    system = _system(configuration, catalogue)
    chosen, settings, kw = system.chosen, catalogue.pricing, system.kw
    lines = tuple(_lines(system))
    subtotal = sum((line.amount for line in lines), ZERO)
    add_on = _found(chosen.add_on_per_kw)
    priced = Price(
        configuration=chosen,
        catalogue_version=catalogue.version,
        day=catalogue.day,
        panel=system.panel,
        inverter=system.inverter,
        capacity_kw=kw,
        lines=lines,
        inflation_percent=settings.inflation_percent,
        inflated_base=subtotal.percent(100 + settings.inflation_percent),  # price 6: subtotal × (1 + inflation)
        add_on_per_kw=add_on,
        add_on_total=add_on.times(kw),  # price 6: rate × kW
        central_subsidy=subsidy(slabs=catalogue.subsidies, scheme=Scheme.CENTRAL, kw=kw),
        state_subsidy=_state_subsidy(system),
    )
    faults = _discount_faults(priced, chosen.discount)
    if faults:
        raise ConfigurationNotPossible("This discount isn't possible.", faults=faults)
    return priced


def finally_priced(
    price: Price, *, add_on_per_kw: Money | None, discount: Money | None, catalogue: CatalogueOfDay
) -> Price:
    """The same price with another dealer add-on per kW or another discount (None: as it is). All else stays as
    it was computed; only the highest add-on is the catalogue's. Raises ConfigurationNotPossible (docs/adr/0019).
    """
    rate = price.add_on_per_kw if add_on_per_kw is None else add_on_per_kw
    off = price.configuration.discount if discount is None else discount
    faults = [*add_on_faults(rate, catalogue), *_discount_faults(price, off)]
    if faults:
        raise ConfigurationNotPossible("This price isn't possible.", faults=faults)
    return replace(
        price,
        configuration=replace(price.configuration, add_on_per_kw=rate, discount=_none_if_zero(off)),
        add_on_per_kw=rate,
        add_on_total=rate.times(price.capacity_kw),
    )


def _none_if_zero(amount: Money | None) -> Money | None:
    return None if amount == ZERO else amount


def _discount_faults(price: Price, discount: Money | None) -> list[Fault]:
    if discount is None or ZERO <= discount <= price.max_discount:
        return []
    said = f"The discount is ₹0 to {price.max_discount}: the company's minimum margin has to stay."
    return [Fault("discount", said)]


def _system(configuration: Configuration, catalogue: CatalogueOfDay) -> _System:
    faults = check(configuration, catalogue)
    if faults:
        raise ConfigurationNotPossible("This configuration isn't possible.", faults=faults)
    state = _found(catalogue.state(configuration.state))
    discom = _found(catalogue.discom(configuration.discom))
    panel = _found(catalogue.panel(configuration.panel))
    inverter = _found(catalogue.inverter(configuration.inverter))
    phase, smart = configuration.phase, configuration.smart_meter
    add_on = configuration.add_on_per_kw
    ids = replace(
        configuration,
        state=state.id,
        discom=discom.id,
        panel=panel.id,
        inverter=inverter.id,
        add_on_per_kw=catalogue.pricing.default_add_on_per_kw if add_on is None else add_on,  # price 5
        discount=_none_if_zero(configuration.discount),
    )
    fee = _found(catalogue.fee(state=state.id, discom=discom.id, phase=phase, smart_meter=smart))
    kw = capacity(panel, configuration.panel_count)
    return _System(
        chosen=ids, catalogue=catalogue, state=state, discom=discom, panel=panel, inverter=inverter, fee=fee, kw=kw
    )


def _found(value: T | None) -> T:
    if value is None:
        raise RuntimeError("check() let something unknown through")
    return value


def _state_subsidy(system: _System) -> Subsidy:
    """DCR panels only; the type goes by state and DISCOM (domain.md, price 7)."""
    scheme = system.catalogue.subsidy_type(system.discom)
    if not system.panel.dcr:
        return Subsidy(scheme=scheme)
    return subsidy(slabs=system.catalogue.subsidies, scheme=scheme, kw=system.kw)


def _lines(system: _System) -> Iterator[Line]:
    """The hardware subtotal, domain.md, price 6: panels + inverter + BOM + charges + structure + fees."""
    count = Decimal(system.chosen.panel_count)
    yield _line("panels", system.panel.name, count, "panel", system.panel.unit_price)
    yield _line("inverter", system.inverter.name, Decimal(1), "piece", system.inverter.unit_price)
    for item in system.catalogue.bom_for(phase=system.chosen.phase, cable=system.chosen.cable):
        yield _by_basis(f"bom:{item.id}", item.name, item.basis, item.unit_price, system.kw)
    for charge in active(system.catalogue.charges):
        line = _by_basis(f"charge:{charge.id}", charge.name, charge.basis, charge.unit_price, system.kw)
        yield replace(line, kind=charge.kind)
    yield from _structure_lines(system)
    yield from _fee_lines(system.fee)


def _structure_lines(system: _System) -> Iterator[Line]:
    steps = system.chosen.structure_height / _STEP
    for row in active(system.catalogue.structure) if steps else ():
        per_kw = row.basis is Basis.PER_KW
        quantity, unit = (steps * system.kw, "0.5 m × kW") if per_kw else (steps, "0.5 m")
        yield _line(f"structure:{row.id}", "Extra structure height", quantity, unit, row.unit_price)


def _fee_lines(fee: Fee) -> Iterator[Line]:
    """domain.md, price 4."""
    for code, label, amount in (
        ("fee:discom", "DISCOM fee", fee.discom_fee),
        ("fee:discomMisc", "DISCOM miscellaneous", fee.discom_misc),
        ("fee:installation", "Installation", fee.installation),
        ("fee:meter", "Meter", fee.meter),
        ("fee:modemBox", "Modem and box", fee.modem_box),
    ):
        yield _line(code, label, Decimal(1), "system", amount)


def _by_basis(code: str, label: str, basis: Basis, unit_price: Money, kw: Decimal) -> Line:
    per_kw = basis is Basis.PER_KW
    return _line(code, label, kw if per_kw else Decimal(1), "kW" if per_kw else "system", unit_price)


def _line(code: str, label: str, quantity: Decimal, unit: str, unit_price: Money) -> Line:
    amount = unit_price.times(quantity)
    return Line(code=code, label=label, quantity=quantity, unit=unit, unit_price=unit_price, amount=amount)
