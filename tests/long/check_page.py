"""Draws login pages by chance, runs them in node with widgets that note what they get, and compares with what check-page says.

    check_page.py SEED COUNT

Fails where a page is said to forward the state and a widget of it got something else: the one mistake that must not happen.
"""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

from startgate.page.check import check_page

NAMES = ("a", "b", "c", "d")
OTHER_WAYS = ("", "if (no) break;", "if (yes) break;", "if (yes) continue;")
RUNNER = """
const vm = require('vm'), fs = require('fs');
const answers = JSON.parse(fs.readFileSync(0)).map((program) => {
  const got = [];
  for (const [yes, no] of [[true, false], [false, false]]) {
    const timers = [];
    const note = (read) => { let s; try { s = read(); } catch (e) {} got.push(s === 'STATE'); };
    const starts = program.includes('passwordlessStart');
    const Lock = function (id, domain, options) {
      const made = {}; try { Object.assign(made, options.auth.params); } catch (e) {}
      note(() => made.state);
      this.show = (own) => note(() => Object.assign({}, made, own && own.auth && own.auth.params).state);
    };
    const Client = function (options) {
      if (!starts) note(() => options.state);
      this.passwordlessStart = (own) => note(() => {
        const base = options && options.state ? { state: options.state } : {};
        return JSON.parse(JSON.stringify(Object.assign(base, own.authParams))).state;
      });
    };
    const page = {
      yes, no, console, setTimeout: (f) => timers.push(f),
      config: { internalOptions: { state: 'STATE', scope: 's', _csrf: 'c' }, state: 'other' },
      Auth0Lock: Lock, Auth0LockPasswordless: Lock, auth0: { WebAuth: Client, Authentication: Client },
      fetch: (url, init) => note(() => JSON.parse(init.body).authParams.state),
    };
    try { vm.runInNewContext(program, page, { timeout: 300 }); for (const f of timers.slice(0, 20)) f(); } catch (e) {}
  }
  return got;
});
console.log(JSON.stringify(answers));
"""


class Draw:
    """One program after the other; everything in it has to do with where the settings go."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng

    def one(self, *texts: str) -> str:
        return self.rng.choice(texts)

    def name(self) -> str:
        return self.one(*NAMES)

    def expression(self, depth: int = 0) -> str:
        plain = (
            self.name(), self.name(), "config", "config.internalOptions", "config.internalOptions.state", "{}",
            self.one("'x'", "''", "null", "undefined", "'/p'"),
        )  # fmt: skip
        if depth > 2 or self.rng.random() < 0.4:
            return self.one(*plain)
        inner, more, thing = self.expression(depth + 1), self.expression(depth + 1), self.thing(depth + 1)
        return self.one(
            f"{{state: {inner}}}", f"{{...{thing}, state: {inner}}}", f"{{state: {inner}, ...{thing}}}",
            f"Object.assign({{}}, {thing}, {self.thing(depth + 1)})", f"Object.assign({self.name()}, {thing})",
            f"({inner} || {more})", f"({inner} && {more})", f"({self.one('yes', 'no', self.name())} ? {inner} : {more})",
            f"f{self.rng.randrange(3)}({inner})", f"({self.name()} || {{}}).state", f"({self.name()} || {{}})['sta' + 'te']",
            f"({self.name()} || {{}})['state']", f"{{inner: {inner}}}", f"(({self.name()} || {{}}).inner || {{}})",
        )  # fmt: skip

    def thing(self, depth: int) -> str:
        return self.one(
            self.name(), "config.internalOptions", f"{{state: {self.expression(depth + 1)}}}", f"({self.name()} || {{}})"
        )

    def block(self, depth: int) -> str:
        return " ".join(self.statement(depth) for _ in range(self.rng.randrange(1, 3)))

    def params(self) -> str:
        """What a call gets of its own, beside what its widget has."""
        value, thing = self.expression(2), self.thing(2)
        return self.one(
            self.name(), "undefined", "null", "{}", "{scope: 's'}", "{state: undefined}", "{state: void 0}",
            f"{{state: {value}}}", f"{{...{thing}, state: config.internalOptions.state}}",
            f"(yes ? {thing} : {{}})", "config.internalOptions",
            "{state: config.internalOptions.state}", f"Object.assign({{}}, {thing})",
        )  # fmt: skip

    def use(self) -> str:
        """A call of a widget, or of the endpoint itself."""
        use = self.one(
            f"w.passwordlessStart({{connection: 'email', authParams: {self.params()}}});",
            f"w.passwordlessStart({{connection: 'email', authParams: {self.params()}}});",
            f"l.show({{auth: {{params: {self.params()}}}}});", "w.passwordlessStart({connection: 'email'});", "l.show();",
            f"fetch('/passwordless/start', {{body: JSON.stringify({{authParams: {self.params()}}})}});",
            f"fetch('https://x' + '/passwordless/start', {{body: JSON.stringify({{authParams: {self.params()}}})}});",
        )  # fmt: skip
        return f"try {{ {use} }} catch (e) {{}}"

    def widgets(self) -> str:
        """Two widgets of classes that are chosen by a condition, and what is done with them, in some way or other."""
        which = self.one("yes", "no")
        lock = self.one("Auth0Lock", f"({which} ? Auth0Lock : Auth0LockPasswordless)")
        client = self.one("auth0.WebAuth", f"({which} ? auth0.WebAuth : auth0.Authentication)", "K")
        given = self.one("config.internalOptions", "config.internalOptions", "{}", self.name(), self.thing(1))
        made = self.one(
            f"var l = new {lock}(1, 2, {{auth: {{params: {given}}}}});",
            f"var K = {which} ? auth0.WebAuth : auth0.Authentication; var w = new {client}({given});",
        )
        ways = (
            "USE",
            "USE",
            "if (yes) { USE }",
            "setTimeout(function () { USE });",
            "(function (w) { USE })(w);",
            "do { USE } while (no);",
        )
        uses = [self.one(*ways).replace("USE", self.use()) for _ in range(self.rng.randrange(1, 3))]
        return "\n".join([made, self.one("", "", self.statement()), *uses])

    def statement(self, depth: int = 0) -> str:
        name, value, place = self.name(), self.expression(), self.one(*NAMES, "config.internalOptions")
        simple = (
            f"{name} = {value};",
            f"if ({name} && typeof {name} === 'object') {{ {name}.state = {value}; }}",
            f"try {{ delete {place}.state; }} catch (e) {{}}", f"try {{ {place}.state = {value}; }} catch (e) {{}}",
            f"try {{ var {{state: z{depth}, ...r{depth}}} = {self.thing(1)}; {name} = {self.one('z', 'r')}{depth}; }}"
            " catch (e) {}",
        )  # fmt: skip
        if depth > 2 or self.rng.random() < 0.5:
            return self.one(*simple)
        one, two, three = (self.block(depth + 1) for _ in range(3))
        count = f"var i{depth} = 0; i{depth} < {self.rng.randrange(3)}; i{depth}++"
        return self.one(
            f"if ({self.one('yes', 'no')}) {{ {one} }} else {{ {two} }}",
            f"for ({count}) {{ {one} {self.one(*OTHER_WAYS)} {two} }}",
            f"(function () {{ {one} {self.one('', 'return;', 'if (yes) return;')} {two} }})();",
            f"{{ let {name} = {value}; {one} }}",
            f"[1].forEach(function () {{ {one} }});", f"setTimeout(function () {{ {one} }}, 0);", f"do {{ {one} }} while (no);",
            f"switch ({self.one('1', '2', 'yes')}) {{ case 1: {one} break; case 2: {two} default: {three} }}",
            f"try {{ {one} throw 1; }} catch (e) {{ {two} }} finally {{ {three} }}",
            f"{name} = function () {{ {one} return {value}; }}();",
        )  # fmt: skip

    def function(self, number: int) -> str:
        before = self.one("", "if (p && typeof p === 'object') p.state = 'q';", f"p = {self.name()};")
        return f"function f{number}(p) {{ {before} return {self.one('p', '{...p}', 'config.internalOptions', self.name())}; }}"

    def program(self) -> str:
        functions = [self.function(number) for number in range(3)]
        body = [self.statement() for _ in range(self.rng.randrange(1, 6))]
        widget = self.one(
            f"new Auth0Lock(1, 2, {{auth: {{params: {self.name()}}}}});", f"new auth0.WebAuth({self.name()});",
            f"new auth0.WebAuth(Object.assign({{}}, {self.thing(1)}, {self.thing(1)}));",
            f"new Auth0Lock(1, 2, {{auth: {{params: {{state: ({self.name()} || {{}}).state}}}}}});",
        )  # fmt: skip
        first = f"var a = {self.expression()}, b = {self.expression()}, c = {{}}, d = config.internalOptions;"
        if self.rng.random() < 0.5:
            return "\n".join([*functions, "var l, w;", first, *body[:2], self.widgets()])
        return "\n".join([*functions, first, *body, widget])


def run(programs: list[str]) -> list[list[bool]]:
    """For each program, for each widget that it made: whether the state arrived."""
    with tempfile.TemporaryDirectory() as folder:
        runner = Path(folder, "run.js")
        runner.write_text(RUNNER)
        done = subprocess.run(
            ["node", runner], input=json.dumps(programs), capture_output=True, text=True, check=True, timeout=600
        )
    answers: list[list[bool]] = json.loads(done.stdout)
    return answers


def main(seed: int, count: int) -> int:
    draw = Draw(Random(seed))  # noqa: S311 the same seed is the same pages
    programs = [draw.program() for _ in range(count)]
    table: Counter[tuple[str, str]] = Counter()
    wrong = 0
    for program, got in zip(programs, run(programs), strict=True):
        said = check_page(program, "page.js")["verdict"]
        true = "forwards" if got and all(got) else "lost" if got else "threw"
        table[said, true] += 1
        if said == "forwards" and true == "lost":
            wrong += 1
            print(program, "\n")
    print(f"seed {seed}:", ", ".join(f"said {said}, is {true}: {n}" for (said, true), n in sorted(table.items())))
    return 1 if wrong or not table["forwards", "forwards"] else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
