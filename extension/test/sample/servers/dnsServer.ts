import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";

import { HOSTS, RESOLVER } from "../world/internet.ts";
import { type Answer, QTYPES, type Question, parseQuery, writeResponse } from "./dnsMessage.ts";
import { type Endpoint, type TruthWriter, endpointsOf } from "./truth.ts";

interface Lookup {
  readonly rcode: number;
  readonly answers: readonly Answer[];
}

/** What the zone says about a name. Exported for the tests. */
export const lookUp = (name: string, qtype: number): Lookup => {
  const host = HOSTS.find((one) => one.name === name || one.cname === name);
  if (!host) return { rcode: 3, answers: [] };
  const alias: Answer[] = host.cname && name === host.name ? [{ name, type: "CNAME", value: host.cname }] : [];
  const owner = host.cname ?? host.name;
  const type = QTYPES[qtype];
  const address = type === "A" ? host.ip4 : type === "AAAA" ? host.ip6 : undefined;
  if (address === undefined || (type !== "A" && type !== "AAAA")) return { rcode: 0, answers: alias };
  return { rcode: 0, answers: [...alias, { name: owner, type, value: address }] };
};

/**
 * Starts the resolver on UDP and TCP port 53. IPv6 addresses are left out of the answers where the machine has no IPv6.
 * Answers about `tooLongForUdp` are truncated on UDP, so that clients have to ask again over TCP.
 */
export const startDnsServer = async (truth: TruthWriter, ip6: boolean, tooLongForUdp: string): Promise<void> => {
  const answer = (question: Question, client: Endpoint, transport: "udp" | "tcp"): Buffer => {
    const found = lookUp(question.name, question.qtype);
    const answers = ip6 ? found.answers : found.answers.filter((one) => one.type !== "AAAA");
    const truncated = transport === "udp" && question.name === tooLongForUdp;
    truth({
      type: "dns",
      name: question.name,
      qtype: QTYPES[question.qtype] ?? String(question.qtype),
      transport,
      client,
      rcode: found.rcode === 0 ? "NOERROR" : "NXDOMAIN",
      answers: answers.map((one) => one.value),
      ...(truncated ? { truncated } : {}),
    });
    return writeResponse(question, found.rcode, answers, truncated);
  };

  const udp = createSocket("udp4");
  udp.on("message", (message, from) => {
    const question = parseQuery(message);
    if (question) udp.send(answer(question, { ip: from.address, port: from.port }, "udp"), from.port, from.address);
  });
  udp.bind(53, RESOLVER);
  await once(udp, "listening");

  const tcp = createServer((socket) => answerOverTcp(socket, answer));
  tcp.listen(53, RESOLVER);
  await once(tcp, "listening");
};

/** Over TCP every message has its length before it, and may arrive in pieces. */
const answerOverTcp = (
  socket: Socket,
  answer: (question: Question, client: Endpoint, transport: "tcp") => Buffer,
): void => {
  let waiting: Buffer = Buffer.alloc(0);
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    waiting = Buffer.concat([waiting, chunk]);
    while (waiting.length >= 2 && waiting.length >= 2 + waiting.readUInt16BE(0)) {
      const end = 2 + waiting.readUInt16BE(0);
      const question = parseQuery(waiting.subarray(2, end));
      waiting = waiting.subarray(end);
      if (!question) return void socket.destroy();
      const response = answer(question, endpointsOf(socket).client, "tcp");
      const length = Buffer.alloc(2);
      length.writeUInt16BE(response.length);
      socket.write(Buffer.concat([length, response]));
    }
  });
};
