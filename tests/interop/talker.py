"""Somebody with an app of any make who talks in encrypted rooms: what the conversations ask of each library."""

from collections.abc import Callable
from typing import Protocol

PASSWORD = "a password of many words"
NEWS_WITHIN_S = 30
ENCRYPTION = {"algorithm": "m.megolm.v1.aes-sha2"}


class Talker(Protocol):
    """A signed-in device that encrypts. `user_id` is known once it has signed up."""

    @property
    def user_id(self) -> str: ...

    async def signs_up(self) -> None:
        """The account is there, its device is signed in, has published its keys and syncs."""
        ...

    async def creates_room(self, invited: str) -> str:
        """The id of a new room whose messages are encrypted."""
        ...

    async def joins(self, room_id: str) -> None:
        """It is in the room, having seen the invitation."""
        ...

    async def knows(self, room_id: str, user_id: str) -> None:
        """It has learnt that this person is in the room."""
        ...

    async def says(self, room_id: str, text: str) -> str:
        """The id of the event the text is encrypted in."""
        ...

    async def hears(self, room_id: str, text: str) -> None:
        """It has deciphered a message with this text."""
        ...

    async def closes(self) -> None:
        """Nothing of it is open."""
        ...


MakesTalker = Callable[[str, str], Talker]
"""Of a server's address and a name."""
