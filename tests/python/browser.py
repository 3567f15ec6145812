"""A real browser, headless Chromium, driven over its debugging pipe (no other package is needed)."""

import base64
import contextlib
import itertools
import json
import os
import select
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class NavigatedError(Exception):
    """The page that was asked is gone; the next one is being loaded."""


class Page:
    """One tab. `do` evaluates JavaScript, `until` waits for it to become true."""

    def __init__(self, profile: Path) -> None:
        program = next(filter(None, map(shutil.which, NAMES)), None)
        assert program, "this test needs a browser: apt-get install chromium"
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()
        flags = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            f"--user-data-dir={profile}",
            "--remote-debugging-pipe",
            "--window-size=480,760",
        ]
        # The browser speaks on the descriptors 3 and 4.
        command = ["bash", "-c", f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}', "bash", program, *flags, "about:blank"]
        self.process = subprocess.Popen(
            command, pass_fds=(theirs_in, theirs_out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._numbers = itertools.count(1)
        self._unread = b""
        self._session: dict[str, str] = {}
        self.complaints: list[str] = []
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = {"sessionId": self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]}
        for domain in ("Page", "Runtime", "Log"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **parameters: Any) -> Any:
        number = next(self._numbers)
        os.write(self._out, json.dumps({"id": number, "method": method, "params": parameters, **self._session}).encode() + b"\0")
        while True:
            message = self._receive()
            if message.get("id") == number:
                if "navigated" in message.get("error", {}).get("message", ""):
                    raise NavigatedError
                assert "error" not in message, message
                return message["result"]
            # What the page's own policy or a script's fault puts on the console.
            if message.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown"):
                self.complaints.append(json.dumps(message["params"]))

    def _receive(self) -> Any:
        while b"\0" not in self._unread:
            ready, _, _ = select.select([self._in], [], [], 60)
            assert ready, "the browser says nothing"
            piece = os.read(self._in, 1 << 20)
            assert piece, "the browser has ended"
            self._unread += piece
        message, _, self._unread = self._unread.partition(b"\0")
        return json.loads(message)

    def open(self, url: str) -> None:
        self.send("Page.navigate", url=url)
        self.until("document.readyState === 'complete' && location.href !== 'about:blank'")

    def do(self, script: str) -> Any:
        done = self.send("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def _holds(self, script: str) -> bool:
        try:
            return bool(self.do(script))
        except NavigatedError:  # on the way from one page to the next: not yet
            return False

    def until(self, script: str) -> None:
        deadline = time.monotonic() + 30
        while not self._holds(script):
            assert time.monotonic() < deadline, f"{script}\n{self.do('document.body.innerText')}"
            time.sleep(0.05)

    def write(self, field: str, text: str) -> None:
        self.do(f"document.getElementById({json.dumps(field)}).focus()")
        self.send("Input.insertText", text=text)

    def press(self, selector: str) -> None:
        with contextlib.suppress(NavigatedError):  # a link that was followed at once
            self.do(f"document.querySelector({json.dumps(selector)}).click()")

    def picture(self) -> bytes:
        return base64.b64decode(self.send("Page.captureScreenshot", format="png")["data"])

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._in)
        os.close(self._out)
