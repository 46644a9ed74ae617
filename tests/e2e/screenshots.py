"""`python -m tests.e2e.screenshots`: the lab at three widths, light and dark, into docs/screenshots."""

from pathlib import Path

from tests.browser import running_browser, running_server

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
SIZES = ((1440, 900), (1024, 768), (390, 844))


def main() -> None:
    """Open the lab, follow one mistake back, and take its picture."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running_server() as server, running_browser() as browser:
        for width, height in SIZES:
            for scheme in ("light", "dark"):
                context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, base_url=server)
                page = context.new_page()
                page.goto("/")
                follow = page.get_by_role("button", name="Follow it back")
                follow.wait_for(timeout=20_000)
                follow.click()
                page.wait_for_timeout(1500)
                page.screenshot(path=str(FOLDER / f"{scheme}-{width}.png"))
                context.close()


if __name__ == "__main__":
    main()
