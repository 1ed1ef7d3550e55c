"""`python -m banjie.command`: the same command, for the processes that `serve` starts."""

import sys

from banjie.command import main

sys.exit(main())
