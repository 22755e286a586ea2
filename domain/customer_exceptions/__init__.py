"""The exceptions to "one phone number, one customer" that an Admin handles by hand (mission.md §6): a changed
number, a number shared by two people, two records of one person; and the way back from each."""

from domain.customer_exceptions._carry_out import finish_open_jobs
from domain.customer_exceptions._change_phone import change_phone
from domain.customer_exceptions._merge import merge_customers, unmerge_customer
from domain.customer_exceptions._share_phone import Sharing, share_phone, unshare_phone
from domain.customer_exceptions._step import reserve_job_id
from domain.customer_exceptions.errors import (
    AlreadyReachable,
    CustomerBusy,
    CustomerMerged,
    CustomerNotMerged,
    ExceptionRefused,
    PhoneHeld,
    PhoneNotHeld,
)

__all__ = [
    "AlreadyReachable",
    "CustomerBusy",
    "CustomerMerged",
    "CustomerNotMerged",
    "ExceptionRefused",
    "PhoneHeld",
    "PhoneNotHeld",
    "Sharing",
    "change_phone",
    "finish_open_jobs",
    "merge_customers",
    "reserve_job_id",
    "share_phone",
    "unmerge_customer",
    "unshare_phone",
]
