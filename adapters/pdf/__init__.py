"""Quotations as PDF: `workers` is the port, used by the application; the rest is what its drawing processes load.

Nothing is imported here, so that a drawing process doesn't load the whole domain when it starts.
"""
