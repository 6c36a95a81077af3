"""The result for a listener that ships its log into a stream."""

from __future__ import annotations

from typing import NamedTuple

from functions.errors import Result
from functions.huaweicloud import ga
from functions.provisioning.agreement import Agreed
from functions.provisioning.log_group import EnsuredGroup
from functions.provisioning.log_stream import EnsuredStream
from functions.provisioning.repointing import target


def of_logtank(logtank: ga.Logtank) -> Result:
    """Return the fields of a result that describe the logtank."""
    status = logtank.status or ga.PENDING  # PENDING: "the status is to be determined"
    return {"logtank_id": logtank.id, "status": status}


class Shipping(NamedTuple):
    """A listener that ships its log: the request, and the result of each step."""

    new: ga.NewLogtank
    group: EnsuredGroup
    stream: EnsuredStream
    agreed: Agreed

    def result(self) -> Result:
        """Return the result, as `bootstrap.result.schema.json` describes it."""
        created = {
            "log_group": self.group.created,
            "log_stream": self.stream.created,
            "logtank": self.agreed.created,
        }
        result: Result = {
            "log_group_id": self.new.log_group_id,
            "log_stream_id": self.new.log_stream_id,
            **of_logtank(self.agreed.logtank),
            "resource_type": self.new.resource_type,
            "resource_id": self.new.resource_id,
            "created": [name for name, is_new in created.items() if is_new],
            **differences(self.group, self.stream),
        }
        if self.agreed.repointed:
            result["repointed_from"] = target(self.agreed.repointed)
        return result


def differences(group: EnsuredGroup, stream: EnsuredStream) -> Result:
    """Return `updated` and `differs`, each only if it names a field."""
    differs = [*stream.differs, *(["log_group_ttl_in_days"] if group.differs else [])]
    named: Result = {"updated": list(stream.updated), "differs": differs}
    return {name: fields for name, fields in named.items() if fields}
