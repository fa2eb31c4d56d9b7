// Programs whose short flags or places take a secret: what their names alone do not give away.

/** A short flag whose value is a secret; `-pVALUE` and `-p VALUE` may mean different things. */
export interface ShortFlag {
  readonly flags: string;
  /** Both where absent. */
  readonly form?: "attached" | "apart";
}

const MYSQL: ShortFlag = { flags: "p", form: "attached" };
const MONGO: ShortFlag = { flags: "p" };

export const SHORT_FLAGS: Readonly<Record<string, ShortFlag>> = {
  sshpass: { flags: "p" },
  mysql: MYSQL,
  mysqldump: MYSQL,
  mysqladmin: MYSQL,
  mysqlimport: MYSQL,
  mariadb: MYSQL,
  "mariadb-dump": MYSQL,
  mongo: MONGO,
  mongosh: MONGO,
  mongodump: MONGO,
  mongorestore: MONGO,
  mongoimport: MONGO,
  mongoexport: MONGO,
  sqlcmd: { flags: "P" },
  bcp: { flags: "P" },
  "redis-cli": { flags: "a" },
  zip: { flags: "P" },
  unzip: { flags: "P" },
  "7z": { flags: "p", form: "attached" },
  "7za": { flags: "p", form: "attached" },
  "7zz": { flags: "p", form: "attached" },
  ldapsearch: { flags: "w" },
  ldapadd: { flags: "w" },
  ldapmodify: { flags: "w" },
  mosquitto_pub: { flags: "P" },
  mosquitto_sub: { flags: "P" },
  twine: { flags: "p" },
  http: { flags: "a" },
  https: { flags: "a" },
  xh: { flags: "a" },
  xhs: { flags: "a" },
  dotnet: { flags: "k", form: "apart" },
  openssl: { flags: "kK", form: "apart" },
};

/** With `login` among the arguments, `-p` is the password. */
export const LOGIN: ReadonlySet<string> = new Set(
  "docker podman nerdctl buildah skopeo helm oras az oc cf ibmcloud".split(" "),
);

/** What stands between the name and the password in the value of `-u`, `--user` and their like. */
export const USER_SIGN: Readonly<Record<string, ":" | "%" | ",">> = {
  curl: ":",
  http: ":",
  https: ":",
  xh: ":",
  xhs: ":",
  aria2c: ":",
  svn: ":",
  gh: ":",
  jf: ":",
  jfrog: ":",
  lftp: ",",
  smbclient: "%",
  rpcclient: "%",
  net: "%",
};

/** `cargo login VALUE`: the argument behind this one is the secret. */
export const VALUE_BEHIND: Readonly<Record<string, string>> = { cargo: "login", vault: "login", snyk: "auth" };

/** Behind one of these, `NAME VALUE` is a setting: `npm config set _authToken VALUE`. */
export const SETTING: ReadonlySet<string> = new Set(["config", "configure", "set"]);

/** Among the arguments, these say that `NAME=VALUE` is a secret, whatever its name. */
export const SECRET_COMMAND: ReadonlySet<string> = new Set(["secret", "secrets", "config:set"]);
