"""The keys of devices and people, made and signed by libolm as clients do."""

import json
from typing import Any

from olm.account import Account
from olm.pk import PkSigning

from tests.helpers.people import Person

ONE_TIME = "signed_curve25519"


class Olm:
    """The secrets of a device."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self._account = Account()

    @property
    def public_key(self) -> str:
        """The key with which the device signs."""
        key: str = self._account.identity_keys["ed25519"]
        return key

    def signed(self, value: dict[str, Any]) -> dict[str, Any]:
        """The object with the device's signature."""
        signature = self._account.sign(canonical(value))
        return {**value, "signatures": {self.person.user_id: {f"ed25519:{self.person.device_id}": signature}}}

    def device_keys(self, **more: object) -> dict[str, Any]:
        """What the device publishes of itself."""
        device_id = self.person.device_id
        keys = {f"{algorithm}:{device_id}": key for algorithm, key in self._account.identity_keys.items()}
        algorithms = ["m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"]
        mine = {"user_id": self.person.user_id, "device_id": device_id, "algorithms": algorithms, "keys": keys}
        return self.signed({**mine, **more})

    def one_time_keys(self, count: int) -> dict[str, Any]:
        """New keys by their names."""
        self._account.generate_one_time_keys(count)
        keys = self._account.one_time_keys["curve25519"]
        self._account.mark_keys_as_published()
        return {f"{ONE_TIME}:{key_id}": self.signed({"key": key}) for key_id, key in keys.items()}

    def fallback_key(self) -> dict[str, Any]:
        """A new key by its name, to be given when no others are left."""
        [(name, key)] = self.one_time_keys(1).items()
        return {name: self.signed({"key": key["key"], "fallback": True})}

    async def publishes(self, **keys: object) -> dict[str, int]:
        """Upload these keys, and those of the device; the counts."""
        body = {"device_keys": self.device_keys(), **keys}
        counts: dict[str, int] = (await self.person.done("POST", "keys/upload", body))["one_time_key_counts"]
        return counts


def canonical(value: dict[str, Any]) -> str:
    """What is signed of an object."""
    bare = {name: item for name, item in value.items() if name not in ("signatures", "unsigned")}
    return json.dumps(bare, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


class Identity:
    """The secrets of a person: keys that sign their devices and whom they trust."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self._keys = {
            usage: PkSigning(PkSigning.generate_seed()) for usage in ("master", "self_signing", "user_signing")
        }

    def public(self, usage: str) -> str:
        """The key of this usage."""
        key: str = self._keys[usage].public_key
        return key

    def sign(self, usage: str, value: dict[str, Any]) -> dict[str, Any]:
        """The object with this key's signature beside those it has."""
        signature = self._keys[usage].sign(canonical(value))
        signatures = value.get("signatures", {})
        mine = signatures.get(self.person.user_id, {}) | {f"ed25519:{self.public(usage)}": signature}
        return {**value, "signatures": signatures | {self.person.user_id: mine}}

    def key(self, usage: str) -> dict[str, Any]:
        """What the person publishes of this key."""
        public = self.public(usage)
        value = {"user_id": self.person.user_id, "usage": [usage], "keys": {f"ed25519:{public}": public}}
        return value if usage == "master" else self.sign("master", value)

    def keys(self) -> dict[str, Any]:
        """The body of a request that publishes all of them."""
        return {f"{usage}_key": self.key(usage) for usage in self._keys}

    async def publishes(self, **more: object) -> None:
        await self.person.done("POST", "keys/device_signing/upload", self.keys() | more)
