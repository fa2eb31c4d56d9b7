// A session that worked on storefront (a shop of several npm packages) while another one did on the same pull request: a script
// that is renamed later, a file that is taken back, code that moves, a minified bundle, and two files of every name.
// Written before it was looked at what the rules say; since then they were mended where they were wrong.
import { at, inCommit, LabelledRun, nothing, perhaps, right } from "../labelledRun.ts";

export const storefront = (): LabelledRun => {
  const run = new LabelledRun("octo-org/storefront", "2026-08-04", "08:01:00");
  const stock = at("packages/api/src/client.ts", "const STOCK_URL");
  const apiRetry = at("packages/api/package.json", '"p-retry"');
  const webRetry = at("packages/web/package.json", '"p-retry"');
  const warm = at("scripts/warm-cache.mjs");
  const earlyWarm = inCommit(1, "tools/warm.mjs");

  const agent = run.exec(["node", "/opt/copilot-runtime/dist-cca-v3/index.js"], undefined, undefined, undefined, {
    cwd: "/opt/copilot-runtime",
  });
  const shell = run.exec(["bash", "--norc"], agent);

  run.clock("08:03:00");
  const edit = run.call("edit", { path: `${run.root}/packages/api/src/client.ts` });
  // Another file of that name is in the change, and a test bundle of that name is not.
  run.write(
    agent,
    "write",
    "packages/api/src/client.ts",
    right(
      at("packages/api/src/client.ts", "import pRetry"),
      stock,
      at("packages/api/src/client.ts", "const response = await pRetry"),
    ),
    { tool: edit },
  );
  run.write(shell, "create", "packages/api/dist/client.js", nothing);
  run.write(shell, "create", "notes/plan.md", nothing);

  run.clock("08:04:00");
  const adding = run.call("bash", { command: "npm install p-retry -w packages/api" });
  const npm = run.exec(
    ["node", "/usr/bin/npm", "install", "p-retry", "-w", "packages/api"],
    shell,
    right(apiRetry),
    adding,
  );
  run.request(npm, "GET", "npm.pkg.github.com", "/p-retry", right(apiRetry));
  run.request(
    npm,
    "GET",
    "npm.pkg.github.com",
    "/retry/-/retry-0.13.1.tgz",
    right(at("package-lock.json", "node_modules/retry"), apiRetry),
  );
  run.write(npm, "write", "package-lock.json", right(at("package-lock.json")));
  run.writeMany(
    npm,
    "node_modules/p-retry",
    { "": ["index.js", "index.d.ts", "package.json"] },
    right(apiRetry, webRetry),
  );

  run.clock("08:06:00");
  const serving = run.call("bash", { command: "node packages/api/dist/server.js & sleep 2; curl -s localhost:8080" });
  const server = run.exec(["node", "packages/api/dist/server.js"], shell, nothing, serving);
  run.query(server, "stock.octo.example", right(stock));
  run.connect(server, "stock.octo.example", right(stock));
  run.request(server, "GET", "stock.octo.example", "/v2/rows", right(stock));
  // Taken back before the end.
  const tracing = run.call("create", { path: `${run.root}/packages/api/src/trace.ts` });
  run.write(agent, "create", "packages/api/src/trace.ts", right(inCommit(1, "packages/api/src/trace.ts")), {
    tool: tracing,
  });
  run.connect(
    server,
    "trace.octo.example",
    right(inCommit(1, "packages/api/src/trace.ts", "https://trace.octo.example")),
  );

  run.clock("08:08:00");
  // Renamed in a later commit; the base never had it.
  const warming = run.call("bash", { command: "node tools/warm.mjs" });
  run.write(agent, "create", "tools/warm.mjs", right(warm, earlyWarm));
  const node = run.exec(["node", "tools/warm.mjs"], shell, right(warm, earlyWarm), warming);
  run.connect(
    node,
    "cdn.octo.example",
    right(
      at("scripts/warm-cache.mjs", "https://cdn.octo.example"),
      inCommit(1, "tools/warm.mjs", "https://cdn.octo.example"),
    ),
  );

  // The other session's.
  run.clock("08:12:30");
  const other = run.exec(["node", "/opt/copilot-runtime/dist-cca-v3/index.js"], undefined, undefined, undefined, {
    cwd: "/opt/copilot-runtime",
  });
  const prices = run.call("edit", { path: `${run.root}/packages/web/src/client.ts` });
  run.write(
    other,
    "write",
    "packages/web/src/client.ts",
    right(
      at("packages/web/src/client.ts", "import pRetry"),
      at("packages/web/src/client.ts", "const PRICES_URL"),
      at("packages/web/src/client.ts", "const response = await pRetry"),
    ),
    { tool: prices },
  );
  run.connect(
    run.exec(["node", "packages/web/dist/serve.js"], other),
    "prices.octo.example",
    right(at("packages/web/src/client.ts", "const PRICES_URL")),
  );

  run.clock("08:18:00");
  const moving = run.call("create", { path: `${run.root}/packages/shared/src/money.ts` });
  run.write(
    agent,
    "create",
    "packages/shared/src/money.ts",
    right(at("packages/shared/src/money.ts", "export const")),
    {
      tool: moving,
    },
  );
  const taking = run.call("str_replace", { path: `${run.root}/packages/web/src/format.ts` }, "");
  run.write(
    agent,
    "write",
    "packages/web/src/format.ts",
    right(at("packages/web/src/format.ts", "export const money")),
    { tool: taking },
  );
  const syncing = run.call("bash", { command: "pwsh scripts/sync.ps1 -Out stock.csv" });
  const sync = run.exec(
    ["pwsh", "scripts/sync.ps1", "-Out", "stock.csv"],
    shell,
    right(at("scripts/sync.ps1")),
    syncing,
  );
  run.connect(sync, "sync.octo.example", right(at("scripts/sync.ps1", "https://sync.octo.example")));

  run.clock("08:24:00");
  run.exec(["git", "mv", "tools/warm.mjs", "scripts/warm-cache.mjs"], shell, right(warm));
  const browser = run.exec(["/usr/bin/chromium", "--headless", "http://localhost:8080"], shell);
  run.connect(browser, "stats.octo.example", perhaps(at("packages/web/public/app.min.js")));
  run.connect(browser, "update.chrome.example", nothing);
  return run;
};
