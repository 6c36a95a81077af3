"""All errors of this bundle, as one family.

The branches say who has to act and whether a call is repeated. Each leaf is an error
that a caller handles differently from the others.

ProvisioningError
├── CallerFault                  the sender of the event must change something
│   ├── InvalidEvent
│   │   ├── MethodNotAllowed
│   │   ├── PayloadTooLarge
│   │   ├── ResultTooLarge
│   │   └── UnsupportedMediaType
│   └── Unauthenticated
├── Misconfigured                the operator of the function must
├── Refused                      the same call would get the same reply
│   ├── AuthenticationFailed
│   ├── PermissionDenied
│   ├── InvalidProject
│   ├── InvalidRequest
│   ├── Redirected
│   ├── ProxyRefused
│   ├── NotFound
│   ├── AlreadyExists
│   ├── QuotaExceeded
│   ├── Conflict
│   └── LogtankFailed
├── NotProcessed                 the call had no effect: pause and repeat
│   ├── Throttled
│   ├── Unreachable
│   └── Busy
├── MaybeProcessed               it may have had one: check before repeating
│   ├── ServiceFailed
│   ├── OutcomeUnknown
│   └── UnintelligibleReply
├── DeadlineExceeded
├── Malfunction                  a bug in this bundle
└── BatchFailed
"""

from functions.errors.family import (
    Outcome,
    Plan,
    Problem,
    ProvisioningError,
    Result,
    as_json,
    pointer,
)
from functions.errors.local import (
    BatchFailed,
    CallerFault,
    DeadlineExceeded,
    InvalidEvent,
    Malfunction,
    MethodNotAllowed,
    Misconfigured,
    PayloadTooLarge,
    ResultTooLarge,
    Unauthenticated,
    UnsupportedMediaType,
    fitting,
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
    ProxyRefused,
    QuotaExceeded,
    Redirected,
    Refused,
    ServiceFailed,
    Throttled,
    UnintelligibleReply,
    Unreachable,
)
