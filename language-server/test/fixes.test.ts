// Every fix of every finding in the corpus, and all of a file together: valid YAML, mended once and for all, nothing else changed,
// and what the agent reads then is what was meant.
import assert from "node:assert/strict";
import fc from "fast-check";
import { isMap, isScalar, isSeq, parseAllDocuments, visit, type Document } from "yaml";
import { parseAddress } from "../../collector/policy/addresses.ts";
import { applyEdits, fixText } from "../src/lint/applyFixes.ts";
import { lintText, type Diagnostic } from "../src/lint/lintText.ts";
import { agentReads } from "./agentReading.ts";
import { RIGHT, WRONG } from "./corpus.ts";
import { styles, writePolicy } from "./policyStyles.ts";

const documentOf = (text: string): Document => {
  const [first] = parseAllDocuments(text, { uniqueKeys: false, logLevel: "silent" });
  assert.ok(first !== undefined && "errors" in first, "a document");
  return first;
};

/** The comments of a file: what begins with # outside of scalars. */
const commentsOf = (text: string): string[] => {
  const comments: string[] = [];
  const document = documentOf(text);
  const take = (comment: string | null | undefined): void => {
    for (const line of (comment ?? "").split("\n")) if (line.trim() !== "") comments.push(line.trim());
  };
  take(document.commentBefore);
  take(document.comment);
  visit(document, {
    Node: (_, node) => {
      take(node.commentBefore);
      take(node.comment);
    },
  });
  return comments.sort();
};

/** The file without what fixes are about: its policies' inputs. */
const rest = (text: string): unknown => {
  const document = documentOf(text);
  visit(document, {
    Map: (_, node) => {
      const uses = node.get("uses", true);
      if (isScalar(uses) && /harden-runner/i.test(String(uses.value))) node.delete("with");
      for (const name of ["default", "hosts", "HOSTS", "allowed-endpoints", "COMMON", "ENDPOINTS", "x-hosts"])
        node.delete(name);
    },
  });
  // Aliases whose anchors were taken out stay as they are.
  return JSON.parse(
    JSON.stringify(document.contents, (_, value: unknown) =>
      isMap(value) || isSeq(value) || isScalar(value) ? value : value,
    ),
  );
};

const KEEPS_THE_REST = /^(?:endpoint|policy)\/(?!store-needs)/;
/** What takes a comment out by its nature, or says another version in it. */
const TAKES_COMMENTS = new Set([
  "policy/audit-todo",
  "suppress/unused",
  "step/conditional",
  "step/outdated",
  "copilot/ignored-key",
]);

const count = (findings: readonly Diagnostic[], rule: string): number =>
  findings.filter((one) => one.rule === rule).length;

const files = [...RIGHT, ...WRONG].filter(({ text }) => documentOf(text).errors.length === 0);

describe("the fixes", () => {
  it("of each finding in the corpus mend it, and leave the rest as it is", () => {
    let tried = 0;
    for (const { name, path, text } of files) {
      const before = lintText(path, text);
      const loneLines = /[^\r]\n/.test(text);
      for (const finding of before) {
        for (const fix of finding.fixes) {
          const what = `${name}: ${finding.rule}: ${fix.title}`;
          const after = applyEdits(text, fix.edits);
          tried++;
          assert.notEqual(after, text, what);
          assert.deepEqual(
            documentOf(after).errors.map(({ message }) => message),
            [],
            `${what}\n${after}`,
          );
          assert.ok(count(lintText(path, after), finding.rule) < count(before, finding.rule), `${what}\n${after}`);
          assert.equal(/[^\r]\n/.test(after), loneLines, `${what}: line ends`);
          if (KEEPS_THE_REST.test(finding.rule)) assert.deepEqual(rest(after), rest(text), what);
          if (!TAKES_COMMENTS.has(finding.rule)) {
            const comments = commentsOf(after);
            for (const comment of commentsOf(text)) assert.ok(comments.includes(comment), `${what}: # ${comment}`);
          }
        }
      }
    }
    assert.ok(tried >= 150, `${tried}`);
  });

  it("of a file together come to an end, and leave valid YAML", () => {
    for (const { name, path, text } of files) {
      const once = fixText(path, text);
      assert.equal(fixText(path, once), once, name);
      assert.deepEqual(
        documentOf(once).errors.map(({ message }) => message),
        [],
        `${name}\n${once}`,
      );
      assert.deepEqual(
        lintText(path, once).filter(({ fixes: [first] }) => first !== undefined && first.unsafe !== true),
        [],
        name,
      );
    }
  });
});

/** Entries as people write them, each with the hosts and ports that it means to allow; none where nobody can tell. */
const ENTRIES: readonly (readonly [text: string, meant: readonly string[] | "unknown"])[] = [
  ["a.example.com:443", ["a.example.com:443"]],
  ["b.example.com", ["b.example.com:443"]],
  ["c.example.com:8443", ["c.example.com:8443"]],
  ["a.example.com:8443", ["a.example.com:8443"]],
  ["https://d.example.com/x", ["d.example.com:443"]],
  ["http://e.example.com", ["e.example.com:80"]],
  ["f.example.com/v2:443", ["f.example.com:443"]],
  ["g.example.com:g443", ["g.example.com:443"]],
  ["h.example.com:443/tcp", ["h.example.com:443"]],
  ["i.example.com:443,j.example.com:80", ["i.example.com:443", "j.example.com:80"]],
  ["k.example.com:80,443", ["k.example.com:80", "k.example.com:443"]],
  ["L.Example.com:443", ["l.example.com:443"]],
  ["*.w.example.com:443", ["x.w.example.com:443", "x.y.w.example.com:443"]],
  ["https://*.v.example.com", ["x.v.example.com:443"]],
  ["m.w.example.com:443", ["m.w.example.com:443"]],
  ["m.w.example.com:80", ["m.w.example.com:80"]],
  ["*.w.example.com:80", "unknown"],
  ["codeload.github.com:443", []],
  ["169.254.169.254:80", []],
  ["x.actions.githubusercontent.com:443", []],
  ["'n.example.com:443'", ["n.example.com:443"]],
];
const COMMENT = ["# of o.example.com:443", []] as const;

const IMPLICIT = agentReads("codeload.github.com:443 *.actions.githubusercontent.com:443");

describe("all fixes of a policy", () => {
  const entries = fc.array(
    fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...ENTRIES) }, { weight: 1, arbitrary: fc.constant(COMMENT) }),
    {
      minLength: 1,
      maxLength: 8,
    },
  );

  it("make a list that the agent reads as it was meant, whatever shape it is written in", () => {
    fc.assert(
      fc.property(entries, fc.constantFrom(...styles), fc.boolean(), (chosen, style, crlf) => {
        const words = chosen.map(([text]) => text);
        const written = writePolicy(style, words);
        if (written === undefined) return;
        const text = crlf ? written.replaceAll("\n", "\r\n") : written;
        const path = ".github/workflows/ci.yml";
        const fixed = fixText(path, text);
        const what = `${style}: ${JSON.stringify(words)}\n${fixed}`;
        assert.equal(fixText(path, fixed), fixed, what);
        assert.deepEqual(documentOf(fixed).errors, [], what);
        assert.equal(/[^\r]\n/.test(fixed), !crlf, what);
        const said = documentOf(fixed).toJS() as {
          readonly env?: { readonly HOSTS?: string };
          readonly jobs: { readonly j: { readonly steps: readonly { readonly with: Record<string, unknown> }[] } };
        };
        let list = said.jobs.j.steps[0]?.with["allowed-endpoints"] ?? "";
        if (typeof list === "string" && list.includes("env.HOSTS")) list = said.env?.HOSTS ?? "";
        assert.equal(typeof list, "string", what);
        const agent = agentReads(list as string);
        const meant = chosen.flatMap(([, hosts]) => hosts);
        if (chosen.some(([, hosts]) => hosts === "unknown")) return;
        for (const endpoint of meant) {
          const at = endpoint.lastIndexOf(":");
          const [host, port] = [endpoint.slice(0, at), Number(endpoint.slice(at + 1))];
          assert.ok(agent.allows(host, port) || IMPLICIT.allows(host, port), `${endpoint} is lost: ${what}`);
        }
        // Nothing more, and nothing that the agent would give up at.
        for (const entry of agent.entries) {
          const at = entry.lastIndexOf(":");
          const [host, port] = [entry.slice(0, at), Number(entry.slice(at + 1))];
          const isMeant =
            meant.includes(entry) ||
            (host.startsWith("*.") && meant.includes(`x${host.slice(1)}:${port}`)) ||
            IMPLICIT.allows(host.replace("*", "x"), port);
          assert.ok(isMeant && parseAddress(host) === undefined, `${entry} was not meant: ${what}`);
        }
      }),
      { numRuns: 800, seed: 3 },
    );
  });
});
