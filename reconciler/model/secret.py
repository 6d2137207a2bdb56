"""Text that must not be shown."""

from __future__ import annotations

from typing import NoReturn

from pydantic import SecretStr


class Secret(SecretStr):
    """Shown as asterisks in repr, str and JSON; it cannot be pickled.

    Only the adapter that sends it, or signs with it, calls `get_secret_value`.
    """

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret cannot be pickled or copied")
