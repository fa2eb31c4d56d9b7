import assert from "node:assert/strict";
import { HostNames } from "./hostNames.ts";

const RESOLVER = "192.0.2.53";
const STRANGER = "127.0.0.99";

describe("HostNames", () => {
  it("believes the process's own answers, then the machine's resolvers, then anyone", () => {
    const names = new HostNames(new Set([RESOLVER]));
    assert.equal(names.lookup("1-a", "198.51.100.1"), undefined);
    names.learn("2-b", STRANGER, "stranger.example", ["198.51.100.1"]);
    assert.equal(names.lookup("1-a", "198.51.100.1"), "stranger.example");
    names.learn("3-c", RESOLVER, "resolver.example", ["198.51.100.1"]);
    names.learn("2-b", STRANGER, "again.example", ["198.51.100.1"]);
    assert.equal(names.lookup("1-a", "198.51.100.1"), "resolver.example");
    assert.equal(names.lookup("2-b", "198.51.100.1"), "again.example");
  });

  it("forgets the oldest when a flood of names comes", () => {
    const names = new HostNames(new Set());
    names.learn("1-a", STRANGER, "first.example", ["192.0.2.1"]);
    for (let i = 0; i < 70_000; i++)
      names.learn("2-b", STRANGER, "flood.example", [`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`]);
    assert.equal(names.lookup("1-a", "192.0.2.1"), undefined);
    assert.equal(names.lookup("2-b", "10.1.17.111"), "flood.example");
  });
});
