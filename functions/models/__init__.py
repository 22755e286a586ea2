"""The shapes of bodies, queries and replies; the same models validate requests and make the OpenAPI document."""
