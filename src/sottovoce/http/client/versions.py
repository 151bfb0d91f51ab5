"""What this server speaks and can do. Spec: client-server, API Versions; Well-known URI; Capabilities negotiation."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from sottovoce.http.answers import Answer, Json
from sottovoce.http.call import Call
from sottovoce.http.refused import Refused
from sottovoce.http.routing import Auth, Handler, Route

VERSIONS = tuple(f"v1.{minor}" for minor in range(1, 20))
UNSTABLE_FEATURES: dict[str, bool] = {
    "de.sorunome.msc2409": True,
    "org.matrix.msc3202": True,
    "uk.half-shot.msc2666.query_mutual_rooms": True,
    "uk.half-shot.msc2666.query_mutual_rooms.stable": True,
    "org.matrix.msc3391": True,
    "org.matrix.msc3814": True,
    "org.matrix.msc4140": True,
    "org.matrix.msc4140.stable": True,
    "org.matrix.msc4155": True,
    "org.matrix.msc4174": True,
    "uk.tcpip.msc4133": True,
    "uk.tcpip.msc4133.stable": True,
    "org.matrix.msc4508": True,
    "org.matrix.msc4538": True,
    "org.matrix.msc4543": True,
    "org.matrix.simplified_msc3575": True,
    "uk.timedout.msc4323": True,
}
MODERATION_UNSTABLE = "uk.timedout.msc4323"


def _constant(answer: Json) -> Handler:
    async def handler(call: Call) -> Answer:
        return answer

    return handler


def _well_known(public_url: Callable[[], str | None]) -> Handler:
    async def handler(call: Call) -> Answer:
        url = public_url()
        if url is None:
            raise Refused(404, "M_NOT_FOUND", "This server does not say where it is reached")
        return Json({"m.homeserver": {"base_url": url}})

    return handler


def capabilities(
    default_room_version: str,
    room_versions: Sequence[str],
    delays: Mapping[str, int],
    web_push_key: str | None,
    *,
    is_admin: bool,
    has_mail: bool,
) -> dict[str, object]:
    """The body of /capabilities. delays: the limits of delayed events.

    web_push_key: what subscriptions of web push are bound to; None: there is none.
    """
    web_push = {"enabled": True, "vapid": web_push_key}
    moderates: dict[str, object] = {"lock": True, "suspend": True}
    return {
        "capabilities": {
            **({"m.account_moderation": moderates, MODERATION_UNSTABLE: moderates} if is_admin else {}),
            "m.change_password": {"enabled": True},
            "m.delayed_events": delays,
            "org.matrix.msc4140.delayed_events": delays,
            "m.forget_forced_upon_leave": {"enabled": False},
            "m.room_versions": {
                "default": default_room_version,
                "available": dict.fromkeys(room_versions, "stable"),
            },
            "m.set_displayname": {"enabled": True},
            "m.set_avatar_url": {"enabled": True},
            "m.3pid_changes": {"enabled": has_mail},
            "m.get_login_token": {"enabled": True},
            "m.profile_fields": {"enabled": True},
            "uk.tcpip.msc4133.profile_fields": {"enabled": True},
            **({} if web_push_key is None else {"org.matrix.msc4174.webpush": web_push}),
        }
    }


def routes(
    public_url: Callable[[], str | None],
    default_room_version: str,
    room_versions: Sequence[str],
    delays: Mapping[str, int],
    web_push_key: Callable[[], Awaitable[str | None]],
    *,
    has_mail: bool = False,
) -> list[Route]:
    """The routes of this section. public_url: where people reach this server, None if that is not known.

    delays: the limits of delayed events.
    has_mail: whether accounts can have e-mail addresses.
    """

    async def capabilities_of(call: Call) -> Answer:
        is_admin, key = call.caller.is_admin, await web_push_key()
        return Json(
            capabilities(default_room_version, room_versions, delays, key, is_admin=is_admin, has_mail=has_mail)
        )

    versions = Json({"versions": list(VERSIONS), "unstable_features": UNSTABLE_FEATURES})
    return [
        Route(
            method="GET",
            pattern="/_matrix/client/versions",
            handler=_constant(versions),
            auth=Auth.NONE,
            before_setup=True,
        ),
        Route(
            method="GET",
            pattern="/.well-known/matrix/client",
            handler=_well_known(public_url),
            auth=Auth.NONE,
            before_setup=True,
        ),
        Route(
            method="GET",
            pattern="/_matrix/client/v3/capabilities",
            handler=capabilities_of,
        ),
    ]
