"""The web site: the chat, the reader, the corpus page and the API; with app.py the only importer of gradio."""

import os

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # before gradio is imported: it reads this then
os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "100")  # of 10,000 it makes a table anew after each event

from qa.web.app import create_app, serve
from qa.web.live_session import LiveSession

__all__ = ["LiveSession", "create_app", "serve"]
