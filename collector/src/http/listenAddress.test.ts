import assert from "node:assert/strict";
import { UserError } from "../errors.ts";
import { isLoopbackAddress, isLoopbackName, parseListen, urlHost } from "./listenAddress.ts";

describe("parseListen", () => {
  const good: readonly (readonly [string, string, number])[] = [
    ["127.0.0.1:0", "127.0.0.1", 0],
    ["localhost:8443", "localhost", 8443],
    ["[::1]:80", "::1", 80],
    ["0.0.0.0:65535", "0.0.0.0", 65535],
    ["runner-1.example:9000", "runner-1.example", 9000],
  ];
  for (const [value, host, port] of good) {
    it(`takes ${value}`, () => assert.deepEqual(parseListen(value), { host, port }));
  }

  const bad: readonly (readonly [string, RegExp])[] = [
    ["", /port is missing/],
    ["127.0.0.1", /port is missing/],
    ["8443", /port is missing/],
    [":8443", /host is missing/],
    ["::1", /needs brackets/],
    ["::1:8443", /needs brackets|no HOST:PORT/],
    ["[127.0.0.1]:1", /no IPv6/],
    ["[::1]", /no HOST:PORT/],
    ["127.0.0.1:65536", /at most 65535/],
    ["127.0.0.1:-1", /no HOST:PORT/],
    ["127.0.0.1:http", /no HOST:PORT/],
    ["127.0.0.300:1", /neither an IP address nor a host name/],
    ["a b:1", /neither an IP address nor a host name/],
    ["http://127.0.0.1:1", /no HOST:PORT/],
  ];
  for (const [value, message] of bad) {
    it(`refuses "${value}" and shows how it should be`, () => {
      assert.throws(
        () => parseListen(value),
        (error: unknown) => {
          assert.ok(error instanceof UserError && error.exitCode === 2);
          assert.match(error.message, message);
          assert.match(error.message, /HOST:PORT, as 127\.0\.0\.1:8443/);
          return true;
        },
      );
    });
  }
});

describe("loopback", () => {
  it("is what only this machine can reach", () => {
    for (const yes of ["127.0.0.1", "127.255.0.9", "::1"]) assert.equal(isLoopbackAddress(yes), true, yes);
    for (const no of ["0.0.0.0", "::", "192.0.2.1", "128.0.0.1", "localhost", "", "127.0.0.1.evil.example"]) {
      assert.equal(isLoopbackAddress(no), false, no);
    }
    assert.equal(isLoopbackName("LocalHost"), true);
    assert.equal(isLoopbackName("localhost.evil.example"), false);
  });

  it("brackets IPv6 addresses in URLs", () => {
    assert.equal(urlHost("::1"), "[::1]");
    assert.equal(urlHost("127.0.0.1"), "127.0.0.1");
  });
});
