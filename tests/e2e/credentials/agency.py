"""The context of a FunctionGraph function that has an agency."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.e2e.contexts import FunctionGraphContext
from tests.emulator import Emulator

ACCESS, SECRET = "getSecurityAccessKey", "getSecuritySecretKey"
SECURITY = "getSecurityToken"
GETTERS = (ACCESS, SECRET, SECURITY)
DEPRECATED = ("getAccessKey", "getSecretKey", "getToken")
"""Methods that are no longer maintained or serve another purpose."""

Value = str | Exception | None


class AgencyContext(FunctionGraphContext):
    """A context whose methods return the given values or raise the given exceptions.

    `called` contains the names of the credential methods that were called.
    """

    def __init__(
        self,
        values: Mapping[str, Value],
        project: str | None = None,
        user_data: Mapping[str, str] | None = None,
        seconds: float = 30,
    ) -> None:
        """Define these methods, and deprecated ones that raise an AssertionError."""
        super().__init__(seconds, user_data)
        self.called: list[str] = []
        for name in DEPRECATED:
            setattr(self, name, self._getter(name, AssertionError(name)))
        for name, value in values.items():
            setattr(self, name, self._getter(name, value))
        if project is not None:
            self.getProjectID = lambda: project

    def _getter(self, name: str, value: Value) -> Callable[[], str | None]:
        def get() -> str | None:
            self.called.append(name)
            if isinstance(value, Exception):
                raise value
            return value

        return get


def agency_of(cloud: Emulator, security_token: str) -> dict[str, Value]:
    """Return the values of an agency: the keys of the account and a security token."""
    return {
        ACCESS: cloud.access_key,
        SECRET: cloud.secret_key,
        SECURITY: security_token,
    }
