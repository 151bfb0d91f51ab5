"""The one exception of the HTTP layer itself: the request cannot be served as it was written."""


class Refused(Exception):
    """Answered as `{"errcode", "error", **fields}` with the status given."""

    def __init__(self, status: int, errcode: str, error: str, **fields: object) -> None:
        super().__init__(error)
        self.status = status
        self.errcode = errcode
        self.error = error
        self.fields = fields


def missing_param(name: str) -> Refused:
    """The refusal for a required parameter that is absent."""
    return Refused(400, "M_MISSING_PARAM", f"Missing parameter: {name}")


def invalid_param(name: str, why: str) -> Refused:
    """The refusal for a parameter whose value cannot be used."""
    return Refused(400, "M_INVALID_PARAM", f"Invalid {name}: {why}")
