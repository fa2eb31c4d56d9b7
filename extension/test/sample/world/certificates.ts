import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { run } from "./commands.ts";
import { HOSTS } from "./internet.ts";

const EC_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/**
 * Makes a certificate authority that only this world's clients are told of, and a certificate for each host: NAME.pem and
 * NAME.key in `privateDir`, the authority itself at `caPath`. Everything is valid for a day and lies in the world's own directory.
 */
export const makeCertificates = (privateDir: string, caPath: string): void => {
  mkdirSync(privateDir, { recursive: true, mode: 0o700 });
  const caKey = join(privateDir, "authority.key");
  // An empty configuration, since the machine's own openssl.cnf may add extensions of its own.
  const make = (...args: string[]): string => run("openssl", ["req", "-x509", "-config", "/dev/null", ...args]);
  make(
    ...EC_KEY,
    "-keyout",
    caKey,
    "-out",
    caPath,
    "-days",
    "1",
    "-subj",
    "/CN=Runglass sample authority",
    "-addext",
    "basicConstraints=critical,CA:TRUE",
    "-addext",
    "keyUsage=critical,keyCertSign,cRLSign",
    "-addext",
    "subjectKeyIdentifier=hash",
  );
  for (const { name } of HOSTS) {
    make(
      ...EC_KEY,
      "-CA",
      caPath,
      "-CAkey",
      caKey,
      "-days",
      "1",
      "-subj",
      `/CN=${name}`,
      "-keyout",
      join(privateDir, `${name}.key`),
      "-out",
      join(privateDir, `${name}.pem`),
      "-addext",
      `subjectAltName=DNS:${name}`,
      "-addext",
      "basicConstraints=critical,CA:FALSE",
      "-addext",
      "extendedKeyUsage=serverAuth",
      "-addext",
      "authorityKeyIdentifier=keyid",
    );
  }
};
