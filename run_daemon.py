"""The one entry: `python run_daemon.py COMMAND`. See `daemon.cli`."""

import sys

from daemon.cli import main

if __name__ == "__main__":
    sys.exit(main())
