"""The key of a language model's server: an address goes in, its key comes out, of the environment or of the keyring.

It stands in no file, no flag and no log.
"""

from __future__ import annotations

from collections.abc import Mapping

from index import SettingsError
from ui.languages import later

KEY = "PINCITE_LLM_KEY"
KEYRING = later("the system's keyring")
SERVICE = "pincite"  # under which the keyring has it, by the address


def find_key(address: str, variables: Mapping[str, str]) -> str:
    """Return the key for the server at `address`, "" if there is none. Raises `SettingsError` if it can't be one."""
    found, where = variables.get(KEY, "").strip(), KEY
    if not found:
        found, where = _kept(address), KEYRING
    if not found.isascii() or not found.isprintable():
        raise SettingsError(f"{where} holds characters that no key has: set it anew")
    return found


def key_source(address: str, variables: Mapping[str, str]) -> str:
    """Say where the key for the server at `address` comes from, "" if it has none; never the key itself."""
    if variables.get(KEY, "").strip():
        return KEY
    return KEYRING if address and _kept(address) else ""


def _kept(address: str) -> str:
    """Return what the system's keyring has, if it can be asked: it comes with the extra `keyring`."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return ""
    try:
        return (keyring.get_password(SERVICE, address) or "").strip()
    except KeyringError:  # this system has none, or it stays locked
        return ""
