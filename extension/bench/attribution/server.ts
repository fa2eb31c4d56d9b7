// The servers of the attribution benchmark: server.ts PRIVATE_DIR TRUTH ARCHIVE_KEY IP6 INSIDE. The sites of the sample's
// small internet over HTTP/1.1 and HTTP/2, in clear text and TLS, and below /op/ what the clients of the benchmark ask for.
// Before a request is answered it is looked up who asked; INSIDE is a process in the clients' network namespace.
// Says "ready" on stdout, and ends when its stdin does.
import { once } from "node:events";
import { readFileSync, openSync, writeFileSync, writeSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createSecureServer } from "node:http2";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import { makeAptArchive } from "../../test/sample/content/aptArchive.ts";
import { makeGitRepository } from "../../test/sample/content/gitRepository.ts";
import { makeSigningKey } from "../../test/sample/content/openPgp.ts";
import { aptHost } from "../../test/sample/servers/aptHost.ts";
import { startDnsServer } from "../../test/sample/servers/dnsServer.ts";
import { gitHost } from "../../test/sample/servers/gitHost.ts";
import { npmRegistry } from "../../test/sample/servers/npmRegistry.ts";
import { pythonFiles, pythonIndex } from "../../test/sample/servers/pythonIndex.ts";
import { endpointsOf } from "../../test/sample/servers/truth.ts";
import { reply, type Site } from "../../test/sample/servers/webServer.ts";
import { HOSTS } from "../../test/sample/world/internet.ts";
import { ownersOf, variableOf } from "./socketOwner.ts";
import type { Asked } from "./truth.ts";

const [privateDir = "", truthPath = "", archiveKey = "", ip6 = "", inside = ""] = process.argv.slice(2);
process.stdin.on("end", () => process.exit(0)).resume();

const nowSeconds = Math.floor(Date.now() / 1000);
makeGitRepository(join(privateDir, "git"), nowSeconds);
// A minute ago, since apt refuses lists from the future.
const published = new Date((nowSeconds - 60) * 1000);
const key = makeSigningKey("Sample Archive <archive@octo.example>", nowSeconds - 3600);
writeFileSync(archiveKey, key.publicKey);
const sites = new Map<string, Site>([
  ["azure.archive.ubuntu.com", aptHost(makeAptArchive("ubuntu", key, published), published)],
  ["packages.microsoft.com", aptHost(makeAptArchive("microsoft", key, published), published)],
  ["github.com", gitHost(join(privateDir, "git"))],
  ["npm.pkg.github.com", npmRegistry("npm.pkg.github.com")],
  ["pypi.org", pythonIndex("files.pythonhosted.org")],
  ["files.pythonhosted.org", pythonFiles()],
]);

const truth = openSync(truthPath, "a", 0o600);

/** Answers what the benchmark's own clients ask: the status that the path names, 200 without. */
const operation: Site = (request, response, url) => {
  const status = Number(/\/status\/(\d{3})/.exec(url.pathname)?.[1] ?? 200);
  request.resume().on("end", () => reply(response, status, "fine", "text/plain"));
};

const answer = async (request: IncomingMessage, response: ServerResponse, tls: boolean): Promise<void> => {
  const t = Math.round((performance.timeOrigin + performance.now()) * 1000);
  const authority = (request as { authority?: string }).authority ?? request.headers.host ?? "";
  const host = authority.replace(/:\d+$/, "").toLowerCase();
  const { client, server } = endpointsOf(request.socket);
  const [pid, ...others] = ownersOf(Number(inside), client, server);
  const label = pid === undefined ? undefined : variableOf(pid, "BENCH_OP");
  const owner: Pick<Asked, "pid" | "label"> = {
    ...(pid === undefined || others.length > 0 ? {} : { pid }),
    ...(label === undefined ? {} : { label }),
  };
  const { method = "", url: path = "/", httpVersion } = request;
  response.once("finish", () => {
    const version = httpVersion.startsWith("2") ? "2" : (httpVersion as "1.0" | "1.1");
    const asked: Asked = { t, method, host, path, version, tls, status: response.statusCode, client, server, ...owner };
    writeSync(truth, `${JSON.stringify(asked)}\n`);
  });
  const url = new URL(path, `http://${host}`);
  const site = url.pathname.startsWith("/op/") ? operation : sites.get(host);
  if (site === undefined) reply(response, 421);
  else await site(request, response, url);
};

const listener =
  (tls: boolean) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    answer(request, response, tls).catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      if (response.headersSent) response.destroy();
      else reply(response, 500);
    });
  };

const contexts = new Map(
  HOSTS.map(({ name }) => {
    const [cert, keyOf] = ["pem", "key"].map((kind) => readFileSync(join(privateDir, `${name}.${kind}`)));
    return [name, createSecureContext({ cert: cert as Buffer, key: keyOf as Buffer })] as const;
  }),
);
const http = createServer({ keepAliveTimeout: 20_000 }, listener(false));
const https = createSecureServer(
  {
    allowHTTP1: true,
    SNICallback: (name, done) => {
      const context = contexts.get(name);
      done(context === undefined ? new Error(`no certificate for ${name}`) : null, context);
    },
  },
  // What is used of a request and its response is the same in both versions of HTTP.
  listener(true) as never,
);
await startDnsServer(() => undefined, ip6 === "true", "");
const address = ip6 === "true" ? "::" : "0.0.0.0";
await once(http.listen(80, address), "listening");
await once(https.listen(443, address), "listening");
process.stdout.write("ready\n");
