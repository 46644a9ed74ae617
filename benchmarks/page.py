"""`python -m benchmarks.page`: how smoothly the page draws a network of about 1,000 edges that trains as fast as it can, in a real Chromium."""

import argparse
import base64
import json
import sys
import zlib
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, CDPSession

from tests.browser import running_browser, running_server

HIDDEN = (20, 23, 20)
"""Units of the hidden layers: 2·20 + 20·23 + 23·20 + 20·1 = 980 edges, each drawn as a line of its own."""
SPEC = {
    "data": {"kind": "spiral", "rows": 400},
    "layers": [part for units in HIDDEN for part in ({"kind": "linear", "units": units}, {"kind": "tanh"})] + [{"kind": "linear", "units": 1}],
    "loss": {"kind": "binary_cross_entropy_with_logits"},
    "optimizer": {"kind": "sgd", "learning_rate": 0.05},
}
WATCH = """async (time) => {
    const canvas = document.querySelector("#network canvas"), clear = CanvasRenderingContext2D.prototype.clearRect;
    const seen = { beats: [], drawn: 0, shifts: 0 };
    CanvasRenderingContext2D.prototype.clearRect = function (...box) {
        if (this.canvas === canvas) seen.drawn += 1;
        return clear.apply(this, box);
    };
    const watch = new PerformanceObserver((list) => { for (const entry of list.getEntries()) seen.shifts += entry.value; });
    watch.observe({ type: "layout-shift" });
    const end = performance.now() + time;
    for (let now = 0; now < end;) {
        now = await new Promise(requestAnimationFrame);
        seen.beats.push(now);
    }
    watch.disconnect();
    CanvasRenderingContext2D.prototype.clearRect = clear;
    return seen;
}"""
PARTS = {"TaskDuration": "all", "ScriptDuration": "script", "LayoutDuration": "layout", "RecalcStyleDuration": "style"}


@dataclass(frozen=True)
class Seen:
    """What a page did in so many seconds: when it could draw, how often the network was drawn, seconds of its main thread, layout shift."""

    seconds: float
    beats: list[float]
    drawn: int
    spent: dict[str, float]
    shifts: float


def main(arguments: list[str]) -> int:
    """Open the page so many times, and print a line for each."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--times", type=int, default=3, help="how often it is measured (default 3; other work on the machine shows)")
    parser.add_argument("--profile", action="store_true", help="also list where the main thread's time goes")
    options = parser.parse_args(arguments)
    edges = sum(a * b for a, b in zip((2, *HIDDEN), (*HIDDEN, 1), strict=True))
    print(f"{edges} edges, training as fast as it can, {options.seconds:g} s at 1440 × 900")
    with running_server() as server, running_browser() as browser:
        for _ in range(options.times):
            report(measure(browser, server, options.seconds, profile=options.profile))
    return 0


def measure(browser: Browser, server: str, seconds: float, *, profile: bool = False) -> Seen:
    """Open the network, let it train, and watch the page while it does."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=server)
    page = context.new_page()
    page.goto(address())
    page.locator("#status", has_text="as fast as possible").wait_for(timeout=30_000)
    page.locator("#badge .badge").wait_for(timeout=30_000)
    page.wait_for_timeout(1000)
    tools = context.new_cdp_session(page)
    tools.send("Performance.enable", {"timeDomain": "threadTicks"})
    if profile:
        tools.send("Profiler.enable")
        tools.send("Profiler.start")
    before = metrics(tools)
    found = page.evaluate(WATCH, 1000 * seconds)
    after = metrics(tools)
    if profile:
        hot(tools.send("Profiler.stop")["profile"])
    context.close()
    return Seen(seconds, found["beats"], found["drawn"], {name: after[name] - before[name] for name in PARTS}, found["shifts"])


def address() -> str:
    """The link that opens the network, training without a bound on its speed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(json.dumps({"spec": SPEC, "rate": None, "scope": "batch"}).encode()) + packer.flush()
    return "/#lab=" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def metrics(tools: CDPSession) -> dict[str, float]:
    """Chromium's own counters of the page's main thread, in seconds of processor time, which other work on the machine does not lengthen."""
    return {each["name"]: each["value"] for each in tools.send("Performance.getMetrics")["metrics"]}


def report(seen: Seen) -> None:
    """One line: beats of the page, drawings of the network, milliseconds of the main thread for each beat, layout shift."""
    gaps = sorted(b - a for a, b in zip(seen.beats, seen.beats[1:], strict=False))
    beats, drawn, longest = len(seen.beats) / seen.seconds, seen.drawn / seen.seconds, gaps[int(0.99 * len(gaps))]
    parts = ", ".join(f"{words} {1000 * seen.spent[name] / len(seen.beats):.1f}" for name, words in PARTS.items())
    print(f"{beats:5.1f} frames a second (99 % within {longest:.0f} ms), network drawn {drawn:.1f} times a second", end="; ")
    print(f"main thread, ms of processor a frame: {parts}; layout shift {seen.shifts:.4f}")


def hot(profile: dict[str, Any]) -> None:
    """The functions in which most samples fell, with their share."""
    spent: dict[str, float] = {}
    names = {node["id"]: _place(node["callFrame"]) for node in profile["nodes"]}
    for node, took in zip(profile["samples"], profile["timeDeltas"], strict=True):
        spent[names[node]] = spent.get(names[node], 0) + took
    whole = sum(spent.values())
    for name, took in sorted(spent.items(), key=lambda pair: -pair[1])[:25]:
        print(f"  {100 * took / whole:5.1f} %  {name}")


def _place(frame: dict[str, Any]) -> str:
    return f"{frame['functionName'] or '(anonymous)'} {frame['url'].split('/')[-1]}:{frame['lineNumber'] + 1}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
