import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { makeAptArchive } from "../content/aptArchive.ts";
import { makeGitRepository } from "../content/gitRepository.ts";
import { makeSigningKey } from "../content/openPgp.ts";
import { aptHost } from "./aptHost.ts";
import { copilotApi } from "./copilotApi.ts";
import { startDnsServer } from "./dnsServer.ts";
import { gitHost } from "./gitHost.ts";
import { npmRegistry } from "./npmRegistry.ts";
import { pythonFiles, pythonIndex } from "./pythonIndex.ts";
import { openTruth } from "./truth.ts";
import { type Site, startWebServers, untilNobodyIsConnected } from "./webServer.ts";

// The servers of the small internet. Started by the world in its network namespace: main.ts PRIVATE_DIR TRUTH ARCHIVE_KEY IP6 NAME_FOR_TCP.
// Says "ready" on stdout when all ports are open, and ends when its stdin does, so it never outlives the world.

const [privateDir = "", truthPath = "", archiveKey = "", ip6 = "", tcpName = ""] = process.argv.slice(2);

process.stdin.on("end", () => process.exit(0)).resume();
// The clients are ended first, but on a busy machine their connections end here somewhat later.
process.on("SIGTERM", () => void untilNobodyIsConnected(800).then(() => process.exit(0)));

const nowSeconds = Math.floor(Date.now() / 1000);
const repositories = join(privateDir, "git");
makeGitRepository(repositories, nowSeconds);
// A minute ago, since apt refuses lists from the future and clocks are read twice.
const published = new Date((nowSeconds - 60) * 1000);
const key = makeSigningKey("Sample Archive <archive@octo.example>", nowSeconds - 3600);
writeFileSync(archiveKey, key.publicKey);

const truth = openTruth(truthPath);
await startDnsServer(truth, ip6 === "true", tcpName);
await startWebServers({
  http: new Map<string, Site>([
    ["azure.archive.ubuntu.com", aptHost(makeAptArchive("ubuntu", key, published), published)],
  ]),
  https: new Map<string, Site>([
    ["api.github.copilot.com", copilotApi()],
    ["github.com", gitHost(repositories)],
    ["npm.pkg.github.com", npmRegistry("npm.pkg.github.com")],
    ["packages.microsoft.com", aptHost(makeAptArchive("microsoft", key, published), published)],
    ["pypi.org", pythonIndex("files.pythonhosted.org")],
    ["files.pythonhosted.org", pythonFiles()],
  ]),
  certificates: privateDir,
  truth,
  ip6: ip6 === "true",
});
process.stdout.write("ready\n");
