// Random runs for property tests: few processes, paths and hosts, so that rows meet again, parents come late, and damaged
// orders happen.
import fc from "fast-check";
import { EventWriter } from "./eventWriter.ts";

interface Step {
  readonly what: number;
  readonly who: number;
  readonly other: number;
}

const steps = fc.array(fc.record({ what: fc.nat(9), who: fc.nat(12), other: fc.nat(40) }), { maxLength: 120 });

/** Hosts of requests: some are the same host in other words. */
const requestHosts = ["h1.example", "H1.example.", "h2.example:8080", "[2001:db8::1]:443", "2001:db8::1", ""];

const id = (number: number): string => `${100 + number}-p`;

const apply = (writer: EventWriter, { what, who, other }: Step): void => {
  switch (what) {
    case 0:
    case 1:
      writer.exec(id(who), other % 4 === 0 ? undefined : id(other % 13), [`cmd${who}`, `arg${other}`]);
      break;
    case 2:
      writer.exit(id(who), other % 3);
      break;
    case 3:
      writer.connect(
        id(who),
        other % 2 === 0 ? `h${other % 5}.example` : undefined,
        `198.51.100.${other % 6}`,
        443,
        other % 5 === 0 ? "ECONNREFUSED" : "ok",
      );
      break;
    case 4:
      writer.add({ type: "loss", source: `ring${other % 2}`, lost: other });
      break;
    case 5:
      writer.add({
        type: "dns.query",
        process: id(who),
        dns: {
          name: `h${other % 5}.example`,
          qtype: "A",
          transport: "udp",
          server: { ip: "192.0.2.53", port: 53 },
          rcode: other % 3 === 0 ? "NXDOMAIN" : "NOERROR",
          answers: [],
        },
      });
      break;
    case 6:
      writer.file(id(who), other % 2 === 0 ? "create" : "unlink", `/w/d${other % 7}/f${other}`);
      break;
    case 7: {
      const request = writer.add({
        type: "http.request",
        ...(other % 6 === 0 ? {} : { process: id(who) }),
        http: {
          method: "GET",
          host: requestHosts[other % 6] ?? "",
          path: `/p${other % 3}`,
          version: "1.1",
          tls: "none",
        },
      });
      if (other % 2 === 0) writer.add({ type: "http.response", request, status: other % 4 === 0 ? 200 : 404 });
      break;
    }
    default:
      writer.file(id(who), "write", `/w/node_modules/p${other % 7}/f${other % 29}`);
  }
};

/** Lines of a random run. */
export const randomRun: fc.Arbitrary<readonly string[]> = steps.map((list) => {
  const writer = new EventWriter();
  for (const step of list) apply(writer, step);
  return writer.lines;
});

/** Lines of a random run in which hosts get their names late, while other connections to the same address are open. */
export const lateNames: fc.Arbitrary<readonly string[]> = steps.map((list) => {
  const writer = new EventWriter();
  const open: ((name?: string) => void)[] = [];
  for (const step of list) {
    const { what, who, other } = step;
    const before = other % 3 === 0 ? `h${other % 5}.example` : undefined;
    if (what < 4) open.push(writer.open(id(who % 3), `198.51.100.${other % 3}`, 443, before));
    else if (what < 8)
      open.splice(who % Math.max(1, open.length), 1)[0]?.(other % 4 === 0 ? undefined : `h${other % 5}.example`);
    else apply(writer, step);
  }
  return writer.lines;
});
