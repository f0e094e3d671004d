"""The key under which identifiers are hashed: derived from the vault's key, never stored in it."""

import hashlib
from pathlib import Path

from pipelines.warehouse.vault import vault_key


def identity_key(workspace: Path) -> bytes:
    """Give 32 bytes that turn member and employer numbers into pseudonyms.

    Another purpose string gives another key, so the hashes tell nothing about the vault's key.
    """
    return hashlib.blake2b(
        b"informality identifiers", key=vault_key(workspace).encode()[:64], digest_size=32
    ).digest()
