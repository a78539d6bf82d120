"""What the environment says: where the policy and the ledger are, how to log; and where secrets come from."""

import os
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from tierkeeper.plugins.errors import UsageError


class Settings(BaseSettings):
    """``TIERKEEPER_POLICY``, ``TIERKEEPER_LEDGER``; the command line goes before them."""

    model_config = SettingsConfigDict(env_prefix="TIERKEEPER_", extra="ignore")

    policy: Path = Path("desk.yaml")
    ledger: Path | None = None

    def ledger_beside(self, policy: Path) -> Path:
        """The ledger's file: as set, else beside the policy."""
        return self.ledger or policy.with_name(f"{policy.stem}.sqlite")


def secret(name: str) -> str | None:
    """A secret by its name: the environment, else the file that ``NAME_FILE`` names, else the keyring, if installed."""
    value = os.environ.get(name)
    if value:
        return value.strip()
    path = os.environ.get(f"{name}_FILE")
    if path:
        return _from_file(name, Path(path))
    return _from_keyring(name)


def _from_file(name: str, path: Path) -> str:
    try:
        value = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{name}_FILE names {path}, which cannot be read: {error}") from error
    if not value:
        raise UsageError(f"{name}_FILE names {path}, which is empty")
    return value


def _from_keyring(name: str) -> str | None:
    try:
        import keyring  # noqa: PLC0415 - an extra, and slow to import
        import keyring.errors  # noqa: PLC0415 - likewise
    except ImportError:
        return None
    try:
        return keyring.get_password("tierkeeper", name)
    except keyring.errors.KeyringError:
        return None
