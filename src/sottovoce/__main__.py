"""`python -m sottovoce`."""

import sys

from sottovoce.cli.main import main

sys.exit(main())
