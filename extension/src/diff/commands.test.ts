// What command lines run and install, as far as that leads to lines.
import assert from "node:assert/strict";
import fc from "fast-check";
import { installOf } from "./installs.ts";
import { programCall } from "./programCall.ts";
import { commandsIn, comparable } from "./shellWords.ts";

const call = (line: string): unknown => programCall(line.split(" "));

describe("programCall", () => {
  it("sees through programs that only start others", () => {
    for (const line of [
      "pytest -q",
      "sudo -E pytest -q",
      "env CI=1 pytest -q",
      "timeout 60 pytest -q",
      "/usr/bin/python3.12 -m pytest -q",
      "python3 /home/runner/.local/bin/pytest -q",
      "uv run pytest -q",
      "poetry run pytest -q",
      "CI=1 nice -n 10 pytest -q",
    ]) {
      assert.deepEqual(call(line), { program: "pytest", args: ["-q"] }, line);
    }
  });

  it("finds the script, module or text of an interpreter", () => {
    assert.deepEqual(call("python3 -X dev app.py --port 1"), {
      program: "python",
      args: ["--port", "1"],
      script: "app.py",
    });
    assert.deepEqual(call("python -m receipts.rates"), { program: "python", args: [], module: "receipts.rates" });
    assert.deepEqual(call("node --import tsx scripts/a.mjs"), { program: "node", args: [], script: "scripts/a.mjs" });
    assert.deepEqual(programCall(["sh", "-c", "a && b"]), { program: "sh", args: ["-c", "a && b"], text: "a && b" });
    assert.deepEqual(programCall(["bash", "-euc", "a"]), { program: "bash", args: ["-euc", "a"], text: "a" });
    assert.deepEqual(call("node /usr/local/bin/npm run x"), { program: "npm", args: ["run", "x"] });
    assert.deepEqual(call("node /r/node_modules/npm/bin/npm-cli.js ci"), { program: "npm", args: ["ci"] });
  });

  it("gives nothing for nothing, and ends for whatever it is given", () => {
    assert.equal(programCall([]), undefined);
    assert.equal(programCall(["sudo"]), undefined);
    const word = fc.oneof(fc.string(), fc.constantFrom("sudo", "env", "npx", "uv", "run", "python", "-m", "-c", "--"));
    fc.assert(
      fc.property(
        fc.array(word),
        (words) => typeof programCall(words) !== "string" && typeof installOf(words) !== "string",
      ),
    );
  });
});

describe("installOf", () => {
  const cases: readonly (readonly [
    line: string,
    ecosystem: string,
    names: readonly string[],
    files: readonly string[],
  ])[] = [
    ["pip install requests==2.32.3 Pillow[tiff]>=10", "pypi", ["requests", "Pillow"], []],
    ["python -m pip install -q -r requirements.txt", "pypi", [], ["requirements.txt"]],
    ["uv pip install flask", "pypi", ["flask"], []],
    ["npm install @octo/metrics@2 undici -w packages/api", "npm", ["@octo/metrics", "undici"], []],
    ["npm ci --no-audit", "npm", [], []],
    ["go get github.com/a/b@v1.2.3", "go", ["github.com/a/b"], []],
    ["go mod download", "go", [], []],
    ["cargo add serde@1", "cargo", ["serde"], []],
    ["dotnet add src/App package Newtonsoft.Json", "nuget", ["Newtonsoft.Json"], []],
    ["apt-get install -y --no-install-recommends tini=0.19 libc6:amd64", "deb", ["tini", "libc6"], []],
  ];
  for (const [line, ecosystem, names, files] of cases) {
    it(`reads ${line}`, () => {
      const install = installOf(line.split(" "));
      assert.deepEqual([install?.ecosystem, install?.names, install?.files], [ecosystem, names, files]);
    });
  }

  it("knows what installs nothing", () => {
    for (const line of ["npm run install", "pip list", "go test ./...", "apt-get update", "cargo fmt"]) {
      assert.equal(installOf(line.split(" ")), undefined, line);
    }
  });

  it("takes no path and no URL for a package", () => {
    assert.deepEqual(installOf(["pip", "install", "-e", ".", "https://a.example/b.whl"])?.names, []);
  });
});

describe("commandsIn", () => {
  it("splits a line of shell", () => {
    assert.deepEqual(commandsIn(`cd src && python3 -c 'a; b' | tee "out file" # end; of it\necho \\;`), [
      ["cd", "src"],
      ["python3", "-c", "a; b"],
      ["tee", "out file"],
      ["echo", ";"],
    ]);
  });

  it("ends for whatever it is given", () => {
    fc.assert(fc.property(fc.string(), (text) => commandsIn(text).every((words) => words.length > 0)));
  });
});

describe("comparable", () => {
  it("is the same however a command is quoted", () => {
    assert.equal(comparable(`curl  -H 'a: b'`), comparable(String.raw`curl -H \"a: b\"`));
  });
});
