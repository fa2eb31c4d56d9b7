// Which names of flags, variables and headers stand for a secret. Pure and by whole words, so that `--author`,
// `--tokenizer` or `OLDPWD` stay readable.

/** A secret word followed by one of these names something about the secret, not the secret: `--token-file`. */
const ABOUT = new Set(
  (
    "file files path paths dir directory stdin url uri type name names ttl env policy length len lifetime expiry " +
    "expires expiration timeout endpoint issuer scope scopes count limit helper method mode store provider prompt jar " +
    "sock socket id enabled required format version"
  ).split(" "),
);
const SECRET = new Set(
  (
    "auth token secret secrets password passwords passwd passphrase passcode pass passin passout pat apikey accesskey " +
    "sshpass privatekey secretkey credential credentials creds cred authorization bearer jwt cookie cookies signature sig psk " +
    "sas otp authtoken accesstoken extraheader jitconfig assertion samlresponse storepass keypass srcstorepass " +
    "deststorepass"
  ).split(" "),
);
const SECRET_END = /(?:token|secret|password|passwd|passphrase|apikey|accesskey|privatekey|secretkey)\d*$/;
/** `key` alone is mostly a file or a map key; behind one of these it is a secret. */
const BEFORE_KEY = new Set(
  (
    "api access private secret account signing encryption master license deploy shared storage auth client session app " +
    "registration subscription ssh gpg hmac"
  ).split(" "),
);

const decide = (name: string): boolean => {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== "");
  const last = words.at(-1);
  if (last === undefined || ABOUT.has(last)) return false;
  return words.some((word, i) => {
    if (word === "auth" || word === "pass") return i === words.length - 1;
    if (word === "oauth") return words[i - 1] === "github";
    if (word === "pwd") return words.length > 1;
    if (word === "key") return BEFORE_KEY.has(words[i - 1] ?? "");
    return SECRET.has(word) || SECRET_END.test(word);
  });
};

const LIMIT = 4096;
const decided = new Map<string, boolean>();

/** Whether `name` (`--db-password`, `NPM_TOKEN`, `X-Api-Key`, `_authToken`) says that its value is a secret. */
export const isSecretName = (name: string): boolean => {
  if (name.length > 256) return decide(name.slice(-256));
  let known = decided.get(name);
  if (known === undefined) {
    if (decided.size >= LIMIT) decided.clear();
    known = decide(name);
    decided.set(name, known);
  }
  return known;
};
