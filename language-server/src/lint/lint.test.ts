import assert from "node:assert/strict";
import fc from "fast-check";
import { parseDocument } from "yaml";
import { parseHardenRunner } from "../../../collector/policy/hardenRunner.ts";
import { blocking, found, hardened, WORKFLOW } from "../../test/judged.ts";
import { fixText } from "./applyFixes.ts";
import { lintText } from "./lintText.ts";
import { Positions } from "./positions.ts";

describe("suppressions", () => {
  const MODE = "egress-policy: block";

  it("hold on the finding's line, the key's line, and a block's header", () => {
    const header = hardened(
      MODE,
      "allowed-endpoints: > # runglass: ignore[endpoint/missing-port, endpoint/plaintext-http] as ever",
      "  a.example.org",
      "  b.example.org:80",
    );
    assert.deepEqual(found(header), []);
    const line = hardened("egress-policy: block # runglass: ignore[policy/block-empty-list] on purpose");
    assert.deepEqual(found(line), []);
    const key = hardened(
      MODE,
      "allowed-endpoints: # runglass: ignore[endpoint/missing-port] as ever",
      "  a.example.org",
    );
    assert.deepEqual(found(key), []);
  });

  it("stand behind what else the comment says", () => {
    const comment = `# ${"TO"}${"DO"}: change to 'egress-policy: block' # runglass: ignore`;
    assert.deepEqual(found(hardened(`egress-policy: audit ${comment}[policy/audit-todo] next week`), "policy/"), []);
    const unused = hardened("egress-policy: audit # as ever # runglass: ignore[policy/audit-todo] why");
    assert.deepEqual(found(unused), [`suppress/unused "# runglass: ignore[policy/audit-todo] why"`]);
    assert.equal(fixText(WORKFLOW, unused), hardened("egress-policy: audit # as ever"));
    assert.deepEqual(found(hardened("egress-policy: audit # norunglass: ignore[policy/audit-todo]"), "suppress/"), []);
  });

  it("work without a reason, and are told of; those without an effect too", () => {
    const text = hardened("egress-policy: audit # runglass: ignore[policy/audit-todo]");
    const comment = JSON.stringify("# runglass: ignore[policy/audit-todo]");
    assert.deepEqual(found(text), [`suppress/no-reason ${comment}`, `suppress/unused ${comment}`]);
    assert.equal(fixText(WORKFLOW, text), hardened("egress-policy: audit"));
  });

  it("are none inside of a scalar", () => {
    assert.deepEqual(
      found(blocking("a.example.org:443 # runglass: ignore[endpoint/comment-in-list] no"), "suppress"),
      [],
    );
  });
});

describe("a file judged", () => {
  it("is judged above the place where it breaks", () => {
    const text = `${blocking("a.example.org:g443")}      - run: "unclosed\n  x: [\n`;
    assert.deepEqual(found(text, "endpoint/"), [`endpoint/invalid-port "a.example.org:g443"`]);
  });

  it("takes no longer for hostile shapes", () => {
    const start = performance.now();
    const bomb = [
      "a: &a [x,x,x,x,x,x,x,x,x,x]",
      ...Array.from(
        { length: 20 },
        (_, n) => `b${n}: &b${n} [*${n === 0 ? "a" : `b${n - 1}`},*${n === 0 ? "a" : `b${n - 1}`}]`,
      ),
      "jobs: *b19 # harden-runner",
    ].join("\n");
    for (const text of [
      bomb,
      `# harden-runner\n${"[".repeat(100_000)}`,
      `# harden-runner\n${"- ".repeat(50_000)}x`,
      blocking(...Array.from({ length: 20_000 }, (_, n) => `h${n}.example.org:443`)),
      `jobs:\n  a: &a\n    steps: *a # harden-runner\n`,
      "\u0000harden-runner\u0000",
      `\ufeff${blocking("a.example.org:443")}`,
      `harden-runner${"x".repeat(2_000_000)}`,
    ]) {
      lintText(WORKFLOW, text);
    }
    assert.ok(performance.now() - start < 8000, `${performance.now() - start} ms`);
  }).timeout(20_000);

  const entry = fc.constantFrom(
    "a.example.org:443",
    "b.example.org",
    "https://c.example.org/x",
    "d.example.org:g80",
    "e.example.org:443,f.example.org:443",
    "G.example.org:443",
    "h.example.org:443 # why",
    "*.example.net:443",
    "a.example.org:443",
    "codeload.github.com:443",
    "${{ vars.X }}",
    "10.0.0.0/8",
  );
  const style = fc.constantFrom("> ", "|", "|-", ">+", "plain", "single", "double");
  const eol = fc.constantFrom("\n", "\r\n");
  const policy = fc.tuple(fc.array(entry, { minLength: 1, maxLength: 6 }), style, eol).map(([entries, how, end]) => {
    const list =
      how === "plain" || how === "single" || how === "double"
        ? [
            `allowed-endpoints: ${how === "plain" ? "" : how === "single" ? "'" : '"'}${entries
              .join(" ")
              .replaceAll(/ # why/g, "")
              .replace(/^\*/, "x*")}${how === "plain" ? "" : how === "single" ? "'" : '"'}`,
          ]
        : [`allowed-endpoints: ${how.trim()}`, ...entries.map((one) => `  ${one}`)];
    return `# before${end}${hardened("egress-policy: block", ...list).replaceAll("\n", end)}# behind${end}`;
  });

  it("names places that are there, whatever is in it", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          policy,
          fc
            .tuple(policy, fc.nat(), fc.constantFrom("", "\n- ", '"', "[", "\t", "&a", "*a", "#", "\u0000"))
            .map(([text, at, what]) => text.slice(0, at % text.length) + what + text.slice(at % text.length)),
        ),
        (text) => {
          for (const { start, end, fixes } of lintText(WORKFLOW, text)) {
            assert.ok(start >= 0 && end >= start && end <= text.length);
            for (const edit of fixes.flatMap(({ edits }) => edits))
              assert.ok(edit.start >= 0 && edit.end >= edit.start && edit.end <= text.length);
          }
        },
      ),
      { numRuns: 400, seed: 5 },
    );
  });

  it("is mended once and for all: valid YAML, nothing else changed, and what the agent reads then is what was meant", () => {
    fc.assert(
      fc.property(policy, (text) => {
        const once = fixText(WORKFLOW, text);
        assert.equal(fixText(WORKFLOW, once), once);
        assert.deepEqual(parseDocument(once, { uniqueKeys: false }).errors, []);
        assert.ok(once.startsWith("# before") && once.trimEnd().endsWith("# behind"));
        assert.equal(/[^\r]\n/.test(once), /[^\r]\n/.test(text), "line ends stay");
        // What is left has no fault that a safe fix could have mended.
        const read =
          (parseDocument(once).toJS() as { jobs: { build: { steps: { with: Record<string, string> }[] } } }).jobs.build
            .steps[0]?.with["allowed-endpoints"] ?? "";
        if (read.includes("${{") || /10\.0\.0\.0/.test(read)) return;
        assert.deepEqual(
          parseHardenRunner(read).problems.filter(({ effect }) => effect === "lost" || effect === "reverts"),
          [],
          read,
        );
      }),
      { numRuns: 400, seed: 9 },
    );
  });

  it("has positions as the protocol counts them", () => {
    const text = "a\r\nb😀c\nd\re";
    const positions = new Positions(text);
    assert.deepEqual(positions.at(text.indexOf("c")), { line: 1, character: 3 });
    assert.deepEqual(positions.at(text.indexOf("e")), { line: 3, character: 0 });
    assert.deepEqual(positions.at(999), { line: 3, character: 1 });
  });
});
