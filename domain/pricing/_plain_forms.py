"""The plain forms in which a quotation row keeps a configuration and its price. How they are made: `_plain`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.pricing._configuration import Configuration
from domain.pricing._plain import as_plain, from_plain
from domain.pricing._price import Price

_SUMS = ("hardwareSubtotalPaise", "systemPricePaise", "totalSubsidyPaise", "customerPaysPaise")


def configuration_as_plain(configuration: Configuration) -> dict[str, Any]:
    """A configuration as JSON values: `addOnPerKwPaise` is whole paise, `structureHeight` metres as text."""
    return as_plain(configuration)


def configuration_from_plain(plain: Mapping[str, Any]) -> Configuration:
    """The configuration that `configuration_as_plain` was given. ValueError if this isn't such a form."""
    return from_plain(Configuration, plain)


def price_as_plain(price: Price) -> dict[str, Any]:
    """A price as JSON values, with its sums: money in whole paise, kW and per cent as text."""
    sums = (price.hardware_subtotal, price.system_price, price.total_subsidy, price.customer_pays)
    return {**as_plain(price), **{key: amount.paise for key, amount in zip(_SUMS, sums, strict=True)}}


def price_from_plain(plain: Mapping[str, Any]) -> Price:
    """The price that `price_as_plain` was given, amounts as they were rounded then. ValueError if it isn't one."""
    return from_plain(Price, {key: value for key, value in plain.items() if key not in _SUMS})
