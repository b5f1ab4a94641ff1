"""An interactive: one ES module that lives with Python and in a page without any."""

import html
import itertools
import json
import re
import sys
from pathlib import Path

import anywidget
import traitlets as t

HERE = Path(__file__).parent
KIT_IMPORT = re.compile(r'^import \{[^}]*\} from "\./kit\.js";\n', re.M)
_numbers = itertools.count(1)


def inline_kit(source: str) -> str:
    """The module with kit.js written in place of its import.

    A module that is loaded from a Blob (anywidget) or written into a page has no
    neighbours to import from.
    """
    kit = re.sub(r"^export (?=const|function|let)", "", read("kit.js"), flags=re.M)
    return KIT_IMPORT.sub(lambda _: kit, source, count=1)


def read(name: str) -> str:
    """The text of a file beside this one."""
    return (HERE / name).read_text(encoding="utf-8")


class Interactive(anywidget.AnyWidget):
    """The base of every interactive of the book.

    A subclass in `name.py` finds its module in `name.js` (and `name.css`, if there is
    one) beside it. Traits tagged `sync=True` are the state that Python and the page
    share. In a notebook the widget talks to Python; in a static page the same module
    is written into the page and mounted on the state it had when the cell ran.
    """

    label = t.Unicode("").tag(sync=True)
    """What the interactive shows, for those who cannot see it."""
    _shared = t.List(t.Unicode()).tag(sync=True)

    def __init_subclass__(cls, **kwargs: object) -> None:
        path = Path(sys.modules[cls.__module__].__file__ or "")
        if path.parent == HERE and "_esm" not in cls.__dict__:  # anywidget adds traits
            cls._esm = inline_kit(read(f"{path.stem}.js"))
            own = path.with_suffix(".css")
            cls._own_css = read(own.name) if own.exists() else ""
            cls._css = read("kit.css") + cls._own_css
            cls._mount = f"cv_{path.stem}"
        super().__init_subclass__(**kwargs)

    def __init__(self, **state: object) -> None:
        super().__init__(**state)
        inherited = set(Interactive.class_trait_names()) - {"label"}
        own = set(self.trait_names(sync=True)) - inherited
        self._shared = sorted(n for n in own if n[0] != "_")  # not anywidget's _esm

    def still(self) -> str:
        """HTML of a picture of the state, for pages without scripts."""
        raise NotImplementedError(f"{type(self).__name__} has no still picture")

    def _repr_mimebundle_(self, **kwargs: object) -> tuple[dict, dict]:
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        return {**data, "text/html": self._static_html()}, metadata

    def _static_html(self) -> str:
        name = f"cv-{type(self).__name__.lower()}-{next(_numbers)}"
        state = {key: getattr(self, key) for key in self._shared}
        text = json.dumps(state, ensure_ascii=False).replace("</", "<\\/")
        # what is marked data-cv is the same for every instance: one copy a page will do
        return (
            f'<div class="cv-host" id="{name}" data-label="{html.escape(self.label)}">'
            f"{self.still()}</div>\n<style data-cv>{read('kit.css')}</style>\n"
            f"<style data-cv>{self._own_css}</style>\n"
            f'<script type="module" data-cv>\n{self._esm}\n'
            f"window.{self._mount} = mount;\n</script>\n"
            f'<script type="module">{self._mount}('
            f'document.getElementById("{name}"), {text}, () => {{}});</script>'
        )
