"""Wiring only: settings → adapters → blueprints. What each function does is in `functions/`."""

from __future__ import annotations

import azure.functions as func

from adapters.all_leads import AllLeads
from adapters.background import later, pause
from adapters.blobs import AzureBlobs
from adapters.catalogue import CachedCatalogue
from adapters.clock import SystemClock
from adapters.continuity import engine_on_azure
from adapters.cursors import HmacCursors
from adapters.customer_accounts import CustomersByPhone
from adapters.directory import CachedDirectory
from adapters.entra import EntraTokens
from adapters.fencing import FencedBlobs, FencedStore
from adapters.ids import CounterIds
from adapters.limits import AddressLimits, clear_old_counts
from adapters.messages import messages_for
from adapters.one_time_codes import HmacOneTimeCodes
from adapters.passwords import Argon2Passwords
from adapters.pdf.workers import WorkerPdf
from adapters.security import TokenSecurity
from adapters.sessions import CachedSessions
from adapters.settings import Settings
from adapters.standby import post_of
from adapters.tables import AzureTableStore, counting
from adapters.tokens import SignedTokens
from domain.customer_exceptions import reserve_job_id
from domain.customers import new_customer_id
from domain.identity import (
    ResetPage,
    clear_idle_sessions,
    clear_old_codes,
    clear_old_locks,
    reserve_person_id,
)
from domain.leads import reserve_lead_id
from domain.notifications import clear_old as clear_old_notifications
from domain.ports import Ports
from domain.quotations import Press
from domain.values import Role
from functions import (
    admin_settings,
    assignments,
    auth,
    backup_timers,
    bulk,
    commissions,
    continuity,
    customer_exceptions,
    customers,
    documents,
    exports,
    kyc,
    leads,
    lists,
    masterdata,
    masterdata_admin,
    microsoft,
    notifications,
    passwords,
    people,
    profile,
    quotation_edits,
    quotations,
    reports,
    system,
    timelines,
    timers,
)
from functions.clockwork import Clockwork
from functions.edge import Edge, Gate, clear_old_answers
from functions.models.pricing import PricingDesk

settings = Settings.from_environment()
clock = SystemClock()
storage = {"credential": settings.data.credential, "read_timeout": settings.request_seconds * 0.4}
tables = AzureTableStore(settings.data.address("table"), **storage)
post = post_of(settings, store=tables, clock=clock)
store = FencedStore(tables, post.fence)
files = AzureBlobs(settings.data.address("blob"), **storage)
blobs = FencedBlobs(files, post.fence)
directory = CachedDirectory(store, clock)
ports = Ports(store=store, clock=clock, ids=CounterIds(store), pause=pause, later=later, directory=directory)
tokens = SignedTokens(
    signing_key=settings.token_signing_key,
    issuer=settings.token_issuer,
    audience=settings.token_audience,
    verification_keys=settings.token_verification_keys,
)
sessions = CachedSessions(ports=ports)
edge = Edge(
    ports=ports,
    security=TokenSecurity(ports=ports, tokens=tokens, sessions=sessions),
    origins=settings.cors_origins,
    reserve={
        "lead": lambda: reserve_lead_id(ports),
        "cp": lambda: reserve_person_id(ports, Role.CP),
        "kam": lambda: reserve_person_id(ports, Role.KAM),
        "customer": lambda: new_customer_id(ports),
        "job": lambda: reserve_job_id(ports),
    },
    counting=counting,
    seconds=settings.request_seconds,
    gate=Gate(
        limits=AddressLimits(ports=ports, per_minute=settings.sensitive_per_minute),
        proxies=settings.trusted_proxies,
    ),
    post=post,
)
clockwork = Clockwork(may_run=post.may_run, counting=counting)
messages = messages_for(settings, clock=clock, pause=pause)
engine = engine_on_azure(settings, ports=ports, files=blobs, mail=messages)
desk = auth.Desk(
    codes=HmacOneTimeCodes(key=settings.otp_hmac_key),
    messages=messages,
    passwords=Argon2Passwords(),
    tokens=tokens,
    customers=CustomersByPhone(ports),
    sessions=sessions,
    reset_page=ResetPage(settings.portal_url),
    external=EntraTokens.of(settings.entra, clock) if settings.entra else None,
)

catalogue = CachedCatalogue(store, clock)
all_leads = AllLeads(store, clock)
cursors = HmacCursors(key=settings.cursor_hmac_key)
list_desk = lists.ListDesk(everything=all_leads, cursors=cursors)
pricing = PricingDesk(catalogue)
press = Press(WorkerPdf(), blobs, catalogue)

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
app.register_functions(auth.blueprint(edge, desk))
app.register_functions(microsoft.blueprint(edge, desk))
app.register_functions(passwords.blueprint(edge, desk))
app.register_functions(profile.blueprint(edge))
app.register_functions(people.blueprint(edge, desk, cursors))
app.register_functions(assignments.blueprint(edge, desk, cursors))
app.register_functions(customers.blueprint(edge))
app.register_functions(customer_exceptions.blueprint(edge, sessions))
app.register_functions(leads.blueprint(edge))
app.register_functions(bulk.blueprint(edge))
app.register_functions(bulk.finishing(clockwork, ports))
app.register_functions(exports.blueprint(edge, list_desk))
app.register_functions(timelines.blueprint(edge))
app.register_functions(commissions.blueprint(edge))
app.register_functions(lists.blueprint(edge, list_desk))
app.register_functions(quotations.blueprint(edge, pricing, press))
app.register_functions(quotation_edits.blueprint(edge, pricing, press))
app.register_functions(masterdata.blueprint(edge, catalogue))
app.register_functions(masterdata_admin.blueprint(edge, catalogue))
app.register_functions(notifications.blueprint(edge))
app.register_functions(notifications.reminders(clockwork, ports))
app.register_functions(documents.blueprint(edge, blobs))
app.register_functions(kyc.blueprint(edge, blobs))
app.register_functions(reports.blueprint(edge, list_desk.everything))
app.register_functions(admin_settings.blueprint(edge))
app.register_functions(timers.blueprint(clockwork, ports, blobs, sessions))
app.register_functions(timers.packing(clockwork, lambda: all_leads.pack(ports)))
app.register_functions(continuity.blueprint(edge, engine, post.standing))
app.register_functions(backup_timers.blueprint(clockwork, engine))
app.register_functions(
    timers.clearing(
        clockwork,
        {
            "sessions": lambda: clear_idle_sessions(ports=ports),
            "codes": lambda: clear_old_codes(ports=ports),
            "locks": lambda: clear_old_locks(ports=ports),
            "answers": lambda: clear_old_answers(ports=ports),
            "counts": lambda: clear_old_counts(ports=ports),
            "notifications": lambda: clear_old_notifications(ports=ports),
        },
    )
)
app.register_functions(
    system.blueprint(
        edge,
        parts={
            "tables": lambda: tables.get(table="counters", partition="lead", key="next"),
            "blobs": lambda: files.describe(container="documents", name="ready"),
            "masterData": catalogue.current,
        },
        check_keys=tokens.check,
        within=settings.request_seconds / 2,
    )
)
