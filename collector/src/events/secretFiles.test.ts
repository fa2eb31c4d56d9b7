import assert from "node:assert/strict";
import fc from "fast-check";
import { onlyLists, SENSOR_READS, secretKind } from "./secretFiles.ts";

const home = "/home/runner";
const secrets: Readonly<Record<string, readonly string[]>> = {
  "ssh key": [
    `${home}/.ssh/id_rsa`,
    `${home}/.ssh/deploy`,
    "/tmp/id_ed25519",
    "/tmp/id_rsa.bak",
    "/etc/ssh/ssh_host_rsa_key",
  ],
  "private key": ["/srv/app/server.key", "/srv/app/tls.pem", "/a/b.p12", `${home}/.gnupg/private-keys-v1.d/AB12.key`],
  "password store": ["/a/b.kdbx", `${home}/.config/chromium/Default/Login Data`, `${home}/.mozilla/firefox/x/key4.db`],
  passwords: ["/etc/shadow", "/etc/gshadow", `${home}/.netrc`, `${home}/.git-credentials`],
  token: [
    `${home}/.npmrc`,
    `${home}/.pypirc`,
    `${home}/.docker/config.json`,
    `${home}/.config/gh/hosts.yml`,
    `${home}/.cargo/credentials.toml`,
    `${home}/work/repo/repo/.git/config`,
    `${home}/work/_temp/git-credentials-1234.config`,
    "/run/secrets/db",
    "/run/secrets/kubernetes.io/serviceaccount/..2026_11/token",
  ],
  "cloud credentials": [
    `${home}/.aws/credentials`,
    `${home}/.aws/sso/cache/ab12.json`,
    `${home}/.config/gcloud/application_default_credentials.json`,
    `${home}/.config/gcloud/credentials.db`,
    `${home}/.azure/msal_token_cache.json`,
    `${home}/.azure/azureProfile.json`,
    `${home}/.kube/config`,
  ],
  "environment file": ["/srv/app/.env", "/srv/app/.env.local", "/srv/app/.envrc", "/srv/app/.env-production"],
  "shell history": [`${home}/.bash_history`],
  "system memory": ["/proc/kcore", "/dev/mem"],
  runner: [
    `${home}/runners/2/.credentials`,
    "/opt/runner/.credentials_rsaparams",
    "/opt/runner/_diag/Worker_1-utc.log",
  ],
  "event payload": [`${home}/work/_temp/_github_workflow/event.json`],
};
const others = [
  `${home}/.ssh/known_hosts`,
  `${home}/.ssh/config`,
  `${home}/.ssh/id_rsa.pub`,
  "/etc/ssl/certs/ca.pem",
  "/usr/lib/python3/dist-packages/certifi/cacert.pem",
  "/srv/cacert.pem",
  "/srv/fullchain.pem",
  "/srv/site.pub.pem",
  "/srv/app/node_modules/https-fixtures/test.key",
  "/srv/app/.env.example",
  "/srv/app/.environment",
  "/srv/app/config",
  "/srv/app/config.json",
  "/srv/app/package.json",
  "/srv/app/mem",
  "/srv/cache/x",
  `${home}/.azure/config`,
  `${home}/.config/gcloud/config_sentinel`,
  "/srv/token",
  "/etc/passwd",
  "/etc/ssh/ssh_config",
  "/",
  "",
];

describe("secret files", () => {
  for (const [kind, paths] of Object.entries(secrets)) {
    it(`knows a ${kind}`, () => {
      for (const path of paths) assert.equal(secretKind(path), kind, path);
    });
  }

  it("passes over what is no secret", () => {
    for (const path of others) assert.equal(secretKind(path), undefined, path);
  });

  it("passes over git's own reading of its configuration, but not that of a program that only is called so", () => {
    const path = `${home}/work/repo/repo/.git/config`;
    for (const git of ["/usr/bin/git", "/usr/lib/git-core/git-remote-https"]) {
      assert.equal(secretKind(path, git), undefined);
    }
    for (const other of ["/usr/bin/cat", "/tmp/git", `${home}/bin/git`]) assert.equal(secretKind(path, other), "token");
  });

  it("lists for the sensor only what that understands", () => {
    const lines = SENSOR_READS.split("\n");
    assert.ok(lines.length > 50);
    for (const line of lines) assert.match(line, /^(?:[^/*]+|[^/*]{4,}\*|\*[^/*]{4,}|[^/*]+\/[^/*]*)$/);
  });

  it("knows the ps that only lists processes", () => {
    for (const words of ["aux", "-ef", "-e", "ax -o pid,comm", "--ppid 1", "-eo pid"]) {
      assert.ok(onlyLists("/usr/bin/ps", ["ps", ...words.split(" ")]), words);
    }
    for (const words of ["auxe", "e", "eww", "-eo pid,environ", "-E"]) {
      assert.ok(!onlyLists("/usr/bin/ps", ["ps", ...words.split(" ")]), words);
    }
    assert.ok(!onlyLists("/tmp/ps", ["ps"]));
  });

  it("takes any path", () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => void secretKind(`/${text}`)));
  });
});
