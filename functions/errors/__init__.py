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
├── NotProcessed                   nothing has happened: pause and repeat
│   ├── Throttled
│   ├── Unreachable
│   └── Busy
├── MaybeProcessed                       it may have happened: look before repeating
│   ├── ServiceFailed
│   ├── OutcomeUnknown
│   └── UnintelligibleReply
├── DeadlineExceeded
├── Malfunction                  a defect of this bundle
└── BatchFailed
"""

from functions.errors.family import Problem, ProvisioningError, pointer
from functions.errors.local import (
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
from functions.errors.upstream import (
    AlreadyExists,
    AuthenticationFailed,
    Busy,
    Conflict,
    InvalidProject,
    InvalidRequest,
    LogtankFailed,
    MaybeProcessed,
    NotFound,
    NotProcessed,
    OutcomeUnknown,
    PermissionDenied,
    QuotaExceeded,
    Redirected,
    Refused,
    ServiceFailed,
    Throttled,
    UnintelligibleReply,
    Unreachable,
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
    "MaybeProcessed",
    "MethodNotAllowed",
    "Misconfigured",
    "NotFound",
    "NotProcessed",
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
    "pointer",
]
