"""The edge of the application: what every HTTP function shares, from the request's headers to the reply."""

from functions.edge._call import Call, Security
from functions.edge._edge import Edge, Post
from functions.edge._endpoint import ANYONE, CSV, JSON, PARTNER_SIDE, SIGNED_IN, Endpoint
from functions.edge._gate import Gate
from functions.edge._idempotency import clear_old_answers
from functions.edge._reply import Reply, to_json, without_body

__all__ = [
    "ANYONE",
    "CSV",
    "JSON",
    "PARTNER_SIDE",
    "SIGNED_IN",
    "Call",
    "Edge",
    "Endpoint",
    "Gate",
    "Post",
    "Reply",
    "Security",
    "clear_old_answers",
    "to_json",
    "without_body",
]
