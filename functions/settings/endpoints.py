"""The services' endpoints, from the region and from the settings.

Source: the region files of the vendor's SDK. GA has no region; a token from IAM's
regional endpoint is valid in that region only, one from its global endpoint everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

IAM_GLOBAL = "IAM, global"
"""The key of the endpoint that issues domain-scoped tokens."""

_DOMAIN = "myhuaweicloud.com"
_DOMAINS = {"eu-west-101": "myhuaweicloud.eu"}
"""The domains of the regions whose endpoints have another one."""


def by_service(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the endpoints by service, an empty one for LTS if no setting has it."""
    region, iam = values["HUAWEICLOUD_REGION"], values["HUAWEICLOUD_IAM_ENDPOINT"]
    iam_global = iam or f"https://iam.{_DOMAIN}"
    return {
        "LTS": values["HUAWEICLOUD_LTS_ENDPOINT"] or _regional("lts", region),
        "GA": values["HUAWEICLOUD_GA_ENDPOINT"],
        "IAM": iam or _regional("iam", region) or iam_global,
        IAM_GLOBAL: iam_global,
    }


def _regional(service: str, region: str | None) -> str:
    if not region:
        return ""
    return f"https://{service}.{region}.{_DOMAINS.get(region, _DOMAIN)}"
