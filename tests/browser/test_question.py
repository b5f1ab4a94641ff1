"""Questions under a page: what a reader answers, reads, and finds again."""

import json

import pytest

from tests.browser.reader import sticks_out

pytestmark = pytest.mark.browser
CHOICE = "book/convolution/sliding-window"  # a number, then a choice
SEVERAL = "book/vision/five-tasks"  # one, a number, several, an order
ORDER = [
    "classification: one label",
    "classification with localisation",
    "object detection: labels and boxes",
    "semantic segmentation",
    "instance segmentation: labels and masks",
]
LOOK = "e => e.innerText.replace(/\\s+/g, ' ')"


@pytest.fixture
def number(visit):
    return visit.open(CHOICE).locator(".cv-question").first


@pytest.fixture
def choice(visit):
    return visit.open(CHOICE).locator(".cv-question").nth(1)


@pytest.fixture
def several(visit):
    return visit.open(SEVERAL).locator(".cv-question").nth(2)


@pytest.fixture
def order(visit):
    return visit.open(SEVERAL).locator(".cv-question").nth(3)


def verdict(question) -> str:
    return question.locator(".cv-verdict").evaluate(LOOK).strip()


def press(question, name: str) -> None:
    question.get_by_role("button", name=name, exact=True).click()


def test_no_line_ends_inside_a_product_or_a_percentage(visit):
    page = visit.open("book/appendix/errata-tables")
    prompts = "".join(page.locator(".cv-question legend").all_text_contents())
    assert "14\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}14" in prompts
    assert "41\N{NO-BREAK SPACE}%" in prompts


def test_a_wrong_number_gets_its_own_sentence(number):
    number.get_by_label("Your answer").fill("23")
    press(number, "Check")
    assert verdict(number).startswith("✗ Not yet. That is 28 − 5:")
    press(number, "Try again")
    assert verdict(number) == ""
    assert number.get_by_label("Your answer").input_value() == ""
    number.get_by_label("Your answer").fill("100")
    press(number, "Check")
    assert verdict(number) == "✗ Not yet. That is too large."


@pytest.mark.parametrize("text", ["24", " 24,0 ", "48/2", "2.4e1"])
def test_the_right_number_is_understood_however_written(number, text):
    number.get_by_label("Your answer").fill(text)
    number.get_by_label("Your answer").press("Enter")
    assert verdict(number).startswith("✓ Right. 28 − 5 + 1 = 24")


def test_what_is_no_number_is_no_wrong_answer(number):
    press(number, "Check")
    assert verdict(number) == "Write a number first."
    number.get_by_label("Your answer").fill("about a score")
    press(number, "Check")
    assert verdict(number).startswith("Write a number, such as")
    assert number.get_by_role("button", name="Try again").count() == 0


def test_a_choice_is_made_by_keyboard(choice):
    choice.get_by_role("radio").first.focus()
    keyboard = choice.page.keyboard
    keyboard.press("ArrowDown")
    assert choice.get_by_role("radio").nth(1).is_checked()
    keyboard.press("Tab")
    keyboard.press("Enter")
    assert verdict(choice).startswith("✗ Not yet. An edge detector must answer 0")
    choice.get_by_label("The picture, blurred").check()
    assert verdict(choice) == ""  # a new choice takes the old verdict away
    press(choice, "Check")
    assert verdict(choice).startswith("✓ Right. Each output is the mean")


def test_nothing_chosen_is_no_wrong_answer(choice):
    press(choice, "Check")
    assert verdict(choice) == "Choose an answer first."


def test_the_answer_is_offered_after_two_wrong_tries(choice):
    give = choice.get_by_role("button", name="Show the answer")
    for wrong in (1, 2):
        assert not give.is_visible()
        choice.get_by_role("radio").nth(wrong).check()
        press(choice, "Check")
    give.click()
    assert choice.get_by_label("The picture, blurred").is_checked()
    # told, not found: no tick
    assert verdict(choice).startswith("The answer. Each output is the mean")
    assert not give.is_visible()


def test_of_several_right_answers_each_must_be_ticked(several):
    several.get_by_label("Object detection").check()
    press(several, "Check")
    assert "Something that belongs here is not ticked yet." in verdict(several)
    several.get_by_label("Instance segmentation").check()
    press(several, "Check")
    assert verdict(several).startswith("✓ Right.")
    several.get_by_label("Classification").check()
    press(several, "Check")
    assert "It says sheep, once." in verdict(several)


def shown(order) -> list[str]:
    return order.locator("li span").all_inner_texts()


def test_things_are_put_in_order_by_keyboard(order):
    assert sorted(shown(order)) == sorted(ORDER) != shown(order)
    keyboard = order.page.keyboard
    for place, text in enumerate(ORDER):
        up = order.get_by_role("button", name=f"Move up: {text}")
        up.focus()
        for _ in range(shown(order).index(text) - place):
            keyboard.press("Enter")  # the button keeps the focus while its row moves
    assert shown(order) == ORDER
    press(order, "Check")
    assert verdict(order).startswith("✓ Right. 1, 5, 25, 81 920")


def test_a_wrong_order_says_what_stands_wrong(order):
    for text in reversed(ORDER):
        while shown(order)[-1 - ORDER[::-1].index(text)] != text:
            press(order, f"Move down: {text}")
    press(order, f"Move up: {ORDER[4]}")  # instance before semantic segmentation
    press(order, "Check")
    assert verdict(order) == (
        "✗ Not yet. Semantic segmentation has one map, instance segmentation one an "
        "object."
    )


def test_answers_survive_a_reload_and_try_again_forgets_them(number):
    page = number.page
    number.get_by_label("Your answer").fill("24")
    press(number, "Check")
    page.reload()
    assert number.get_by_label("Your answer").input_value() == "24"
    assert verdict(number).startswith("✓ Right.")
    press(number, "Try again")
    page.reload()
    assert number.get_by_label("Your answer").input_value() == ""
    assert verdict(number) == ""


def test_choice_and_order_survive_a_reload(several, order):
    page = order.page
    several.get_by_label("Semantic segmentation").check()
    press(several, "Check")
    before = [*shown(order)]
    press(order, f"Move down: {before[0]}")
    press(order, "Check")
    after = shown(order)
    assert after != before
    page.reload()
    assert several.get_by_label("Semantic segmentation").is_checked()
    assert verdict(several).startswith("✗ Not yet. It makes one patch")
    assert shown(order) == after


def test_an_answer_to_a_question_that_changed_is_dropped_quietly(visit):
    page = visit.open(CHOICE)
    number = page.locator(".cv-question").first
    number.get_by_label("Your answer").fill("24")
    press(number, "Check")
    page.evaluate(
        "for (const k of Object.keys(localStorage))"
        " if (k.startsWith('cv-question')) localStorage[k] = '{\"no\": [longer'"
    )
    page.reload()
    assert verdict(number) == ""
    assert visit.errors == []


def test_nothing_leaves_the_browser(visit):
    page = visit.open(CHOICE)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    number, choice = (page.locator(".cv-question").nth(k) for k in (0, 1))
    number.get_by_label("Your answer").fill("24")
    press(number, "Check")
    choice.get_by_role("radio").first.check()
    press(choice, "Check")
    page.wait_for_timeout(200)
    assert asked == []
    kept = page.evaluate(
        "Object.entries(localStorage).filter(([k]) => k.startsWith('cv-question'))"
    )
    assert sorted(json.loads(v) for _, v in kept if v[0] == '"') == ["24"]
    assert len(kept) == 2
    assert page.evaluate("document.cookie") == ""


def test_the_answer_cannot_be_read_off_the_page(visit):
    page = visit.open(CHOICE)
    text = page.locator("main").inner_text()
    assert "28 − 5 + 1 = 24 positions" not in text
    assert "Question.number(" not in text  # the cell that made it holds the answer


def test_without_scripts_the_question_can_be_read(browser, base_url):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{base_url}/{SEVERAL}.html")
    text = page.locator(".cv-question").nth(3).inner_text()
    context.close()
    assert all(item in text for item in ORDER)
    assert "Turn on scripts to check your answer." in text


def test_on_a_phone_a_finger_answers(phone):
    page = phone.open(SEVERAL)
    order = page.locator(".cv-question").nth(3)
    first = shown(order)[0]
    order.get_by_role("button", name=f"Move down: {first}").tap()
    assert shown(order)[1] == first
    for k in range(4):
        assert sticks_out(page.locator(".cv-question").nth(k)) <= 0
