"""Master data in the shape that the CP app caches (client-contract.md §7). Who may read it isn't decided here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from domain.pricing._catalogue import CatalogueOfDay
from domain.pricing._configuration import INVERTER_TOLERANCE
from domain.pricing._item import Item
from domain.pricing._items import (
    Basis,
    BomItem,
    BomType,
    Discom,
    Fee,
    Inverter,
    Panel,
    Service,
    State,
    StructureStep,
    SubsidySlab,
)
from domain.values import iso

CATEGORIES = ("panels", "inverters", "states", "bom", "fees", "discoms", "subsidies")
_UNITS = {Basis.PER_KW: "kW", Basis.FIXED: "system"}
_WATT = Decimal("0.001")  # of a kW: capacities are whole watts


def catalogue_for_apps(
    catalogue: CatalogueOfDay, *, active_only: bool = True, category: str | None = None
) -> dict[str, Any]:
    """The data of `GET /api/master-data`: money as Decimal rupees, measures as Decimal.

    `category` is one of panels, inverters, bom, fees, states, discoms, subsidies; the app's three mandatory
    arrays (panels, inverters, states) are there whatever it is. Any other category gives those three, empty.
    """
    shapes = _shapes(catalogue)
    reply: dict[str, Any] = {"panels": [], "inverters": [], "states": []}
    for kind, (name, rows, shape) in shapes.items():
        if category in (None, kind):
            reply[name] = [shape(row) for row in rows if row.active or not active_only]
    reply["version"] = catalogue.version
    if catalogue.updated_at is not None:
        reply["lastUpdated"] = iso(catalogue.updated_at)
    return reply


def service_for_apps(row: Service) -> dict[str, Any]:
    """A service as both mobile apps read it (client-contract.md §7): `status` for one, `active` for the other."""
    shape: dict[str, Any] = {
        "serviceId": row.id,
        "name": row.name,
        "type": row.type,
        "description": row.description,
        "status": "Active" if row.active else "Inactive",
        "active": row.active,
        "category": row.category,
        "features": list(row.features),
        "estimatedDuration": row.estimated_duration,
    }
    if row.price_from is not None and row.price_to is not None:
        guide = {"min": row.price_from.in_rupees, "max": row.price_to.in_rupees, "currency": "INR"}
        shape["priceRange"] = guide
    return shape


def _shapes(
    catalogue: CatalogueOfDay,
) -> Mapping[str, tuple[str, tuple[Item, ...], Callable[[Any], dict[str, Any]]]]:
    def discom(row: Discom) -> dict[str, Any]:
        return {**_discom(row), "subsidyType": str(catalogue.subsidy_type(row))}

    return {
        "panels": ("panels", catalogue.panels, _panel),
        "inverters": ("inverters", catalogue.inverters, _inverter),
        "states": ("states", catalogue.states, _state),
        "bom": ("bomItems", (*catalogue.bom, *catalogue.structure), _bom),
        "fees": ("fees", catalogue.fees, _fee),
        "discoms": ("discoms", catalogue.discoms, discom),
        "subsidies": ("subsidyRules", catalogue.subsidies, _subsidy_rule),
    }


def _panel(row: Panel) -> dict[str, Any]:
    return {
        "panelId": row.id,
        "make": row.make,
        "variant": row.variant,
        "wattage": row.watts,
        "unitPrice": row.unit_price.in_rupees,
        "isDCR": row.dcr,
        "isRecommended": row.recommended,
        "isActive": row.active,
        "specifications": {
            "technology": row.technology,
            "efficiency": row.efficiency_percent,
            "warranty": row.warranty,
        },
    }


def _inverter(row: Inverter) -> dict[str, Any]:
    return {
        "inverterId": row.id,
        "make": row.make,
        "model": row.model,
        "capacityKW": row.capacity_kw,
        "phase": str(row.phase),
        "unitPrice": row.unit_price.in_rupees,
        "isRecommended": row.recommended,
        "isActive": row.active,
        "compatibilityRange": _compatible(row.capacity_kw),
        "specifications": {
            "efficiency": row.efficiency_percent,
            "warranty": row.warranty,
            "features": list(row.features),
        },
    }


def _compatible(kw: Decimal) -> dict[str, Decimal]:
    """The system capacities that the inverter is within 15 % of, to the watt, rounded inwards."""
    return {
        "minCapacityKW": (kw / (1 + INVERTER_TOLERANCE)).quantize(_WATT, rounding=ROUND_CEILING),
        "maxCapacityKW": (kw / (1 - INVERTER_TOLERANCE)).quantize(_WATT, rounding=ROUND_FLOOR),
    }


def _bom(row: BomItem | StructureStep) -> dict[str, Any]:
    item: dict[str, Any] = {
        "itemId": row.id,
        "unitPrice": row.unit_price.in_rupees,
        "unit": _UNITS[row.basis],
        "isActive": row.active,
        "specifications": {},
    }
    if isinstance(row, StructureStep):
        step = {"stepMetres": Decimal("0.5")}
        return {**item, "name": "Extra structure height", "type": str(BomType.STRUCTURE), "specifications": step}
    if row.cable is not None:
        item["subType"] = str(row.cable)
    if row.phase is not None:
        item["specifications"] = {"phase": str(row.phase)}
    return {**item, "name": row.name, "type": str(row.type)}


def _fee(row: Fee) -> dict[str, Any]:
    return {
        "id": row.id,
        "state": row.state,
        "discom": row.discom,
        "phase": str(row.phase),
        "hasSmartMeter": row.smart_meter,
        "fees": {
            "discomFee": row.discom_fee.in_rupees,
            "discomMiscCharges": row.discom_misc.in_rupees,
            "installationFee": row.installation.in_rupees,
            "meterCharges": row.meter.in_rupees,
            "modemBoxCharges": row.modem_box.in_rupees,
        },
        "isActive": row.active,
    }


def _state(row: State) -> dict[str, Any]:
    return {
        "stateId": row.id,
        "stateName": row.name,
        "stateCode": row.code,
        "isActive": row.active,
        "subsidyType": str(row.subsidy_type),
    }


def _discom(row: Discom) -> dict[str, Any]:
    return {
        "discomId": row.id,
        "discomName": row.name,
        "stateId": row.state,
        "isActive": row.active,
        "supportedPhases": [str(phase) for phase in row.phases],
        "smartMeterOptions": list(row.smart_meter_options),
    }


def _subsidy_rule(row: SubsidySlab) -> dict[str, Any]:
    return {
        "id": row.id,
        "scheme": str(row.scheme),
        "fromKW": row.from_kw,
        "base": row.base.in_rupees,
        "ratePerKW": row.rate_per_kw.in_rupees,
        "isActive": row.active,
    }
