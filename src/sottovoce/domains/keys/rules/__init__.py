"""Pure rules of keys: what may be sent to devices, which keys may be published, and how they are told."""

from .backups import check_backed_up_key, is_better, version_number
from .cross_signing import (
    PublicKeys,
    checked_signing_key,
    is_same_key,
    master_signature,
    signing_keys_of,
    verified,
    with_signatures,
)
from .device_keys import (
    checked_device_keys,
    fallback_keys_in,
    has_same_identity,
    new_one_time_keys,
    one_time_keys_in,
    without_claims,
)
from .people import asked_here, is_name
from .to_device import Contents, check_transaction, first_to_go, messages_to

__all__ = [
    "Contents",
    "PublicKeys",
    "asked_here",
    "check_backed_up_key",
    "check_transaction",
    "checked_device_keys",
    "checked_signing_key",
    "fallback_keys_in",
    "first_to_go",
    "has_same_identity",
    "is_better",
    "is_name",
    "is_same_key",
    "master_signature",
    "messages_to",
    "new_one_time_keys",
    "one_time_keys_in",
    "signing_keys_of",
    "verified",
    "version_number",
    "with_signatures",
    "without_claims",
]
