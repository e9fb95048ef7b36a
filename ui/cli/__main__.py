"""`python -m ui.cli`: the command line, where no `pincite` is on the path."""

import sys

from ui.cli.main import main

sys.exit(main())
