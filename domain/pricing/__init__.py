"""Pricing: master data, what configurations are possible, what they cost, and the subsidies. No quotations here."""

from domain.pricing._as_of import Rebuilder, catalogue_as_of
from domain.pricing._bulk import MAX_CHANGED, MAX_ROWS, as_rows, header_of
from domain.pricing._catalogue import KINDS, Catalogue, CatalogueOfDay
from domain.pricing._company import Company
from domain.pricing._configuration import (
    HEIGHTS,
    PANEL_COUNTS,
    ROOF_TYPES,
    Configuration,
    capacity,
    check,
    fitting_inverters,
)
from domain.pricing._decisions import found, version_of
from domain.pricing._fields import as_said, fields_of
from domain.pricing._file import CatalogueFile, plain_rows, read_file, said_change
from domain.pricing._for_apps import CATEGORIES, catalogue_for_apps, service_for_apps
from domain.pricing._item import Item
from domain.pricing._items import (
    SETTINGS_ID,
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
from domain.pricing._operations import (
    add_item,
    checked_kind,
    deactivate_item,
    edit_item,
    import_items,
    load_catalogue,
)
from domain.pricing._plain import as_text
from domain.pricing._plain_forms import (
    configuration_as_plain,
    configuration_from_plain,
    price_as_plain,
    price_from_plain,
)
from domain.pricing._price import Line, Price, finally_priced, price
from domain.pricing._queries import catalogue_from_plain, entries, history_of, read_catalogue
from domain.pricing._recompute import differences
from domain.pricing._simple_form import Part, SimpleForm, from_simple_form, place_of
from domain.pricing._subsidy import Subsidy, subsidy
from domain.pricing._wizard_form import WizardForm, WizardInverter, WizardPanels, from_wizard_form
from domain.pricing.errors import ConfigurationNotPossible, MasterDataExists, MasterDataInvalid, MasterDataNotFound

__all__ = [
    "CATEGORIES",
    "HEIGHTS",
    "KINDS",
    "MAX_CHANGED",
    "MAX_ROWS",
    "PANEL_COUNTS",
    "ROOF_TYPES",
    "SETTINGS_ID",
    "Basis",
    "BomItem",
    "BomType",
    "Cable",
    "Catalogue",
    "CatalogueFile",
    "CatalogueOfDay",
    "ChargeKind",
    "Company",
    "Configuration",
    "ConfigurationNotPossible",
    "Discom",
    "Fee",
    "Inverter",
    "Item",
    "Line",
    "MasterDataExists",
    "MasterDataInvalid",
    "MasterDataNotFound",
    "OtherCharge",
    "Panel",
    "Part",
    "Phase",
    "Price",
    "PriceSettings",
    "Rebuilder",
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
    "add_item",
    "as_rows",
    "as_said",
    "as_text",
    "capacity",
    "catalogue_as_of",
    "catalogue_for_apps",
    "catalogue_from_plain",
    "check",
    "checked_kind",
    "configuration_as_plain",
    "configuration_from_plain",
    "deactivate_item",
    "differences",
    "edit_item",
    "entries",
    "fields_of",
    "finally_priced",
    "fitting_inverters",
    "found",
    "from_simple_form",
    "from_wizard_form",
    "header_of",
    "history_of",
    "import_items",
    "load_catalogue",
    "place_of",
    "plain_rows",
    "price",
    "price_as_plain",
    "price_from_plain",
    "read_catalogue",
    "read_file",
    "said_change",
    "service_for_apps",
    "subsidy",
    "version_of",
]
