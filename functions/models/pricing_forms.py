"""Bodies of pricing: the full form, the CP app's simple form, the portal's wizard form; which one a body is.

What each form means as a configuration is decided in `domain.pricing` (docs/adr/0017).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import Field, GetJsonSchemaHandler, ModelWrapValidatorHandler, StrictBool, StrictInt, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from domain.leads import Lead
from domain.pricing import (
    Cable,
    CatalogueOfDay,
    Configuration,
    Part,
    Phase,
    SimpleForm,
    WizardForm,
    WizardInverter,
    WizardPanels,
    from_simple_form,
    from_wizard_form,
    place_of,
)
from functions.models.fields import Amount, Body, Line, QuotationRef

Metres = Annotated[Decimal, Field(ge=0, le=100)]
Kilowatts = Annotated[Decimal, Field(ge=0, le=1_000)]
Count = Annotated[StrictInt, Field(ge=0, le=1_000)]


class ConfigurationBody(Body):
    """The full form (domain.md "Configuration and price", 1 to 5); heights in metres."""

    state: Line
    discom: Line
    phase: Phase
    smart_meter: StrictBool
    panel: Line
    panel_count: StrictInt
    inverter: Line
    cable: Cable = Cable.STANDARD
    structure_height: Metres = Decimal(0)
    dealer_add_on_per_kw: Amount | None = None
    roof_type: Line | None = None

    def configuration(self, catalogue: CatalogueOfDay, lead: Lead | None) -> Configuration:
        """What is to be priced; whether it is possible is found when it is priced."""
        return Configuration(
            state=self.state,
            discom=self.discom,
            phase=self.phase,
            smart_meter=self.smart_meter,
            panel=self.panel,
            panel_count=self.panel_count,
            inverter=self.inverter,
            cable=self.cable,
            structure_height=self.structure_height,
            add_on_per_kw=self.dealer_add_on_per_kw,
            roof_type=self.roof_type,
        )


class PartBody(Body):
    """A panel or an inverter, by id or name, and how many."""

    id: Line
    quantity: Count


class SimpleFormBody(Body):
    """The CP app's form (client-contract.md §5); `state` where it isn't the lead's."""

    system_kw: Annotated[Kilowatts, Field(alias="systemKW")]
    roof_type: Line
    panels: Annotated[tuple[PartBody, ...], Field(max_length=20)] = ()
    inverters: Annotated[tuple[PartBody, ...], Field(max_length=20)] = ()
    state: Line | None = None

    def configuration(self, catalogue: CatalogueOfDay, lead: Lead | None) -> Configuration:
        """What is to be priced, filled in by `from_simple_form`. Raises ConfigurationNotPossible."""
        form = SimpleForm(
            system_kw=self.system_kw,
            roof_type=self.roof_type,
            panels=[Part(id=part.id, quantity=part.quantity) for part in self.panels],
            inverters=[Part(id=part.id, quantity=part.quantity) for part in self.inverters],
        )
        state, address = (lead.state, lead.address) if lead else (None, "")
        place = place_of(given=self.state, state=state, address=address, catalogue=catalogue)
        return from_simple_form(form=form, state=place, catalogue=catalogue)


class WizardPanelsBody(Body):
    """By id, or by make and variant; what else is said has to agree with the master data."""

    id: Line | None = None
    make: Line | None = None
    variant: Line | None = None
    count: Count
    wattage: StrictInt | None = None
    dcr_flag: StrictBool | None = None


class WizardInverterBody(Body):
    """By id, or by model and make; `recommended` says nothing that counts."""

    id: Line | None = None
    make: Line | None = None
    model: Line | None = None
    capacity: Kilowatts | None = None
    phase: Phase | None = None
    recommended: StrictBool | None = None


class WizardBomBody(Body):
    """Cable and extra height in metres."""

    cable_type: Cable = Cable.STANDARD
    extra_structure_height: Metres = Decimal(0)


class WizardFormBody(Body):
    """The portal's wizard form (client-contract.md §5)."""

    state: Line
    discom: Line
    phase: Phase
    smart_meter: StrictBool
    panels: WizardPanelsBody
    inverter: WizardInverterBody
    bom: WizardBomBody = WizardBomBody()
    dealer_add_on_rate: Amount | None = None
    system_kw: Annotated[Kilowatts | None, Field(alias="systemKW")] = None
    roof_type: Line | None = None

    def configuration(self, catalogue: CatalogueOfDay, lead: Lead | None) -> Configuration:
        """What is to be priced. Raises ConfigurationNotPossible."""
        form = WizardForm(
            state=self.state,
            discom=self.discom,
            phase=self.phase,
            smart_meter=self.smart_meter,
            panels=WizardPanels(**self.panels.model_dump()),
            inverter=WizardInverter(**self.inverter.model_dump(exclude={"recommended"})),
            cable=self.bom.cable_type,
            extra_structure_height=self.bom.extra_structure_height,
            dealer_add_on_rate=self.dealer_add_on_rate,
            system_kw=self.system_kw,
            roof_type=self.roof_type,
        )
        return from_wizard_form(form=form, catalogue=catalogue)


Form = ConfigurationBody | SimpleFormBody | WizardFormBody


class _OfLead(Body):
    lead_id: Line
    draft: StrictBool = False
    supersedes: QuotationRef | None = None


class NewQuotationInFull(ConfigurationBody, _OfLead):
    """A configuration, for a lead."""


class NewQuotationBySimpleForm(SimpleFormBody, _OfLead):
    """The simple form, for a lead."""


class NewQuotationByWizard(WizardFormBody, _OfLead):
    """The wizard form, for a lead."""


class _AnyForm(Body):
    """Validates as the form that the body is, so that a fault is told in that form's own words."""

    forms: ClassVar[Mapping[str, type[Body]]] = {}

    @model_validator(mode="wrap")
    @classmethod
    def _as_its_form(cls, values: Any, handler: ModelWrapValidatorHandler[Any]) -> Any:
        return cls.forms[_form_of(values)].model_validate(values)

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [handler(form.__pydantic_core_schema__) for form in cls.forms.values()]}


class PriceBody(_AnyForm):
    """A system to be priced, in any of the three forms."""

    forms: ClassVar[Mapping[str, type[Body]]] = {
        "full": ConfigurationBody,
        "simple": SimpleFormBody,
        "wizard": WizardFormBody,
    }


class NewQuotationBody(_AnyForm):
    """A system to be quoted for a lead, in any of the three forms."""

    forms: ClassVar[Mapping[str, type[Body]]] = {
        "full": NewQuotationInFull,
        "simple": NewQuotationBySimpleForm,
        "wizard": NewQuotationByWizard,
    }


def _form_of(values: Any) -> str:
    """Told by what only one form has; a body that has nothing of its own is taken for the full form."""
    if not isinstance(values, dict):
        return "full"
    if isinstance(values.get("panels"), list) or "inverters" in values:
        return "simple"
    if isinstance(values.get("inverter"), dict) or values.keys() & {"panels", "bom", "dealerAddOnRate"}:
        return "wizard"
    return "simple" if "systemKW" in values else "full"
