"""Where the services are, from the region and from what is set.

Source: the region files of the vendor's SDK. GA has no region; a token of IAM's
regional address is good in that region alone, one of its global address everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

IAM_GLOBAL = "IAM, global"
"""The key of the address that gives tokens of a domain's scope."""

_DOMAIN = "myhuaweicloud.com"
_DOMAINS = {"eu-west-101": "myhuaweicloud.eu"}
"""Of the regions whose addresses are not under _DOMAIN."""


def of(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the addresses by service; LTS's is empty where nothing says it."""
    region, iam = values["HUAWEICLOUD_REGION"], values["HUAWEICLOUD_IAM_ENDPOINT"]
    everywhere = iam or f"https://iam.{_DOMAIN}"
    return {
        "LTS": values["HUAWEICLOUD_LTS_ENDPOINT"] or _regional("lts", region),
        "GA": values["HUAWEICLOUD_GA_ENDPOINT"],
        "IAM": iam or _regional("iam", region) or everywhere,
        IAM_GLOBAL: everywhere,
    }


def _regional(service: str, region: str | None) -> str:
    if not region:
        return ""
    return f"https://{service}.{region}.{_DOMAINS.get(region, _DOMAIN)}"
