"""Run lengths and operating figures, with small fixed seeds."""

import numpy as np
import pytest

from ruptures.detection import simulate

RUNS = 40_000
SHORT = [case for case in simulate.published_run_lengths() if case.published < 200]


def test_published_run_lengths_are_all_there():
    assert len(simulate.published_run_lengths()) == 2 + 18 + 22


@pytest.mark.parametrize("case", SHORT, ids=lambda case: f"{case.name} {case.shift} {case.limit}")
def test_run_lengths_agree_with_the_published_ones(case):
    assert simulate.mean_run_length(case, RUNS, seed=7) == pytest.approx(case.published, rel=0.02)


def test_operating_figures_are_near_the_reference():
    table = "\n".join(simulate.operating_table(4000, seed=7))
    figures = {
        row.split("|")[1].strip(): float(row.split("|")[2])
        for row in table.splitlines()
        if row.startswith(("| `", "| any"))
    }
    for rule, reference in simulate.REFERENCE_RATES.items():
        assert figures[f"`{rule}`"] == pytest.approx(reference, abs=2)
    assert figures["any moderate score rule"] == pytest.approx(2.4, abs=0.5)


@pytest.mark.parametrize("strain", simulate.STRAINS, ids=lambda strain: strain.name)
def test_strains_are_caught_about_as_often_as_the_reference_says(strain):
    share = simulate.caught(strain, 4000, np.random.default_rng(7))
    assert share == pytest.approx(strain.reference, abs=4)


def test_report_is_written_between_the_markers(tmp_path, capsys):
    page = tmp_path / "page.md"
    page.write_text(f"before\n{simulate.BEGIN}\nold\n{simulate.END}\nafter\n")
    assert simulate.main(["--runs", "50", "--seed", "3", "--write", str(page)]) == 0
    text = page.read_text()
    assert text.startswith(f"before\n{simulate.BEGIN}\nPolicy")
    assert text.endswith(f"{simulate.END}\nafter\n")
    assert "seed 3, 50 runs" in text
    assert "old" not in text
    assert capsys.readouterr().out.strip() in text


def test_report_needs_its_place_in_the_page(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("no place")
    with pytest.raises(ValueError, match="simulation:begin"):
        simulate.write_between_markers(page, "text")
    assert page.read_text() == "no place"
