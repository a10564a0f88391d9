import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from handlers.catalogue import load, shipped
from handlers.matrix import matrix


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    class Markdown(SingleFileSnapshotExtension):
        file_extension = "md"
        _write_mode = WriteMode.TEXT

    return snapshot.use_extension(Markdown)


@pytest.mark.parametrize("name", shipped())
def test_the_matrix_of_a_catalogue_changes_only_on_purpose(name: str, snapshot: SnapshotAssertion) -> None:
    assert matrix(load(name)) == snapshot
