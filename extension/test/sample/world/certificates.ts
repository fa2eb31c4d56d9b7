import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { run } from "./commands.ts";
import { HOSTS } from "./internet.ts";

/** Makes a key and a certificate for it. The configuration is empty, since the machine's own openssl.cnf may add extensions of its own. */
const certify = (
  subject: string,
  key: string,
  certificate: string,
  extensions: string[],
  signer: string[] = [],
): void => {
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key];
  const added = extensions.flatMap((extension) => ["-addext", extension]);
  const common = ["-days", "1", "-subj", `/CN=${subject}`, "-out", certificate];
  run("openssl", ["req", "-x509", "-config", "/dev/null", ...newKey, ...common, ...signer, ...added]);
};

/**
 * Makes a certificate authority that only this world's clients are told of, and a certificate for each host: NAME.pem and
 * NAME.key in `privateDir`, the authority itself at `caPath`. Everything is valid for a day and lies in the world's own directory.
 */
export const makeCertificates = (privateDir: string, caPath: string): void => {
  mkdirSync(privateDir, { recursive: true, mode: 0o700 });
  const caKey = join(privateDir, "authority.key");
  certify("Runglass sample authority", caKey, caPath, [
    "basicConstraints=critical,CA:TRUE",
    "keyUsage=critical,keyCertSign,cRLSign",
    "subjectKeyIdentifier=hash",
  ]);
  for (const { name } of HOSTS) {
    const extensions = [
      `subjectAltName=DNS:${name}`,
      "basicConstraints=critical,CA:FALSE",
      "extendedKeyUsage=serverAuth",
      "authorityKeyIdentifier=keyid",
    ];
    const [key, certificate] = [join(privateDir, `${name}.key`), join(privateDir, `${name}.pem`)];
    certify(name, key, certificate, extensions, ["-CA", caPath, "-CAkey", caKey]);
  }
};
