"""Import this before nbformat: it saves most of a second at each start.

jsonschema loads a grammar of web addresses if it is there. That takes 0.7 s, and no
notebook has a field that it would check.
"""

import sys

sys.modules.setdefault("rfc3987_syntax", None)
