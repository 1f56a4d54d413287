"""The pages: escaped, under a policy, behind the sign-in; and the sign-in itself."""

import re

import httpx
import pytest

from tests.app.api.conftest import KEY, Desk
from tests.app.api.sample_calls import CALL_ID, CALLER, HTML, LIVE_ID

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


async def _signed_in(desk: Desk, browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/sign-in", data={"key": KEY, "to": "/calls"}, headers=SAME_SITE)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/calls")


@pytest.mark.parametrize(
    "path", ["/", "/calls", "/calls/rows", f"/calls/{CALL_ID}", f"/calls/{CALL_ID}/story"]
)
async def test_whoever_is_not_signed_in_is_sent_to_do_so(desk: Desk, path: str) -> None:
    async with desk.browser() as browser:
        answer = await browser.get(path)
    assert answer.status_code == 303
    back = f"?to={path}" if path in {"/calls", f"/calls/{CALL_ID}"} else ""
    assert answer.headers["Location"] == f"/sign-in{back}"


async def test_signing_in_with_the_key_and_out_again(desk: Desk) -> None:
    async with desk.browser() as browser:
        wrong = await browser.post("/sign-in", data={"key": "wrong"}, headers=SAME_SITE)
        assert (wrong.status_code, "not the API key" in wrong.text) == (401, True)
        await _signed_in(desk, browser)
        assert (await browser.get("/calls")).status_code == 200
        await browser.post("/sign-out", headers=SAME_SITE)
        assert (await browser.get("/calls")).status_code == 303


async def test_the_cookie_is_out_of_reach(desk: Desk) -> None:
    async with desk.browser() as browser:
        answer = await browser.post("/sign-in", data={"key": KEY}, headers=SAME_SITE)
    kept = answer.headers["Set-Cookie"]
    assert "HttpOnly" in kept
    assert "SameSite=strict" in kept
    assert KEY not in kept


async def test_a_form_of_another_site_changes_nothing(desk: Desk) -> None:
    async with desk.browser() as browser:
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
            answer = await browser.post("/sign-in", data={"key": KEY}, headers=headers)
            assert (answer.status_code, "Set-Cookie" in answer.headers) == (403, False)


@pytest.mark.parametrize(
    "to", ["https://elsewhere.example", "//elsewhere.example", "/calls/../x", "/api/live"]
)
async def test_nobody_is_sent_elsewhere(desk: Desk, to: str) -> None:
    async with desk.browser() as browser:
        answer = await browser.post("/sign-in", data={"key": KEY, "to": to}, headers=SAME_SITE)
        assert answer.headers["Location"] == "/calls"
        assert (await browser.get("/sign-in", params={"to": to})).headers["Location"] == "/calls"


async def test_a_huge_form_is_not_read(desk: Desk) -> None:
    async with desk.browser() as browser:
        answer = await browser.post("/sign-in", data={"key": "x" * 100_000}, headers=SAME_SITE)
    assert answer.status_code == 413


async def test_a_link_signs_one_browser_in_once(desk: Desk) -> None:
    async with desk.program() as program:
        made = await program.post("/api/sign-in-links")
    link = made.json()["url"]
    assert made.status_code == 201
    assert re.fullmatch(r"http://desk\.test/sign-in/[\w-]{43}", link)
    async with desk.browser() as first, desk.browser() as second:
        assert (await first.get(link)).status_code == 200
        assert (await first.get("/calls")).status_code == 200
        again = await second.get(link)
        assert (again.status_code, "was used before" in again.text) == (401, True)
        assert (await second.get("/calls")).status_code == 303


async def test_a_browser_makes_no_links(desk: Desk) -> None:
    async with desk.browser() as browser:
        await _signed_in(desk, browser)
        assert (await browser.post("/api/sign-in-links")).status_code == 401


async def test_before_the_first_call_the_page_helps(desk: Desk) -> None:
    async with desk.browser() as browser:
        await _signed_in(desk, browser)
        page = (await browser.get("/calls")).text
        missing = await browser.get(f"/calls/{'0' * 32}")
    assert "make rehearse" in page
    assert (missing.status_code, "no such call" in missing.text) == (404, True)


@pytest.mark.usefixtures("calls")
async def test_the_list_has_live_calls_first_and_masks_callers(desk: Desk) -> None:
    async with desk.browser() as browser:
        await _signed_in(desk, browser)
        page = (await browser.get("/calls")).text
    assert re.findall(r'data-call="(\w+)"', page) == [LIVE_ID, CALL_ID]
    assert CALLER not in page
    assert "•••• 42" in page
    assert "1.0 s" in page
    assert "order status, resolved" in page


@pytest.mark.usefixtures("calls")
async def test_one_call_explained(desk: Desk) -> None:
    async with desk.browser() as browser:
        await _signed_in(desk, browser)
        answer = await browser.get(f"/calls/{CALL_ID}")
    page = answer.text
    assert "chain verified · 37 events" in page
    assert re.search(r'<s class="cut">.*and will be with you by Thursday evening\.</s>', page)
    assert "us 9" in page
    assert page.count("data-playable") == 9
    for said in ("the second provider took over", "rule refund-limit-3", "proof: mark returned", "4712"):
        assert said in page


@pytest.mark.usefixtures("calls")
async def test_what_a_caller_says_is_text(desk: Desk) -> None:
    async with desk.browser() as browser:
        await _signed_in(desk, browser)
        for path in (f"/calls/{CALL_ID}", f"/calls/{CALL_ID}/story"):
            page = (await browser.get(path)).text
            assert HTML not in page
            assert "&lt;script&gt;alert(&#39;hello&#39;)" in page


@pytest.mark.usefixtures("calls")
async def test_only_our_own_scripts_and_styles_run(desk: Desk) -> None:
    nonces = set()
    async with desk.browser() as browser:
        await _signed_in(desk, browser)
        for path in ("/calls", f"/calls/{CALL_ID}", f"/calls/{LIVE_ID}"):
            answer = await browser.get(path)
            policy = answer.headers["Content-Security-Policy"]
            nonce = re.search(r"script-src 'nonce-([\w-]+)'", policy)
            assert nonce is not None
            nonces.add(nonce[1])
            assert "unsafe" not in policy
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert re.findall(r"<(?:script|style)\b(?![^>]*nonce=)", answer.text) == []
            assert re.search(r"\s(?:style|on\w+)=", answer.text) is None
            for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', answer.text):
                assert (await browser.get(address)).status_code == 200
    assert len(nonces) == 3


@pytest.mark.usefixtures("calls")
async def test_a_live_page_is_told_how_far_it_is(desk: Desk) -> None:
    async with desk.browser() as browser:
        await _signed_in(desk, browser)
        live = await browser.get(f"/calls/{LIVE_ID}/story")
        over = await browser.get(f"/calls/{CALL_ID}/story")
    names = ("X-Last-Event", "X-Over", "X-Recording")
    assert [live.headers[name] for name in names] == ["7", "0", "0"]
    assert [over.headers[name] for name in names] == ["37", "1", "1"]


@pytest.mark.parametrize("name", ["nothing.css", "..%2frender.py", "desk.py", ""])
async def test_only_our_static_files_are_served(desk: Desk, name: str) -> None:
    async with desk.browser() as browser:
        assert (await browser.get(f"/static/{name}")).status_code == 404


async def test_an_address_that_can_be_no_call_is_a_page_of_its_own(desk: Desk) -> None:
    async with desk.browser() as browser:
        await _signed_in(desk, browser)
        for wrong in ("%00", "x" * 5000, "4712"):
            answer = await browser.get(f"/calls/{wrong}")
            assert (answer.status_code, "There is no such call" in answer.text) == (404, True)
