"""The vendor's SDK, signing with keys, and with what it has for repeating calls."""

from __future__ import annotations

import os
from typing import Any, TypeAlias

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException
from huaweicloudsdkcore.retry.backoff_strategy import EqualJitterBackoffStrategy
from huaweicloudsdkga import v1 as ga
from huaweicloudsdklts import v2 as lts

from tests.commands.bench.clients.asked import (
    ADDRESS,
    LOG_GROUP_ID,
    PROJECT_ID,
    TAG,
    TTL_IN_DAYS,
    stream_name,
)

SdkObject: TypeAlias = Any  # the SDK carries no types
_RETRIES = 3
_NOT_TAKEN_UP = 429


def _client(kind: SdkObject) -> SdkObject:
    keys = os.environ["HUAWEICLOUD_SDK_AK"], os.environ["HUAWEICLOUD_SDK_SK"]
    credentials = BasicCredentials(*keys, PROJECT_ID)
    builder = kind.new_builder().with_credentials(credentials)
    return builder.with_endpoint(ADDRESS).build()


_lts = _client(lts.LtsClient)
_ga = _client(ga.GaClient)
_backoff = EqualJitterBackoffStrategy()


def _is_to_repeat(_response: SdkObject, error: SdkObject) -> bool:
    """Whether a call surely was not taken up."""
    refused = isinstance(error, ServiceResponseException)
    return refused and error.status_code == _NOT_TAKEN_UP


def _sent(invoker: SdkObject) -> SdkObject:
    return invoker.with_retry(_is_to_repeat, _RETRIES, _backoff).invoke()


def bootstrap(*listeners: str) -> list[str]:
    """Make both calls for each listener, one after the other."""
    return [_bootstrap(listener) for listener in listeners]


def _bootstrap(listener: str) -> str:
    stream = lts.CreateLogStreamParams(
        log_stream_name=stream_name(listener),
        ttl_in_days=TTL_IN_DAYS,
        tags=[lts.TagsBody(**TAG)],
    )
    request = lts.CreateLogStreamRequest(log_group_id=LOG_GROUP_ID, body=stream)
    made = _sent(_lts.create_log_stream_invoker(request))
    option = ga.CreateLogtankOption(
        resource_type="LISTENER",
        resource_id=listener,
        log_group_id=LOG_GROUP_ID,
        log_stream_id=made.log_stream_id,
    )
    body = ga.CreateLogtankRequestBody(logtank=option)
    answer = _sent(_ga.create_logtank_invoker(ga.CreateLogtankRequest(body=body)))
    return str(answer.logtank.id)
