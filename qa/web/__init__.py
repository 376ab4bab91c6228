"""The web site: the chat, the reader, the corpus page and the API; with app.py the only importer of gradio."""

import os

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # before gradio is imported: it reads this then

from qa.web.live import LiveSession
from qa.web.server import create_app, serve

__all__ = ["LiveSession", "create_app", "serve"]
