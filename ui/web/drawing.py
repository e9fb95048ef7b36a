"""Drawing: Gradio's components, whose words are made for each request, in the language that is spoken in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import gradio as gr
from gradio.blocks import Block

from ui.web.parts.markup import Html, join
from ui.web.scripts import ATTACH

T = TypeVar("T", bound=Block)
_DRAWS = "pincite_draws"


def drawn(component: T, **draws: Callable[[], str]) -> T:
    """Say what makes the words of a component: its value, say, or its placeholder."""
    setattr(component, _DRAWS, draws)
    return component


def part(name: str, draw: Callable[[], Html] = join) -> gr.HTML:
    """Return a part of the page, which `draw` fills when the page is opened."""
    return drawn(gr.HTML("", elem_id=name, js_on_load=ATTACH, apply_default_css=False), value=draw)


class DrawnBlocks(gr.Blocks):
    """Gradio's blocks, which tell each request the words of the components anew."""

    _config: Any = None

    @property
    def config(self) -> Any:
        """What a browser is told of the components."""
        if not self._config:
            return self._config
        return {**self._config, "components": [self._drawn(one) for one in self._config["components"]]}

    @config.setter
    def config(self, config: Any) -> None:
        self._config = config

    def _drawn(self, told: dict[str, Any]) -> dict[str, Any]:
        draws = getattr(self.blocks.get(told["id"]), _DRAWS, {})
        made = {name: make() for name, make in draws.items()}
        return {**told, "props": {**told["props"], **made}} if made else told
