import assert from "node:assert/strict";
import fc from "fast-check";
import { blocking, hardened, WORKFLOW } from "../../test/judged.ts";
import { Positions, type Position } from "../lint/positions.ts";
import { monitorStepsOf } from "../model/monitorSteps.ts";
import { policiesOf } from "../model/policies.ts";
import { readWorkflow } from "../model/workflow.ts";
import { configCompletions, configDiagnostics, configHover, configLinks } from "./configFile.ts";
import { linksOf } from "./documentLinks.ts";
import { foldingRanges } from "./foldingRanges.ts";
import { listTokens, TOKENS_LEGEND } from "./listTokens.ts";
import { stepSnippets } from "./stepSnippets.ts";
import { selectionRanges } from "./selectionRanges.ts";

const offsetIn = (text: string, { line, character }: Position): number =>
  text.split("\n").slice(0, line).join("\n").length + (line === 0 ? 0 : 1) + character;

const textIn = (text: string, range: { start: Position; end: Position }): string =>
  text.slice(offsetIn(text, range.start), offsetIn(text, range.end));

const monitored = (...inputs: readonly string[]): string =>
  hardened(...inputs).replace(/uses: .*/, "uses: runglass/runglass/collector@v1");

describe("links", () => {
  const linked = (text: string, path = `/repo/${WORKFLOW}`): string[] => {
    const files = { exists: (one: string) => !one.endsWith(".yaml"), uriOf: (one: string) => `file://${one}` };
    return linksOf(readWorkflow(path, text), new Positions(text), files).map(
      ({ range, target }) => `${textIn(text, range)} -> ${target}`,
    );
  };

  it("lead from what is used to its repository at that version, or to its file", () => {
    const text = `on: push
jobs:
  a:
    steps:
      - uses: actions/cache/restore@v4 # why
      - uses: "./.github/actions/setup"
      - uses: docker://alpine:3
      - uses: ./../../secret
      - uses: ../x
      - uses: \${{ matrix.x }}
  b:
    uses: ./.github/workflows/other.yml
  c:
    uses: owner/repo/.github/workflows/x.yml@main
`;
    assert.deepEqual(linked(text), [
      "actions/cache/restore@v4 -> https://github.com/actions/cache/tree/v4/restore",
      "./.github/actions/setup -> file:///repo/.github/actions/setup/action.yml",
      "./.github/workflows/other.yml -> file:///repo/.github/workflows/other.yml",
      "owner/repo/.github/workflows/x.yml@main -> https://github.com/owner/repo/tree/main/.github/workflows/x.yml",
    ]);
  });

  it("lead from a suppressed rule to its page, and from endpoints nowhere", () => {
    const text = blocking("https://github.com/x", "pypi.org:443").replace(
      "block",
      "block # runglass: ignore[step/outdated, no/such] old",
    );
    assert.deepEqual(
      linked(text).filter((one) => !one.startsWith("step-security")),
      ["step/outdated -> https://github.com/runglass/runglass/blob/main/language-server/docs/rules/step-outdated.md"],
    );
  });
});

describe("tokens of a list", () => {
  const tokens = (text: string): string[] => {
    const workflow = readWorkflow(WORKFLOW, text);
    const { data } = listTokens(text, policiesOf(workflow), monitorStepsOf(workflow), new Positions(text));
    const found: string[] = [];
    let [line, character] = [0, 0];
    for (let at = 0; at < data.length; at += 5) {
      const [lines = 0, characters = 0, length = 0, type = 0] = data.slice(at, at + 4);
      character = lines === 0 ? character + characters : characters;
      line += lines;
      const start = offsetIn(text, { line, character });
      found.push(`${TOKENS_LEGEND.tokenTypes[type]} ${text.slice(start, start + length)}`);
    }
    return found;
  };

  it("tell host, wildcard and port apart, in each style", () => {
    const expected = ["operator *", "variable .example.org", "number 8443", "variable pypi.org"];
    assert.deepEqual(tokens(blocking("*.example.org:8443", "pypi.org", "${{ vars.X }}")), expected);
    assert.deepEqual(
      tokens(hardened("egress-policy: block", "allowed-endpoints: '*.example.org:8443 pypi.org'")),
      expected,
    );
  });

  it("know protocols, methods, URLs and comments of our own dialect only", () => {
    const lines = ["allowed-endpoints: |", "  ntp.example.org:123/udp # time", "  GET https://a.example.org/x"];
    assert.deepEqual(tokens(monitored(...lines)), [
      "variable ntp.example.org",
      "number 123",
      "keyword udp",
      "comment # time",
      "keyword GET",
      "string https://a.example.org/x",
    ]);
    assert.ok(!tokens(blocking("pypi.org:443 # the index")).some((one) => one.startsWith("comment")));
  });
});

describe("folds", () => {
  it("are what is indented below a line, also a sequence right below its key, and comments", () => {
    const text = `# a
# b
on: push

jobs:
  a:
    steps:
    - run: |
        one

        two
    - run: three

# end
`;
    assert.deepEqual(
      foldingRanges(text, 100).map(({ startLine, endLine, kind }) => [startLine, endLine, kind]),
      [
        [0, 1, "comment"],
        [4, 11, undefined],
        [5, 11, undefined],
        [6, 11, undefined],
        [7, 10, undefined],
      ],
    );
    assert.equal(foldingRanges(text, 2).length, 2);
  });

  it("lie inside of the text and of each other, whatever it is", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("a:", "  b: c", "    - d", "\t- e", "", "# f", "   ", "- g", "-")),
        (lines) => {
          const ranges = foldingRanges(lines.join("\n"), 1000).filter(({ kind }) => kind === undefined);
          for (const { startLine, endLine } of ranges) {
            assert.ok(startLine < endLine && endLine < lines.length);
            for (const other of ranges) {
              const isApart = other.endLine < startLine || other.startLine > endLine;
              const isInside = other.startLine >= startLine && other.endLine <= endLine;
              const isAround = other.startLine <= startLine && other.endLine >= endLine;
              assert.ok(isApart || isInside || isAround);
            }
          }
        },
      ),
      { seed: 3, numRuns: 300 },
    );
  });
});

describe("whole steps", () => {
  const offered = (text: string): readonly (readonly [label: string, text: string])[] => {
    const at = text.indexOf("^");
    const clean = text.replace("^", "");
    return stepSnippets(clean, at, new Positions(clean)).map(({ label, textEdit }) => {
      assert.ok(textEdit !== undefined && "range" in textEdit);
      const { start, end } = textEdit.range;
      return [label, clean.slice(0, offsetIn(clean, start)) + textEdit.newText + clean.slice(offsetIn(clean, end))];
    });
  };

  it("are offered where one begins, and make a workflow that is sound", () => {
    for (const typed of ["", "na", "uses"]) {
      const made = offered(
        `on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - ${typed}^\n      - run: make\n`,
      );
      assert.equal(made.length, 2);
      for (const [label, text] of made) {
        const workflow = readWorkflow(WORKFLOW, text);
        const [job] = workflow.jobs;
        assert.equal(job?.steps.length, 2, label);
        assert.equal(job.steps[0]?.inputs.size, 1, text);
      }
    }
    assert.equal(offered("jobs:\n  a:\n    steps:\n    - run: make\n    - ^").length, 2);
  });

  it("are offered nowhere else", () => {
    for (const text of [
      "on: push\njobs:\n  a:\n    needs:\n      - ^",
      "jobs:\n  a:\n    steps:\n      - run: |\n          - ^",
      "jobs:\n  a:\n    steps:\n      - ^run: make",
      "jobs:\n  a:\n    steps:\n      - uses: x@v1\n        with:\n          list:\n            - ^",
      "- ^",
    ])
      assert.deepEqual(offered(text), [], text);
  });
});

describe("a selection", () => {
  const grown = (text: string, at: number): string[] => {
    const workflow = readWorkflow(WORKFLOW, text);
    const [range] = selectionRanges(workflow, policiesOf(workflow), monitorStepsOf(workflow), new Positions(text), [
      at,
    ]);
    const found: string[] = [];
    for (let one = range; one !== undefined; one = one.parent) found.push(textIn(text, one.range));
    return found;
  };

  it("grows from host to entry, list, input, step and job", () => {
    const text = blocking("pypi.org:443", "github.com:443");
    const steps = grown(text, text.indexOf("pypi"));
    assert.deepEqual(steps.slice(0, 2), ["pypi.org", "pypi.org:443"]);
    assert.match(steps[2] ?? "", /^pypi\.org:443\s+github\.com:443$/);
    for (const start of ["allowed-endpoints:", "egress-policy:", "with:", "uses:", "steps:", "build:", "jobs:", "on:"])
      assert.ok(
        steps.some((one) => one.startsWith(start)),
        start,
      );
    assert.equal(steps.at(-1), text);
  });

  it("holds its place and grows, wherever it is", () => {
    const text = `${monitored("allowed-endpoints: |", "  pypi.org # x")}# end\nbroken: [`;
    for (let at = 0; at <= text.length; at++) {
      const steps = grown(text, at);
      for (const [n, one] of steps.entries()) assert.ok(n === 0 || one.includes(steps[n - 1] ?? ""), `${at}`);
    }
  });
});

describe("a repository's choice of rules in an editor", () => {
  const complete = (text: string): string[] => {
    const at = text.indexOf("^");
    const clean = text.replace("^", "");
    return configCompletions(clean, at, new Positions(clean)).map(({ label }) => label);
  };

  it("is completed: keys, rules that are not there yet, and choices", () => {
    assert.deepEqual([complete("^"), complete("lint:\n  ^")], [["lint"], ["rules"]]);
    const rules = complete("lint:\n  rules:\n    endpoint/unsorted: off\n    ^");
    assert.ok(rules.includes("runglass/bad-entry") && !rules.includes("endpoint/unsorted"));
    assert.deepEqual(complete("lint:\n  rules:\n    step/missing: ^"), ["off", "hint", "info", "warning", "error"]);
    assert.deepEqual([complete("other:\n  ^"), complete("lint: # ^"), complete("x: ^")], [[], [], []]);
  });

  it("has problems, and says what its rules are", () => {
    const text = "lint:\n  rules:\n    endpoint/unsorted: never\n";
    const positions = new Positions(text);
    const [problem] = configDiagnostics(text, positions, "runglass");
    assert.equal(problem && textIn(text, problem.range), "never");
    const hover = configHover(text, text.indexOf("unsorted"), positions);
    assert.match(JSON.stringify(hover?.contents), /endpoint\/unsorted.*endpoint-unsorted\.md/);
    assert.equal(configHover(text, 0, positions), null);
    assert.deepEqual(
      configLinks(text, positions).map(({ range }) => textIn(text, range)),
      ["endpoint/unsorted"],
    );
  });
});
