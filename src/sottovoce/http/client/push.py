"""Push rules, read only: everybody has the predefined ones. Spec: client-server, Push Rules: API."""

from sottovoce.domains.push.rules import default_ruleset, find_rule
from sottovoce.http.answers import Json
from sottovoce.http.call import Call
from sottovoce.http.refused import Refused
from sottovoce.http.routing import Route


async def _all(call: Call) -> Json:
    """GET pushrules/."""
    return Json({"global": default_ruleset(call.caller.user_id)})


async def _global(call: Call) -> Json:
    """GET pushrules/global/."""
    return Json(default_ruleset(call.caller.user_id))


async def _one(call: Call) -> Json:
    """GET pushrules/global/{kind}/{rule_id}."""
    return Json(_found(call))


async def _enabled(call: Call) -> Json:
    """GET pushrules/global/{kind}/{rule_id}/enabled."""
    return Json({"enabled": _found(call)["enabled"]})


async def _actions(call: Call) -> Json:
    """GET pushrules/global/{kind}/{rule_id}/actions."""
    return Json({"actions": _found(call)["actions"]})


def _found(call: Call) -> dict[str, object]:
    rule = find_rule(default_ruleset(call.caller.user_id), call.path["kind"], call.path["rule_id"])
    if rule is None:
        raise Refused(404, "M_NOT_FOUND", "No such push rule")
    return rule


def routes() -> list[Route]:
    """The routes of this section."""
    base = "/_matrix/client/v3/pushrules"
    rule = f"{base}/global/{{kind}}/{{rule_id}}"
    handlers = {
        base: _all,
        f"{base}/": _all,
        f"{base}/global": _global,
        f"{base}/global/": _global,
        rule: _one,
        f"{rule}/enabled": _enabled,
        f"{rule}/actions": _actions,
    }
    return [Route(method="GET", pattern=pattern, handler=handler) for pattern, handler in handlers.items()]
