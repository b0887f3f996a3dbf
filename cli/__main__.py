"""``python -m cli`` is ``trailer``; the Makefile uses it, since a script's first line can't hold a space."""

from cli.main import app

app(prog_name="trailer")
