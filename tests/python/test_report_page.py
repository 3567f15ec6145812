"""The report as people meet it: wide, narrow, dark, on paper, with a keyboard, with a screen reader, and with hostile names."""

import functools
import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from browser import Page
from tenant_logs import Record, at, client, notice, plan_of, proof, record, send

from startgate.log_files import sources
from startgate.plan import Settings, make_plan
from startgate.report import charts, html

SAMPLE = Path(__file__).parents[2] / "examples" / "tenant"
HOSTILE = (
    "<script>document.title = 'owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "</title></style></svg><svg onload=\"document.title='owned'\">",
    "\u202eevil\u202c \u200b\u2066\x1b[31m",
    "W" * 600,
    "spaces " * 100,
    "{{ 7 * 7 }} {% raw %} ${7*7} &lt;b&gt; &amp;",
    "javascript:alert(1)",
    "الاسم עברית 漢字 \U0001f600",
)


@functools.cache
def sample() -> str:
    settings = Settings(SAMPLE / "clients.json", SAMPLE / "tenant.json", marks=("2026-11-12=checkout 4.2",))
    return html.render(make_plan(sources([SAMPLE / "logs.ndjson.gz"]), settings))


def hostile(folder: Path) -> str:
    """Every text that comes from outside, wherever a report shows it."""
    clients = [client(f"c{i}-{name}", name=name, client_metadata={"owner": name}) for i, name in enumerate(HOSTILE)]
    records: list[Record] = []
    for i, name in enumerate(HOSTILE):
        sdk = {"name": name, "version": name}
        records += [send(f"c{i}-{name}", n / 60, ip=name, auth0_client=sdk, log_id=f"{i} {n}") for n in range(60)]
        records.append(notice(f"c{i}-{name}", 2 + i, auth0_client=sdk, client_name=name))
        records.append(record("depnote", "x", 20 + i, description=f"{name}: This feature is being deprecated."))
        records.append(record(name, "x", 30 + i))
    (folder / "exceptions.json").write_text(
        json.dumps([{"client_id": clients[0]["client_id"], "until": "2099-01-01", "why": HOSTILE[0] + HOSTILE[4]}])
    )
    (folder / "broken.ndjson").write_text("oops\n")
    plan = plan_of(folder, records, clients, exceptions=folder / "exceptions.json", marks=(f"2026-11-01={HOSTILE[1]}",))
    plan["unread"] = [{"file": HOSTILE[4], "line": 1, "expected": HOSTILE[1]}]
    return html.render(plan | {"unread_count": 1})


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    page = Page(tmp_path_factory.mktemp("profile"))
    yield page
    page.close()


def show(browser: Page, folder: Path, text: str, width: int = 1000, **media: str) -> Page:
    (folder / "report.html").write_text(text)
    browser.complaints.clear()
    browser.send("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
    scheme = {"name": "prefers-color-scheme", "value": media.get("scheme", "light")}
    browser.send("Emulation.setEmulatedMedia", media=media.get("media", ""), features=[scheme])
    browser.open(f"file://{folder / 'report.html'}")
    return browser


# What sticks out to the right, of the page or of a part that can be scrolled by nobody.
OUTSIDE = """
  [...document.body.querySelectorAll('*')].filter(e => {
    if (e.closest('svg') && e.tagName !== 'svg') return false;
    const scrolled = matchMedia('print').matches ? null : e.closest('.wide');
    return !scrolled && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1;
  }).map(e => e.tagName + ' ' + e.className + ' ' + e.textContent.slice(0, 40))
"""


@pytest.mark.parametrize("width", [320, 400, 768, 1400])
@pytest.mark.parametrize("which", ["sample", "hostile"])
def test_nothing_makes_the_page_wider_than_its_window(which: str, width: int, browser: Page, tmp_path: Path) -> None:
    page = show(browser, tmp_path, sample() if which == "sample" else hostile(tmp_path), width)
    assert page.do(OUTSIDE) == []
    assert page.do("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("which", ["sample", "hostile"])
def test_on_paper_nothing_is_cut_off_and_every_snippet_is_shown(which: str, browser: Page, tmp_path: Path) -> None:
    # A sheet of A4 less its margins, at 96 dots an inch.
    page = show(browser, tmp_path, sample() if which == "sample" else hostile(tmp_path), 718, media="print")
    assert page.do(OUTSIDE) == []
    assert page.do("[...document.querySelectorAll('.wide')].filter(e => e.scrollWidth > e.clientWidth + 1).length") == 0
    snippets = "[...document.querySelectorAll('details pre')]"
    assert page.do(f"{snippets}.length") > 5
    assert page.do(f"{snippets}.filter(e => e.getBoundingClientRect().height < 10 || !e.checkVisibility()).length") == 0


def test_a_hostile_name_is_shown_and_does_nothing(browser: Page, tmp_path: Path) -> None:
    page = show(browser, tmp_path, hostile(tmp_path))
    assert page.do("document.title") == "Client authentication on /passwordless/start: the plan"
    assert page.complaints == []
    titles = page.do("[...document.querySelectorAll('section h3')].map(e => e.textContent)")
    assert len(titles) == len(HOSTILE)
    for name in (HOSTILE[0], HOSTILE[1], HOSTILE[2], HOSTILE[4], HOSTILE[6], HOSTILE[8]):
        assert any(name in title for title in titles), name
    assert page.do("document.querySelectorAll('section img, section svg, section script').length") == 0
    assert "\u202e" not in page.do("document.documentElement.outerHTML")


def test_five_hundred_applications_are_a_page_as_well(browser: Page, tmp_path: Path) -> None:
    records = [
        r for i in range(500) for r in (notice(f"app{i:03}", i / 10), send(f"app{i:03}", i / 10 + 1, ip=f"192.0.2.{i % 250}"))
    ]
    text = html.render(
        plan_of(tmp_path, records, [client(f"app{i:03}", name=f"Application {i} of a big tenant") for i in range(500)])
    )
    assert len(text) < 2_000_000
    page = show(browser, tmp_path, text, 400)
    assert page.do("document.querySelectorAll('section.application').length") == 500
    assert page.do("document.querySelectorAll('tbody tr').length") == 500
    assert page.do(OUTSIDE) == []


# ---- what the page says --------------------------------------------------------------------------------------------------------


def sections(page: Page) -> dict[str, str]:
    """Headings of the second rank and the text below each."""
    found: dict[str, str] = page.do(
        """Object.fromEntries([...document.querySelectorAll('h2')].map(h => {
             let text = '', next = h.nextElementSibling;
             for (; next && next.tagName !== 'H2'; next = next.nextElementSibling) text += next.textContent + '\\n';
             return [h.textContent, text.replace(/\\s+/g, ' ')];
           }))"""
    )
    return found


def test_every_section_says_of_the_sample_tenant_what_is_so(browser: Page, tmp_path: Path) -> None:
    page = show(browser, tmp_path, sample())
    truth = json.loads((SAMPLE / "truth.json").read_text())["applications"]
    found = sections(page)
    assert list(found) == [
        "All applications", "11 break", "6 cannot tell", "12 safe", "The last step", "Over time", "Limits", "What this rests on",
    ]  # fmt: skip
    head = page.do("document.querySelector('h1').parentElement.textContent.slice(0, 2000)")
    assert "11 break, 6 cannot tell, 12 safe" in head
    assert "not yet: 11 applications break, 6 applications have no verdict yet; the last notice was at 2026-11-23" in head
    assert "it would refuse up to" in head
    rows = page.do("[...document.querySelectorAll('tbody tr')].map(r => [...r.children].map(c => c.textContent.trim()))")
    by_name = {row[0]: row for row in rows}
    for each in truth:
        if each["name"] in by_name and each["name"] != "Lobby kiosk":
            assert by_name[each["name"]][1:4] == [each["verdict"], each["reason"], f"{each['evidence']['sends']:,}"], each["name"]
        words = {"breaks": "11 break", "cannot_tell": "6 cannot tell", "safe": "12 safe"}[each["verdict"]]
        assert each["client_id"] in found[words]
    assert "startgate plan LOGS -a clients.json --canary canary.json" in found["The last step"]
    assert '"enforce_client_authentication_on_passwordless_start": true' in found["The last step"]
    assert "2026-11-12: checkout 4.2" in found["Over time"]
    assert "calls in one hour; 50 an hour are let through" in found["Limits"]
    assert "oauth/ro passwordless" in found["What this rests on"]
    shown = " ".join(page.do("document.body.innerText").split())
    assert "is_token_endpoint_ip_header_trusted is off" in shown, "a setting is shown as it is spelled"
    assert "Is_token" not in shown
    assert "User_name" not in shown


# ---- for whom the page is ------------------------------------------------------------------------------------------------------

CONTRAST = """
(() => {
  const parts = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(c => (c /= 255) <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  const behind = e => { for (; e; e = e.parentElement) {
    const c = parts(getComputedStyle(e).backgroundColor); if (c.length === 3 || c[3] > 0) return c; } return [255, 255, 255]; };
  return [...document.querySelectorAll('body *')].filter(e => e.closest('svg') ? e.matches('.axis text, .title, .legend text') :
      [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())).map(e => {
    const style = getComputedStyle(e), ink = parts(e.closest('svg') ? style.fill : style.color);
    const [a, b] = [light(ink), light(behind(e.closest('svg') ? e.closest('svg').parentElement : e))].sort((x, y) => y - x);
    return [(a + .05) / (b + .05), e.tagName + ' ' + e.getAttribute('class') + ' ' + e.textContent.trim().slice(0, 30)];
  }).filter(([ratio]) => ratio < 4.5);
})()
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_what_is_behind_it(scheme: str, browser: Page, tmp_path: Path) -> None:
    assert show(browser, tmp_path, sample(), scheme=scheme).do(CONTRAST) == []


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_counts_within_the_bars_can_be_read(scheme: str, browser: Page, tmp_path: Path) -> None:
    page = show(browser, tmp_path, sample(), scheme=scheme)
    inks = set(
        page.do("[...document.querySelector('svg').querySelectorAll('.text-overlay text')].map(e => getComputedStyle(e).fill)")
    )
    assert inks == {"rgb(255, 255, 255)"}
    for colour in (charts.RED, charts.YELLOW, charts.GREEN):
        assert 1.05 / (luminance(colour) + 0.05) >= 4.5, colour


def test_a_screen_reader_finds_its_way(browser: Page, tmp_path: Path) -> None:
    page = show(browser, tmp_path, sample())
    assert page.do("document.documentElement.lang") == "en"
    assert page.do("document.querySelectorAll('main').length") == 1
    ranks = page.do("[...document.querySelectorAll('h1, h2, h3')].map(h => Number(h.tagName[1]))")
    assert ranks[0] == 1
    assert ranks.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(ranks))
    assert page.do("[...document.querySelectorAll('th')].filter(h => !h.scope).length") == 0
    assert page.do("[...document.querySelectorAll('tbody tr')].filter(r => !r.querySelector('th[scope=row]')).length") == 0
    named = page.do(
        "[...document.querySelectorAll('svg')].map(s => [s.getAttribute('role'), s.getAttribute('aria-label') || ''])"
    )
    assert len(named) == 4
    assert {role for role, _ in named} == {"img"}
    assert [label.partition(":")[0] for _, label in named] == [
        "applications by verdict", "application-hours with a notice, per day",
        "calls to /passwordless/start that sent something, per day", "most calls in one hour, by address",
    ]  # fmt: skip
    assert named[0][1] == "applications by verdict: 11 break, 6 cannot tell, 12 safe"
    # What scrolls must be reachable without a mouse, and say what it is.
    assert (
        page.do("[...document.querySelectorAll('.wide')].filter(e => e.tabIndex !== 0 || !e.getAttribute('aria-label')).length")
        == 0
    )


def test_a_page_without_anything_to_plot_is_whole(browser: Page, tmp_path: Path) -> None:
    page = show(browser, tmp_path, html.render(plan_of(tmp_path, [], [])), 400)
    assert page.complaints == []
    assert page.do("document.querySelectorAll('svg').length") == 0
    assert "no log records" in page.do("document.body.innerText")
    quiet: dict[str, Any] = plan_of(tmp_path, [*proof("a"), record("s", "a", 0, date=at(1))], [client("a")])
    assert show(browser, tmp_path, html.render(quiet), 400).do(OUTSIDE) == []
