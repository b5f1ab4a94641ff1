"""A drawn face is the same one for everybody, and its landmarks are where it says."""

import time
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from cvlib.data.faces import (
    LANDMARK_PAIRS,
    LANDMARKS,
    OCCLUSIONS,
    VERSION,
    Person,
    Shot,
    draw_face,
    draw_faces,
    face_set,
    identities,
    person,
    random_shot,
)
from cvlib.data.faces.landmarks import on_head, place
from cvlib.data.faces.people import BEARDS, GLASSES, SKINS, skin_colour
from cvlib.data.faces.surface import View, blend

FINGERPRINTS = {
    "train": "f0a100eec406d6b2",
    "validation": "874e518c537c2f14",
    "test": "a0d86d3fd03b5b8e",
}
AT = {name: k for k, name in enumerate(LANDMARKS)}


@pytest.mark.parametrize("split", FINGERPRINTS)
def test_the_pictures_are_those_that_results_were_recorded_on(split):
    """If this fails on purpose, raise VERSION and record every result again."""
    assert VERSION == 1
    faces = face_set(split, people=6, each=2, occlusion=0.5)
    assert faces.fingerprint()[:16] == FINGERPRINTS[split]


def test_images_are_whole_bytes_between_0_and_1():
    images, landmarks = draw_faces([1, 2], size=48)
    assert images.shape == (2, 3, 48, 48)
    assert landmarks.shape == (2, 14, 2)
    assert images.dtype == landmarks.dtype == np.float32
    assert images.min() >= 0
    assert images.max() <= 1
    assert_allclose(images * 255, np.rint(images * 255), atol=1e-4)


def test_a_picture_depends_on_its_person_and_its_turn_not_on_the_others():
    together, points = draw_faces([5, 9, 5], size=32)
    alone, own = draw_faces([5, 5], size=32)
    np.testing.assert_array_equal(together[[0, 2]], alone)
    np.testing.assert_array_equal(points[[0, 2]], own)
    assert not np.array_equal(alone[0], alone[1])


def test_another_seed_shows_the_same_people_otherwise():
    first, again, other = (draw_faces([4], seed=s, size=32)[0] for s in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_nobody_is_in_two_splits():
    parts = [set(identities(s, 100_000)) for s in ("train", "validation", "test")]
    assert len(set.union(*parts)) == 300_000


def test_a_set_holds_its_people_one_after_another():
    faces = face_set("test", people=3, each=2, size=16)
    assert faces.labels.tolist() == [0, 0, 1, 1, 2, 2]
    assert faces.ids.tolist() == [200000, 200000, 200001, 200001, 200002, 200002]
    assert faces.visible.shape == (6, 14)
    longer = face_set("test", people=4, each=2, size=16)
    np.testing.assert_array_equal(longer.images[:6], faces.images)


def test_nobody_gives_empty_arrays_of_the_right_shape():
    images, landmarks = draw_faces([], size=20)
    assert images.shape == (0, 3, 20, 20)
    assert landmarks.shape == (0, 14, 2)
    assert images.dtype == np.float32


@pytest.mark.parametrize("seed", range(8))
def test_a_landmark_is_where_that_point_of_the_head_is_painted(seed):
    who, shot = person(seed), random_shot(np.random.default_rng(seed), occlusion=0)
    view, points = View(shot, 64), on_head(who, shot)
    at, _ = place(who, shot, view, points)
    X, Y = view.from_pixels(*at.T)
    x, y, _ = view.to_head(X, Y, blend(who, shot, view)(X, Y)[0])
    seen = [k for k in range(14) if k not in (AT["left nostril"], AT["right nostril"])]
    # the wings of the nose may hide a nostril: no ray meets that one
    assert_allclose(np.stack([x, y], 1)[seen], points[seen], atol=0.02)


def test_the_eye_is_dark_between_its_corners_and_the_lips_are_red():
    who = Person(skin=0.1, redness=0.6)
    face = draw_face(who, Shot(), size=128)
    outer, inner = (
        face.landmarks[AT[f"left eye, {n} corner"]] for n in ("outer", "inner")
    )
    x, y = ((outer + inner) / 2).round().astype(int)
    assert face.image[:, y - 1 : y + 1, x].mean() < 0.3
    x, y = face.landmarks[AT["lower lip"]].round().astype(int)
    lip, chin = face.image[:, y - 3, x], face.image[:, y + 14, x]
    assert lip[0] / lip[1] > 1.1 * chin[0] / chin[1]


def test_twice_the_size_is_the_same_picture():
    small, large = (draw_face(person(2), Shot(yaw=20), size=n) for n in (64, 128))
    assert_allclose(2 * small.landmarks, large.landmarks, atol=0.02)
    halved = large.image.reshape(3, 64, 2, 64, 2).mean((2, 4))
    assert np.abs(halved - small.image).mean() < 0.012


@pytest.mark.parametrize(
    ("turn", "axis"),
    [(Shot(yaw=25), (1, 0)), (Shot(pitch=15), (0, 1)), (Shot(shift=(0.2, 0)), (1, 0))],
)
def test_turning_right_or_down_moves_the_tip_of_the_nose_there(turn, axis):
    tip = AT["nose tip"]
    plain, turned = (draw_face(Person(), s).landmarks[tip] for s in (Shot(), turn))
    assert (turned - plain) @ np.array(axis) > 2


def test_leaning_clockwise_lowers_the_right_eye():
    left, right = AT["left eye, outer corner"], AT["right eye, outer corner"]
    level, leaning = (draw_face(Person(), Shot(roll=r)).landmarks for r in (0, 10))
    assert_allclose(level[left, 1], level[right, 1], atol=1e-3)
    slope = (leaning[right] - leaning[left])[1] / (leaning[right] - leaning[left])[0]
    assert_allclose(slope, np.tan(np.radians(10)), atol=1e-3)


def test_a_mirrored_person_has_mirrored_landmarks():
    """Exchange the pairs and left stays left: what a flip has to do."""
    size = 64
    right, left = (draw_face(Person(), Shot(yaw=y), size=size) for y in (30, -30))
    mirrored = right.landmarks * [-1, 1] + [size, 0]
    for a, b in LANDMARK_PAIRS:
        mirrored[[a, b]] = mirrored[[b, a]]
    assert_allclose(mirrored, left.landmarks, atol=1e-3)


def test_light_from_the_left_brightens_the_left_cheek():
    image = draw_face(Person(), Shot(light=(-1.0, -0.2, 0.6))).image.mean(0)
    assert image[36:42, 20:26].mean() > 1.2 * image[36:42, 38:44].mean()


def test_a_mask_hides_the_mouth_and_dark_glasses_the_eyes():
    mask = draw_face(Person(), Shot(occlusion="mask")).visible
    assert not mask[AT["upper lip"]]
    assert not mask[AT["nose tip"]]
    assert mask[AT["left eye, outer corner"]]
    glasses = draw_face(Person(), Shot(occlusion="sunglasses")).visible
    assert not glasses[AT["left eye, inner corner"]]
    assert glasses[AT["upper lip"]]


@pytest.mark.parametrize("occlusion", OCCLUSIONS)
def test_what_covers_a_face_hides_landmarks_and_moves_none(occlusion):
    plain, covered = (
        draw_face(person(11), Shot(occlusion=o)) for o in ("none", occlusion)
    )
    np.testing.assert_array_equal(plain.landmarks, covered.landmarks)
    assert plain.visible.sum() >= covered.visible.sum()


def test_a_point_outside_the_picture_is_not_visible():
    picture = draw_face(Person(), Shot(shift=(0.0, 0.9)))
    assert picture.landmarks[AT["chin"], 1] > 64
    assert not picture.visible[AT["chin"]]


def test_the_box_holds_eyes_and_mouth_and_ends_at_the_chin():
    face = draw_face(Person(), Shot())
    x1, y1, x2, y2 = face.box
    assert (face.landmarks[:, 0] > x1).all()
    assert (face.landmarks[:, 0] < x2).all()
    assert (face.landmarks[:, 1] > y1).all()
    assert abs(y2 - face.landmarks[AT["chin"], 1]) < 2.5


def test_smiling_lifts_the_corners_of_the_mouth_and_widens_it():
    corners = [AT[f"{s} corner of the mouth"] for s in ("left", "right")]
    sad, glad = (draw_face(Person(), Shot(smile=s)).landmarks[corners] for s in (-1, 1))
    assert (glad[:, 1] < sad[:, 1] - 1).all()
    assert np.ptp(glad[:, 0]) > np.ptp(sad[:, 0]) + 1


@pytest.mark.parametrize("hair", ["bald", "cropped", "curly", "long", "bun"])
@pytest.mark.parametrize("beard", BEARDS)
def test_any_traits_can_be_put_together(hair, beard):
    who = replace(person(3), hair=hair, beard=beard, glasses=GLASSES[-1], age=1.0)
    image = draw_face(who, Shot(), size=24).image
    assert np.isfinite(image).all()
    assert image.std() > 0.1


def test_people_differ_and_every_skin_occurs():
    people = [person(i) for i in range(200)]
    assert len({replace(p, id=0) for p in people}) == 200
    counts = np.histogram([p.skin for p in people], bins=4, range=(0, 1))[0]
    assert counts.min() > 30
    assert len({p.hair for p in people}) == 9


def test_skin_gets_darker_from_end_to_end():
    tones = [sum(skin_colour(Person(skin=s, warmth=0))) for s in np.linspace(0, 1, 21)]
    assert (np.diff(tones) < 0).all()
    assert skin_colour(Person(skin=1, warmth=0)) == SKINS[-1]


def test_no_variety_is_the_plain_shot():
    shot = random_shot(np.random.default_rng(5), variety=0, occlusion=0)
    assert (shot.yaw, shot.pitch, shot.roll, shot.zoom) == (0, 0, 0, 1)
    assert_allclose(shot.light, Shot().light)


def test_a_thousand_take_well_under_a_minute():
    draw_faces([0], size=64)
    start = time.process_time()
    draw_faces(range(8), size=64)
    assert (time.process_time() - start) / 8 < 0.06


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: identities("trian", 3),
            "split must be 'train', 'validation' or 'test', got 'trian'",
        ),
        (lambda: identities("test", 100_001), "n must be at most 100000, got 100001"),
        (lambda: person(-1), "id must be an integer ≥ 0, got -1"),
        (lambda: draw_faces([0], size=0), "size must be"),
        (lambda: draw_faces([-3]), "ids must be an integer ≥ 0, got -3"),
        (
            lambda: draw_face(Person(), Shot(shift=(6.0, 0.0))),
            "shot must leave some of the face in the picture, got shift "
            r"\(6\.0, 0\.0\) and zoom 1 on 64 × 64 pixels",
        ),
        (
            lambda: draw_face(Person(), Shot(), size=1),
            "shot must leave some of the face",
        ),
        (
            lambda: draw_face(Person(), Shot(occlusion="sunglass")),
            "occlusion must be .*, got 'sunglass'; did you mean 'sunglasses'",
        ),
        (
            lambda: draw_face(Person(hair="curls"), Shot()),
            "hair must be .*, got 'curls'; did you mean 'curly'",
        ),
        (lambda: draw_face(Person(beard="long"), Shot()), "beard must be"),
        (lambda: draw_face(Person(glasses="sun"), Shot()), "glasses must be"),
        (
            lambda: random_shot(np.random.default_rng(0), occlusion=2),
            "occlusion must be",
        ),
    ],
)
def test_wrong_arguments_get_a_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
