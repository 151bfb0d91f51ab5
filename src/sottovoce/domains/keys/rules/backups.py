"""Which of two backed up keys is kept. Spec: client-server, Server-side key backups."""

from ..model import (
    MAX_BACKUP_NAME_BYTES,
    MAX_SESSION_DATA_BYTES,
    BackedUpKey,
    InvalidKeys,
    KeyValue,
)


def is_better(new: KeyValue, old: KeyValue) -> bool:
    """Whether the new key replaces the kept one: verified, else from an earlier message on, else more direct."""
    if new.is_verified != old.is_verified:
        return new.is_verified
    if new.first_message_index != old.first_message_index:
        return new.first_message_index < old.first_message_index
    return new.forwarded_count < old.forwarded_count


def check_backed_up_key(key: BackedUpKey) -> None:
    """Raises InvalidKeys unless it may be kept."""
    for name in (key.room_id, key.session_id):
        if not name or "\0" in name or len(name.encode()) > MAX_BACKUP_NAME_BYTES:
            raise InvalidKeys(f"Rooms and sessions have names of 1 to {MAX_BACKUP_NAME_BYTES} bytes")
    if len(key.value.session_data) > MAX_SESSION_DATA_BYTES:
        raise InvalidKeys(f"session_data has at most {MAX_SESSION_DATA_BYTES} bytes")


def version_number(text: str) -> int | None:
    """The version of a backup; None if no version is written so."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 and text == str(int(text)) else None
