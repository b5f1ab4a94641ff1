"""Answers that lie about what they are, or are what nobody expects."""

from tests.grader.hostile.attacks import WRONG_ANSWER, Attack

# what a class says of itself when it is asked, and what is not in it
LIES = {
    "its memory": "__array_interface__ = np.zeros((1, 3)).__array_interface__",
    "its numbers": "def __array__(self, *a, **k): return np.zeros((1, 3))",
    "its length": "def __len__(self): return 10**15",
    "its members": "def __iter__(self):\n        while True: yield self",
    "its truth": "def __bool__(self): return True",
    "its text": "def __format__(self, spec): return 'right'\n    __repr__ = __str__ = "
    "lambda self: 'right'",
    "its hash": "def __hash__(self): return 0\n    def __eq__(self, other): return True",
    "its attributes": "def __getattribute__(self, name): return lambda *a, **k: True",
    "its copies": "def __deepcopy__(self, memo): return memo\n    __copy__ = __deepcopy__",
    "its pickles": "def __reduce_ex__(self, n): return (exit, ())",
    "everything, slowly": "def __getattr__(self, name):\n        while True: pass",
}

# what a wrong answer returns
ODD = {
    "an array with no memory of its own": "np.broadcast_to(0.0, image.shape)",
    "a masked array": "np.ma.masked_array(np.zeros(image.shape), True)",
    "an array of objects": "np.full(image.shape, Equal())",
    "an object without axes": "np.array(Equal(), dtype=object)",
    "an array with fields": "np.zeros(image.shape, [('a', 'f8'), ('b', 'O')])",
    "an array of nothing": "np.zeros((0, *image.shape))",
    "an array of NaN": "np.full(image.shape, np.nan)",
    "an array of text": "np.full(image.shape, '1')",
    "an array of dates": "np.zeros(image.shape, 'M8[s]')",
    "a matrix": "np.asmatrix(image.reshape(image.shape[0], -1) * 0.0)",
    "a memory map": "np.memmap('/tmp/map', float, 'w+', shape=image.shape)",
    "a generator": "(0.0 for _ in iter(int, 1))",
    "a number that is equal to all": "EqualNumber(0)",
    "a string that is equal to all": "EqualText('0')",
    "a dictionary that is equal to all": "EqualDict()",
    "its own class": "Equal",
    "a module": "np",
    "the judge's own kind of error": "ValueError('right')",
    "the number of ten billion digits": "1 << 10**9",
    "lists nested very deep": "nested(5_000)",
    "a list of very many": "[0.0] * 10**6",
    "a dictionary of slow keys": "{i * (2**61 - 1): 0 for i in range(600)}",
    "a lone surrogate": r"'\udc80' * 10",
}

HELPERS = """
class Equal:
    __eq__ = lambda self, other: True
    __ne__ = lambda self, other: False
    __hash__ = lambda self: 0
class EqualNumber(float, Equal): __eq__, __hash__ = Equal.__eq__, Equal.__hash__
class EqualText(str): __eq__, __hash__ = Equal.__eq__, Equal.__hash__
class EqualDict(dict): __eq__, __hash__ = Equal.__eq__, Equal.__hash__
def nested(depth):
    inner = []
    for _ in range(depth): inner = [inner]
    return inner
"""

LIARS = [
    Attack(
        f"lies about {what}",
        f"class Liar:\n    {lie}\n"
        "def scale_to_unit(image):\n    return object.__new__(Liar)",
        f"{WRONG_ANSWER}|did not finish",
    )
    for what, lie in LIES.items()
]

ODDITIES = [
    Attack(
        f"returns {what}",
        f"{HELPERS}\ndef scale_to_unit(image):\n    return {value}",
        WRONG_ANSWER,
    )
    for what, value in ODD.items()
]

DISGUISES = [
    Attack(
        "lies with its class's class",
        """
class Meta(type):
    __mro__ = (np.ndarray, object)
    def __instancecheck__(cls, thing): return True
    def __subclasscheck__(cls, other): return True
    def __eq__(cls, other): return True
    def __hash__(cls): return hash(np.ndarray)
class Liar(metaclass=Meta):
    dtype, shape, ndim = np.dtype(float), (1, 3), 2
def scale_to_unit(image):
    return Liar()
""",
        WRONG_ANSWER,
    ),
    Attack(
        "changes what it was given until it fits",
        "def scale_to_unit(image):\n    image[...] = 0\n    return image",
        WRONG_ANSWER,
    ),
    Attack(
        "takes the shape of what it was given",
        "def scale_to_unit(image):\n    image.resize(0, refcheck=False)\n    return image",
        WRONG_ANSWER,
    ),
    Attack(
        "is a class",
        "class scale_to_unit:\n    def __new__(cls, image): return image * 0.0",
        WRONG_ANSWER,
    ),
    Attack(
        "is an object that pretends to be the judge's",
        """
class Answer:
    _far = __kinds__ = __wrapped__ = __code__ = property(lambda self: 1 / 0)
    __module__ = "cvlib.grade"
    def __call__(self, image): return image * 0.0
scale_to_unit = Answer()
""",
        WRONG_ANSWER,
    ),
    Attack(
        "raises an error of a class that it made up",
        "class ShapeError(BaseException):\n    __name__ = __qualname__ = 'AssertionError'\n"
        "def scale_to_unit(image):\n    raise ShapeError(image)",
        WRONG_ANSWER,
    ),
    Attack(
        "raises an error that cannot be printed",
        "class Bad(Exception):\n    def __str__(self): return 1 / 0\n"
        "def scale_to_unit(image):\n    raise Bad",
        WRONG_ANSWER + "|Stopped",
    ),
]

ATTACKS = [*LIARS, *ODDITIES, *DISGUISES]
