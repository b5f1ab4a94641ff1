"""Every control of every interactive, moved many times: nothing breaks."""

import pytest

from cvlib import widgets
from tests.browser.moves import WHERE, move

pytestmark = pytest.mark.browser


def test_every_kind_is_moved():
    assert len(WHERE) == len(widgets.__all__) - 1  # all but the base class


@pytest.mark.parametrize("name", list(WHERE))
def test_no_move_breaks_an_interactive(visit, name):
    times = move(visit.open(WHERE[name]), name, updates=12)
    assert all(len(each) == 12 for each in times.values())
    assert visit.errors == []
