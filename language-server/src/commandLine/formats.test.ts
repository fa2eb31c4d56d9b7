import assert from "node:assert/strict";
import { applyEdits } from "../lint/applyFixes.ts";
import { lintText, type LintOptions } from "../lint/lintText.ts";
import { blocking, hardened, WORKFLOW } from "../../test/judged.ts";
import { runNeeding } from "../../test/observedRuns.ts";
import { outputOf, pieceOf, type FileResult, type Format } from "./formats.ts";

const judged = (text: string, path = WORKFLOW, options: LintOptions = {}): FileResult => ({
  path,
  text,
  diagnostics: lintText(WORKFLOW, text, options),
});
const print = (format: Format, ...results: readonly FileResult[]): string =>
  outputOf(
    results.map((result) => pieceOf(result, format)),
    format,
    "1.2.3",
  );

interface Region {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}
interface Sarif {
  readonly $schema: string;
  readonly version: string;
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly { readonly id: string }[] } };
    readonly columnKind: string;
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly message: { readonly text: string };
      readonly locations: readonly {
        readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region: Region };
      }[];
      readonly properties?: { readonly evidence?: readonly { readonly endpoint: string }[] };
      readonly fixes: readonly {
        readonly artifactChanges: readonly {
          readonly replacements: readonly {
            readonly deletedRegion: Region;
            readonly insertedContent: { readonly text: string };
          }[];
        }[];
      }[];
    }[];
  }[];
}
const sarif = (...results: readonly FileResult[]): Sarif["runs"][number] => {
  const document = JSON.parse(print("sarif", ...results)) as Sarif;
  assert.equal(document.version, "2.1.0");
  assert.match(document.$schema, /sarif-2\.1\.0\.json$/);
  assert.equal(document.runs.length, 1);
  return document.runs[0]!;
};

/** The offset of a place in a text, both counted from 1. */
const offsetOf = (text: string, line: number, column: number): number =>
  text
    .split("\n")
    .slice(0, line - 1)
    .reduce((sum, one) => sum + one.length + 1, 0) +
  column -
  1;

describe("what lint prints", () => {
  it("as SARIF: places and fixes that are those of the file, and rules by their index", () => {
    const text = blocking("pypi.org:g443", "https://github.com");
    const { tool, columnKind, results } = sarif(judged(text));
    assert.equal(columnKind, "utf16CodeUnits");
    assert.deepEqual(
      results.map(({ ruleId, level }) => [ruleId, level]),
      [
        ["endpoint/invalid-port", "error"],
        ["endpoint/scheme-or-path", "error"],
      ],
    );
    const [port] = results;
    assert.equal(tool.driver.rules[port!.ruleIndex]?.id, "endpoint/invalid-port");
    const span = (region: Region): { start: number; end: number } => ({
      start: offsetOf(text, region.startLine, region.startColumn),
      end: offsetOf(text, region.endLine, region.endColumn),
    });
    const { start, end } = span(port!.locations[0]!.physicalLocation.region);
    assert.equal(text.slice(start, end), "pypi.org:g443");
    const edits = port!.fixes[0]!.artifactChanges[0]!.replacements.map(({ deletedRegion, insertedContent }) => ({
      ...span(deletedRegion),
      newText: insertedContent.text,
    }));
    assert.equal(applyEdits(text, edits), blocking("pypi.org:443", "https://github.com"));
  });

  it("as SARIF: any path is a reference, and no text of a file is a link", () => {
    const text = hardened('egress-policy: "[x](https://example.org)"');
    const { results } = sarif(judged(text, "we ird/#a:b/c?.yml"), judged(text, "a:b.yml"));
    assert.deepEqual(
      results.map(({ locations }) => locations[0]?.physicalLocation.artifactLocation.uri),
      ["we%20ird/%23a:b/c%3F.yml", "./a:b.yml"],
    );
    assert.match(results[0]?.message.text ?? "", /^"\\\[x\]\(/);
  });

  it("as annotations: no value ends its property or its command, and nothing steers a terminal", () => {
    const text = hardened('egress-policy: "a%0A::x\\e[31m"', "allowed-endpoints: pypi.org");
    const lines = print("github", judged(text, "a,b:c%\n.yml")).trimEnd().split("\n");
    assert.equal(lines.length, 2);
    assert.match(lines[0] ?? "", /^::error file=a%2Cb%3Ac%25%0A\.yml,line=8,endLine=8,col=26,endColumn=\d+,title=/);
    assert.ok(lines[0]?.endsWith('::"a%250A::x\\u001b[31m" is neither audit nor block, so the step fails'), lines[0]);
    assert.match(lines[1] ?? "", /^::notice .*title=endpoint\/missing-port::/);
  });

  it("with the evidence of recorded runs, for programs", () => {
    const result = judged(blocking("github.com:443"), WORKFLOW, { observed: [runNeeding(["pypi.org"])] });
    const [one] = (JSON.parse(print("json", result)) as { files: { diagnostics: { evidence: object[] }[] }[] }).files;
    const { last, ...rest } = one!.diagnostics[0]!.evidence[0] as { last: string };
    assert.match(last, /^2026-.*Z$/);
    const said = { endpoint: "pypi.org:443", runs: 1, of: 1, connections: 1, programs: ["pip"], steps: ["Install"] };
    assert.deepEqual(rest, said);
    assert.equal(sarif(result).results[0]?.properties?.evidence?.[0]?.endpoint, "pypi.org:443");
    assert.ok(!print("json", judged(blocking("pypi.org"))).includes("evidence"));
  });
});
