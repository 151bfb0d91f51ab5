"""What may be asked of accounts."""

from .account_data import AccountData
from .accounts import Accounts
from .contacts import Contacts
from .email_validations import EmailValidations
from .filters import Filters
from .ghosts import Ghosts, sender_in
from .identity import Identity
from .moderation import Moderation
from .passes import Passes
from .profiles import Profiles
from .registration import Registration
from .registration_tokens import RegistrationTokens
from .roster import Roster
from .sensitive import Sensitive
from .sessions import Sessions
from .setup import Setup
from .tags import Tags
from .users import Users

__all__ = [
    "AccountData",
    "Accounts",
    "Contacts",
    "EmailValidations",
    "Filters",
    "Ghosts",
    "Identity",
    "Moderation",
    "Passes",
    "Profiles",
    "Registration",
    "RegistrationTokens",
    "Roster",
    "Sensitive",
    "Sessions",
    "Setup",
    "Tags",
    "Users",
    "sender_in",
]
