import assert from "node:assert/strict";
import { hostOfAuthority } from "./authority.ts";

describe("hostOfAuthority", () => {
  const hosts = {
    "example.com": "example.com",
    "example.com:8443": "example.com",
    "example.com:": "example.com",
    "198.51.100.7:80": "198.51.100.7",
    "[2001:db8::7]:8443": "2001:db8::7",
    "[2001:db8::7]": "2001:db8::7",
    "2001:db8::7": "2001:db8::7",
    "": "",
    "a:b": "a:b",
  };
  for (const [authority, host] of Object.entries(hosts)) {
    it(`of "${authority}" is "${host}"`, () => assert.equal(hostOfAuthority(authority), host));
  }
});
