from pathlib import Path

import pytest

from handlers.catalogue import Catalogue, CatalogueError, load, parse, shipped
from handlers.catalogue_words import CHANGES, CONDITIONS, HOLDS_FOR, NEEDS, SPACE_NEEDS
from tests.tiny_catalogue import TINY

HOME = Path(__file__).parent.parent / "handlers" / "catalogues"


def test_the_shipped_names_are_the_shipped_files() -> None:
    assert sorted(shipped()) == sorted(path.stem for path in HOME.iterdir())


def test_the_default_file_writes_out_every_need() -> None:
    table = (HOME / "default.toml").read_text()
    catalogue = load("default")
    assert catalogue.needs == NEEDS
    assert catalogue.space_needs == SPACE_NEEDS
    for change, permission in (*NEEDS.items(), *SPACE_NEEDS.items()):
        assert f'{change} = "{permission}"' in table


def test_every_change_but_asking_needs_a_permission() -> None:
    assert set(CHANGES) - NEEDS.keys() - SPACE_NEEDS.keys() == {"request-access"}


def test_every_condition_can_hold_for_something() -> None:
    assert set(HOLDS_FOR) == set(CONDITIONS)


def test_a_catalogue_is_parsed_once_for_the_same_content() -> None:
    assert load("default") is load("DEFAULT")
    assert load("default") is not load("imaging")


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    file.write_text(TINY)
    before = load(file)
    file.write_text(TINY.replace('"Tiny"', '"Ours"'))
    assert (before.title, load(str(file)).title) == ("Tiny", "Ours")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("imagine", "imagine: file: is neither a shipped catalogue nor a file; did you mean “imaging”?"),
        (
            "/nowhere/at/all",
            f"/nowhere/at/all: file: is neither a shipped catalogue nor a file; there is {', '.join(shipped())}",
        ),
    ],
)
def test_a_source_that_is_not_there_is_answered_with_what_is(source: str, said: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        load(source)
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"\xff\xfe", "is not UTF-8 text"), (b"#" * 1_000_001, "is larger than 1000000 bytes")],
)
def test_a_file_that_cannot_be_a_catalogue_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "odd.toml"
    file.write_bytes(content)
    with pytest.raises(CatalogueError) as caught:
        load(file)
    assert caught.value.reason == said


@pytest.mark.parametrize("typed", ["super_admin", "Super admin", "SUPER-ADMIN", " super  Admin "])
def test_a_role_is_known_by_id_or_title_however_it_is_typed(typed: str) -> None:
    role = load("default").role(typed)
    assert role is not None
    assert role.id == "super_admin"


def test_a_role_of_a_space_is_not_one_of_the_organization() -> None:
    assert load("default").role("editor") is None
    assert load("default").role("editor", scope="space") is load("default").space["editor"]
    assert load("default").role("admin", scope="space") is None


def test_somebody_without_a_role_lacks_all_and_may_nothing() -> None:
    catalogue = load("default")
    assert catalogue.lacks(None, catalogue.top) >= catalogue.top.permissions
    assert not catalogue.allows(None, "members:list")
    assert not catalogue.manages_members(None)
    assert not catalogue.in_space(None, None)


def test_what_is_held_in_one_space_counts_for_nothing_in_the_organization() -> None:
    mondoo = load("mondoo")
    assert mondoo.lacks(mondoo.space["owner"], mondoo.organization["viewer"])
    assert not mondoo.lacks(mondoo.organization["owner"], mondoo.space["owner"])
    assert mondoo.lacks(mondoo.organization["viewer"], mondoo.space["editor"])


def test_a_catalogue_cannot_be_changed() -> None:
    catalogue = load("default")
    with pytest.raises(TypeError):
        catalogue.organization["king"] = catalogue.top  # pyright: ignore[reportIndexIssue] (the point of the test)
    with pytest.raises(AttributeError):
        catalogue.title = "Mine"  # pyright: ignore[reportAttributeAccessIssue] (the point of the test)


def held(catalogue: Catalogue) -> set[str]:
    return {name for role in catalogue.organization.values() for name in role.permissions}


def test_catalogues_without_spaces_open_none() -> None:
    assert not {"spaces:create", "spaces:delete"} & (held(load("resmo")) | held(load("automation")))


def test_a_file_may_close_a_change_to_everybody() -> None:
    catalogue = parse(TINY.replace('export = "members:edit"', 'export = "nobody"'), file="tiny.toml")
    assert not any(catalogue.allows(role, catalogue.needs["export"]) for role in catalogue.organization.values())
