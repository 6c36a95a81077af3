"""The emulated account's identity: fixed values, so that examples work unchanged.

No value here is a real secret.
"""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Identity:
    """One account with one project, one IAM user, one key pair and one log group.

    ``project_id`` and ``domain_id`` are 32 hexadecimal digits, ``log_group_id`` is a
    UUID, ``region`` is the project's name in IAM.  ``token`` is accepted by both LTS
    and GA and never expires; tokens that IAM issues have one scope and expire.
    """

    access_key: str = "EMULATORACCESSKEY001"
    secret_key: str = "emulatorSecretKeyOpensNothingElse0000001"
    token: str = "MIIEmulatorTokenThatOpensNothingElse"
    project_id: str = "2a473356cca5487f8373be891bffc1cf"
    domain_id: str = "99a3fff0d03c428eac3678da6a7d0f24"
    log_group_id: str = "b6b9332b-091f-4b22-b810-264318d2d664"
    log_group_name: str = "ga-access-logs"
    region: str = "cn-north-4"
    user: str = "emulator-user"
    user_id: str = "7116d09f88fa41908676fdd4b039e95b"
    password: str = "emulator-password"
    domain: str = "emulator-account"

    def document(self) -> dict[str, str]:
        """Return the account's part of ``GET /_emulator/state``."""
        shown = asdict(self)
        for inner in ("log_group_name", "region", "user_id"):
            del shown[inner]
        return shown


class Account:
    """An identity's public values as attributes, and as environment variables."""

    def __init__(self, identity: Identity) -> None:
        """Expose the identity's public values."""
        self.identity = identity
        self.access_key = identity.access_key
        self.secret_key = identity.secret_key
        self.token = identity.token
        self.project_id = identity.project_id
        self.domain_id = identity.domain_id
        self.log_group_id = identity.log_group_id
        self.user = identity.user
        self.password = identity.password
        self.domain = identity.domain

    def environment_at(self, url: str) -> dict[str, str]:
        """Return the settings that configure the bundle for an emulator at a URL."""
        return {
            "HUAWEICLOUD_LTS_ENDPOINT": url,
            "HUAWEICLOUD_GA_ENDPOINT": url,
            "HUAWEICLOUD_IAM_ENDPOINT": url,
            "HUAWEICLOUD_SDK_AK": self.access_key,
            "HUAWEICLOUD_SDK_SK": self.secret_key,
            "HUAWEICLOUD_SDK_PROJECT_ID": self.project_id,
            "LOG_GROUP_ID": self.log_group_id,
        }
