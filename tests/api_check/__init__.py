"""Requests made from the OpenAPI document. `hooks` and `steps` run inside schemathesis, with what that installs."""

ANOTHER_METHOD = "AnotherMethod"
"""Counts the requests with a method that their path doesn't have: they are no operation of the document."""
