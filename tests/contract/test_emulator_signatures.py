"""The emulator verifies signatures: modified signatures of the SDK are rejected."""

import pytest
import requests
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.algorithm import SigningAlgorithm
from huaweicloudsdkcore.signer.signer import Signer

from tests.emulator import Emulator

SIGNED_AT = "20270115T080000Z"  # the initial time of the clock


def signed_headers(cloud: Emulator, date: str = SIGNED_AT) -> dict[str, str]:
    """Return the headers of a signed ListLogtanks request without a query."""
    request = SdkRequest(
        method="GET",
        schema="http",
        host=cloud.url.removeprefix("http://"),
        resource_path="/v1/logtanks",
        query_params=[],
        header_params={"X-Sdk-Date": date, "X-Note": "as signed"},
        body="",
        stream=False,
        signing_algorithm=SigningAlgorithm.HMAC_SHA256,
    )
    keys = BasicCredentials(cloud.access_key, cloud.secret_key)
    headers: dict[str, str] = Signer(keys).sign(request).header_params
    return headers


@pytest.mark.parametrize(
    ("date", "status"),
    [
        (SIGNED_AT, 200),
        ("20270115T081500Z", 200),
        ("20270115T074500Z", 200),
        ("20270115T081501Z", 401),
        ("20270115T074459Z", 401),
    ],
)
def test_a_signature_is_valid_for_fifteen_minutes(
    cloud: Emulator, date: str, status: int
) -> None:
    """The limit applies before and after the signed date."""
    headers = signed_headers(cloud, date)
    response = requests.get(f"{cloud.url}/v1/logtanks", headers=headers, timeout=5)
    assert response.status_code == status


@pytest.mark.parametrize(
    ("method", "query", "changes", "body"),
    [
        ("POST", "", {}, None),
        ("GET", "?limit=1", {}, None),
        ("GET", "", {"X-Note": "changed"}, None),
        ("GET", "", {"X-Note": None}, None),
        ("GET", "", {"X-Sdk-Date": "20270115T080001Z"}, None),
        ("GET", "", {"X-Sdk-Date": "today"}, None),
        ("GET", "", {"Host": "ga.myhuaweicloud.com"}, None),
        ("GET", "", {}, "a body"),
        ("GET", "", {"X-Sdk-Content-Sha256": "0" * 64}, "a body"),
    ],
)
def test_a_signature_covers_the_whole_request(
    cloud: Emulator,
    method: str,
    query: str,
    changes: dict[str, str | None],
    body: str | None,
) -> None:
    """Changing method, query, signed headers, date, host or body invalidates it."""
    headers = {**signed_headers(cloud), **changes}
    url = f"{cloud.url}/v1/logtanks{query}"
    response = requests.request(method, url, headers=headers, data=body, timeout=5)
    assert response.status_code == 401
    assert "verify aksk signature fail" in response.json()["error_msg"]


def test_the_date_must_be_signed(cloud: Emulator) -> None:
    """A signature that does not cover X-Sdk-Date is rejected."""
    headers = signed_headers(cloud)
    authorization = headers["Authorization"].replace(";x-sdk-date", "")
    headers["Authorization"] = authorization
    response = requests.get(f"{cloud.url}/v1/logtanks", headers=headers, timeout=5)
    assert response.status_code == 401


def test_signature_verification_can_be_disabled(cloud: Emulator) -> None:
    """Clients without a working signer can then be tested."""
    cloud.reset(signatures=False)
    headers = {"Authorization": "anything"}
    response = requests.get(f"{cloud.url}/v1/logtanks", headers=headers, timeout=5)
    assert response.status_code == 200
