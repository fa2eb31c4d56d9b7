// Requests of Node programs, one kind a run: requests.mjs KIND URL COUNT.
import http from "node:http";
import http2 from "node:http2";
import https from "node:https";

const [, , kind, url = "", number] = process.argv;
const count = Number(number);
const { protocol, origin, pathname } = new URL(url);
const module = protocol === "https:" ? https : http;

/** One request through an agent; resolves when its answer is read. */
const ask = (agent, path, method = "GET", body = undefined) =>
  new Promise((resolve, reject) => {
    const request = module.request(`${origin}${path}`, { agent, method }, (response) =>
      response.resume().on("end", resolve),
    );
    request.on("error", reject).end(body);
  });

const each = (work) => Promise.all(Array.from({ length: count }, (_, i) => work(i)));

const kinds = {
  /** A connection for each request, all at a time; TLS writes are repeated until the handshake is done. */
  parallel: () => each((i) => ask(new module.Agent(), `${pathname}/${i}`, "PUT", "x".repeat(i * 1000))),
  /** Few connections, many requests. */
  kept: async () => {
    const agent = new module.Agent({ keepAlive: true, maxSockets: 3 });
    await each((i) => ask(agent, `${pathname}/${i}`));
    agent.destroy();
  },
  fetch: () =>
    each((i) => fetch(`${url}/${i}`, i % 2 ? { method: "POST", body: "b".repeat(i * 500) } : {}).then((r) => r.text())),
  /** One HTTP/2 connection, all at a time. */
  http2: async () => {
    const session = http2.connect(origin);
    await each(
      (i) =>
        new Promise((resolve, reject) => {
          const body = i % 3 === 0 ? "x".repeat(i * 700) : undefined;
          const stream = session.request({
            ":path": `${pathname}/${i}`,
            ":method": body === undefined ? "GET" : "POST",
          });
          stream.on("error", reject).on("end", resolve).resume().end(body);
        }),
    );
    session.close();
  },
};
await kinds[kind]();
process.exit(0);
