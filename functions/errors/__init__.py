"""Everything that can go wrong, as one family.

The first split is whose fault it is; below that, one leaf for each thing that a
caller does differently. Whether a call is repeated is decided by the branch.

ProvisioningError
├── CallerFault                  the sender of the event must change something
│   ├── InvalidEvent
│   │   ├── MethodNotAllowed
│   │   ├── PayloadTooLarge
│   │   └── UnsupportedMediaType
│   └── Unauthenticated
├── Misconfigured                whoever deployed the function must
├── Refused                      the cloud said no: the same call gets the same answer
│   ├── AuthenticationFailed
│   ├── PermissionDenied
│   ├── InvalidProject
│   ├── InvalidRequest
│   ├── Redirected
│   ├── NotFound
│   ├── AlreadyExists
│   ├── QuotaExceeded
│   ├── Conflict
│   └── LogtankFailed
├── NotTakenUp                   nothing has happened: pause and repeat
│   ├── Throttled
│   ├── Unreachable
│   └── Busy
├── Unsure                       it may have happened: look before repeating
│   ├── ServiceFailed
│   ├── OutcomeUnknown
│   └── UnintelligibleReply
├── DeadlineExceeded
├── Malfunction                  a defect of this bundle
└── BatchFailed
"""

from functions.errors.clouds import (
    AlreadyExists,
    AuthenticationFailed,
    Busy,
    Conflict,
    InvalidProject,
    InvalidRequest,
    LogtankFailed,
    NotFound,
    NotTakenUp,
    OutcomeUnknown,
    PermissionDenied,
    QuotaExceeded,
    Redirected,
    Refused,
    ServiceFailed,
    Throttled,
    UnintelligibleReply,
    Unreachable,
    Unsure,
)
from functions.errors.ours import (
    BatchFailed,
    CallerFault,
    DeadlineExceeded,
    InvalidEvent,
    Malfunction,
    MethodNotAllowed,
    Misconfigured,
    PayloadTooLarge,
    Unauthenticated,
    UnsupportedMediaType,
)
from functions.errors.root import (
    Problem,
    ProvisioningError,
    pointer,
)

__all__ = [
    "AlreadyExists",
    "AuthenticationFailed",
    "BatchFailed",
    "Busy",
    "CallerFault",
    "Conflict",
    "DeadlineExceeded",
    "InvalidEvent",
    "InvalidProject",
    "InvalidRequest",
    "LogtankFailed",
    "Malfunction",
    "MethodNotAllowed",
    "Misconfigured",
    "NotFound",
    "NotTakenUp",
    "OutcomeUnknown",
    "PayloadTooLarge",
    "PermissionDenied",
    "Problem",
    "ProvisioningError",
    "QuotaExceeded",
    "Redirected",
    "Refused",
    "ServiceFailed",
    "Throttled",
    "Unauthenticated",
    "UnintelligibleReply",
    "Unreachable",
    "UnsupportedMediaType",
    "Unsure",
    "pointer",
]
