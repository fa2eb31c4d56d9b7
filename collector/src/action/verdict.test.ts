import assert from "node:assert/strict";
import { readInputs } from "./inputs.ts";
import type { Outcome } from "./messages.ts";
import { verdictOf } from "./verdict.ts";

const AUDIT = readInputs({});
const BLOCK = readInputs({ "INPUT_EGRESS-POLICY": "block", "INPUT_ON-UNENFORCEABLE": "audit" });

const outcome = (more: Partial<Outcome> = {}): Outcome => ({
  failures: [],
  warnings: [],
  denials: [],
  verdict: undefined,
  unenforced: undefined,
  markdown: "",
  log: undefined,
  ...more,
});
const denial = (blocked: boolean): Outcome["denials"][number] => ({
  what: "evil.example:443",
  kind: "connection",
  blocked,
  first: 1,
  times: 1,
  programs: [],
  steps: [],
});

describe("verdictOf", () => {
  it("is quiet where there is nothing to say, and says by which policy", () => {
    assert.match(
      verdictOf(outcome(), AUDIT),
      /^> \[!NOTE\]\n> The job was watched to its end\. It has no egress policy/,
    );
    assert.match(verdictOf(outcome(), BLOCK), /allowed by its policy, which was enforced\.\n$/);
    const listed = readInputs({ "INPUT_ALLOWED-ENDPOINTS": "pypi.org" });
    assert.match(verdictOf(outcome(), listed), /allowed by its policy\.\n$/);
  });

  it("never calls a policy enforced that was not", () => {
    const said = verdictOf(outcome({ unenforced: "no cgroup v2 <b>" }), BLOCK);
    assert.match(
      said,
      /^> \[!WARNING\]\n> \*\*The policy was not enforced all the time\*\*: <code>no cgroup v2 &#60;b/,
    );
    assert.doesNotMatch(said, /which was enforced/);
  });

  it("tells what was blocked from what would be", () => {
    const said = verdictOf(outcome({ denials: [denial(true), denial(false), denial(false)] }), BLOCK);
    assert.match(said, /^> \[!WARNING\]\n> \*\*Blocked: 1 destination\*\*.*\n>\n> 2 destinations would be blocked/);
  });

  it("begins with what makes the record doubtful", () => {
    const said = verdictOf(
      outcome({ failures: ["the collector was killed\n> [!NOTE]"], denials: [denial(true)] }),
      BLOCK,
    );
    const [level, first, , second] = said.split("\n");
    assert.deepEqual([level, first], ["> [!CAUTION]", "> **This record is not to be trusted as a whole.**"]);
    assert.match(second ?? "", /^> <code>the collector was killed\\?/);
    assert.equal(said.split("\n").filter((line) => line.startsWith("> [!")).length, 1);
  });
});
