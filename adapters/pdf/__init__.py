"""Quotations as PDF: drawn by worker processes, so that other requests don't wait."""

from adapters.pdf._workers import WorkerPdf

__all__ = ["WorkerPdf"]
