"""A small catalogue and a configuration that fits it, for the tests of pricing. Its prices are odd on purpose."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from domain.pricing import (
    Basis,
    BomItem,
    BomType,
    Cable,
    Catalogue,
    CatalogueOfDay,
    ChargeKind,
    Configuration,
    Discom,
    Fee,
    Inverter,
    Item,
    OtherCharge,
    Panel,
    Phase,
    PriceSettings,
    Scheme,
    State,
    StructureStep,
    SubsidySlab,
)
from domain.values import Money

FIRST = date(2026, 1, 1)
TODAY = date(2026, 3, 31)


def rs(amount: str | int) -> Money:
    """Rupees."""
    return Money.rupees(amount)


def a_panel(**changes: Any) -> Panel:
    """545 W, DCR."""
    values: dict[str, Any] = {"id": "P1", "make": "Waaree", "variant": "545 DCR", "watts": 545, "dcr": True}
    values |= {"unit_price": rs("10333.33"), "effective_from": FIRST, "recommended": True}
    return Panel(**values | changes)


def an_inverter(**changes: Any) -> Inverter:
    """4 kW, three phase."""
    values: dict[str, Any] = {"id": "I1", "make": "Solis", "model": "4K 3P", "capacity_kw": Decimal(4)}
    values |= {"phase": Phase.THREE, "unit_price": rs("40000.05"), "effective_from": FIRST}
    return Inverter(**values | changes)


def a_fee(**changes: Any) -> Fee:
    """Three phase with a smart meter."""
    values: dict[str, Any] = {"id": "F1", "state": "UP", "discom": "KESCO", "phase": Phase.THREE}
    values |= {"smart_meter": True, "discom_fee": rs(1180), "discom_misc": rs("600.50"), "effective_from": FIRST}
    values |= {"installation": rs(14500), "meter": rs(7800), "modem_box": rs(3400)}
    return Fee(**values | changes)


def a_slab(scheme: Scheme, from_kw: int, base: int, rate: int) -> SubsidySlab:
    """A row of domain.md, price 7."""
    return SubsidySlab(
        id=f"{scheme}-{from_kw}", effective_from=FIRST, scheme=scheme, from_kw=Decimal(from_kw), base=rs(base),
        rate_per_kw=rs(rate),
    )  # fmt: skip


SLABS = (
    a_slab(Scheme.CENTRAL, 1, 30_000, 30_000),
    a_slab(Scheme.CENTRAL, 2, 60_000, 18_000),
    a_slab(Scheme.CENTRAL, 3, 78_000, 0),
    a_slab(Scheme.S1, 0, 0, 0),
    a_slab(Scheme.S2, 0, 0, 2_000),
    a_slab(Scheme.S2, 5, 10_000, 0),
    a_slab(Scheme.S3, 0, 0, 15_000),
    a_slab(Scheme.S3, 2, 30_000, 0),
)


def a_bom() -> tuple[BomItem, ...]:
    """A cable of each kind, a box for each phase, and accessories."""
    cable, accessory = BomType.CABLE, BomType.ACCESSORY
    rows: tuple[tuple[str, BomType, Basis, str, dict[str, Any]], ...] = (
        ("B1", cable, Basis.PER_KW, "2400", {"cable": Cable.STANDARD}),
        ("B2", cable, Basis.PER_KW, "3150.55", {"cable": Cable.POLYCAB}),
        ("B3", accessory, Basis.FIXED, "4500", {"phase": Phase.SINGLE}),
        ("B4", accessory, Basis.FIXED, "8600", {"phase": Phase.THREE}),
        ("B5", accessory, Basis.PER_KW, "1150.10", {}),
    )
    return tuple(
        BomItem(id=i, name=f"Part {i}", type=t, basis=b, unit_price=rs(p), effective_from=FIRST, **more)
        for i, t, b, p, more in rows
    )


def some_charges() -> tuple[OtherCharge, ...]:
    """The four of domain.md, price 6."""
    rows = (
        (ChargeKind.TRANSPORT, Basis.PER_KW, "1050"),
        (ChargeKind.OVERHEADS, Basis.FIXED, "5200"),
        (ChargeKind.COMPANY_MARGIN, Basis.PER_KW, "4100.01"),
        (ChargeKind.DEALER_MARGIN, Basis.FIXED, "4000"),
    )
    return tuple(
        OtherCharge(id=f"C{n}", name=str(k), kind=k, basis=b, unit_price=rs(p), effective_from=FIRST)
        for n, (k, b, p) in enumerate(rows, 1)
    )


def all_rows(**changes: tuple[Item, ...]) -> Catalogue:
    """A catalogue in which `a_configuration()` is possible; a kind may be given other rows."""
    kesco = Discom(
        id="KESCO", name="Kanpur Electricity", state="UP", phases=(Phase.THREE,), smart_meter_options=(True,),
        effective_from=FIRST,
    )  # fmt: skip
    msedcl = replace(kesco, id="MSEDCL", name="Maharashtra Distribution", state="MH", subsidy_type=Scheme.S2)
    rows: dict[str, Any] = {
        "panels": (a_panel(), a_panel(id="P2", variant="545", dcr=False)),
        "inverters": (an_inverter(), an_inverter(id="I2", model="3K 1P", phase=Phase.SINGLE)),
        "bom": a_bom(),
        "fees": (a_fee(), a_fee(id="F2", state="MH", discom="MSEDCL")),
        "states": (
            State(id="UP", name="Uttar Pradesh", code="UP", subsidy_type=Scheme.S3, effective_from=FIRST),
            State(id="MH", name="Maharashtra", code="MH", subsidy_type=Scheme.S1, effective_from=FIRST),
        ),
        "discoms": (kesco, msedcl),
        "structure": (StructureStep(id="H1", basis=Basis.PER_KW, unit_price=rs("650.30"), effective_from=FIRST),),
        "charges": some_charges(),
        "subsidies": SLABS,
        "settings": (PriceSettings(id="PRICING", effective_from=FIRST),),
    }
    return Catalogue(**rows | changes)


def a_catalogue(**changes: tuple[Item, ...]) -> CatalogueOfDay:
    """The same on 31 March 2026."""
    return all_rows(**changes).on(TODAY)


def a_configuration(**changes: Any) -> Configuration:
    """Seven panels on three phase in Uttar Pradesh: 3.815 kW."""
    chosen: dict[str, Any] = {"state": "UP", "discom": "KESCO", "phase": Phase.THREE, "smart_meter": True}
    chosen |= {"panel": "P1", "panel_count": 7, "inverter": "I1", "cable": Cable.POLYCAB}
    return Configuration(**chosen | {"structure_height": Decimal("1.5")} | changes)
