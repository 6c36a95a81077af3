"""Request signatures equal those of the vendor's own signer for any request."""

from __future__ import annotations

import json
import string
from urllib.parse import quote

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.huaweicloud.request_signing import Request, sign
from functions.transport.calls import encoded_query

DATE = "20260102T030405Z"
HOST = "lts.cn-north-4.myhuaweicloud.com"
OWN = {"host", "authorization", "content-type", "x-sdk-date", "x-sdk-content-sha256"}
"""Headers that the signer sets or treats specially."""

odd_text = st.text(max_size=8) | st.text("ab /?&=+%~*'()\t;,:@", max_size=8)
segments = st.one_of(
    odd_text.map(lambda text: quote(text, safe="")),
    odd_text.map(quote),
    st.sampled_from(
        ["%2F", "%2f", "%7E", "%25", "%E9", "%zz", "%", "日志", "a b", ".."]
    ),
)
paths = st.lists(segments, max_size=4).map(lambda parts: "/" + "/".join(parts))
queries = st.lists(
    st.tuples(
        st.sampled_from(["a", "A", "", "limit", "é", "a b"]) | odd_text, odd_text
    ),
    max_size=5,
)
bodies = st.one_of(
    st.just(b""),
    st.dictionaries(odd_text, odd_text | st.integers() | st.none(), max_size=3).map(
        lambda body: json.dumps(body, ensure_ascii=False).encode()
    ),
    st.binary(max_size=16),
)
names = st.text(string.ascii_letters + string.digits + "-_", min_size=1, max_size=8)
spaces = st.text(" \t", max_size=2)
values = st.builds("{}{}{}".format, spaces, st.text(max_size=8), spaces)
content_types = st.sampled_from(
    [
        None,
        "application/json",
        "application/json;charset=utf8",
        "application/bson",
        "text/plain",
        "application/octet-stream",
    ]
)


@st.composite
def header_sets(draw: st.DrawFn) -> dict[str, str]:
    """Return headers whose names differ by more than case, and a content type."""
    pairs = draw(
        st.lists(
            st.tuples(names.filter(lambda name: name.lower() not in OWN), values),
            unique_by=lambda pair: pair[0].lower(),
            max_size=5,
        )
    )
    content_type = draw(content_types)
    return dict(pairs) | ({"Content-Type": content_type} if content_type else {})


requests = st.builds(
    Request,
    st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    st.sampled_from([HOST, f"{HOST}:8443", "127.0.0.1:80"]),
    paths,
    queries,
    header_sets(),
    bodies,
)
keys = st.text(string.ascii_letters + string.digits + "+/=", min_size=1, max_size=40)


def signed_by_the_vendor(request: Request, access: str, secret: str) -> SdkRequest:
    """Return the request after the vendor's signer has signed it."""
    expected = SdkRequest(
        method=request.method,
        schema="https",
        host=request.host,
        resource_path=request.path,
        query_params=list(request.query),
        header_params={**request.headers, "X-Sdk-Date": DATE},
        body=request.body,
    )
    return Signer(BasicCredentials(access, secret)).sign(expected)


@settings(max_examples=160, deadline=None, derandomize=True)
@given(requests, keys, keys)
def test_any_request_gets_the_vendors_signature(
    request: Request, access: str, secret: str
) -> None:
    """This holds for unusual paths, queries, headers, bodies and keys."""
    expected = signed_by_the_vendor(request, access, secret)

    signed = sign(request, access, secret, DATE)

    assert signed["Authorization"] == expected.header_params["Authorization"]
    name = "X-Sdk-Content-Sha256"
    assert signed.get(name) == expected.header_params.get(name)
    assert encoded_query(request.query) == expected.uri.partition("?")[2]
