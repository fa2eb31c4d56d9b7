// A TLS server for tests, with a certificate that nobody vouches for.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import assert from "node:assert/strict";
import { scratch } from "./support.ts";

export const selfSigned = (): { readonly key: Buffer; readonly cert: Buffer } => {
  const { path, remove } = scratch();
  try {
    const [key, cert] = [join(path, "key.pem"), join(path, "cert.pem")];
    const args = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    const made = spawnSync("openssl", [...args, "-subj", "/CN=test", "-days", "2", "-keyout", key, "-out", cert]);
    assert.equal(made.status, 0, String(made.stderr));
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } finally {
    remove();
  }
};
