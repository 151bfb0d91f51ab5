"""Synapse, the newest on PyPI at set-up, in an environment of its own under bench/.peers."""

import json
import subprocess
import sys
from pathlib import Path

from bench.servers.base import SERVER_NAME, Server

_ENVIRONMENT = Path(__file__).parent.parent / ".peers" / "synapse"
_PACKAGES = ["matrix-synapse", "psycopg2-binary"]
_UNLIMITED = {"per_second": 1_000_000, "burst_count": 1_000_000}


class Synapse(Server):
    """Synapse in one process, with its default settings but for rate limits, registration and bcrypt's rounds."""

    name = "Synapse"

    @classmethod
    def set_up(cls) -> None:
        """Install Synapse unless it is there already."""
        if (_ENVIRONMENT / "bin" / "synapse_homeserver").exists():
            return
        print("Installing Synapse under bench/.peers…", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(_ENVIRONMENT)], check=True)
        subprocess.run([_program("pip"), "install", "--quiet", *_PACKAGES], check=True)

    @classmethod
    def version(cls) -> str:
        """Synapse's own version."""
        ask = "from importlib.metadata import version; print(version('matrix-synapse'))"
        done = subprocess.run([_program("python"), "-c", ask], check=True, text=True, stdout=subprocess.PIPE)
        return done.stdout.strip()

    def configure(self) -> None:
        """Settings with relative paths, so that the folder can be copied; keys are made once."""
        if not (self.folder / "log.yaml").exists():
            log_settings = ["--output-file", str(self.folder / "log.yaml"), "--log-file", "homeserver.log"]
            subprocess.run([_program("generate_log_config"), *log_settings], check=True)
        # JSON is YAML.
        (self.folder / "homeserver.yaml").write_text(json.dumps(self._settings(), indent=1))
        if not (self.folder / "signing.key").exists():
            subprocess.run([_program("generate_signing_key"), "-o", str(self.folder / "signing.key")], check=True)

    def command(self) -> list[str]:
        """The main process, in the foreground."""
        return [_program("python"), "-m", "synapse.app.homeserver", "--config-path", "homeserver.yaml"]

    def _settings(self) -> dict[str, object]:
        resources = [{"names": ["client", "federation"], "compress": False}]
        listener = {"port": self.port, "type": "http", "tls": False, "bind_addresses": ["127.0.0.1"]}
        return {
            "server_name": SERVER_NAME,
            "pid_file": "homeserver.pid",
            "log_config": "log.yaml",
            "media_store_path": "media",
            "signing_key_path": "signing.key",
            "macaroon_secret_key": "bench",
            "form_secret": "bench",
            "report_stats": False,
            "trusted_key_servers": [],
            "listeners": [{**listener, "x_forwarded": True, "resources": resources}],
            "database": self._database(),
            "enable_registration": True,
            "enable_registration_without_verification": True,
            "bcrypt_rounds": 4,
            **_without_limits(),
        }

    def _database(self) -> dict[str, object]:
        if self.cluster is None:
            return {"name": "sqlite3", "args": {"database": "homeserver.db"}}
        # The pool that Synapse's sample settings for PostgreSQL name.
        reach = {"host": "127.0.0.1", "port": self.cluster.port, "user": "bench", "dbname": "bench"}
        return {"name": "psycopg2", "args": {**reach, "cp_min": 5, "cp_max": 10}}


def _without_limits() -> dict[str, object]:
    plain = ["message", "registration", "registration_token_validity", "admin_redaction", "joins_per_room"]
    plain += ["key_requests", "3pid_validation", "third_party_invite", "media_create", "delayed_event_mgmt"]
    plain += ["room_creation", "reports", "user_directory", "profile"]
    parts = {
        "login": ["address", "account", "failed_attempts"],
        "joins": ["local", "remote"],
        "invites": ["per_room", "per_user", "per_issuer"],
        "presence": ["per_user"],
    }
    limits: dict[str, object] = {f"rc_{name}": _UNLIMITED for name in plain}
    return limits | {f"rc_{name}": dict.fromkeys(names, _UNLIMITED) for name, names in parts.items()}


def _program(name: str) -> str:
    return str(_ENVIRONMENT / "bin" / name)
