"""The write use cases that meet the faults, by the names that the report has. No tests here."""

from tests.faults.cases import _commissions, _customers, _documents, _leads, _office, _people, _quotations
from tests.faults.cases._request import Prepare, Request, a_key

CASES: dict[str, Prepare] = {
    **_leads.CASES,
    **_quotations.CASES,
    **_commissions.CASES,
    **_documents.CASES,
    **_customers.CASES,
    **_people.CASES,
    **_office.CASES,
}

__all__ = ["CASES", "Prepare", "Request", "a_key"]
