"""Value objects that every context shares; each is valid by construction."""

from domain.values._actor import Actor, Role, system
from domain.values._csv import CsvInvalid, csv_rows, csv_table, csv_text, neutral, restored
from domain.values._ids import (
    MAX_PER_LEAD,
    Ids,
    document_id,
    id_within,
    is_lead_id,
    lead_id,
    lead_of,
    owner_of_document,
)
from domain.values._money import ZERO, Money
from domain.values._phone import PhoneNumber
from domain.values._time import (
    INDIA,
    Clock,
    day,
    day_in_india,
    end_of_day_in_india,
    iso,
    moment,
    start_of_day_in_india,
)

__all__ = [
    "INDIA",
    "MAX_PER_LEAD",
    "ZERO",
    "Actor",
    "Clock",
    "CsvInvalid",
    "Ids",
    "Money",
    "PhoneNumber",
    "Role",
    "csv_rows",
    "csv_table",
    "csv_text",
    "day",
    "day_in_india",
    "document_id",
    "end_of_day_in_india",
    "id_within",
    "is_lead_id",
    "iso",
    "lead_id",
    "lead_of",
    "moment",
    "neutral",
    "owner_of_document",
    "restored",
    "start_of_day_in_india",
    "system",
]
