from collections.abc import Iterator

import click
import pytest

from bot.__main__ import usher
from handlers.catalogue import load
from handlers.matrix import matrix
from tests.cli.conftest import Command


@pytest.mark.parametrize("name", ["default", "mondoo"])
def test_the_shown_catalogue_is_the_role_matrix_of_the_readme(command: Command, name: str) -> None:
    ended = command("catalogue", "show", name)

    assert (ended.status, ended.out) == (0, matrix(load(name)))


def test_without_a_name_the_catalogue_of_the_settings_is_shown(command: Command) -> None:
    ended = command("catalogue", "show", USHER_CATALOGUE="resmo")

    assert ended.out.startswith("## Resmo")


def test_a_catalogue_that_is_none_is_one_line_with_the_names_that_there_are(command: Command) -> None:
    ended = command("catalogue", "show", "imagine")

    assert (ended.status, len(ended.lines)) == (2, 1)
    assert "imaging" in ended.lines[0]


def test_an_unknown_command_says_how_to_find_the_right_one(command: Command) -> None:
    ended = command("invite")

    assert ended.status == 2
    assert "usher --help" in ended.err


@pytest.fixture
def broken() -> Iterator[None]:
    @usher.command()
    def boom() -> None:
        raise ValueError("hunter2")

    yield
    usher.commands.pop("boom")


@pytest.mark.usefixtures("broken")
def test_an_unexpected_error_is_a_reference_on_the_terminal_and_in_the_log(command: Command) -> None:
    ended = command("boom")

    logged, told = ended.lines
    reference = told.partition("reference ")[2].partition(";")[0]
    assert ended.status == 1
    assert reference
    assert reference in logged
    assert "ValueError" in logged
    assert "hunter2" not in ended.err


@pytest.mark.usefixtures("broken")
def test_an_unexpected_error_is_shown_whole_to_who_debugs(command: Command) -> None:
    with pytest.raises(ValueError, match="hunter2"):
        command("--debug", "boom")


def test_every_command_explains_itself() -> None:
    def commands(group: click.Group) -> Iterator[click.Command]:
        for one in group.commands.values():
            yield one
            yield from commands(one) if isinstance(one, click.Group) else ()

    serving = {"run", "check", "db", "upgrade", "catalogue", "show", "demo"}
    operating = {"token", "webhook", "audit", "create", "list", "revoke", "delete", "verify"}
    assert {one.name for one in commands(usher)} == serving | operating
    assert all(one.help for one in commands(usher))
