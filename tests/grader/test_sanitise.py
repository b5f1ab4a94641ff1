"""What a learner's notebook shows can do nothing in the browser that opens it.

Every injection is put into a notebook that is rendered by nbgrader's own templates of
feedback and formgrader and opened in Chromium. A probe waits for any script to run and
any request to leave. Without the sanitiser most injections succeed, and a test says so.
"""

import base64
import contextlib
import copy
import doctest
import io
import mimetypes
import re
import time
from pathlib import Path

import nbformat
import nbgrader
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_markdown_cell
from playwright.sync_api import Error
from traitlets.config import Config

from grader import course, drawings, mend, repair, sanitise, submission, wrong
from grader import harmless as harmless_module
from grader.drawings import clean_svg
from grader.exporter import FeedbackExporter
from grader.harmless import clean_html, harmless
from grader.sanitise import clean_markdown, clean_outputs, clean_text, plain
from tests.grader.injections import (
    EVIL,
    HTML,
    INJECTIONS,
    MARKDOWN,
    PNG,
    code,
    notebook,
    shown,
)

FORMGRADER = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader"
RESOURCES = {
    "feedback": {
        "nbgrader": {"notebook": "tiny", "score": 1, "max_score": 2, "late_penalty": 0}
    },
    "told": {
        "nbgrader": {"notebook": "tiny", "score": 1, "max_score": 2, "late_penalty": 0},
        "reasons": {}, "book": "",
    },
    "formgrade": {
        "notebook_id": "tiny", "assignment_id": "tiny", "notebook_path": "tiny.ipynb",
        "submission_id": "0", "index": 0, "total": 1, "base_url": "",
        "student": "ada", "last_name": "A", "first_name": "B",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def render():
    """`render(template, cells, clean=True)`: the page as nbgrader makes it."""
    css = FORMGRADER / "static/node_modules/bootstrap/dist/css"
    exporters = {
        name: HTMLExporter(
            template_name=name,
            exclude_anchor_links=True,
            extra_template_basedirs=[str(FORMGRADER / "templates")],
            extra_template_paths=[str(css)],
        )
        for name in ("feedback", "formgrade")
    }
    exporters["told"] = FeedbackExporter()  # ours, in place of nbgrader's feedback

    def render(template, cells, clean=True):
        nb = notebook(cells) if clean else notebook(cells, {})
        if clean:
            sanitise.Sanitise().preprocess(nb, {})
        resources = RESOURCES[template] | {"inlining": {"css": []}}
        page, _ = exporters[template].from_notebook_node(nb, resources=resources)
        return page

    return render


COURSE = "http://course.example"
# what nbgrader's own templates load; nothing else may leave the page
OWN = (f"{COURSE}/", "https://cdnjs.cloudflare.com/ajax/libs/mathjax/")
LOOK = """() => {
  const body = document.querySelector("#notebook-container, main");
  const found = [];
  const tags =
    /^(script|style|iframe|object|embed|form|link|meta|base|svg|math|video)$/i;
  const names = /^(on|srcdoc|formaction|id$|name$)/, ours = /^(cell-id=|notebook)/;
  for (const node of body.querySelectorAll("*")) {
    const formula = node.matches("main math"); // made by us, of TeX
    if (tags.test(node.localName) && !formula) found.push(node.localName);
    for (const { name, value } of node.attributes)
      if (names.test(name) && !ours.test(value)
          || /^\\s*(javascript|data:text)/i.test(value))
        found.push(`${name}=${value.slice(0, 40)}`);
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || /^(javascript|data):/.test(link.protocol)) return;
    event.preventDefault(); // an honest link would lead away from here
    if (link.host === location.host && !/[.]md$/.test(link.pathname) && !link.hash)
      found.push(`link to ${link.pathname}`);
  });
  for (const node of body.querySelectorAll("a, p, summary, button, input, text")) {
    for (const kind of ["mouseover", "focus", "click"])
      node.dispatchEvent(new MouseEvent(kind, { bubbles: true, cancelable: true }));
  }
  return found;
}"""


@pytest.fixture
def visit(browser):
    """`visit(page)`: what the page did that it should not have done."""
    context = browser.new_context(bypass_csp=True)  # it is not what keeps them quiet
    context.add_init_script(
        "window.fire = () => { window.fired = true; };"
        "window.MathJax = {Hub: {Config() {}, Queue() {}}};"
        "for (const kind of ['alert', 'prompt', 'confirm', 'open'])"
        "  window[kind] = window.fire;"
    )
    state = {"page": "", "done": []}

    def serve(route):
        url = route.request.url
        if not url.startswith((*OWN, "data:", "blob:")):
            state["done"].append(url[:80])
            return route.abort()
        path = url.removeprefix(f"{COURSE}/")
        if path == "page.html":
            return route.fulfill(body=state["page"], content_type="text/html")
        static = FORMGRADER / "static" / path.removeprefix("formgrader/static/")
        if path.startswith("formgrader/static/") and static.is_file():
            kind = mimetypes.guess_type(static.name)[0]
            return route.fulfill(body=static.read_bytes(), content_type=kind)
        if not path.startswith(("formgrader/", "https://cdnjs")):
            state["done"].append(f"request for {path}")
        return route.fulfill(status=404, body="")

    context.route("**/*", serve)
    tab = context.new_page()
    context.on("page", lambda new: state["done"].append("window") or new.close())
    tab.on("dialog", lambda dialog: state["done"].append("dialog") or dialog.dismiss())

    def visit(page):
        state.update(page=page, done=[])
        tab.goto(f"{COURSE}/page.html", wait_until="load")
        try:
            found = tab.evaluate(LOOK)
            tab.wait_for_timeout(20)
            if tab.evaluate("window.fired"):
                found.append("a script ran")
        except Error as crash:
            found = [f"the page is broken: {crash}"]
        return found + state["done"]

    yield visit
    context.close()


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("template", ["feedback", "told"])
def test_no_injection_acts_or_calls_elsewhere(template, render, visit):
    acted = {
        name: done
        for name, cells in INJECTIONS.items()
        if (done := visit(render(template, cells)))
    }
    assert acted == {}


@pytest.mark.browser
@pytest.mark.parametrize("template", RESOURCES)
def test_all_injections_together_do_nothing_either(template, render, visit):
    everything = [cell for cells in INJECTIONS.values() for cell in cells]
    page = render(template, everything)
    assert visit(page) == []
    cells = re.findall(r'<div class="(?:cell border-box-sizing|cell"|text")', page)
    assert len(cells) == len(everything) - 1  # raw


@pytest.mark.browser
@pytest.mark.slow
def test_without_the_sanitiser_they_act(render, visit):
    silent = []
    for name, cells in INJECTIONS.items():
        try:
            done = visit(render("feedback", cells, clean=False))
        except Exception as crash:
            done = [type(crash).__name__]  # a page that cannot be made is harm, too
        if not done:
            silent.append(name)
    assert len(INJECTIONS) - len(silent) > 120


# ------------------------------------------------------------- honest work survives

TABLE = """<div>
<style scoped>
    .dataframe tbody tr th { vertical-align: top; }
</style>
<table border="1" class="dataframe">
  <thead>
    <tr style="text-align: right;">
      <th></th>
      <th>a</th>
    </tr>
  </thead>
  <tbody>
    <tr>
      <th>0</th>
      <td>1.5 &lt; 2</td>
    </tr>
  </tbody>
</table>
</div>"""
HONEST = """# A *title*

Some **text** with `code`, H<sub>2</sub>O, ~~an error~~, <kbd>Ctrl</kbd> and $a_1 < b$.

<details><summary>Hint 1</summary>

Multiply by two, see [the page](../../book/doubling.md) or <https://example.org>.

```python
def double(x):
    return 2 * x  # twice
```

</details>

| a | b |
|:--|--:|
| 1 | 2 |

$$\\begin{aligned} y &= \\sum_i \\text{w}_i x_i \\\\ &< 1 \\end{aligned}$$

- [x] done
- [ ] to do

1. one
2. two

> quoted

<span style="color:red">red</span> ![dot](data:image/png;base64,PNG "a dot")
""".replace("PNG", PNG)


def test_honest_markdown_is_not_touched():
    assert clean_markdown(HONEST) == HONEST


@pytest.mark.parametrize(
    "path", sorted(course.ROOT.glob("exercises/*/*.ipynb")), ids=lambda path: path.stem
)
def test_no_text_of_an_assignment_is_touched(path):
    nb = nbformat.read(path, as_version=4)
    before = copy.deepcopy(nb)
    sanitise.clean_notebook(nb)
    assert nb == before


def test_an_attached_picture_stays():
    cell = new_markdown_cell("![a](attachment:a.png)")
    cell.attachments = {"a.png": {"image/png": PNG}}
    nb = notebook([cell])
    sanitise.clean_notebook(nb)
    assert nb.cells[0].source == "![a](attachment:a.png)"
    assert nb.cells[0].attachments == {"a.png": {"image/png": PNG}}


def test_the_cards_of_checks_are_not_touched():
    from cvlib.grade import all_exercises
    from cvlib.grade.judge import judge

    for exercise in all_exercises():
        namespace = {}
        for mistake in exercise.misconceptions[:2]:
            with contextlib.suppress(ValueError):
                exec(wrong.source_of(mistake.wrong, exercise.name), namespace)
                result = judge(exercise, namespace[exercise.name], seed=1)
                assert clean_html(result._repr_html_()) == result._repr_html_()
        right = judge(exercise, exercise.reference)
        assert sanitise.boxed(right._repr_html_()).startswith(sanitise.BOX)


def cleaned(*outputs):
    cell = code(*outputs)
    clean_outputs(cell)
    nbformat.validate(notebook([cell]))
    return cell.outputs


def test_a_table_of_pandas_loses_only_its_style_sheet():
    (output,) = cleaned(shown({"text/html": TABLE, "text/plain": "0 1.5"}))
    style = re.compile("<style.*?</style>", re.DOTALL)
    assert output.data["text/html"] == f"{sanitise.BOX}{style.sub('', TABLE)}</div>"
    assert output.data["text/plain"] == "0 1.5"


def test_figures_stay_as_pictures(browser):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(2, 1))
    axes = figure.subplots()
    axes.plot([1, 3, 2])
    axes.set_title("$a < b$ & c")
    svg, png = io.StringIO(), io.BytesIO()
    figure.savefig(svg, format="svg")
    figure.savefig(png, format="png")
    data = base64.b64encode(png.getvalue()).decode()
    size = {"image/png": {"width": 200, "height": 100, "evil": 1}}
    first, second, third = cleaned(
        shown({"image/png": data, "text/plain": "<Figure>"}, **size),
        shown({"image/svg+xml": svg.getvalue()}),
        shown({"text/html": f"<p>{svg.getvalue()}</p>"}),
    )
    assert first.data == {"image/png": data, "text/plain": "<Figure>"}
    assert first.metadata == {"image/png": {"width": 200, "height": 100}}
    page = browser.new_page()
    drawing = base64.b64encode(second.data["image/svg+xml"].encode()).decode()
    page.set_content(
        f'<img src="data:image/svg+xml;base64,{drawing}">{third.data["text/html"]}'
    )
    sizes = "() => [...document.images].map((i) => [i.naturalWidth, i.naturalHeight])"
    assert page.evaluate(sizes) == [[192, 96], [192, 96]]
    page.close()


def test_colours_of_text_stay_and_other_escapes_go():
    stream, error = cleaned(
        {
            "output_type": "stream", "name": "stderr",
            "text": "\x1b[31mred\x1b[0m\x1b[2J",
        },
        {
            "output_type": "error", "ename": "E", "evalue": "\x1b]0;title\x07no",
            "traceback": ["\x1b[0;31mE\x1b[0m: \x9b2Jno", 3],
        },
    )  # fmt: skip
    assert stream == {
        "output_type": "stream", "name": "stderr", "text": "\x1b[31mred\x1b[0m",
    }  # fmt: skip
    assert error.evalue == "no"
    assert error.traceback == ["\x1b[0;31mE\x1b[0m: \ufffd2Jno", ""]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("10 %\r20 %\r\n", "20 %\n"),
        ("\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\", "click"),
        ("\x1bP+q544e\x1b\\a\x1b(B\x1bc", "a"),
        ("a\u202eb\x00\ud800", "a\ufffdb\ufffd\ufffd"),
        (["a", "b"], "ab"),
        ({"a": 1}, ""),
        ("\x1b[0m" * 3000 + "a", "a"),
        ("x" * 100_003, "x" * 100_000 + "\n… (3 more characters)"),
    ],
)
def test_text_is_what_a_terminal_would_show(text, seen):
    assert clean_text(text) == seen


def test_plain_text_fits_in_a_row_of_a_table():
    assert plain("a\n\x1b[31mb\x1b[0m\tc" + "d" * 300) == "a b c" + "d" * 194 + "…"


# --------------------------------------------------------------- what must not be lost


def test_what_cannot_be_shown_says_so():
    (output,) = cleaned(shown({"application/javascript": "f()"}))
    assert output.data == {"text/plain": sanitise.NOT_SHOWN}


def test_a_widget_leaves_its_text():
    (output,) = cleaned(
        shown({"application/vnd.jupyter.widget-view+json": {}, "text/plain": "slider"})
    )
    assert output.data == {"text/plain": "slider"}


def test_an_error_stays_an_error():
    (output,) = cleaned({"output_type": "error"})
    assert output == {
        "output_type": "error", "ename": "Error", "evalue": "", "traceback": [],
    }  # fmt: skip


def test_the_rest_of_a_text_with_a_script_stays_readable():
    clean = clean_markdown(f"# Title\n\nOne\n\n<script>{EVIL}</script>\n\n- two $x$")
    for part in ("<h1>Title</h1>", "<p>One</p>", "<li>two $x$</li>"):
        assert part in clean
    assert EVIL not in clean


def test_a_picture_from_elsewhere_is_said_to_be_left_out():
    clean = clean_markdown(f"Look: ![a]({EVIL}/pixel.png)")
    assert "<p>Look: (picture left out)</p>" in clean


def test_text_that_no_page_can_be_made_of_is_shown_as_written():
    assert clean_markdown("a ![b](attachment:c)") == (
        "<pre>a &#33;&#91;b&#93;&#40;attachment&#58;c&#41;</pre>"
    )


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 3000,
        "<b>" * 9000,
        "<a " + "x " * 30_000,
        "<svg" * 30_000,
        "<style>" * 20_000,
        "<table><tr><td>" * 3000,
        "&#" * 50_000,
        "[" * 9000,
        "![" * 4000,
        "\\\\(" * 3000,
        sanitise.BOX + "[" * 200_000 + "</div>",
        '<p style="' + "font-style:&quot;color:" * 5000 + '">',
    ],
    ids=lambda page: page[:12],
)
def test_no_input_takes_long(page):
    start = time.process_time()
    sanitise.boxed(page)
    clean_markdown(page)
    clean_text(page)
    assert time.process_time() - start < 10  # most take milliseconds, none minutes


@pytest.mark.browser
def test_an_output_cannot_cover_its_neighbours(render, visit, browser):
    tall = '<div style="background:red;height:3000px;width:900px">a</div>'
    tricks = [
        f'<div style="height:0;opacity:.99">{tall}</div>',
        f'<div style="position:fixed;top:0;z-index:9">{tall}</div>',
        f'<div style="margin-top:-2000px">{tall}</div>',
        f'<span style="display:inline-block;vertical-align:2000px">{tall}</span>',
        f'<div style="transform:translate(0,-900px)">{tall}</div>',
    ]
    victim = new_markdown_cell("victim")
    for trick in tricks:
        cells = [victim, code(shown({"text/html": trick})), victim]
        cells += [new_markdown_cell(trick), victim]
        page = browser.new_page()
        page.set_content(render("feedback", cells))
        covered = page.evaluate(
            """() => [...document.querySelectorAll("p")].filter(
              (p) => p.textContent === "victim").map((p) => {
                p.scrollIntoView({ block: "center" });
                const { left, top, height } = p.getBoundingClientRect();
                const seen = document.elementFromPoint(left + 5, top + height / 2);
                return seen === p;
              })"""
        )
        page.close()
        assert covered == [True] * 3, trick


def test_the_exporter_of_formgrader_sanitises_by_configuration():
    config = Config()
    config.HTMLExporter.preprocessors = ["grader.sanitise.Sanitise"]
    exporter = HTMLExporter(config=config)
    page, _ = exporter.from_notebook_node(notebook([new_markdown_cell(HTML["frame"])]))
    assert "<iframe" not in page


PARTS = [
    *(part for part in HTML.values() if len(part) < 500), *MARKDOWN.values(), HONEST,
    TABLE, sanitise.BOX, "</div>", "<p>", "</p>", "<", ">", '"', "\n", "\n\n", "\r",
    "&#", "&#60;", "$", "```", "](", "[", "files/", "a", " ", "<pre>", "</pre>",
]  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(PARTS), max_size=8).map("".join))
def test_whatever_is_cleaned_is_harmless_and_stays_as_it_is(text):
    page = clean_html(text)
    assert page is None or (harmless(page) and clean_html(page) == page)
    assert clean_markdown(clean_markdown(text)) == clean_markdown(text)
    boxed = sanitise.boxed(text)
    assert boxed is None or sanitise.boxed(boxed) == boxed


# ----------------------------------------------------------------------- the grammar


@pytest.mark.parametrize(
    "page",
    [
        "a < b", "<p>open", "</p>", "<b><i></b></i>", "<P></P>", "<p/>", "a\x00", "&#;",
        "<p title='a'>b</p>", "<p title=a>b</p>", '<p title="a>b</p>', "<!-- a -->",
        "<br></br>", "<x-y></x-y>", "<input type=text>", '<p id="a">b</p>',
        '<a href="//evil.example/x">a</a>', '<a href="/logout">a</a>',
        '<a href="page.html">a</a>', '<a href="javascript&colon;a">a</a>',
        '<img src="data:image/svg+xml;base64,PHN2Zz4=">', '<p class="score">a</p>',
        '<p style="width:-1px">a</p>', "<b>" * 101 + "</b>" * 101,
        r"\href{javascript:f()}{a}", "&#92;href{a}{b}",
    ],
)  # fmt: skip
def test_what_could_be_read_in_two_ways_is_not_harmless(page):
    assert not harmless(page)
    clean = clean_html(page)
    assert clean is None or harmless(clean)


@pytest.mark.parametrize(
    ("svg", "clean"),
    [
        ('<svg><path d="M0 0" onclick="f()"/></svg>', '<path d="M0 0" />'),
        ('<svg><a href="javascript:f()"><text>a</text></a></svg>', ""),
        ('<svg><use href="http://evil.example/#a"/><use href="#a"/></svg>',
         '<use /><use href="#a" />'),
        ('<svg><rect fill="url(#a)" style="fill:url(//evil)"/></svg>',
         '<rect fill="url(#a)" />'),
        ("<svg><style>@import 'x'</style></svg>", "<style />"),
        ("<svg><style>*{stroke:red}</style></svg>", "<style>*{stroke:red}</style>"),
        ("<svg><set attributeName='href' to='javascript:f()'/></svg>", ""),
        ("<svg><!-- a --><?b c?><foreignObject><p>a</p></foreignObject></svg>", ""),
    ],
)  # fmt: skip
def test_a_drawing_only_draws(svg, clean):
    inside = re.fullmatch(r"<svg xmlns=\"[^\"]*\"(?: />|>(.*)</svg>)", clean_svg(svg))
    assert (inside[1] or "") == clean


@pytest.mark.parametrize(
    "svg",
    [
        "", "<p></p>", "<svg>", "<svg>" + "<g>" * 20_000 + "</g>" * 20_000 + "</svg>",
        '<!DOCTYPE a [<!ENTITY b "c">]><svg><text>&b;</text></svg>',
        "<svg>&nbsp;</svg>",
    ],
    ids=lambda svg: svg[:20],
)  # fmt: skip
def test_what_is_no_drawing_is_not_shown(svg):
    assert clean_svg(svg) is None


def test_formulas_that_leave_their_place_are_kept_in_a_box():
    text = r"$\rlap{\rule{900px}{900px}}$"
    assert clean_markdown(text) == f"{sanitise.BOX}<p>{text}</p>\n</div>"
    (output,) = cleaned(shown({"text/latex": r"$\rule{9em}{9em}$"}))
    assert output.data["text/latex"] == "$\\\u200brule{9em}{9em}$"


def test_links_in_formulas_are_spoilt_and_formulas_stay():
    for text in (r"$\href{javascript:f()}{x}$", r"$&#92;hr&#101;f{javascript:f()}{x}$"):
        assert r"\href" not in clean_markdown(text)
    (output,) = cleaned(shown({"text/latex": r"$\href{a}{b} \frac{1}{\class{c}{d}}$"}))
    assert output.data["text/latex"] == (
        "$\\\u200bhref{a}{b} \\frac{1}{\\\u200bclass{c}{d}}$"
    )


MODULES = [drawings, harmless_module, mend, repair, sanitise, submission]


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_are_true(module):
    assert doctest.testmod(module).failed == 0
