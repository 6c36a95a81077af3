"""The vendor's SDK, with signed requests and its built-in retries."""

from __future__ import annotations

import os
from typing import Any, TypeAlias

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException
from huaweicloudsdkcore.retry.backoff_strategy import EqualJitterBackoffStrategy
from huaweicloudsdkga import v1 as ga
from huaweicloudsdklts import v2 as lts

from tests.commands.bench.clients import asked

SdkObject: TypeAlias = Any  # the SDK has no type annotations
_RETRIES = 3
_TOO_MANY_REQUESTS = 429


def _client(kind: SdkObject) -> SdkObject:
    keys = os.environ["HUAWEICLOUD_SDK_AK"], os.environ["HUAWEICLOUD_SDK_SK"]
    credentials = BasicCredentials(*keys, asked.PROJECT_ID)
    builder = kind.new_builder().with_credentials(credentials)
    return builder.with_endpoint(asked.ADDRESS).build()


lts_client = _client(lts.LtsClient)
ga_client = _client(ga.GaClient)
_backoff = EqualJitterBackoffStrategy()


def _should_retry(_response: SdkObject, error: SdkObject) -> bool:
    """Whether a call was definitely not processed."""
    refused = isinstance(error, ServiceResponseException)
    return refused and error.status_code == _TOO_MANY_REQUESTS


def _sent(invoker: SdkObject) -> SdkObject:
    return invoker.with_retry(_should_retry, _RETRIES, _backoff).invoke()


def bootstrap(*listeners: str) -> list[str]:
    """Make both calls for each listener sequentially."""
    return [_bootstrap(listener) for listener in listeners]


def _bootstrap(listener: str) -> str:
    fields = {**asked.stream(listener), "tags": [lts.TagsBody(**asked.TAG)]}
    stream = lts.CreateLogStreamParams(**fields)
    request = lts.CreateLogStreamRequest(log_group_id=asked.LOG_GROUP_ID, body=stream)
    created = _sent(lts_client.create_log_stream_invoker(request))
    option = ga.CreateLogtankOption(**asked.logtank(listener, created.log_stream_id))
    body = ga.CreateLogtankRequestBody(logtank=option)
    reply = _sent(ga_client.create_logtank_invoker(ga.CreateLogtankRequest(body=body)))
    return str(reply.logtank.id)
