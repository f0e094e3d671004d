"""A page about made-up data says so in its name, and one of the two names is there at a time."""

from pipelines.files import page_in, write_page
from pipelines.provenance import is_made_up


def test_the_name_of_a_page_says_whether_its_data_are_made_up(tmp_path):
    made_up = write_page(tmp_path, "coverage", b"1", made_up=True)
    assert made_up.name == "coverage_SYNTHETIC.html"
    assert page_in(tmp_path, "coverage") == made_up
    real = write_page(tmp_path, "coverage", b"2", made_up=False)
    assert real.read_bytes() == b"2"
    assert [path.name for path in tmp_path.iterdir()] == ["coverage.html"]
    assert page_in(tmp_path, "coverage") == real


def test_one_made_up_file_makes_up_what_stands_on_it():
    assert is_made_up([{"name": "a"}, {"name": "b", "synthetic": True}])
    assert not is_made_up([{"name": "a", "synthetic": False}, {"name": "b"}])
