"""What the HTTP layer does with any request, whatever the endpoint."""

import gzip
from typing import Any

import msgspec
import pytest

from sottovoce.domains.accounts.model import Caller
from sottovoce.http.answers import Answer, Json
from sottovoce.http.app import HttpApp
from sottovoce.http.call import Call
from sottovoce.http.limits import Limits, Rate
from sottovoce.http.routing import Auth, Route, Router
from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.ids import DeviceId, UserId
from tests.helpers.asgi import AsgiClient

ALICE = Caller(UserId("@alice:test"), DeviceId("PHONE"), is_admin=False)
ADMIN = Caller(UserId("@admin:test"), DeviceId("DESK"), is_admin=True)
ITEM = "/_matrix/client/v3/items/{item}"


class Gift(msgspec.Struct):
    colour: str
    weight_g: int = 0


class Callers:
    async def identify(self, token: str, client_ip: str) -> Caller:
        return ADMIN if token == "admin" else ALICE


async def tell(call: Call) -> Answer:
    return Json({"item": call.path["item"], "args": call.query.all("arg"), "ip": call.client_ip})


async def give(call: Call) -> Answer:
    return Json({"colour": call.decode(Gift).colour, "by": call.caller.user_id})


async def give_anything(call: Call) -> Answer:
    return Json(call.decode_object())


async def list_many(call: Call) -> Answer:
    return Json({"items": ["apple"] * call.query.number("count", 10, 1, 50_000)})


async def count(call: Call) -> Answer:
    return Json({"number": call.query.number("n", 5, 1, 9), "flag": call.query.flag("flag")})


async def fail(call: Call) -> Answer:
    raise RuntimeError("a secret detail")


async def malformed(call: Call) -> Answer:
    raise Malformed("the tail is missing")


ROUTES = [
    Route(method="GET", pattern=ITEM, handler=tell, auth=Auth.NONE),
    Route(method="PUT", pattern=ITEM, handler=give, body_limit_bytes=100),
    Route(method="POST", pattern=ITEM, handler=give_anything),
    Route(method="GET", pattern="/_matrix/client/v3/items/{item}/", handler=list_many, auth=Auth.NONE),
    Route(method="GET", pattern="/_matrix/client/v3/count", handler=count, auth=Auth.NONE),
    Route(method="GET", pattern="/_matrix/client/v3/fail", handler=fail, auth=Auth.NONE),
    Route(method="GET", pattern="/_matrix/client/v3/malformed", handler=malformed, auth=Auth.NONE),
    Route(method="GET", pattern="/_matrix/client/v3/admin", handler=count, auth=Auth.ADMIN),
    Route(method="GET", pattern="/_matrix/client/v3/slow", handler=count, limit="slow"),
    Route(method="GET", pattern="/_matrix/client/v3/open", handler=count, auth=Auth.NONE, limit="slow"),
    Route(method="GET", pattern="/_matrix/client/early", handler=count, auth=Auth.NONE, before_setup=True),
]


class Time:
    now_s = 100.0

    def monotonic_s(self) -> float:
        return self.now_s


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def client(time: Time) -> AsgiClient:
    limits = Limits({"slow": Rate(per_second=0.5, burst=2)}, time.monotonic_s)
    return AsgiClient(HttpApp(Router(ROUTES), Callers(), limits), token="alice")


def base(path: str) -> str:
    return f"/_matrix/client/v3/{path}"


async def test_a_percent_encoded_slash_stays_inside_its_segment(client: AsgiClient) -> None:
    reply = await client.get(base("items/%21a%2Fb%3Atest"))
    assert reply.json["item"] == "!a/b:test"


async def test_every_v3_path_is_also_served_as_r0(client: AsgiClient) -> None:
    assert (await client.get("/_matrix/client/r0/items/x")).json["item"] == "x"


async def test_an_unknown_path_is_unrecognized(client: AsgiClient) -> None:
    for path in (base("nothing"), base("items/a/b/c"), "/_matrix/", "/elsewhere", base("items//")):
        reply = await client.get(path)
        assert (reply.status, reply.errcode) == (404, "M_UNRECOGNIZED")


async def test_an_unknown_method_is_unrecognized_with_405(client: AsgiClient) -> None:
    reply = await client.delete(base("items/x"))
    assert (reply.status, reply.errcode) == (405, "M_UNRECOGNIZED")


async def test_a_segment_that_is_not_utf8_or_holds_nul_is_an_invalid_param(client: AsgiClient) -> None:
    for item in ("%FF", "a%00b"):
        reply = await client.get(base(f"items/{item}"))
        assert (reply.status, reply.errcode) == (400, "M_INVALID_PARAM")


async def test_query_arguments_are_decoded_and_repeat(client: AsgiClient) -> None:
    reply = await client.get(base("items/x?arg=a+b%2B&other=1&arg=%C3%A8"))
    assert reply.json["args"] == ["a b+", "è"]


@pytest.mark.parametrize("query", ["n=0", "n=x", "n=-1", "n=1.5", "n=٣", "flag=maybe", "n=%FF"])
async def test_a_query_argument_of_the_wrong_kind_is_an_invalid_param(client: AsgiClient, query: str) -> None:
    reply = await client.get(base(f"count?{query}"))
    assert (reply.status, reply.errcode) == (400, "M_INVALID_PARAM")


async def test_a_number_above_its_ceiling_is_brought_down(client: AsgiClient) -> None:
    assert (await client.get(base("count?n=99999&flag=true"))).json == {"number": 9, "flag": True}


async def test_the_access_token_is_taken_from_header_or_query(client: AsgiClient) -> None:
    client.token = None
    gift = {"colour": "red"}
    assert (await client.put(base("items/x?access_token=admin"), gift)).json["by"] == ADMIN.user_id
    headers = {"Authorization": "bearer alice"}
    assert (await client.put(base("items/x"), gift, headers=headers)).json["by"] == ALICE.user_id


async def test_without_a_token_the_answer_is_missing_token(client: AsgiClient) -> None:
    client.token = None
    reply = await client.put(base("items/x"), {"colour": "red"})
    assert (reply.status, reply.errcode) == (401, "M_MISSING_TOKEN")


async def test_only_an_administrator_reaches_an_admin_route(client: AsgiClient) -> None:
    assert (await client.get(base("admin"))).errcode == "M_FORBIDDEN"
    client.token = "admin"
    assert (await client.get(base("admin"))).status == 200


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        (b"{", "M_NOT_JSON"),
        (b"\xff\xfe", "M_NOT_JSON"),
        (b'{"colour": NaN}', "M_NOT_JSON"),
        (b'{"colour": "red"} and', "M_NOT_JSON"),
        (b"{}", "M_MISSING_PARAM"),
        (b"", "M_MISSING_PARAM"),
        (b'{"colour": 5}', "M_BAD_JSON"),
        (b"[]", "M_BAD_JSON"),
    ],
)
async def test_a_body_that_cannot_be_read_says_why(client: AsgiClient, body: bytes, errcode: str) -> None:
    reply = await client.request("PUT", base("items/x"), body=body)
    assert (reply.status, reply.errcode) == (400, errcode)


@pytest.mark.parametrize(
    ("body", "errcode"), [(b"", "M_NOT_JSON"), (b"[]", "M_BAD_JSON"), (b'{"deeper":' * 9999, "M_NOT_JSON")]
)
async def test_content_must_be_an_object(client: AsgiClient, body: bytes, errcode: str) -> None:
    reply = await client.request("POST", base("items/x"), body=body)
    assert (reply.status, reply.errcode) == (400, errcode)


async def test_a_body_in_pieces_is_put_together(client: AsgiClient) -> None:
    reply = await client.request("PUT", base("items/x"), body=[b'{"col', b'our": "r', b'ed"}'])
    assert reply.json["colour"] == "red"


@pytest.mark.parametrize("body", [b" " * 101, [b" " * 60, b" " * 60, b" " * 60]])
async def test_a_body_over_its_limit_is_too_large(client: AsgiClient, body: Any) -> None:
    reply = await client.request("PUT", base("items/x"), body=body)
    assert (reply.status, reply.errcode) == (413, "M_TOO_LARGE")


async def test_a_client_that_leaves_before_its_body_is_complete_gets_nothing(client: AsgiClient) -> None:
    assert (await client.request("PUT", base("items/x"), body=[])).status == 0


async def test_head_is_answered_where_get_is(client: AsgiClient) -> None:
    assert (await client.request("HEAD", base("count"))).status == 200


async def test_a_preflight_is_answered_on_every_api_path(client: AsgiClient) -> None:
    for path in (base("items/x"), base("nothing"), "/.well-known/matrix/client"):
        reply = await client.request("OPTIONS", path)
        assert reply.status == 200
        assert reply.headers["access-control-allow-origin"] == "*"
        assert reply.headers["access-control-allow-methods"] == "GET, POST, PUT, DELETE, OPTIONS"
        assert "Authorization" in reply.headers["access-control-allow-headers"]


async def test_every_answer_lets_any_origin_read_it_and_nobody_keep_it(client: AsgiClient) -> None:
    for path in (base("items/x"), base("nothing"), base("fail")):
        headers = (await client.get(path)).headers
        assert headers["access-control-allow-origin"] == "*"
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-type"] == "application/json"


async def test_an_unforeseen_error_is_told_without_detail(client: AsgiClient) -> None:
    reply = await client.get(base("fail"))
    assert (reply.status, reply.errcode) == (500, "M_UNKNOWN")
    assert b"secret" not in reply.body


async def test_an_error_of_the_table_is_told_with_its_code(client: AsgiClient) -> None:
    reply = await client.get(base("malformed"))
    assert (reply.status, reply.json) == (400, {"errcode": "M_BAD_JSON", "error": "the tail is missing"})


@pytest.mark.parametrize(("accepts", "count"), [("br, gzip", 300), ("GZIP;q=0.5", 300), ("gzip", 50_000)])
async def test_a_long_answer_is_compressed_for_who_takes_gzip(client: AsgiClient, accepts: str, count: int) -> None:
    reply = await client.get(base(f"items/x/?count={count}"), headers={"Accept-Encoding": accepts})
    assert reply.headers["content-encoding"] == "gzip"
    assert reply.headers["content-length"] == str(len(reply.body))
    assert len(msgspec.json.decode(gzip.decompress(reply.body))["items"]) == count


@pytest.mark.parametrize(
    ("accepts", "count"), [("gzip", 3), ("br", 300), ("gzip;q=0, br", 300), ("gzip; q=0.0", 300), ("", 300)]
)
async def test_a_short_answer_or_a_client_without_gzip_gets_it_plain(
    client: AsgiClient, accepts: str, count: int
) -> None:
    reply = await client.get(base(f"items/x/?count={count}"), headers={"Accept-Encoding": accepts})
    assert "content-encoding" not in reply.headers
    assert len(reply.json["items"]) == count


async def test_too_many_requests_are_refused_until_time_passes(client: AsgiClient, time: Time) -> None:
    assert [(await client.get(base("slow"))).status for _ in range(3)] == [200, 200, 429]
    reply = await client.get(base("slow"))
    assert reply.errcode == "M_LIMIT_EXCEEDED"
    assert 1900 < reply.json["retry_after_ms"] <= 2001
    assert reply.headers["retry-after"] in ("2", "3")
    time.now_s += 2.001
    assert [(await client.get(base("slow"))).status for _ in range(2)] == [200, 429]


async def test_without_an_account_it_is_the_address_that_is_slowed(client: AsgiClient, time: Time) -> None:
    path = base("open")
    assert [(await client.get(path)).status for _ in range(3)] == [200, 200, 429]
    client.client_ip = "203.0.113.9"
    assert (await client.get(path)).status == 200


async def test_one_account_is_not_slowed_by_another(client: AsgiClient) -> None:
    for _ in range(3):
        await client.get(base("slow"))
    client.token = "admin"
    assert (await client.get(base("slow"))).status == 200


async def test_before_setup_only_what_is_marked_answers() -> None:
    app = HttpApp(Router(ROUTES), Callers(), Limits({}, Time().monotonic_s), is_established=lambda: False)
    client = AsgiClient(app, token="alice")
    for path in (base("items/x"), base("nothing")):
        reply = await client.get(path)
        assert (reply.status, reply.errcode) == (403, "M_FORBIDDEN")
    assert (await client.get("/_matrix/client/early")).status == 200


def test_two_routes_for_the_same_path_and_method_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="two routes"):
        Router([ROUTES[0], ROUTES[0]])
