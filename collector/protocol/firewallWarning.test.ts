import assert from "node:assert/strict";
import fc from "fast-check";
import { parseFirewallWarnings } from "./firewallWarning.ts";

/** The form of a pull request's body. */
const body = `Adds the thing.

> [!WARNING]
>
> <details>
> <summary>Firewall rules blocked me from connecting to one or more addresses (expand for details)</summary>
>
> #### I tried to connect to the following addresses, but was blocked by firewall rules:
>
> - \`https://api.github.com/repos/o/r/actions/runs\`
>   - Triggering command: \`/usr/bin/python python -m pytest tests/\` (http block)
> - \`ESM.ubuntu.com.\`
>   - Triggering command: \`/usr/lib/apt/methods/https\` (dns block)
>   - Triggering command: \`root process (pid 0)\` (dns block)
>
> If you need me to access, download, or install something from one of these locations, you can either:
>
> - Configure [Actions setup steps](https://gh.io/copilot/actions-setup-steps) to set up my environment, which run before the firewall is enabled
>
> </details>
`;

describe("parseFirewallWarnings", () => {
  it("reads what was blocked, how, and by which command", () => {
    assert.deepEqual(parseFirewallWarnings(body), [
      {
        address: "https://api.github.com/repos/o/r/actions/runs",
        host: "api.github.com",
        url: "https://api.github.com/repos/o/r/actions/runs",
        at: "http",
        command: "/usr/bin/python python -m pytest tests/",
      },
      {
        address: "ESM.ubuntu.com.",
        host: "esm.ubuntu.com",
        url: undefined,
        at: "dns",
        command: "/usr/lib/apt/methods/https",
      },
      { address: "ESM.ubuntu.com.", host: "esm.ubuntu.com", url: undefined, at: "dns", command: "" },
    ]);
  });

  it("reads the same of a job's log", () => {
    const lines = [
      "⚠️ Warning: I tried to connect to the following addresses, but was blocked by firewall rules:",
      "",
      "- `www.microsoft.com.`",
      "  - Triggering Command: `dotnet build --verbosity quiet ` (dns block)",
      "- `192.0.2.7`",
      "  - Triggering Command: `curl 192.0.2.7` (ip block)",
      "",
      "If you need me to access, download, or install something from one of these locations, you can either:",
      "- `not.one.example`",
    ];
    const log = lines.map((line) => `2026-06-26T12:25:59.8764995Z ${line}\r\n`).join("");
    assert.deepEqual(
      parseFirewallWarnings(log).map(({ host, at, command }) => [host, at, command]),
      [
        ["www.microsoft.com", "dns", "dotnet build --verbosity quiet"],
        ["192.0.2.7", "packet", "curl 192.0.2.7"],
      ],
    );
  });

  it("tells each once, also where body and comments repeat it", () => {
    assert.equal(parseFirewallWarnings(body + body).length, 3);
  });

  it("takes nothing from other text", () => {
    assert.deepEqual(parseFirewallWarnings("- `example.com`\n  - Triggering command: `x` (dns block)\n"), []);
    assert.deepEqual(parseFirewallWarnings(""), []);
  });

  it("is bounded, whatever the text", () => {
    const heading = "I tried to connect to the following addresses, but was blocked by firewall rules:\n";
    const many = Array.from(
      { length: 5000 },
      (_, i) => `- \`h${i}.example\`\n  - Triggering command: \`c\` (dns block)\n`,
    );
    assert.equal(parseFirewallWarnings(heading + many.join("")).length, 500);
    const hostile = fc.array(
      fc.oneof(
        fc.constantFrom(
          "- `a.example`",
          "  - Triggering command: `x` (dns block)",
          "`".repeat(5000),
          "- " + "-`".repeat(3000),
        ),
        fc.string({ unit: "binary", maxLength: 60 }),
      ),
    );
    fc.assert(
      fc.property(hostile, (lines) => {
        for (const { address, command, host } of parseFirewallWarnings(heading + lines.join("\n"))) {
          assert.ok(address.length <= 2048 && command.length <= 512 && host.length <= 253);
          // oxlint-disable-next-line no-control-regex
          assert.doesNotMatch(address + command, /[\u0000-\u001f]/);
        }
      }),
      { numRuns: 30 },
    );
  });
});
