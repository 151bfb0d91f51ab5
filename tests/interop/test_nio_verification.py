"""Two people with matrix-nio compare emoji; what they say to each other meanwhile goes from device to device."""

from pathlib import Path

import nio
from nio.crypto.sas import SasState

from tests.helpers.server_process import ServerProcess
from tests.interop.nio_person import expect
from tests.interop.nio_talker import NioTalker


async def test_two_devices_verify_each_other_by_emoji(server: ServerProcess, tmp_path: Path) -> None:
    alice, bob = NioTalker(server.address, "alice", tmp_path), NioTalker(server.address, "bob", tmp_path)
    for somebody in (alice, bob):
        await somebody.signs_up()
    room_id = await alice.creates_room(bob.user_id)
    await bob.joins(room_id)
    await alice.knows(room_id, bob.user_id)
    await bob.knows(room_id, alice.user_id)
    (device,) = alice.nio.device_store.active_user_devices(bob.user_id)
    expect(nio.ToDeviceResponse, await alice.nio.start_key_verification(device))
    await bob.until(lambda: bob.nio.key_verifications)
    ((verification_id, theirs),) = bob.nio.key_verifications.items()
    ours = alice.nio.key_verifications[verification_id]
    expect(nio.ToDeviceResponse, await bob.nio.accept_key_verification(verification_id))
    await alice.until(lambda: ours.state is SasState.accepted)
    await bob.until(lambda: theirs.state is SasState.key_received)
    await alice.until(lambda: ours.state is SasState.key_received)
    assert ours.get_emoji() == theirs.get_emoji()
    for somebody in (alice, bob):
        expect(nio.ToDeviceResponse, await somebody.nio.confirm_short_auth_string(verification_id))
    await alice.until(lambda: ours.verified)
    await bob.until(lambda: theirs.verified)
    assert alice.nio.device_store[bob.user_id][str(bob.nio.device_id)].verified
    await alice.closes()
    await bob.closes()
