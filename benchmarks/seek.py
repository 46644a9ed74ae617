"""`python -m benchmarks.seek`: going anywhere in 10,000 updates of the default network, in the engine, and on the page with its redraw in a real Chromium."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import sys
from statistics import median, quantiles
from time import perf_counter

import numpy as np
from playwright.sync_api import Page

from benchmarks.page import PARTS, metrics
from engine import FIELDS, Position, Session, SessionSpec
from tests.browser import running_browser, running_server

UPDATES = 10_000
BOUND = 0.1
"""Seconds to a place, its picture included, for 95 of 100 places."""
LISTEN = """(() => {
    const Plain = window.WebSocket, places = new Map();
    window.arrived = () => undefined;
    window.WebSocket = class extends Plain {
        constructor(...how) {
            super(...how);
            this.addEventListener("message", ({data}) => {
                if (typeof data === "string") return;
                const head = new DataView(data);
                places.set(head.getUint32(8, true), [head.getUint32(12, true), head.getUint32(16, true)].join());
            });
        }
        send(text) {
            super.send(text);
            const { ack } = JSON.parse(text);
            if (ack !== undefined) window.arrived(places.get(ack));
        }
    };
})()"""
"""The page acknowledges a frame from the animation frame in which it has drawn it: that is when a place has arrived."""
GO = """async ([name, value, place]) => {
    const drawn = new Promise((resolve) => { window.arrived = (at) => at === place && resolve(); });
    const track = document.querySelector(name), start = performance.now();
    track.value = value;
    track.dispatchEvent(new Event("input", { bubbles: true }));
    await drawn;
    await new Promise(requestAnimationFrame);
    return performance.now() - start;
}"""
"""Move a thumb of the timeline, and answer the milliseconds until the frame after the one in which the network was drawn there."""


def main(arguments: list[str]) -> int:
    """Print the times; exit 1 where going somewhere takes longer than the bound."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.seek", description=__doc__)
    parser.add_argument("--places", type=int, default=1000, help="in the engine (default 1000)")
    parser.add_argument("--pictures", type=int, default=200, help="on the page (default 200)")
    options = parser.parse_args(arguments)
    late = max(engine(options.places), page(options.pictures) if options.pictures else 0.0)
    return int(late > BOUND)


def engine(places: int) -> float:
    """Seconds for 95 of 100 places, without a browser."""
    session = Session(SessionSpec())
    start = perf_counter()
    session.run(Position(UPDATES, 0), tap=())
    whole = perf_counter() - start
    times = []
    for update, op in anywhere(places, session.instruction_count):
        start = perf_counter()
        session.seek(Position(update, op))
        session.frame(list(FIELDS), 0, 1, running=False)
        times.append(perf_counter() - start)
    kept = session.snapshots
    print(f"{UPDATES:,} updates without stopping       {whole * 1e3:8.1f} ms")
    late = report("the engine, with its frame", times)
    print(f"as a share of the whole run        {median(times) / whole:8.4f}")
    print(f"snapshots                          {len(kept):8d}, every {kept.stride} updates, {kept.nbytes / 1e6:.2f} MB")
    return late


def page(pictures: int) -> float:
    """Seconds for 95 of 100 places on the page, by the thumbs of its timeline, until the network is drawn there: whole updates, and ops of them."""
    with running_server() as server, running_browser() as browser:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=server)
        lab = context.new_page()
        lab.add_init_script(LISTEN)
        lab.goto("/")
        lab.get_by_role("button", name="Pause", exact=True).click(timeout=30_000)
        count = trained(lab)
        tools = context.new_cdp_session(lab)
        tools.send("Performance.enable", {"timeDomain": "threadTicks"})
        before = metrics(tools)
        updates, ops = [], []
        for update, op in anywhere(pictures // 2, count - 1):
            updates.append(lab.evaluate(GO, [".run-track", update, f"{update},0"]) / 1e3)
            lab.locator(f".run-where:text-is('{update:,}')").wait_for()  # the lower track is over this update from here on
            ops.append(lab.evaluate(GO, [".ops-track", op + 1, f"{update - 1},{op + 1}"]) / 1e3)
        spent = {name: 1e3 * (now - before[name]) / (len(updates) + len(ops)) for name, now in metrics(tools).items() if name in PARTS}
        context.close()
    late = max(report("the page, to an update", updates), report("the page, to an op of it", ops))
    print("its main thread, of a processor    " + ", ".join(f"{words} {spent[name]:.1f}" for name, words in PARTS.items()) + " ms a place")
    return late


def trained(lab: Page) -> int:
    """Let the session on the page train to the end of the run; answers how many ops its update has."""
    script = """async (updates) => {
        const at = `/api/sessions/${(await (await fetch("/api/sessions")).json()).sessions.at(-1).id}`;
        const { position } = await (await fetch(at)).json();
        const body = JSON.stringify({ unit: "batch", count: updates - position.update });
        await fetch(`${at}/step`, { method: "POST", headers: { "Content-Type": "application/json" }, body });
        return (await (await fetch(`${at}/graph`)).json()).instructions.length;
    }"""
    count = int(lab.evaluate(script, UPDATES))
    lab.locator(f".run-track[max='{UPDATES}']").wait_for(timeout=30_000)
    lab.wait_for_timeout(1000)
    return count


def anywhere(places: int, ops: int) -> list[tuple[int, int]]:
    """Random places of the run, always the same."""
    rng = np.random.default_rng(1)
    return [(int(update), int(op)) for update, op in zip(rng.integers(1, UPDATES, places), rng.integers(0, ops, places), strict=True)]


def report(where: str, times: list[float]) -> float:
    """One line: half, 95 of 100 and all of the times lie below these; answers the second."""
    late = quantiles(times, n=20)[-1]
    print(f"{where:34s} {median(times) * 1e3:8.2f} ms at 50 %, {late * 1e3:.2f} ms at 95 %, {max(times) * 1e3:.2f} ms at most, of {len(times)}")
    return late


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
