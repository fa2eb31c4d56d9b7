// Names of packages and hosts, where lines, requests and paths have them.
import assert from "node:assert/strict";
import fc from "fast-check";
import { fileKind } from "./fileKinds.ts";
import { hostsIn, registrableDomain } from "./hostsInText.ts";
import { PackageLines } from "./packageLines.ts";
import { packageOfFile, packageOfRequest } from "./packageNames.ts";

const named = (path: string, ...lines: readonly string[]): string[] => {
  const reader = new PackageLines(path, fileKind(path));
  return lines.flatMap((line) => [...reader.in(line)]);
};

describe("PackageLines", () => {
  const cases: readonly (readonly [path: string, line: string, ...keys: readonly string[]])[] = [
    ["requirements.txt", "python_dateutil>=2.9  # dates", "pypi:python-dateutil"],
    ["requirements/dev.in", "-r base.in"],
    ["requirements-dev.in", "Flask[async]", "pypi:flask"],
    ["pyproject.toml", '  "requests>=2", "rich",', "pypi:requests", "pypi:rich"],
    ["package.json", '    "@octo/metrics": "^2.4.1",', "npm:@octo/metrics"],
    ["package.json", '    "test:ci": "vitest run"'],
    ["a/package-lock.json", '    "node_modules/a/node_modules/@b/c": {', "npm:@b/c"],
    ["yarn.lock", '"@b/c@^1.0.0":', "npm:@b/c"],
    ["pnpm-lock.yaml", "  /undici@6.18.1:", "npm:undici"],
    ["go.mod", "\tgo.uber.org/zap v1.27.0 // indirect", "go:go.uber.org/zap"],
    ["go.sum", "github.com/a/b/v2 v2.0.1/go.mod h1:x=", "go:github.com/a/b/v2"],
    ["Cargo.toml", 'serde_json = { version = "1" }', "cargo:serde-json"],
    ["Cargo.toml", 'version = "0.1.0"'],
    ["Gemfile", 'gem "nokogiri", "~> 1.16"', "gem:nokogiri"],
    ["src/App.csproj", '  <PackageReference Include="Serilog" Version="3" />', "nuget:serilog"],
    [".github/workflows/ci.yml", "      - run: pip install ruff==0.4 && npm i -g pnpm", "pypi:ruff", "npm:pnpm"],
    ["src/app.py", "pip install requests"],
  ];
  for (const [path, line, ...keys] of cases) {
    it(`reads ${path}: ${line.trim()}`, () => assert.deepEqual(named(path, line), keys));
  }

  it("reads a command over several lines, each name in its own", () => {
    const reader = new PackageLines("Dockerfile", "build");
    assert.deepEqual(reader.in("RUN apt-get update && apt-get install -y \\"), []);
    assert.deepEqual(reader.in("      tini \\"), ["deb:tini"]);
    assert.deepEqual(reader.in("      ca-certificates"), ["deb:ca-certificates"]);
    assert.deepEqual(reader.in("COPY tini /"), []);
  });
});

describe("packageOfRequest", () => {
  const cases: readonly (readonly [host: string, path: string, key: string | undefined])[] = [
    ["pypi.org", "/simple/pillow/", "pypi:pillow"],
    ["mirror.example", "/repository/pypi/simple/Ruamel.Yaml/", "pypi:ruamel-yaml"],
    ["files.pythonhosted.org", "/packages/a/b/c/python_dateutil-2.9.0-py2.py3-none-any.whl", "pypi:python-dateutil"],
    ["files.pythonhosted.org", "/packages/a/b/c/scikit-learn-1.5.tar.gz", "pypi:scikit-learn"],
    ["npm.pkg.github.com", "/@octo%2fmetrics", "npm:@octo/metrics"],
    ["npm.pkg.github.com", "/@octo/metrics/-/metrics-2.4.1.tgz", "npm:@octo/metrics"],
    ["proxy.golang.org", "/github.com/!burnt!sushi/toml/@v/v1.0.0.zip", "go:github.com/BurntSushi/toml"],
    ["sum.golang.org", "/lookup/go.uber.org/zap@v1.27.0", "go:go.uber.org/zap"],
    ["index.crates.io", "/se/rd/serde_json", "cargo:serde-json"],
    [
      "azure.archive.ubuntu.com",
      "/ubuntu/pool/universe/t/tesseract/tesseract-ocr_5.3-1_amd64.deb",
      "deb:tesseract-ocr",
    ],
    ["api.github.com", "/repos/o/r", undefined],
    ["example.com", "/undici", undefined],
  ];
  for (const [host, path, key] of cases) it(`${host}${path}`, () => assert.equal(packageOfRequest(host, path), key));
});

describe("packageOfFile", () => {
  const cases: readonly (readonly [path: string, key: string | undefined])[] = [
    ["/usr/lib/python3/dist-packages/yaml/__init__.py", "pypi:pyyaml"],
    ["/v/lib/python3.12/site-packages/python_dateutil-2.9.0.dist-info/METADATA", "pypi:python-dateutil"],
    ["/r/node_modules/a/node_modules/@b/c/index.js", "npm:@b/c"],
    ["/r/node_modules/.bin/tsc", undefined],
    ["/home/u/go/pkg/mod/go.uber.org/zap@v1.27.0/logger.go", "go:go.uber.org/zap"],
    ["/home/u/.cargo/registry/src/index.crates.io-6f17d22bba15001f/serde-1.0.2/lib.rs", "cargo:serde"],
    ["/r/src/app.py", undefined],
  ];
  for (const [path, key] of cases) it(path, () => assert.equal(packageOfFile(path), key));
});

describe("hostsIn", () => {
  it("tells a URL from an import and from a name", () => {
    const found = hostsIn('get("https://user@a.example:8443/v1/x?y=1"); import "github.com/o/r"; host = "b.example"');
    assert.deepEqual(
      found.filter(({ name }) => /example|github/.test(name)).map(({ name, as, path, port }) => [name, as, path, port]),
      [
        ["a.example", "url", "/v1/x", 8443],
        ["github.com", "path", "/o/r", undefined],
        ["b.example", "alone", "/", undefined],
      ],
    );
  });

  it("comes to an end for lines that are made to take long", () => {
    for (const line of [
      "a.".repeat(1000),
      "a-".repeat(1000),
      "x".repeat(2000),
      "a@".repeat(1000),
      "1.1.1.".repeat(300),
    ]) {
      for (let i = 0; i < 20; i += 1) hostsIn(line);
    }
  });

  it("never throws", () => {
    fc.assert(fc.property(fc.string(), (text) => hostsIn(text).length <= 20));
  });
});

describe("registrableDomain", () => {
  it("has one more label where the last two are shared", () => {
    assert.equal(registrableDomain("a.b.example.com"), "example.com");
    assert.equal(registrableDomain("a.b.co.uk"), "b.co.uk");
    assert.equal(registrableDomain("x.me.github.io"), "me.github.io");
  });
});
