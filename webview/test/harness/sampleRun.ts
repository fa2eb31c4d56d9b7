// A small run with one of everything, in the shape of an agent's session: what the page is looked at with.
import { EventWriter } from "./eventWriter.ts";

const coverage = (writer: EventWriter): void => {
  for (const hook of ["sched_process_exec", "sched_process_exit", "inet_sock_set_state", "file writes"]) {
    writer.add({ type: "coverage", hook, state: "on" });
  }
};

const install = (writer: EventWriter, id: string): void => {
  const root = "/home/runner/work/app/node_modules";
  for (let i = 0; i < 180; i++) {
    const name = ["lodash", "express", "undici", "semver", "yargs"][i % 5] ?? "x";
    writer.file(id, "create", `${root}/${name}/lib/part${i}.js`);
    writer.file(id, "write", `${root}/${name}/lib/part${i}.js`);
  }
};

/** `isWhole`: with coverage that sees everything, no loss, and an end. */
export const sampleRun = (isWhole: boolean): EventWriter => {
  const writer = new EventWriter();
  writer.start("fix the failing OCR test");
  coverage(writer);
  if (!isWhole) {
    writer.add({
      type: "coverage",
      hook: "tls plaintext",
      state: "unsupported",
      target: "/usr/bin/rustup",
      reason: "the binary carries its own TLS (rustls)",
    });
  }
  writer.exec("800-a", undefined, ["bash", "-e", "/home/runner/work/_temp/step.sh"]);
  writer.exec("801-a", "800-a", ["node", "--enable-source-maps", "mcp/dist/index.js"], {
    exe: "/opt/copilot/node/bin/node",
  });
  writer.connect("801-a", "api.github.copilot.com", "198.51.100.20", 443, "ok", 8400);
  writer.exec("812-a", "800-a", ["npm", "ci"], { exe: "/usr/local/bin/node" });
  writer.add({
    type: "dns.query",
    process: "812-a",
    dns: {
      name: "npm.pkg.github.com",
      qtype: "A",
      transport: "udp",
      server: { ip: "192.0.2.53", port: 53 },
      rcode: "NOERROR",
      answers: ["198.51.100.33", "198.51.100.34"],
    },
  });
  for (let i = 0; i < 9; i++) writer.connect("812-a", "npm.pkg.github.com", "198.51.100.33", 443, "ok", 240_000 + i);
  install(writer, "812-a");
  writer.exec("830-a", "812-a", ["sh", "-c", "node install.js"]);
  writer.exec("831-a", "830-a", ["node", "install.js"], {
    exe: "/usr/local/bin/node",
    cwd: "/home/runner/work/app/node_modules/esbuild",
  });
  writer.connect("831-a", "telemetry.example", "198.51.100.99", 443, "ECONNREFUSED");
  writer.exit("831-a", 1, 0, 420_000);
  writer.exit("830-a", 1, 0, 460_000);
  writer.exit("812-a", 0, 0, 6_900_000);
  writer.exec("840-a", "800-a", ["git", "fetch", "origin", "copilot/fix-ocr"]);
  writer.exec("841-a", "840-a", ["git-remote-https", "origin", "https://github.com/octo/app"], {
    exe: "/usr/lib/git-core/git-remote-https",
  });
  writer.connect("841-a", "github.com", "198.51.100.4", 443, "ok", 4_400_000);
  writer.exit("841-a");
  writer.file("840-a", "create", "/home/runner/work/app/.git/FETCH_HEAD");
  writer.exit("840-a");
  writer.exec("850-a", "800-a", ["pip", "install", "-r", "requirements.txt"], { exe: "/usr/bin/python3.12" });
  writer.connect("850-a", "pypi.org", "198.51.100.60", 443, "ok", 31_000);
  writer.connect("850-a", "files.pythonhosted.org", "198.51.100.61", 443, "ok", 4_400_000);
  writer.connect("850-a", undefined, "2001:db8::9", 8443, "ENETUNREACH");
  writer.exit("850-a", 0, 0, 6_800_000);
  writer.exec("860-a", "800-a", ["python3.12", "ocr.py", "--lang", "en fr", "it's.png"], {
    exe: "/usr/bin/python3.12",
  });
  writer.file("860-a", "create", "/home/runner/work/app/out/text.txt");
  writer.file("860-a", "rename", "/home/runner/work/app/out/final.txt", "/home/runner/work/app/out/text.txt");
  writer.file("860-a", "unlink", "/tmp/ocr.lock");
  writer.file("860-a", "chmod", "/home/runner/work/app/run.sh");
  writer.add({
    type: "net.connect",
    process: "860-a",
    flow: {
      id: "fb",
      protocol: "tcp",
      local: { ip: "192.0.2.10", port: 4 },
      remote: { ip: "198.51.100.77", port: 443 },
    },
    host: { name: "paste.example", source: "dns" },
    verdict: "blocked",
    rule: "default deny",
    result: "EPERM",
  });
  writer.exit("860-a", 0, 9, 800_000);
  if (!isWhole) {
    writer.add({ type: "loss", source: "file ring", lost: 1412 });
    writer.add({
      type: "finding",
      process: "860-a",
      finding: {
        rule: "egress-after-deny",
        severity: "high",
        title: "A blocked destination was tried again by address",
        evidence: [1],
      },
    });
    writer.lines.push("{ this is not JSON");
    writer.lines.push(JSON.stringify({ v: 1, seq: ++writer.seq, t: writer.t, type: "gpu.load", process: "860-a" }));
  }
  writer.exec("870-a", "800-a", ["curl", "-sS", "https://api.github.copilot.com/agents/sessions"]);
  if (isWhole) {
    writer.connect("870-a", "api.github.copilot.com", "198.51.100.20", 443);
    writer.exit("870-a");
    writer.exit("800-a", 0, 0, 24_000_000);
    writer.add({ type: "run.end", counts: {}, lost: 0 });
  }
  return writer;
};
