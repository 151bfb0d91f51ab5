"""One process per data folder."""

import subprocess
import sys
from pathlib import Path

import pytest

from sottovoce.infra.folder_lock import FolderInUse, FolderLock

TAKE = """
import sys
from pathlib import Path
from sottovoce.infra.folder_lock import FolderLock
FolderLock(Path(sys.argv[1])).acquire()
print("taken", flush=True)
sys.stdin.read()
"""


def test_a_second_owner_is_refused_with_the_folders_name(tmp_path: Path) -> None:
    first = FolderLock(tmp_path)
    first.acquire()
    with pytest.raises(FolderInUse, match=str(tmp_path)):
        FolderLock(tmp_path).acquire()
    first.release()
    FolderLock(tmp_path).acquire()


def test_a_killed_owner_leaves_the_folder_free(tmp_path: Path) -> None:
    owner = subprocess.Popen([sys.executable, "-c", TAKE, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"taken\n"
        with pytest.raises(FolderInUse):
            FolderLock(tmp_path).acquire()
        owner.kill()
    FolderLock(tmp_path).acquire()
