"""The formulas of domain.md "Configuration and price" in plain fractions, on numbers written here. No tests here.

Nothing of `domain.pricing` computes what is expected, neither its classes nor its rounding. The numbers are given
to the product as rows by `rows`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from domain.pricing import Catalogue, catalogue_from_plain

# The master data as a person would write it on a sheet; rupees and kW.
PANELS = {  # watts, price, DCR
    "P249": (249, "4099.99", True),
    "P250": (250, "4100.00", True),
    "P249N": (249, "3000.01", False),
    "P333": (333, "5555.55", True),
    "P499": (499, "7777.77", True),
    "P500": (500, "8000.00", True),
    "P500N": (500, "6000.10", False),
    "P555": (555, "9125.75", True),
    "P625": (625, "11000.05", True),
    "P700N": (700, "9999.99", False),
    "P143": (143, "1234.56", True),
}
STATES = {"A": "S1", "B": "S2", "C": "S3"}
FEES = {  # by phase and smart meter: DISCOM, miscellaneous, installation, meter, modem and box
    ("Single", False): ("590.00", "350.25", "9500.00", "2800.00", "0.00"),
    ("Single", True): ("590.00", "350.25", "9500.00", "4600.00", "2900.33"),
    ("Three", False): ("1180.10", "600.00", "14500.00", "5200.00", "0.00"),
    ("Three", True): ("1180.10", "600.00", "14500.00", "7800.00", "3400.99"),
}
CABLE = {"Standard": "2400.01", "Polycab": "3150.55"}  # per kW
MOUNTING, EARTHING, BOX = "7500.49", "6200.00", {"Single": "4500.00", "Three": "8600.07"}  # per kW, fixed, fixed
TRANSPORT, OVERHEADS, COMPANY, DEALER = "1050.15", "5200.00", "4100.01", "1500.00"  # per kW, fixed, per kW, per kW
STEP = "650.30"  # for each half metre and kW
FIRST = "2026-01-01"
INVERTERS = {  # kW of the inverters of each phase
    "Single": ("0.9", "1", "1.7", "2", "2.2", "2.3", "2.8", "3", "5", "5.6"),
    "Three": ("4", "4.25", "5", "5.6", "5.75", "10", "10.71", "14.49"),
}

F = Fraction


@dataclass(frozen=True)
class Case:
    """A configuration; `inverter` is its capacity in kW."""

    panel: str
    count: int
    phase: str
    inverter: str
    state: str
    smart: bool = False
    cable: str = "Standard"
    height: str = "0"
    add_on: str = "1800"

    def __str__(self) -> str:
        return f"{self.count}x{self.panel}-{self.phase}-{self.inverter}kW-{self.state}-{self.height}m-{self.add_on}"


def paisa(amount: F) -> F:
    """Rounded half up to whole paise, in rupees."""
    return F((amount * 200 + 1).__floor__() // 2, 100)


def sheet(case: Case) -> dict[str, F]:
    """domain.md "Configuration and price" 6 and 7, line by line."""
    watts, each, dcr = PANELS[case.panel]
    kw = F(case.count * watts, 1000)
    lines = [
        paisa(F(each) * case.count),
        paisa(F(inverter_price(case.inverter, case.phase))),
        paisa(F(CABLE[case.cable]) * kw),
        paisa(F(MOUNTING) * kw),
        paisa(F(EARTHING)),
        paisa(F(BOX[case.phase])),
        paisa(F(TRANSPORT) * kw),
        paisa(F(OVERHEADS)),
        paisa(F(COMPANY) * kw),
        paisa(F(DEALER) * kw),
        paisa(F(STEP) * (F(case.height) / F("0.5")) * kw),
        *(F(fee) for fee in FEES[case.phase, case.smart]),
    ]
    subtotal = sum(lines, F(0))
    inflated = paisa(subtotal * F(11, 10))
    add_on = paisa(F(case.add_on) * kw)
    central = paisa(central_subsidy(kw))
    state = paisa(state_subsidy(STATES[case.state], kw)) if dcr else F(0)
    return {
        "subtotal": subtotal,
        "inflated": inflated,
        "add on": add_on,
        "system": inflated + add_on,
        "central": central,
        "state": state,
        "pays": max(F(0), inflated + add_on - central - state),
    }


def central_subsidy(c: F) -> F:
    if c < 1:
        return F(0)
    if c <= 2:
        return 30_000 * c
    if c < 3:
        return 60_000 + 18_000 * (c - 2)
    return F(78_000)


def state_subsidy(scheme: str, c: F) -> F:
    if scheme == "S2":
        return 2_000 * c if c <= 5 else F(10_000)
    if scheme == "S3":
        return 15_000 * c if c <= 2 else F(30_000)
    return F(0)


def inverter_price(kw: str, phase: str) -> str:
    """Something odd that depends on both."""
    return f"{int(F(kw) * 10_000) + (7_000 if phase == 'Three' else 0)}.{17 if phase == 'Three' else 83}"


def inverters() -> Iterator[dict[str, object]]:
    pairs = [(kw, phase) for phase, kws in INVERTERS.items() for kw in kws]
    for n, (kw, phase) in enumerate(pairs, 1):
        row = {"id": f"I{n}", "make": "Make", "model": f"{kw} {phase}", "capacityKw": kw, "phase": phase}
        yield {**row, "unitPricePaise": paise(inverter_price(kw, phase))}


def paise(rupees: str) -> int:
    return int(F(rupees) * 100)


def rows() -> dict[str, list[dict[str, object]]]:
    fee_names = ("discomFeePaise", "discomMiscPaise", "installationPaise", "meterPaise", "modemBoxPaise")
    cable = [
        {"id": f"B-{c}", "name": c, "type": "Cable", "basis": "PerKW", "cable": c, "unitPricePaise": paise(p)}
        for c, p in CABLE.items()
    ]
    boxes = [
        {"id": f"X-{p}", "name": p, "type": "Accessory", "basis": "Fixed", "phase": p, "unitPricePaise": paise(v)}
        for p, v in BOX.items()
    ]
    slabs = (
        ("Central", "1", 30_000, 30_000), ("Central", "2", 60_000, 18_000), ("Central", "3", 78_000, 0),
        ("S1", "0", 0, 0), ("S2", "0", 0, 2_000), ("S2", "5", 10_000, 0), ("S3", "0", 0, 15_000), ("S3", "2", 30_000, 0),
    )  # fmt: skip
    charges = (
        ("Transport", "PerKW", TRANSPORT), ("Overheads", "Fixed", OVERHEADS), ("CompanyMargin", "PerKW", COMPANY),
        ("DealerMargin", "PerKW", DEALER),
    )  # fmt: skip
    return {
        "panels": [
            {"id": i, "make": "Make", "variant": i, "watts": w, "unitPricePaise": paise(p), "dcr": d}
            for i, (w, p, d) in PANELS.items()
        ],
        "inverters": list(inverters()),
        "states": [{"id": s, "name": f"State {s}", "code": s, "subsidyType": t} for s, t in STATES.items()],
        "discoms": [
            {"id": f"D{s}", "name": f"Discom {s}", "state": s, "phases": ["Single", "Three"],
             "smartMeterOptions": [False, True]}
            for s in STATES
        ],
        "fees": [
            {"id": f"F{s}-{phase}-{smart}", "state": s, "discom": f"D{s}", "phase": phase, "smartMeter": smart,
             **dict(zip(fee_names, map(paise, amounts), strict=True))}
            for s, ((phase, smart), amounts) in product(STATES, FEES.items())
        ],
        "bom": [
            *cable,
            *boxes,
            {"id": "M", "name": "Mounting", "type": "Structure", "basis": "PerKW", "unitPricePaise": paise(MOUNTING)},
            {"id": "E", "name": "Earthing", "type": "Accessory", "basis": "Fixed", "unitPricePaise": paise(EARTHING)},
        ],
        "structure": [{"id": "H", "basis": "PerKW", "unitPricePaise": paise(STEP)}],
        "charges": [
            {"id": f"C-{k}", "name": k, "kind": k, "basis": b, "unitPricePaise": paise(p)} for k, b, p in charges
        ],
        "subsidies": [
            {"id": f"{s}-{kw}", "scheme": s, "fromKw": kw, "basePaise": 100 * base, "ratePerKwPaise": 100 * rate}
            for s, kw, base, rate in slabs
        ],
    }  # fmt: skip


def catalogue() -> Catalogue:
    return catalogue_from_plain(
        {kind: [{**row, "effectiveFrom": FIRST} for row in of] for kind, of in rows().items()}
    )
