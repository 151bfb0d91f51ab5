"""Puts the built web app into the wheel, building it first where it is missing."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebAppHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs when a wheel is built; an editable install serves web/dist from the checkout instead."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        web = Path(self.root) / "web"
        built = web / "dist"
        if not (built / "index.html").is_file():
            self._build(web)
        build_data["force_include"][str(built)] = "sottovoce/webapp"

    def _build(self, web: Path) -> None:
        npm = shutil.which("npm")
        if npm is None:
            raise RuntimeError("building the web app needs Node.js 20 or newer with npm")
        for command in (["install", "--no-audit", "--no-fund"], ["run", "build"]):
            subprocess.run([npm, *command], cwd=web, check=True)
