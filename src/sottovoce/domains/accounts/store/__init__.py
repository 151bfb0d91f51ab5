"""The rows of accounts."""

from .account_data import AccountDataRows
from .devices import DeviceRows
from .server import ServerRows
from .users import UserRows


class SqlAccountStore(ServerRows, UserRows, DeviceRows, AccountDataRows):
    """Implements ports.AccountStore."""
