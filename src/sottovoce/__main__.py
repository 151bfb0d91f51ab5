"""`python -m sottovoce`, and the command `sottovoce`."""

import gc
import sys


def run() -> int:
    """The command's exit status.

    What is imported stays for good: looking for garbage in it would take a tenth of a cold start, and ever after.
    """
    gc.disable()
    from sottovoce.cli.main import main  # noqa: PLC0415 - with nobody looking for garbage

    gc.freeze()
    gc.enable()
    return main()


if __name__ == "__main__":
    sys.exit(run())
