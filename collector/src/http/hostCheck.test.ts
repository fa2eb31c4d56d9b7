import assert from "node:assert/strict";
import fc from "fast-check";
import { hostOf, isOurHost } from "./hostCheck.ts";

describe("isOurHost", () => {
  it("takes the listen host by any port, in any case", () => {
    assert.equal(isOurHost("runner.example:99", "Runner.Example", "192.0.2.1"), true);
    assert.equal(isOurHost("RUNNER.example", "runner.example", "192.0.2.1"), true);
  });

  it("takes the address that the connection came in on, and no other", () => {
    assert.equal(isOurHost("192.0.2.1:80", "0.0.0.0", "192.0.2.1"), true);
    assert.equal(isOurHost("192.0.2.1:80", "::", "::ffff:192.0.2.1"), true);
    assert.equal(isOurHost("[2001:db8::1]:80", "::", "2001:db8::1"), true);
    assert.equal(isOurHost("192.0.2.2:80", "0.0.0.0", "192.0.2.1"), false);
    assert.equal(isOurHost("runner.example", "0.0.0.0", "192.0.2.1"), false);
  });

  for (const header of [
    undefined,
    "",
    " ",
    "127.0.0.1:",
    "127.0.0.1:123456",
    "[127.0.0.1]",
    "[::1",
    "::1",
    "localhost/",
    "localhost.",
    "user@localhost",
    "localhost, evil.example",
    "xn--localhost",
  ]) {
    it(`refuses ${JSON.stringify(header)}`, () => assert.equal(isOurHost(header, "127.0.0.1", "127.0.0.1"), false));
  }

  it("never throws, and its host has no port", () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        assert.doesNotMatch(hostOf(header) ?? "", /[[\]/@\s]/);
      }),
    );
  });
});
