"""The vault's key and the one DuckDB connection with both files attached; tables live elsewhere."""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from data_contracts.errors import InputError

KEY_VARIABLE = "INFORMALITY_VAULT_KEY"
_LOCKED = (
    "lock on file",
    "already attached",
    "being used by another process",
    "unique file handle",
)
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    # Nothing is fetched from a network behind our back: the extension comes with the package.
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    # What does not fit is spilled into the vault's folder, encrypted. The engine's part of 4 GB.
    "memory_limit": "3GB",
}


def vault_key(workspace: Path) -> str:
    """Give the vault's key: from the environment, else from the key file, made at first run.

    Raises:
        InputError: the vault exists and its key does not, or the key file is open to others.
    """
    if KEY_VARIABLE in os.environ:
        key = os.environ[KEY_VARIABLE]
        if not key:
            raise InputError(f"{KEY_VARIABLE} is empty", "set it to the vault's key, or unset it")
        return key
    path = workspace / "keys" / "vault.key"
    if path.exists():
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise InputError(
                "other people on this machine may read the vault's key",
                "run: chmod 600 keys/vault.key",
                file="keys/vault.key",
            )
        key = path.read_text(encoding="ascii").strip()
        if not key:
            raise InputError("the key file is empty", "put it back", file="keys/vault.key")
        return key
    if (workspace / "vault" / "vault.duckdb").exists():
        raise InputError(
            "the vault is there and its key is not",
            f"put the key file back, or set {KEY_VARIABLE}",
            file="keys/vault.key",
        )
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = secrets.token_hex(32)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key + "\n")
    return key


# The workspaces whose files stay open, each with the connection that keeps them so once there is one.
_held: dict[Path, duckdb.DuckDBPyConnection | None] = {}


@contextmanager
def held_open(workspace: Path) -> Iterator[None]:
    """Keep a workspace's files open from the first connection on: later ones share what is open.

    Opening loads and verifies the cryptography, a seventh of a second each time, and a run has
    a dozen steps. Each connection still has transactions of its own. Nothing is opened or made
    before somebody connects.
    """
    place = workspace.resolve()
    if place in _held:
        yield
        return
    _held[place] = None
    try:
        yield
    finally:
        kept = _held.pop(place)
        if kept is not None:
            kept.close()


def connect(workspace: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open ``vault/vault.duckdb`` (encrypted, as ``vault``) and ``public.duckdb`` (as ``public``).

    Both are made when absent, unless they are opened ``read_only``. What a run holds open is
    shared as it is.

    Raises:
        InputError: wrong key, missing key, a file in use, or a file that is not a database.
    """
    place = workspace.resolve()
    if place not in _held:
        return _opened(workspace, read_only=read_only)
    kept = _held[place] = _held[place] or _opened(workspace, read_only=False)
    return kept.cursor()


def _opened(workspace: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    folder = workspace / "vault"
    mode = "READ_ONLY" if read_only else "READ_WRITE"
    if not read_only:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = vault_key(workspace)
    connection = duckdb.connect(":memory:", config=_CONFIG)
    try:
        connection.execute(f"LOAD {_text(str(_crypto()))}")
        connection.execute("SET temp_file_encryption = true")
        connection.execute(f"SET temp_directory = {_text(str(folder / 'spill'))}")
        _attach(
            connection, folder / "vault.duckdb", "vault", f"{mode}, ENCRYPTION_KEY {_text(key)}"
        )
        _attach(connection, workspace / "public.duckdb", "public", mode)
    except BaseException:
        connection.close()
        raise
    return connection


def _crypto() -> Path:
    """Find the signed extension that carries the cryptography, in its Python package."""
    import duckdb_extension_httpfs

    folder = Path(str(duckdb_extension_httpfs.__file__)).parent / "extensions"
    path = folder / f"v{duckdb.__version__}" / "httpfs.duckdb_extension"
    if not path.exists():
        raise InputError(
            f"duckdb-extension-httpfs has nothing for DuckDB {duckdb.__version__}",
            "install the versions of requirements.lock",
        )
    return path


def _attach(connection: duckdb.DuckDBPyConnection, path: Path, name: str, options: str) -> None:
    try:
        connection.execute(f"ATTACH {_text(str(path))} AS {name} ({options})")
    except duckdb.Error as error:
        # DuckDB's own message may quote what it was given: it is read here and goes no further.
        said = str(error).lower()
    else:
        return
    if any(sign in said for sign in _LOCKED):
        raise InputError(
            "another process holds this file",
            "end the other run, or wait for it",
            file=path.name,
        )
    if "encrypt" in said or "decrypt" in said or " key" in said:
        raise InputError(
            "the key does not open this file",
            f"set {KEY_VARIABLE} or keys/vault.key to the key the file was made with",
            file=path.name,
        )
    raise InputError(
        "this is not a database that DuckDB can open",
        "restore the file from a backup, or move it away to begin anew",
        file=path.name,
    )


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
