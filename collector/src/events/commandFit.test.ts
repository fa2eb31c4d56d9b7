import assert from "node:assert/strict";
import fc from "fast-check";
import { commandFit } from "./commandFit.ts";

const fit = (command: string, ...argv: readonly string[]): number => commandFit(command, `/usr/bin/${argv[0]}`, argv);

describe("the likeness of a command and a program", () => {
  it("is whole for a shell that was given the command", () => {
    assert.equal(fit("npm ci && npm test", "bash", "-c", "npm ci && npm test"), 1);
    assert.equal(fit(" npm  ci\n", "sh", "-lc", "cd /w; npm ci"), 1);
  });

  for (const [command, argv] of [
    ["cd /w && npm test", ["npm", "test"]],
    ["A=1 sudo env B=2 curl -sS x", ["curl", "-sS", "x"]],
    ["ls | grep foo", ["grep", "foo"]],
    ["./run.sh --fast", ["bash", "./run.sh", "--fast"]],
    ["npm ci", ["node", "/usr/local/bin/npm", "ci"]],
    ["npm ci", ["/usr/bin/env", "node", "/usr/local/bin/npm", "ci"]],
    ["find . -exec rm {} +", ["rm", "a"]],
    ["for f in *; do wc $f; done", ["wc", "a"]],
    ["echo $(whoami)", ["whoami"]],
  ] as const) {
    it(`is there for ${argv.join(" ")} in "${command}"`, () => assert.ok(fit(command, ...argv) > 0));
  }

  for (const [command, argv] of [
    ["npm test", ["git", "fetch"]],
    ["", ["npm", "test"]],
    ["npm test", ["bash", "-c", "runglass-hook postToolUse"]],
    ["npmx test", ["npm", "test"]],
  ] as const) {
    it(`is not there for ${argv.join(" ")} in "${command}"`, () => assert.equal(fit(command, ...argv), 0));
  }

  it("grows with the words that both have", () =>
    assert.ok(fit("npm run build", "npm", "run", "build") > fit("npm run build", "npm", "test")));

  it("is a number from 0 to 1 for any text, soon", () => {
    const text = fc.oneof(fc.string(), fc.constant("a ".repeat(100_000)), fc.constant("x=".repeat(50_000)));
    fc.assert(
      fc.property(text, text, fc.array(text, { maxLength: 5 }), (command, exe, argv) => {
        const value = commandFit(command, exe, argv);
        assert.ok(value >= 0 && value <= 1);
      }),
      { numRuns: 200 },
    );
  });
});
