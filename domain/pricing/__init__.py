"""Pricing: master data, what configurations are possible, what they cost, and the subsidies. No quotations here."""

from domain.pricing._catalogue import KINDS, SETTINGS_ID, Catalogue, CatalogueOfDay
from domain.pricing._configuration import (
    HEIGHTS,
    PANEL_COUNTS,
    ROOF_TYPES,
    Configuration,
    capacity,
    check,
    fitting_inverters,
)
from domain.pricing._for_apps import CATEGORIES, catalogue_for_apps, service_for_apps
from domain.pricing._item import Item
from domain.pricing._items import (
    Basis,
    BomItem,
    BomType,
    Cable,
    ChargeKind,
    Discom,
    Fee,
    Inverter,
    OtherCharge,
    Panel,
    Phase,
    PriceSettings,
    Scheme,
    Service,
    State,
    StructureStep,
    SubsidySlab,
)
from domain.pricing._operations import load_catalogue
from domain.pricing._plain import as_text
from domain.pricing._plain_forms import (
    configuration_as_plain,
    configuration_from_plain,
    price_as_plain,
    price_from_plain,
)
from domain.pricing._price import Line, Price, price
from domain.pricing._queries import catalogue_from_plain, read_catalogue
from domain.pricing._simple_form import Part, SimpleForm, from_simple_form, place_of
from domain.pricing._subsidy import Subsidy, subsidy
from domain.pricing._wizard_form import WizardForm, WizardInverter, WizardPanels, from_wizard_form
from domain.pricing.errors import ConfigurationNotPossible, MasterDataInvalid, MasterDataNotFound

__all__ = [
    "CATEGORIES",
    "HEIGHTS",
    "KINDS",
    "PANEL_COUNTS",
    "ROOF_TYPES",
    "SETTINGS_ID",
    "Basis",
    "BomItem",
    "BomType",
    "Cable",
    "Catalogue",
    "CatalogueOfDay",
    "ChargeKind",
    "Configuration",
    "ConfigurationNotPossible",
    "Discom",
    "Fee",
    "Inverter",
    "Item",
    "Line",
    "MasterDataInvalid",
    "MasterDataNotFound",
    "OtherCharge",
    "Panel",
    "Part",
    "Phase",
    "Price",
    "PriceSettings",
    "Scheme",
    "Service",
    "SimpleForm",
    "State",
    "StructureStep",
    "Subsidy",
    "SubsidySlab",
    "WizardForm",
    "WizardInverter",
    "WizardPanels",
    "as_text",
    "capacity",
    "catalogue_for_apps",
    "catalogue_from_plain",
    "check",
    "configuration_as_plain",
    "configuration_from_plain",
    "fitting_inverters",
    "from_simple_form",
    "from_wizard_form",
    "load_catalogue",
    "place_of",
    "price",
    "price_as_plain",
    "price_from_plain",
    "read_catalogue",
    "service_for_apps",
    "subsidy",
]
