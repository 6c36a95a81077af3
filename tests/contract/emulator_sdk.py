"""The vendor's own SDK as a client of the emulator."""

import re
from dataclasses import dataclass
from typing import Any, TypeAlias

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException
from huaweicloudsdkga import v1 as ga
from huaweicloudsdklts import v2 as lts

from tests.contract.emulator_client import LISTENER
from tests.emulator import Emulator

SdkObject: TypeAlias = Any  # the SDK has no type annotations


@dataclass
class Sdk:
    """Both SDK clients, and the emulator that they call."""

    cloud: Emulator
    lts: SdkObject
    ga: SdkObject

    def call(self, service: str, name: str, /, **fields: object) -> SdkObject:
        """Send the operation of that name, for example "ListListeners"."""
        models, client = {"GA": (ga, self.ga), "LTS": (lts, self.lts)}[service]
        request = getattr(models, f"{name}Request")(**fields)
        return getattr(client, _method(name))(request)

    def refusal(self, service: str, name: str, /, **fields: object) -> tuple[int, str]:
        """Return the status and code of the error that the SDK raises for a call."""
        with pytest.raises(ServiceResponseException) as refused:
            self.call(service, name, **fields)
        return refused.value.status_code, refused.value.error_code

    def create_stream(self, name: str, **fields: object) -> SdkObject:
        """Send CreateLogStream for the initial log group."""
        body = lts.CreateLogStreamParams(log_stream_name=name, **fields)
        group_id = self.cloud.log_group_id
        request = lts.CreateLogStreamRequest(log_group_id=group_id, body=body)
        return self.lts.create_log_stream(request)

    def list_streams(self) -> SdkObject:
        """Send ListLogStream for the initial log group."""
        request = lts.ListLogStreamRequest(log_group_id=self.cloud.log_group_id)
        return self.lts.list_log_stream(request).log_streams

    def delete_stream(self, stream_id: str) -> SdkObject:
        """Send DeleteLogStream."""
        group_id = self.cloud.log_group_id
        request = lts.DeleteLogStreamRequest(
            log_group_id=group_id, log_stream_id=stream_id
        )
        return self.lts.delete_log_stream(request)

    def create_logtank(self, stream_id: str, listener: str = LISTENER) -> SdkObject:
        """Send CreateLogtank."""
        option = ga.CreateLogtankOption(
            resource_type="LISTENER",
            resource_id=listener,
            log_group_id=self.cloud.log_group_id,
            log_stream_id=stream_id,
        )
        body = ga.CreateLogtankRequestBody(logtank=option)
        return self.ga.create_logtank(ga.CreateLogtankRequest(body=body))

    def delete_logtank(self, logtank_id: str) -> None:
        """Send DeleteLogtank."""
        self.ga.delete_logtank(ga.DeleteLogtankRequest(logtank_id=logtank_id))


def _method(operation: str) -> str:
    """Return the SDK's method for an operation: "list_listeners"."""
    return re.sub(r"(?<!^)([A-Z])", r"_\1", operation).lower()


def connect(cloud: Emulator, secret_key: str) -> Sdk:
    """Build both clients as in the SDK's readme, with the emulator as endpoint."""

    def build(client: SdkObject) -> SdkObject:
        keys = BasicCredentials(cloud.access_key, secret_key, cloud.project_id)
        builder = client.new_builder().with_credentials(keys)
        return builder.with_endpoint(cloud.url).build()

    return Sdk(cloud, build(lts.LtsClient), build(ga.GaClient))
