import assert from "node:assert/strict";
import { UserError } from "../errors.ts";
import { INPUT_NAMES, readInputs } from "./inputs.ts";

const given = (inputs: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]));

const refused = (inputs: Readonly<Record<string, string>>): string => {
  try {
    readInputs(given(inputs));
  } catch (error) {
    assert.ok(error instanceof UserError);
    return error.message;
  }
  return assert.fail("it is refused");
};

describe("inputs of the Action", () => {
  it("have values where the workflow names none", () => {
    assert.deepEqual(readInputs({ GITHUB_JOB: "build" }), {
      egressPolicy: "audit",
      allowedEndpoints: "",
      dialect: "runglass",
      disableSudo: false,
      disableContainers: false,
      disableFileMonitoring: false,
      failOnBlock: false,
      onUnenforceable: "fail",
      upload: "live",
      listen: undefined,
      cgroup: undefined,
    });
    // The runner gives an empty text for an input without a value.
    assert.deepEqual(readInputs(given(Object.fromEntries(INPUT_NAMES.map((name) => [name, ""])))), readInputs({}));
  });

  it("are taken as they are written, the list of endpoints with its lines", () => {
    const list = "  pypi.org # the index\n\n*.github.com:443\n";
    const inputs = readInputs(
      given({
        "egress-policy": " block ",
        "allowed-endpoints": list,
        dialect: "harden-runner",
        "disable-sudo-and-containers": "True",
        "fail-on-block": "TRUE",
        upload: "none",
        listen: "127.0.0.1:0",
      }),
    );
    assert.equal(inputs.allowedEndpoints, list);
    assert.deepEqual([inputs.egressPolicy, inputs.dialect, inputs.upload], ["block", "harden-runner", "none"]);
    assert.deepEqual([inputs.disableSudo, inputs.disableContainers, inputs.failOnBlock], [true, true, true]);
  });

  const cases: readonly (readonly [string, Readonly<Record<string, string>>, RegExp])[] = [
    ["unknown ones", { "egres-policy": "block" }, /^unknown input egres-policy: did you mean egress-policy\?$/],
    ["ones like nothing", { color: "red" }, /^unknown input color: the inputs are egress-policy, /],
    ["Harden-Runner's own", { "api-key": "x" }, /^input api-key: this is one of Harden-Runner's; there is no account/],
    ["expressions that are left", { upload: "${{ inputs.upload }}" }, /^input upload: the expression "\$\{\{ inputs/],
    [
      "and in lists",
      { "allowed-endpoints": "a.example\n${{ vars.MORE }}" },
      /^input allowed-endpoints: the expression/,
    ],
    ["words that are no booleans", { "disable-sudo": "yes" }, /^input disable-sudo: "yes": it is true or false$/],
    ["modes by case", { "egress-policy": "Audit" }, /^input egress-policy: "Audit": did you mean audit\?$/],
    ["places that are none", { listen: "everywhere" }, /^input listen: .*the port is missing/],
  ];
  for (const [what, inputs, message] of cases) it(`refuse ${what}`, () => assert.match(refused(inputs), message));
});
