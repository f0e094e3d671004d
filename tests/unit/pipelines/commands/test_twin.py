"""`informality twin --error`: what is planted is asked for by name, and a wrong wish is refused."""

import polars as pl
import pytest

from pipelines.commands.start import start


def test_an_error_of_the_twin_is_set_from_the_command_line(tmp_path, capsys):
    wish = ["--error", "duplicates=0", "--error", "dormant=0.2"]
    assert start("twin", ["--folder", str(tmp_path), "--scale", "0.005", *wish, "--json"]) == 0
    capsys.readouterr()
    drawn = pl.read_csv(tmp_path / "truth_coverage.csv").filter(branch="total")
    found = dict(drawn.select("measure", "value").iter_rows())
    assert found["error:duplicates"] == 0
    assert found["error:dormant"] == pytest.approx(0.2, abs=0.002)
    # Drawn person by person: five standard deviations among some 1,300.
    assert found["error:late_posting"] == pytest.approx(0.03, abs=0.024)


@pytest.mark.parametrize(
    ("wish", "said"), [("dormnt=0.1", "choose among duplicates, dormant"), ("dormant=2", "from 0 to 0.3")]
)  # fmt: skip
def test_a_wrong_error_ends_with_what_is_allowed(tmp_path, capsys, wish, said):
    assert start("twin", ["--folder", str(tmp_path), "--scale", "0.005", "--error", wish]) == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
