"""Messages from device to device, keys, and how they are refused."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from sottovoce.protocol.ids import DeviceId, UserId

MAX_TXN_ID_BYTES = 255
MAX_MESSAGE_TYPE_BYTES = 255
MAX_MESSAGE_BYTES = 65_536
"""How large one message to one device may be, as large as an event."""
MAX_MESSAGES_AT_ONCE = 10_000
"""To how many devices one request may send."""
MAX_DEVICE_KEYS_BYTES = 16_384
MAX_ONE_TIME_KEYS = 1_000
"""How many one-time keys the server keeps of a device."""
MAX_ALGORITHMS = 10
MAX_KEY_BYTES = 4_096
MAX_KEY_NAME_BYTES = 255
MAX_PEOPLE_AT_ONCE = 5_000
"""Of how many people one request may ask for keys."""
MAX_CLAIMS_AT_ONCE = 5_000
MAX_SIGNATURES_AT_ONCE = 500
"""How many signed keys one request may bring; each signature costs some microseconds."""
MAX_SIGNERS_OF_ONE_KEY = 10
"""How many signatures by their owner's keys are looked at on one key."""

MAX_DEHYDRATED_BYTES = 131_072
MAX_BACKUPS = 100
"""How many backups somebody may have at a time."""
MAX_BACKED_UP_KEYS = 500_000
MAX_BACKUP_NAME_BYTES = 255
MAX_AUTH_DATA_BYTES = 65_536
MAX_SESSION_DATA_BYTES = 16_384

DEVICE_LISTS = "device_lists"
"""The stream that moves when somebody's devices or keys change (in no room), and when people come into a room or leave
it (in that room): then others have to learn their keys, or need them no longer."""
KEY_COUNTS = "key_counts"


class Target(NamedTuple):
    """A device of somebody."""

    user_id: UserId
    device_id: DeviceId


class Transaction(NamedTuple):
    """What a device calls its request, so that repeating it sends nothing twice."""

    sender: UserId
    device_id: DeviceId
    message_type: str
    txn_id: str


class ToDeviceMessage(NamedTuple):
    """A message that waits for a device: a complete JSON object."""

    position: int
    event: bytes


class OneTimeKey(NamedTuple):
    """A key to be given to one person, or to several if it is a fallback key. content: JSON."""

    algorithm: str
    key_id: str
    content: bytes

    @property
    def name(self) -> str:
        return f"{self.algorithm}:{self.key_id}"


class FallbackKey(NamedTuple):
    """The key that is given out when no others are left."""

    key: OneTimeKey
    is_used: bool


class KeysUpload(NamedTuple):
    """What a device publishes. device_keys None: nothing new about the device itself."""

    device_keys: Mapping[str, object] | None
    one_time_keys: Mapping[str, object]
    fallback_keys: Mapping[str, object]


class KeyCounts(NamedTuple):
    """How many one-time keys of each algorithm are left, and of which algorithms the fallback key was never given."""

    one_time: dict[str, int]
    unused_fallback: list[str]


MASTER, SELF_SIGNING, USER_SIGNING = USAGES = ("master", "self_signing", "user_signing")


class SigningKey(NamedTuple):
    """A cross-signing key. content: as uploaded, without signatures."""

    usage: str
    public_key: str
    content: dict[str, object]

    @property
    def key_id(self) -> str:
        """By which signatures name it."""
        return f"ed25519:{self.public_key}"


class Signature(NamedTuple):
    """What a key says of a device (signed_id: the device's id) or of a cross-signing key (its public key)."""

    user_id: UserId
    signed_id: str
    signer_id: UserId
    key_id: str
    signature: str


class KeysQuery(NamedTuple):
    """Who asks for whose keys. devices: by person, no devices named means all."""

    asker: UserId
    devices: Mapping[str, Sequence[str]]


class FoundKeys(msgspec.Struct, frozen=True):
    """By person, those of devices by device too; the answer of /keys/query. failures: by server."""

    device_keys: dict[UserId, dict[DeviceId, dict[str, object]]]
    failures: dict[str, object]
    master_keys: dict[UserId, dict[str, object]]
    self_signing_keys: dict[UserId, dict[str, object]]
    user_signing_keys: dict[UserId, dict[str, object]]


class ClaimedKeys(msgspec.Struct, frozen=True):
    """By person and device, each key by its name; the answer of /keys/claim. failures: by server."""

    one_time_keys: dict[UserId, dict[DeviceId, dict[str, msgspec.Raw]]]
    failures: dict[str, object]


class DehydratedDevice(NamedTuple):
    """A device that nobody uses now. device_data: encoded; only its owner can read it."""

    device_id: DeviceId
    device_data: bytes
    display_name: str | None


class Backup(NamedTuple):
    """A backup of keys. auth_data: encoded. etag: grows with every change of the keys in it."""

    version: int
    algorithm: str
    auth_data: bytes
    etag: int
    key_count: int
    is_deleted: bool


class BackupPart(NamedTuple):
    """The keys of a room, or of a session in it; of no room: all."""

    room_id: str | None
    session_id: str | None


class KeyValue(NamedTuple):
    """A backed up key. session_data: encoded."""

    first_message_index: int
    forwarded_count: int
    is_verified: bool
    session_data: bytes


class BackedUpKey(NamedTuple):
    """A key in its place. What room and session are called is the client's affair."""

    room_id: str
    session_id: str
    value: KeyValue

    @property
    def place(self) -> tuple[str, str]:
        return self.room_id, self.session_id


class InvalidKeys(Exception):
    """Something sent has a form or a value that makes no sense."""


class InvalidSignature(Exception):
    """A signature is not by the key that should have made it."""


class OneTimeKeyExists(Exception):
    """The device gave another key under this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"One time key {name} already exists with another content")


class UnknownKey(Exception):
    """There is no such key to be signed."""


class NoMasterKey(Exception):
    """Keys are signed by a master key, and there is none."""


class KeyIdInUse(Exception):
    """A device and a key for signing would be called the same."""


class DehydratedDeviceNotFound(Exception):
    """The person has put no device away."""


class NotTheDehydratedDevice(Exception):
    """The person has put another device away."""


class BackupNotFound(Exception):
    """The person has no such backup, or no such key in it."""


class WrongBackupVersion(Exception):
    """Keys go into the current backup only."""

    def __init__(self, current_version: str) -> None:
        super().__init__("This is not the current backup")
        self.current_version = current_version


class TooLargeForDevices(Exception):
    """A message is larger, or has more recipients, than may be."""
