"""What is worth somebody's attention. Spec: client-server, Push Rules: API."""

from typing import Any

import msgspec

from sottovoce.domains.accounts.model import ReservedAccountData
from sottovoce.domains.push.model import PutRule
from sottovoce.domains.push.service import PushRules
from sottovoce.http.answers import EMPTY, Json
from sottovoce.http.call import Call
from sottovoce.http.client.own_user import own_user_id
from sottovoce.http.routing import Route


class _Actions(msgspec.Struct):
    actions: list[Any]


class _Enabled(msgspec.Struct):
    enabled: bool


class _Rule(msgspec.Struct):
    actions: list[Any]
    conditions: list[dict[str, Any]] | None = None
    pattern: str | None = None


class PushRuleRoutes:
    """Handlers of push rules."""

    def __init__(self, rules: PushRules) -> None:
        self._rules = rules

    async def all(self, call: Call) -> Json:
        """GET pushrules/."""
        return Json({"global": await self._rules.all(call.caller.user_id)})

    async def all_global(self, call: Call) -> Json:
        """GET pushrules/global/."""
        return Json(await self._rules.all(call.caller.user_id))

    async def get(self, call: Call) -> Json:
        """GET pushrules/global/{kind}/{rule_id}."""
        return Json(await self._rules.find(*_named(call)))

    async def put(self, call: Call) -> Json:
        """PUT pushrules/global/{kind}/{rule_id}."""
        user_id, kind, rule_id = _named(call)
        rule = call.decode(_Rule)
        put = PutRule(
            kind=kind,
            rule_id=rule_id,
            actions=rule.actions,
            conditions=rule.conditions,
            pattern=rule.pattern,
            before=call.query.text("before"),
            after=call.query.text("after"),
        )
        await self._rules.put(user_id, put)
        return EMPTY

    async def delete(self, call: Call) -> Json:
        """DELETE pushrules/global/{kind}/{rule_id}."""
        await self._rules.remove(*_named(call))
        return EMPTY

    async def get_enabled(self, call: Call) -> Json:
        """GET pushrules/global/{kind}/{rule_id}/enabled."""
        return Json({"enabled": (await self._rules.find(*_named(call))).enabled})

    async def put_enabled(self, call: Call) -> Json:
        """PUT pushrules/global/{kind}/{rule_id}/enabled."""
        await self._rules.set_enabled(*_named(call), call.decode(_Enabled).enabled)
        return EMPTY

    async def get_actions(self, call: Call) -> Json:
        """GET pushrules/global/{kind}/{rule_id}/actions."""
        return Json({"actions": (await self._rules.find(*_named(call))).actions})

    async def put_actions(self, call: Call) -> Json:
        """PUT pushrules/global/{kind}/{rule_id}/actions."""
        await self._rules.set_actions(*_named(call), call.decode(_Actions).actions)
        return EMPTY

    async def get_as_account_data(self, call: Call) -> Json:
        """GET user/{user_id}/account_data/m.push_rules."""
        return Json({"global": await self._rules.all(own_user_id(call))})

    async def put_as_account_data(self, call: Call) -> Json:
        """PUT user/{user_id}/account_data/m.push_rules, which is not how they are changed."""
        own_user_id(call)
        raise ReservedAccountData("m.push_rules cannot be set this way")


def routes(rules: PushRules) -> list[Route]:
    """The routes of this section."""
    own = PushRuleRoutes(rules)
    base = "/_matrix/client/v3/pushrules"
    rule = f"{base}/global/{{kind}}/{{rule_id}}"
    as_account_data = "/_matrix/client/v3/user/{user_id}/account_data/m.push_rules"
    handlers = {
        ("GET", base): own.all,
        ("GET", f"{base}/"): own.all,
        ("GET", f"{base}/global"): own.all_global,
        ("GET", f"{base}/global/"): own.all_global,
        ("GET", rule): own.get,
        ("PUT", rule): own.put,
        ("DELETE", rule): own.delete,
        ("GET", f"{rule}/enabled"): own.get_enabled,
        ("PUT", f"{rule}/enabled"): own.put_enabled,
        ("GET", f"{rule}/actions"): own.get_actions,
        ("PUT", f"{rule}/actions"): own.put_actions,
        ("GET", as_account_data): own.get_as_account_data,
        ("PUT", as_account_data): own.put_as_account_data,
    }
    return [Route(method=method, pattern=pattern, handler=handler) for (method, pattern), handler in handlers.items()]


def _named(call: Call) -> tuple[Any, str, str]:
    return call.caller.user_id, call.path["kind"], call.path["rule_id"]
