"""Map states: the detectors of a film, and its trailers."""

from pathlib import Path

from tests.e2e.conformance.conftest import Machines
from tests.e2e.conformance.states import PASS, each, retry, task


def test_items_are_selected_and_results_keep_their_order(machines: Machines, function: str) -> None:
    states = {
        "A": each(
            {"One": task(function)},
            ItemsPath="$.detectors",
            ItemSelector={
                "videoId.$": "$.videoId",
                "detector.$": "$$.Map.Item.Value",
                "index.$": "$$.Map.Item.Index",
            },
            ResultPath="$.detections",
        )
    }
    done = machines.run(states, {"videoId": "v", "detectors": ["segments", "labels", "faces"]})
    assert done.output["videoId"] == "v"
    assert done.output["detections"] == [
        {"videoId": "v", "detector": name, "index": index}
        for index, name in enumerate(["segments", "labels", "faces"])
    ]


def test_without_a_selector_the_item_is_the_input(machines: Machines) -> None:
    assert machines.run({"A": each({"One": PASS})}, [1, {"two": 2}]).output == [1, {"two": 2}]


def test_no_items_give_no_results(machines: Machines) -> None:
    assert machines.run({"A": each({"One": PASS}, ItemsPath="$.none")}, {"none": []}).output == []


def test_items_that_are_no_array_are_an_error(machines: Machines) -> None:
    done = machines.run({"A": each({"One": PASS}, ItemsPath="$.x")}, {"x": {"a": 1}})
    assert (done.status, done.error) == ("FAILED", "States.Runtime")


def test_iterations_run_side_by_side(machines: Machines, function: str) -> None:
    """Four detectors take as long as the slowest, not as all of them."""
    wait = {"Type": "Wait", "Seconds": 1, "End": True}
    done = machines.run({"A": each({"One": wait})}, [1, 2, 3, 4])
    entered = [event["timestamp"] for event in done.events if event["type"] == "WaitStateEntered"]
    exited = [event["timestamp"] for event in done.events if event["type"] == "WaitStateExited"]
    assert max(entered) < min(exited)


def test_max_concurrency_is_kept(machines: Machines) -> None:
    wait = {"Type": "Wait", "Seconds": 1, "End": True}
    done = machines.run({"A": each({"One": wait}, MaxConcurrency=1)}, [1, 2])
    kinds = [kind for kind in done.types() if kind in ("WaitStateEntered", "WaitStateExited")]
    assert kinds == ["WaitStateEntered", "WaitStateExited"] * 2


def test_a_retry_inside_an_iteration_repeats_only_its_state(
    machines: Machines, function: str, counter: str
) -> None:
    state = task(function, Retry=[retry("ServiceBusyError")])
    selector = {"error": "ServiceBusyError", "failures": 1, "counter": counter, "n.$": "$$.Map.Item.Value"}
    done = machines.run({"A": each({"One": state}, ItemSelector=selector)}, [7])
    assert done.status == "SUCCEEDED"
    assert done.output[0]["n"] == 7
    assert done.types().count("MapIterationStarted") == 1


def test_a_failed_iteration_fails_the_map_with_its_error(machines: Machines, function: str) -> None:
    states = {
        "A": each(
            {"One": task(function)},
            ItemSelector={"error.$": "$$.Map.Item.Value"},
            ResultPath="$.detections",
            Catch=[{"ErrorEquals": ["VideoTooLongError"], "ResultPath": "$.error", "Next": "B"}],
            ItemsPath="$.items",
            Next="C",
        ),
        "B": {"Type": "Pass", "End": True},
        "C": {"Type": "Fail"},
    }
    done = machines.run(states, {"items": ["VideoTooLongError"], "videoId": "v"})
    assert done.output["videoId"] == "v"
    assert done.output["error"]["Error"] == "VideoTooLongError"
    assert "detections" not in done.output


def test_a_failed_iteration_ends_its_siblings(machines: Machines, function: str, tmp_path: Path) -> None:
    """One dead detector must not keep the others waiting for half a day."""
    resource = "arn:aws:states:::lambda:invoke.waitForTaskToken"
    payload = {"do": "start", "token.$": "$$.Task.Token", "file.$": "$.file"}
    choice = {
        "Type": "Choice",
        "Choices": [{"Variable": "$.wait", "BooleanEquals": True, "Next": "Wait"}],
        "Default": "Break",
    }
    states = {
        "One": choice,
        "Wait": task(resource, Parameters={"FunctionName": function, "Payload": payload}, TimeoutSeconds=600),
        "Break": {"Type": "Wait", "Seconds": 1, "Next": "Fail"},
        "Fail": {"Type": "Fail", "Error": "Broken", "Cause": "as asked"},
    }
    items = [{"wait": True, "file": str(tmp_path / "token")}, {"wait": False}]
    done = machines.run({"A": each(states)}, items)
    assert (done.status, done.error, done.cause) == ("FAILED", "Broken", "as asked")
    assert done.types().count("MapIterationStarted") == 2


def test_a_map_can_be_retried_as_a_whole(machines: Machines, function: str, counter: str) -> None:
    selector = {"error": "ServiceBusyError", "failures": 1, "counter": counter}
    state = each({"One": task(function)}, ItemSelector=selector, Retry=[retry("ServiceBusyError")])
    done = machines.run({"A": state}, [1])
    assert done.status == "SUCCEEDED"
    assert done.types().count("MapStateStarted") == 2


def test_maps_nest(machines: Machines) -> None:
    inner = each({"Two": PASS}, ItemSelector={"v.$": "$$.Map.Item.Value"})
    done = machines.run({"A": each({"One": inner})}, [[1, 2], [3]])
    assert done.output == [[{"v": 1}, {"v": 2}], [{"v": 3}]]
