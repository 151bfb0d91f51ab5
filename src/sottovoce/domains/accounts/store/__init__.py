"""The rows of accounts."""

from .account_data import AccountDataRows
from .contacts import ContactRows
from .devices import DeviceRows
from .passes import PassRows
from .profiles import ProfileRows
from .registration_tokens import RegistrationTokenRows
from .roster import RosterRows
from .server import ServerRows
from .users import UserRows


class SqlAccountStore(
    ContactRows,
    ServerRows,
    UserRows,
    ProfileRows,
    RosterRows,
    RegistrationTokenRows,
    DeviceRows,
    PassRows,
    AccountDataRows,
):
    """Implements ports.AccountStore."""
