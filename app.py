"""Serve the web page: ``python app.py`` is ``qa serve``."""

from __future__ import annotations

import sys

from qa.web import serve

__all__ = ["serve"]

if __name__ == "__main__":
    from qa.cli import main

    sys.exit(main(["serve", *sys.argv[1:]]))
