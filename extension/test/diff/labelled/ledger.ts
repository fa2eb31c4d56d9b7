// A session that worked on ledger (Go): two programs of one name, a host that a comment, code and documentation name, a test, a
// make target that a workflow runs, a file that moves.
// Written before it was looked at what the rules say; since then they were mended where they were wrong.
import { at, LabelledRun, nothing, perhaps, right } from "../labelledRun.ts";

export const ledger = (): LabelledRun => {
  const run = new LabelledRun("octo-org/ledger", "2026-08-11", "09:00:00");
  const backoff = at("go.mod", "github.com/cenkalti/backoff/v4 v4.3.0");
  const base = at("internal/rates/rates.go", "const base = ");
  const proxy = "proxy.golang.org";

  const agent = run.exec(["node", "/opt/copilot-runtime/dist-cca-v3/index.js"], undefined, undefined, undefined, {
    cwd: "/opt/copilot-runtime",
  });
  const shell = run.exec(["bash", "--norc"], agent);

  run.clock("09:02:00");
  const reading = run.call("bash", { command: "curl -s https://docs.ecb.octo.example/api | head -50" });
  const docs = right(at("internal/rates/rates.go", "https://docs.ecb.octo.example/api"));
  const curl = run.exec(["curl", "-s", "https://docs.ecb.octo.example/api"], shell, docs, reading);
  run.query(curl, "docs.ecb.octo.example", docs);
  run.read(curl, "/home/runner/.netrc", nothing);

  run.clock("09:04:00");
  const getting = run.call("bash", { command: "go get github.com/cenkalti/backoff/v4@v4.3.0" });
  const get = run.exec(["go", "get", "github.com/cenkalti/backoff/v4@v4.3.0"], shell, right(backoff), getting);
  run.request(get, "GET", proxy, "/github.com/cenkalti/backoff/v4/@v/v4.3.0.mod", right(backoff));
  run.request(get, "GET", "sum.golang.org", "/lookup/github.com/cenkalti/backoff/v4@v4.3.0", right(backoff));
  run.write(get, "write", "go.sum", right(at("go.sum")));
  run.write(get, "create", "/home/runner/go/pkg/mod/github.com/cenkalti/backoff/v4@v4.3.0/retry.go", right(backoff));

  run.clock("09:08:00");
  const exporting = run.call("edit", { path: `${run.root}/cmd/export/main.go` });
  run.write(agent, "write", "cmd/export/main.go", right(at("cmd/export/main.go")), { tool: exporting });
  const formatting = run.call("bash", { command: "gofmt -w internal/rates/rates.go && golangci-lint run ./..." });
  run.exec(["gofmt", "-w", "internal/rates/rates.go"], shell, right(at("internal/rates/rates.go")), formatting);
  run.exec(["golangci-lint", "run", "./..."], shell, nothing, formatting);
  const building = run.call("bash", { command: "go build ./..." });
  const build = run.exec(["go", "build", "./..."], shell, nothing, building);
  run.connect(build, proxy, perhaps(backoff));

  run.clock("09:14:00");
  const making = run.call("bash", { command: "make import" });
  const target = at("Makefile", "import:");
  const make = run.exec(["make", "import"], shell, right(target), making);
  const goRun = run.exec(
    ["go", "run", "./cmd/import", "-day", "today"],
    make,
    right(at("cmd/import/main.go"), at("Makefile", "go run ./cmd/import")),
  );
  const program = run.exec(["/tmp/go-build2718/b001/exe/import", "-day", "today"], goRun);
  run.connect(program, "data.ecb.octo.example", right(base));
  run.request(program, "GET", "data.ecb.octo.example", "/v1/day/today", right(base));
  const sample = run.call("bash", {
    command: "curl -so internal/rates/testdata/day.json https://data.ecb.octo.example/v1/day/2026-08-11",
  });
  const day = at("internal/rates/testdata/day.json");
  const fetch = run.exec(
    ["curl", "-so", "internal/rates/testdata/day.json", "https://data.ecb.octo.example/v1/day/2026-08-11"],
    shell,
    right(day, base),
    sample,
  );
  run.write(fetch, "create", "internal/rates/testdata/day.json", right(day));
  const testing = run.call("bash", { command: "go test ./internal/rates -run TestParse" });
  run.exec(
    ["go", "test", "./internal/rates", "-run", "TestParse"],
    shell,
    right(at("internal/rates/rates_test.go", "func TestParse")),
    testing,
  );

  run.clock("09:22:00");
  const image = run.call("bash", { command: "docker build -t ledger ." });
  const add = at("Dockerfile", "ADD https://get.octo.example/tini");
  run.exec(["docker", "build", "-t", "ledger", "."], shell, right(add), image);
  const buildkit = run.exec(["/usr/bin/buildkitd"]);
  run.connect(buildkit, "get.octo.example", right(add));
  run.connect(buildkit, "registry.octo.test", nothing);

  run.clock("09:30:00");
  const moving = run.call("bash", { command: "git mv internal/legacy/parse.go internal/rates/parse.go" });
  const moved = right(at("internal/rates/parse.go"));
  const mv = run.exec(["git", "mv", "internal/legacy/parse.go", "internal/rates/parse.go"], shell, moved, moving);
  run.write(mv, "rename", "internal/rates/parse.go", moved, { from: "internal/legacy/parse.go" });
  run.write(shell, "create", "internal/legacy/doc.go", nothing);
  return run;
};
