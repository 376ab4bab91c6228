"""Colours and letters of Gradio's own components, the same as those of base.css."""

from __future__ import annotations

import gradio as gr

FONT = (
    gr.themes.LocalFont("IBM Plex Sans", weights=(400, 700)),
    "system-ui",
    "Segoe UI",
    "Roboto",
    "Noto Sans",
    "sans-serif",
)
"""IBM Plex Sans ships with Gradio and holds every Vietnamese letter in these two weights."""

MONO = ("ui-monospace", "monospace")
"""Nothing is shown in it; Gradio's own would be one more file to load."""

BLUE = gr.themes.Color(
    c50="#eff6fb", c100="#dcebf6", c200="#bcd9ed", c300="#8dc0e0", c400="#569fce", c500="#2f82b7", c600="#17659a",
    c700="#0f527f", c800="#10466a", c900="#123b58", c950="#0b263b",
)  # fmt: skip


COLOURS = {
    "body_background_fill": "var(--paper)",
    "body_text_color": "var(--ink)",
    "body_text_color_subdued": "var(--faint)",
    "button_primary_background_fill": "var(--accent)",
    "button_primary_background_fill_hover": "var(--accent-strong)",
    "button_primary_text_color": "var(--on-accent)",
    "button_secondary_background_fill": "var(--card)",
    "button_secondary_background_fill_hover": "var(--tint)",
    "button_secondary_text_color": "var(--accent)",
    "input_background_fill": "var(--card)",
    "input_placeholder_color": "var(--faint)",
    "block_background_fill": "transparent",
    "block_shadow": "none",
    "block_label_background_fill": "var(--tint)",
    "block_label_text_color": "var(--accent)",
    "block_title_background_fill": "transparent",
    "block_title_text_color": "var(--accent)",
    "link_text_color": "var(--accent)",
}
"""The same names of base.css in both themes, which give them their light or dark colours."""


def theme() -> gr.themes.Base:
    """Return the theme: calm blues on white, or on near black."""
    dark = {f"{name}_dark": colour for name, colour in COLOURS.items()}
    base = gr.themes.Soft(primary_hue=BLUE, secondary_hue=BLUE, neutral_hue="slate", font=FONT, font_mono=MONO)
    return base.set(block_border_width="0px", **COLOURS, **dark)
