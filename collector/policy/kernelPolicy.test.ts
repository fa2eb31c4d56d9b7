import assert from "node:assert/strict";
import fc from "fast-check";
import { parseAddress, type Address } from "./addresses.ts";
import { defaultRules } from "./defaults.ts";
import { KERNEL_LIMITS, kernelPolicy, type KernelPolicy } from "./kernelPolicy.ts";
import { Matcher } from "./matcher.ts";
import { parseRunglass } from "./runglass.ts";

const compile = (text: string): KernelPolicy => {
  const policy = parseRunglass(text, defaultRules());
  assert.deepEqual(policy.problems, []);
  const made = kernelPolicy(policy);
  assert.ok(!("reasons" in made), "reasons" in made ? made.reasons.join("\n") : "");
  return made;
};

const reasonsOf = (text: string): readonly string[] => {
  const made = kernelPolicy(parseRunglass(text));
  assert.ok("reasons" in made);
  return made.reasons;
};

/** Answers from the bytes alone, as the kernel's tries do: by the longest prefix of bits. */
class Tables {
  readonly #view: DataView;
  readonly #counts: readonly number[];

  constructor({ bytes }: KernelPolicy) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#counts = [4, 8, 12].map((at) => this.#view.getUint32(at, true));
    const [networks = 0, names = 0, ports = 0] = this.#counts;
    assert.equal(bytes.length, 16 + networks * 28 + names * 264 + ports * 8);
  }

  #bits(at: number, count: number): string {
    let bits = "";
    for (let i = 0; i < count; i++) bits += (this.#view.getUint8(at + (i >> 3)) >> (7 - (i & 7))) & 1;
    return bits;
  }

  address({ version, value }: Address, port: number, protocol: number): boolean {
    const address = value.toString(2).padStart(version === 4 ? 32 : 128, "0");
    const byte = (n: number, length = 8): string => n.toString(2).padStart(length, "0");
    const asked = [
      [protocol, port],
      [protocol, 0],
      [0, port],
      [0, 0],
    ].map(([of = 0, at = 0]) => byte(version) + byte(of) + byte(at, 16) + address);
    for (let i = 0, at = 16; i < (this.#counts[0] ?? 0); i++, at += 28) {
      const prefix = this.#bits(at + 4, this.#view.getUint32(at, true));
      if (asked.some((bits) => bits.startsWith(prefix))) return true;
    }
    return false;
  }

  name(name: string, port: number, protocol: number): boolean {
    const [networks = 0, names = 0] = this.#counts;
    const asked = `${[...name].toReversed().join("")}\0`;
    let best = { length: -1, first: 0, count: 0 };
    for (let i = 0, at = 16 + networks * 28; i < names; i++, at += 264) {
      const length = this.#view.getUint32(at, true) / 8;
      const bytes = Array.from({ length }, (_, j) => this.#view.getUint8(at + 4 + j));
      const [first, count] = [this.#view.getUint32(at + 256, true), this.#view.getUint32(at + 260, true)];
      if (length > best.length && asked.startsWith(String.fromCharCode(...bytes))) best = { length, first, count };
    }
    for (let i = 0; i < best.count; i++) {
      const at = 16 + networks * 28 + names * 264 + (best.first + i) * 8;
      const [allowed, of] = [this.#view.getUint16(at, true), this.#view.getUint8(at + 2)];
      if ((allowed === 0 || allowed === port) && (of === 0 || of === protocol)) return true;
    }
    return false;
  }
}

const anyLabel = fc.constantFrom("a", "b", "ab", "ba");
const anyHost = fc.array(anyLabel, { minLength: 2, maxLength: 4 }).map((labels) => labels.join("."));
const anyPort = fc.constantFrom("", ":80", ":443", ":*");
const anyProtocol = fc.constantFrom("", "/udp");
const v4 = fc.constantFrom("192.0.2.1", "192.0.2.0/24", "192.0.2.128/25", "198.51.100.0/30", "0.0.0.0/0");
const v6 = fc.constantFrom("2001:db8::/32", "2001:db8:1::/48", "2001:db8::1", "2001:db8::/127");
const entry = fc.oneof(
  fc.tuple(fc.constantFrom("", "*."), anyHost, anyPort, anyProtocol).map((parts) => parts.join("")),
  fc.tuple(v4, anyPort, anyProtocol).map((parts) => parts.join("")),
  fc.tuple(v6, anyPort, anyProtocol).map(([network, port, protocol]) => `[${network}]${port}${protocol}`),
);
const anyIp = fc.constantFrom(
  "192.0.2.1",
  "192.0.2.200",
  "198.51.100.3",
  "203.0.113.9",
  "2001:db8::1",
  "2001:db8:1::9",
  "2001:db9::1",
  "127.0.0.53",
  "::1",
);

describe("a policy as the kernel reads it", () => {
  it("allows the names and addresses that the matcher allows, and no other", () => {
    fc.assert(
      fc.property(
        fc.array(entry, { maxLength: 12 }),
        fc.array(fc.tuple(anyHost, anyIp, fc.constantFrom(80, 443, 53), fc.constantFrom("tcp", "udp")), {
          maxLength: 20,
        }),
        (entries, questions) => {
          const text = entries.join("\n");
          const tables = new Tables(compile(text));
          const matcher = new Matcher(parseRunglass(text, defaultRules()));
          for (const [host, ip, port, protocol] of questions) {
            const number = protocol === "tcp" ? 6 : 17;
            const address = parseAddress(ip);
            assert.ok(address !== undefined);
            const byAddress = matcher.connection({ ip, port, protocol }) !== undefined;
            assert.equal(tables.address(address, port, number), byAddress, `${ip} ${port} ${protocol} of ${text}`);
            const byName = matcher.connection({ host, port, protocol }) !== undefined;
            assert.equal(tables.name(host, port, number), byName, `${host} ${port} ${protocol} of ${text}`);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it("has only the default rules where the list is empty", () => {
    const tables = new Tables(compile(""));
    const at = (ip: string): boolean => {
      const address = parseAddress(ip);
      assert.ok(address !== undefined);
      return tables.address(address, 443, 6);
    };
    assert.deepEqual(["127.0.0.1", "10.1.2.3", "fe80::1", "198.51.100.1"].map(at), [true, true, true, false]);
  });

  it("takes ten thousand entries", () => {
    const entries = Array.from({ length: 10_000 }, (_, n) =>
      n % 2 === 0 ? `h${n}.example.com` : `198.18.${n >> 8}.${n & 255}`,
    );
    const made = compile(entries.join(" "));
    assert.ok(made.names);
    const tables = new Tables(made);
    assert.ok(tables.name("h9998.example.com", 443, 6));
    assert.ok(!tables.name("h9999.example.com", 443, 6));
  });

  it("says which rules are only judged", () => {
    const made = compile("GET https://pypi.org/simple/* github.com");
    assert.deepEqual(
      made.auditOnly.map(({ text }) => text),
      ["GET https://pypi.org/simple/*"],
    );
  });

  it("refuses what the kernel cannot hold, with the number", () => {
    const ports = Array.from({ length: KERNEL_LIMITS.spanPorts + 1 }, (_, n) => `pypi.org:${n + 1}`);
    assert.match(reasonsOf(ports.join(" "))[0] ?? "", /"pypi\.org" has 65 ports .* takes 64/);
    const label = "a".repeat(62);
    const long = `${label}.${label}.${label}.${label}.a`;
    assert.equal(long.length, 253);
    assert.match(reasonsOf(long)[0] ?? "", /names of up to 251 letters/);
  });
});
