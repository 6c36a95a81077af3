"""FunctionGraph's context as it is where the function has an agency."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.e2e.contexts import FunctionGraphContext
from tests.emulator import Emulator

ACCESS, SECRET = "getSecurityAccessKey", "getSecuritySecretKey"
SECURITY = "getSecurityToken"
GETTERS = (ACCESS, SECRET, SECURITY)
DEAD = ("getAccessKey", "getSecretKey", "getToken")
"""No longer maintained, or good for something else."""

Given = str | Exception | None


class AgencyContext(FunctionGraphContext):
    """Gives what it was told to, by its methods; an exception is raised.

    `asked` has the names of the methods that were called for a credential.
    """

    def __init__(
        self,
        given: Mapping[str, Given],
        project: str | None = None,
        user_data: Mapping[str, str] | None = None,
        seconds: float = 30,
    ) -> None:
        """Have these methods, and those of which nobody may make use."""
        super().__init__(seconds, user_data)
        self.asked: list[str] = []
        for name in DEAD:
            setattr(self, name, self._giving(name, AssertionError(name)))
        for name, value in given.items():
            setattr(self, name, self._giving(name, value))
        if project is not None:
            self.getProjectID = lambda: project

    def _giving(self, name: str, value: Given) -> Callable[[], str | None]:
        def give() -> str | None:
            self.asked.append(name)
            if isinstance(value, Exception):
                raise value
            return value

        return give


def agency_of(cloud: Emulator, security_token: str) -> dict[str, Given]:
    """Return what an agency's methods give: the account's keys with a token."""
    return {
        ACCESS: cloud.access_key,
        SECRET: cloud.secret_key,
        SECURITY: security_token,
    }
