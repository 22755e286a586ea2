"""Blob storage on Azure: the blob port's implementation."""

from adapters.blobs._store import AzureBlobs

__all__ = ["AzureBlobs"]
