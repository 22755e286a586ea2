"""The blob port: files in containers, made once and read back; clients reach them by short-lived links."""

from domain.blobs._port import Blob, Blobs, Link
from domain.blobs.errors import BlobExists, BlobProtected, BlobTooLarge, ContainerMissing

__all__ = ["Blob", "BlobExists", "BlobProtected", "BlobTooLarge", "Blobs", "ContainerMissing", "Link"]
