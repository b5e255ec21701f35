"""What tools/bench promises about its figures, its tables and what it keeps."""

import io
import pathlib
import tempfile
import unittest
from contextlib import redirect_stderr
from unittest import mock

from harness import chart, machine, peers, publish, simulators, structures
from harness.server import Server, Trouble
from harness.store import Store
from harness.table import count, per_second, spread, thousands


def measured(cycles_per_s):
    return {"cycles_per_s": cycles_per_s, "server_cpu_us_per_cycle": 1.0,
            "client_cpu_us_per_cycle": 0.5, "batch_us": {"p50": 1, "p99": 2}}


def session(**ways):
    found = {way.replace("_", " "): measured(rate) for way, rate in ways.items()}
    return {"empty": found, "full": found, "latency": {"open_us": {"p50": 10, "p99": 20}},
            "load": {"seconds": 2.0}, "bytes_per_ticket": 400.0}


def answer():
    ours = [session(a_500=300_000), session(a_500=100_000), session(a_500=200_000)]
    theirs = [session(a_100=40_000, a_500=50_000)] * 3
    return {"facts": {"cores": 2, "processor": "x", "kernel": "k", "compiler": "c",
                      "commit": "abc", "date": "2026-01-01", "load_before": 0.0},
            "plan": {"rounds": 3, "waiting": 1_000_000, "seconds": 4.0},
            "results": {"Paceline": {"sync": ours}, "Redis": {"sync": theirs}}}


class Figures(unittest.TestCase):
    def test_a_median_comes_with_smallest_and_largest(self):
        self.assertEqual(spread([3.0, 1.0, 2.0], "{:.0f}".format), "2 (1–3)")

    def test_one_figure_stands_alone(self):
        self.assertEqual(spread([2.0], "{:.0f}".format), "2")

    def test_what_was_not_measured_is_a_dash(self):
        self.assertEqual(spread([None], "{:.0f}".format), "–")

    def test_small_rates_keep_a_digit(self):
        self.assertEqual([thousands(1_230), thousands(123_456)], ["1.2 k", "123 k"])

    def test_rates_of_simulators_keep_three_digits(self):
        self.assertEqual([per_second(14_912_000), per_second(981_000), per_second(127_400)],
                         ["14.9 M", "0.981 M", "127 k"])

    def test_counts_are_round(self):
        self.assertEqual([count(10_000), count(3_000_000), count(7)], ["10 k", "3 M", "7"])


class PeersTable(unittest.TestCase):
    def test_the_fastest_way_of_driving_a_server_counts(self):
        self.assertEqual(peers.fastest(answer()["results"]["Redis"]["sync"], "full")[0], "a 500")

    def test_ours_is_compared_with_the_best_of_the_others_by_medians(self):
        self.assertIn("- synced before the answer, with the tickets waiting: 4.00 × Redis",
                      peers.comparisons(answer()))

    def test_every_system_says_what_differs(self):
        text = "\n".join(peers.markdown(answer()))
        self.assertIn("no reservation", text)
        self.assertIn("commit abc", text)


MODELS = {
    "bounds": {"standard_errors": 5, "error_of_waits": 0.15, "error_of_occupancy": 0.02},
    "mm100": {"arrival_rate": 90.0, "service_rate": 1.0, "agents": 100, "exact": {
        "mean_wait": [0.0217], "p_wait": [0.217], "occupancy": [0.9]}},
    "n_model": {"arrival_rates": [36.0, 54.0], "service_rate": 1.0, "agents": [40, 60], "exact": {
        "mean_wait": [0.00094, 0.16], "p_wait": [0.06, 0.53], "occupancy": [0.845, 0.937]}},
    "tiers": {"arrival_rate": 54.0, "service_rates": [1.0, 0.5, 0.25], "agents": [60, 25, 12],
              "onward": [0.2, 0.25, 0.0], "priority_shares": [0.05, 0.1, 0.25, 0.35, 0.25],
              "exact": {"mean_wait": [0.0057, 0.0065, 0.0098, 0.026, 0.166, 0.223, 2.13],
                        "p_wait": [0.325] * 5 + [0.38, 0.64], "occupancy": [0.9, 0.864, 0.9]}},
}


def run_of(wait, occupancy=0.9):
    return {"mean_wait": [wait], "p_wait": [0.217], "occupancy": [occupancy]}


def simulated(*names):
    found = [{"customers_per_s": rate} for rate in (1e6, 4e6, 2e6)]
    check = {"standard_errors": 2.5, "error_of_waits": 0.05}
    return {"facts": answer()["facts"],
            "plan": {"rounds": 3, "quick": False, "customers": 200_000, "models": MODELS},
            "checks": {name: dict.fromkeys(simulators.MODELS, check) for name in names},
            "results": {name: {model: found if name == simulators.OURS else found[:1] * 3
                               for model in [*simulators.MODELS, simulators.DAY]}
                        for name in names}}


class Simulators(unittest.TestCase):
    def test_the_distance_is_that_of_the_farthest_mean_in_its_own_standard_errors(self):
        runs = [run_of(2.0), run_of(4.0), run_of(3.0), run_of(3.0)]
        found = simulators.distance(runs, {"mean_wait": [2.0]})
        error = (2 / 3) ** 0.5 / 2
        self.assertAlmostEqual(found["standard_errors"], 1.0 / error)
        self.assertAlmostEqual(found["error_of_waits"], error / 2.0)

    def test_figures_that_are_off_without_any_spread_are_infinitely_far(self):
        found = simulators.distance([run_of(0.0)] * 3, {"mean_wait": [0.02]})
        self.assertEqual(found["standard_errors"], float("inf"))

    def check(self, runs):
        one = simulators.InPython("Some", "some", "some.py", "processes", "")
        with mock.patch.object(one, "run", lambda *_: runs):
            return one.check("mm100", MODELS)

    def test_a_simulator_with_other_answers_is_not_timed(self):
        with self.assertRaisesRegex(Trouble, "Some, mm100: standard_errors .* above 5"):
            self.check([run_of(wait) for wait in (0.0300, 0.0301, 0.0299)])

    def test_runs_too_short_to_tell_are_no_agreement(self):
        with self.assertRaisesRegex(Trouble, "error_of_waits"):
            self.check([run_of(wait) for wait in (0.01, 0.02, 0.04)])

    def test_the_ratio_is_of_medians_and_to_ours(self):
        text = "\n".join(simulators.markdown(simulated("Paceline", "C++ loop")))
        self.assertIn("| 2 M (1 M–4 M) |", text)
        self.assertIn("| 1 M (1 M–1 M)<br>0.50 × Paceline |", text)

    def test_short_runs_are_told_in_seconds(self):
        text = "\n".join(simulators.markdown(simulated("Paceline")))
        self.assertIn("| 1 (0.5–2) |", text)

    def test_without_ours_there_is_no_ratio_and_what_is_missing_has_no_line(self):
        text = "\n".join(simulators.markdown(simulated("C++ loop")))
        self.assertNotIn("×", text)
        self.assertNotIn("SimPy", text.split("\n\n")[0])

    def test_the_page_says_what_was_simulated(self):
        text = "\n".join(simulators.markdown(simulated("C++ loop")))
        self.assertIn("60, 25 and 12 agents, services of 1, 2 and 4; 0.2 and 0.25 go on", text)

    def test_the_scripts_simulate_the_models_they_are_given(self):
        there = [one for one in simulators.SIMULATORS
                 if isinstance(one, simulators.InPython) and one.there()]
        if not there:
            self.skipTest("no SimPy: tools/setup --bench installs it")
        for one in there:
            for model in simulators.MODELS:
                with self.subTest(simulator=one.name, model=model):
                    found, other = one.run(model, MODELS, 8_000, 1, 2)
                    exact = MODELS[model]["exact"]
                    self.assertEqual([len(found[figure]) for figure in exact],
                                     [len(values) for values in exact.values()])
                    self.assertNotEqual(found["mean_wait"], other["mean_wait"])
                    for seen, value in zip(found["occupancy"], exact["occupancy"]):
                        self.assertLess(abs(seen - value), 0.15)


class Publishing(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.page = pathlib.Path(folder.name) / "README.md"
        self.enterContextOf(mock.patch.object(publish, "README", self.page))
        self.enterContextOf(mock.patch.object(machine, "ROOT", self.page.parent))
        self.enterContextOf(mock.patch.object(chart, "draw"))
        self.enterContextOf(redirect_stderr(io.StringIO()))

    def enterContextOf(self, context):
        context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)

    def test_only_what_lies_between_the_markers_changes(self):
        begin, end = publish.markers("peers")
        self.page.write_text(f"before\n{begin}\nold\n{end}\nafter\n")
        publish.publish("peers", answer())
        text = self.page.read_text()
        self.assertTrue(text.startswith("before\n") and text.endswith("after\n"))
        self.assertNotIn("\nold\n", text)
        publish.publish("peers", answer())
        self.assertEqual(self.page.read_text(), text)

    def test_a_page_without_markers_is_refused(self):
        self.page.write_text("nothing\n")
        with self.assertRaises(Trouble):
            publish.publish("peers", answer())
        self.assertEqual(self.page.read_text(), "nothing\n")


class Results(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        patch = mock.patch.object(machine, "RESULTS", pathlib.Path(folder.name))
        patch.start()
        self.addCleanup(patch.stop)

    def test_resuming_measures_only_what_is_missing(self):
        Store("x", {"size": 1}, False, machine.TUNED).get("a", lambda: 1)
        store = Store("x", {"size": 1}, True, machine.TUNED)
        self.assertEqual(store.get("a", lambda: 2), 1)
        self.assertEqual(store.get("b", lambda: 2), 2)

    def test_another_plan_begins_anew(self):
        Store("x", {"size": 1}, False, machine.TUNED).get("a", lambda: 1)
        with redirect_stderr(io.StringIO()):
            self.assertEqual(Store("x", {"size": 2}, True, machine.TUNED).get("a", lambda: 2), 2)

    def test_a_measurement_that_fails_leaves_nothing(self):
        store = Store("x", {}, False, machine.TUNED)
        with self.assertRaises(ZeroDivisionError):
            store.get("a", lambda: 1 // 0)
        self.assertEqual(store.get("a", lambda: 1), 1)


class Lines(unittest.TestCase):
    def test_names_of_the_benches_are_understood(self):
        for name, parts in (("mixed<peers::StdSet>/n:10000/iterations:5", ("mixed", "StdSet", "10000")),
                            ("hand_off<Intake>/producers:2/manual_time", ("hand_off", "Intake", "2"))):
            self.assertEqual(structures.NAME.match(name).groups(), parts)


class Processes(unittest.TestCase):
    class Sleeper(Server):
        name = "sleeper"

        def command(self):
            return ["sleep", "60"]

        def answers(self):
            return True

    def test_a_server_ends_and_its_folder_goes_when_a_measurement_fails(self):
        server = self.Sleeper("memory")
        with self.assertRaises(ZeroDivisionError):
            with server:
                pid, folder = server.process.pid, server.folder
                raise ZeroDivisionError
        self.assertFalse(pathlib.Path(f"/proc/{pid}").exists())
        self.assertFalse(folder.exists())

    def test_a_server_that_ends_by_itself_is_told_with_its_last_words(self):
        class Broken(self.Sleeper):
            def command(self):
                return ["sh", "-c", "echo no such port >&2; exit 1"]

            def answers(self):
                return False

        with self.assertRaisesRegex(Trouble, "no such port"):
            Broken("memory").__enter__()


if __name__ == "__main__":
    unittest.main()
