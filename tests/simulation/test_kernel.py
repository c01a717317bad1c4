"""The kernel keeps time, gives turns, and kills."""

from tests.simulation.kernel import Kernel


def test_code_takes_turns_in_the_order_of_virtual_time() -> None:
    """Three pieces of code that wait take turns as their waits end, and the clock follows them."""
    kernel = Kernel(1)
    seen: list[tuple[float, str]] = []

    def code(name: str, gap: float) -> None:
        for _ in range(3):
            assert kernel.current is not None
            kernel.current.pause(gap)
            seen.append((kernel.now, name))

    for name, gap in (("slow", 5.0), ("quick", 2.0), ("middling", 3.0)):
        kernel.spawn(lambda name=name, gap=gap: code(name, gap))  # type: ignore[misc]

    assert kernel.run()
    assert seen == sorted(seen, key=lambda each: each[0])
    assert [name for _, name in seen] == [
        "quick", "middling", "quick", "slow", "middling", "quick", "middling", "slow", "slow",
    ]  # fmt: skip


def test_killed_code_does_nothing_more() -> None:
    """What is killed while it waits unwinds at once and sees no later moment."""
    kernel = Kernel(1)
    seen: list[str] = []

    def code() -> None:
        task = kernel.current
        assert task is not None
        try:
            task.pause(10.0)
            seen.append("went on")
        finally:
            seen.append(f"ended at {kernel.now}")

    task = kernel.spawn(code)
    kernel.at(4.0, task.kill_now)

    assert kernel.run()
    assert seen == ["ended at 4.0"]
    assert task.done


def test_code_ends_with_its_time() -> None:
    """Nothing runs on beyond the end that it was given, however long it meant to wait."""
    kernel = Kernel(1)
    seen: list[float] = []

    def code() -> None:
        for _ in range(10):
            assert kernel.current is not None
            kernel.current.pause(2.0)
            seen.append(kernel.now)

    kernel.spawn(code, ends_at=5.0)

    assert kernel.run()
    assert seen == [2.0, 4.0]
    assert kernel.now == 5.0


def test_a_wait_ends_when_somebody_wakes_it() -> None:
    """What waits for another goes on at the moment at which it is woken."""
    kernel = Kernel(1)
    seen: list[float] = []

    def code() -> None:
        task = kernel.current
        assert task is not None
        kernel.after(7.0, task.wake)
        task.wait(until=50.0)
        seen.append(kernel.now)
        task.wait(until=30.0)
        seen.append(kernel.now)

    kernel.spawn(code)

    assert kernel.run()
    assert seen == [7.0, 30.0]


def test_closing_leaves_nothing_behind() -> None:
    """Code that still waits when the world ends is unwound."""
    kernel = Kernel(1)
    ended: list[int] = []

    def code(number: int) -> None:
        assert kernel.current is not None
        try:
            kernel.current.pause(1_000.0)
        finally:
            ended.append(number)

    for number in range(5):
        kernel.spawn(lambda number=number: code(number))  # type: ignore[misc]
    kernel.run(until=10.0)
    kernel.close()

    assert sorted(ended) == [0, 1, 2, 3, 4]
