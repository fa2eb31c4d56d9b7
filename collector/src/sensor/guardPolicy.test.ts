// The policy that the collector hands over has the form that the sensor's header says.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KERNEL_LIMITS, kernelPolicy } from "../../policy/kernelPolicy.ts";
import { parseRunglass } from "../../policy/runglass.ts";

const header = join(import.meta.dirname, "../../sensor/bpf/guardPolicy.h");

/** Reads a policy as the sensor does, and prints what it finds. */
const program = `
#include <arpa/inet.h>
#include <stdio.h>
#include "${header}"
static struct guard_policy_network n[8];
static struct guard_policy_name m[8];
static struct guard_port p[8];
int main(void)
{
	struct guard_policy_head h;
	if (fread(&h, sizeof(h), 1, stdin) != 1 || h.magic != GUARD_MAGIC) return 1;
	if (fread(n, sizeof(*n), h.networks, stdin) != h.networks || fread(m, sizeof(*m), h.names, stdin) != h.names ||
	    fread(p, sizeof(*p), h.ports, stdin) != h.ports || fgetc(stdin) != EOF) return 2;
	for (unsigned i = 0; i < h.networks; i++)
		printf("network %u %u %u %u %u rule %u\\n", n[i].key.family, n[i].key.prefix - GUARD_NETWORK_HEAD, n[i].key.protocol,
		       ntohs(n[i].key.port), n[i].key.address[0] * 256 + n[i].key.address[1], n[i].rule);
	for (unsigned i = 0; i < h.names; i++)
		printf("name %s %u ports %u rule %u\\n", m[i].key.reversed, m[i].key.prefix / 8, p[m[i].span.first].port,
		       p[m[i].span.first].rule);
	printf("limits %u %u %u %u %u\\n", GUARD_MOST_NETWORKS, GUARD_MOST_NAMES, GUARD_MOST_PORTS, GUARD_SPAN_PORTS, GUARD_NAME_CAP);
	return 0;
}
`;

describe("the policy for the sensor", () => {
  it("is what guardPolicy.h says, as the C compiler sees it", () => {
    const made = kernelPolicy(parseRunglass("pypi.org:80 *.github.com 192.0.2.0/24:53/udp [2001:db8::/32]:*"));
    assert.ok(!("reasons" in made));
    const folder = mkdtempSync(join(tmpdir(), "runglass-policy-"));
    try {
      const [source, binary] = [join(folder, "policy.c"), join(folder, "policy")];
      writeFileSync(source, program);
      execFileSync("cc", ["-Wall", "-Werror", "-o", binary, source]);
      const printed = execFileSync(binary, { input: made.bytes, encoding: "utf8" });
      const { networks, names, ports, spanPorts, name } = KERNEL_LIMITS;
      assert.deepEqual(printed.trim().split("\n"), [
        `network 4 24 17 53 ${192 * 256} rule 2`,
        `network 6 32 6 0 ${0x2001} rule 3`,
        "name gro.ipyp 9 ports 80 rule 0",
        "name moc.buhtig. 11 ports 443 rule 1",
        `limits ${networks} ${names} ${ports} ${spanPorts} ${name}`,
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
