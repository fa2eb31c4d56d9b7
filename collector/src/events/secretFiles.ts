// Files that hold keys, tokens and passwords: who opens one of these to read is told (`file.read`). This is the one list;
// the sensor is given the names of it, asks for them at each open, and what it tells is judged here by the whole path.
//
// What everything reads all the time is left out, or nobody would look: public keys, certificates that come with the
// system or with a package, what a program has beside its secrets (known_hosts, config).

/** What a file is, in a word or two, for people and for `file.kind`. */
export type SecretKind =
  | "ssh key"
  | "private key"
  | "password store"
  | "passwords"
  | "token"
  | "cloud credentials"
  | "environment file"
  | "shell history"
  | "system memory"
  | "runner"
  | "event payload"
  | "process memory"
  | "process environment";

interface Secret {
  readonly kind: SecretKind;
  /** The last part of the path, or its last two; `*` stands for any text in the last one. */
  readonly patterns: readonly string[];
  /** Of these only where the whole path is like this. */
  readonly where?: RegExp;
  readonly except?: RegExp;
  /** Programs that read it all the time, as they should. */
  readonly programs?: RegExp;
}

/** What comes with packages is no secret of this machine. */
const PUBLISHED =
  /\/(?:node_modules|site-packages|dist-packages)\/|^\/(?:etc\/(?:ssl|pki)\/certs|etc\/pki\/(?:tls\/certs|ca-trust)|usr\/(?:share|lib|lib64|include))\//;
const CERTIFICATES =
  /\/(?:ca-?(?:cert(?:ificate)?s?|bundle|root)[^/]*|cert|certs|fullchain|chain|roots|[^/]*[._-]pub(?:lic)?)\.(?:pem|key)$/i;
const GIT = /^\/usr\/(?:local\/)?(?:bin\/git|lib(?:exec)?\/git-core\/git)[^/]*$/;

const SECRETS: readonly Secret[] = [
  // Keys: whoever has one can act as the user.
  {
    kind: "ssh key",
    patterns: [".ssh/*", "id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*", "ssh_host_*"],
    except: /\.pub$|\/\.ssh\/(?:known_hosts[^/]*|config|authorized_keys2?|environment|rc)$/,
  },
  {
    kind: "private key",
    patterns: [
      "*.pem",
      "*.key",
      "*.p12",
      "*.pfx",
      "*.jks",
      "*.ppk",
      "*.keystore",
      "private-keys-v1.d/*",
      "secring.gpg",
    ],
    // Not only by its place: a certificate is most of what has such a name.
    except: new RegExp(`${PUBLISHED.source}|${CERTIFICATES.source}`, "i"),
  },
  // Stores of passwords, locked or not.
  {
    kind: "password store",
    patterns: ["*.kdbx", "*.keyring", "*.kwl", "Login Data", "Cookies", "logins.json", "key4.db", "cookies.sqlite"],
    except: PUBLISHED,
  },
  { kind: "passwords", patterns: ["etc/shadow", "etc/shadow-", "etc/gshadow", "etc/gshadow-", "etc/master.passwd"] },
  { kind: "passwords", patterns: [".netrc", "_netrc", ".pgpass", ".my.cnf", ".htpasswd", ".git-credentials"] },
  // Tokens of package registries, forges and other services.
  {
    kind: "token",
    patterns: [
      ".npmrc",
      ".pypirc",
      ".vault-token",
      ".docker/config.json",
      "containers/auth.json",
      ".composer/auth.json",
      ".cargo/credentials",
      ".cargo/credentials.toml",
      ".gem/credentials",
      ".m2/settings.xml",
      ".gradle/gradle.properties",
      "gh/hosts.yml",
      "credentials.tfrc.json",
    ],
    except: PUBLISHED,
  },
  { kind: "token", patterns: ["secrets/*"], where: /^\/run\/secrets\// },
  // A job's own token: actions/checkout leaves it in the repository's configuration, or in a file of the runner's.
  { kind: "token", patterns: [".git/config", "git-credentials-*"], programs: GIT },
  // A workload's identity inside Kubernetes.
  {
    kind: "token",
    patterns: ["token"],
    where: /\/secrets\/(?:kubernetes\.io\/serviceaccount|eks\.amazonaws\.com\/serviceaccount|tokens)\//,
  },
  {
    kind: "cloud credentials",
    patterns: [
      ".aws/credentials",
      "cache/*",
      "gcloud/*",
      ".azure/*",
      "adc.json",
      ".kube/config",
      ".s3cfg",
      "rclone.conf",
    ],
    except:
      /\/(?:config|config_sentinel|active_config|az\.json|az\.sess|versionCheck\.json|clouds\.config|commandIndex\.json|gce|[^/]*telemetry[^/]*)$(?<!\.kube\/config)/,
    where: /\/\.aws\/|\/\.?gcloud\/|\/\.azure\/|\/\.kube\/config$|\/\.s3cfg$|\/rclone\.conf$/,
  },
  {
    kind: "environment file",
    patterns: [".env*"],
    where: /\/\.env(?:rc|[.-][^/]*)?$/,
    except: new RegExp(`${PUBLISHED.source}|\\.(?:example|sample|template|tpl|dist|defaults?|schema)$`, "i"),
  },
  { kind: "shell history", patterns: [".bash_history", ".zsh_history", ".psql_history", ".mysql_history"] },
  { kind: "system memory", patterns: ["kcore", "kmem", "mem"], where: /^\/(?:proc\/kcore|dev\/k?mem)$/ },
  // The runner's own: its identity, and its log, which has the job's message with all that the job was given.
  { kind: "runner", patterns: [".credentials", ".credentials_rsaparams", ".runner", "_diag/*"] },
  // What started the job: names and texts that strangers may have chosen.
  { kind: "event payload", patterns: ["_github_workflow/event.json"] },
];

/** Of other processes; the sensor knows whose they are. They may hold all that a process was given. */
const OF_PROCESSES = ["mem", "environ"];

const DIRECTORY = "dir:";

/** Under what a pattern is looked up, by the last part of a path: that whole, or its first or last four characters. */
const keyOf = (pattern: string): string => {
  const name = pattern.slice(pattern.indexOf("/") + 1);
  if (name === "*") return DIRECTORY + pattern.slice(0, -2);
  if (name.endsWith("*")) return `${name.slice(0, 4)}*`;
  return name.startsWith("*") ? `*${name.slice(-4)}` : name;
};

const escape = (text: string): string => text.replaceAll(/[.+?^$()[\]{}|\\]/g, "\\$&");
const endsLike = (pattern: string): RegExp => new RegExp(`/${escape(pattern).replaceAll("*", "[^/]*")}$`);

interface Rule extends Secret {
  readonly like: RegExp;
}
const rules = new Map<string, Rule[]>();
for (const secret of SECRETS) {
  for (const pattern of secret.patterns) {
    const key = keyOf(pattern);
    rules.set(key, [...(rules.get(key) ?? []), { ...secret, like: endsLike(pattern) }]);
  }
}

/** What kind of secret the file at the absolute `path` is, or undefined where it is none that is told when `program` reads it. */
export const secretKind = (path: string, program = ""): SecretKind | undefined => {
  const slash = path.lastIndexOf("/");
  const name = path.slice(slash + 1);
  const directory = path.slice(path.lastIndexOf("/", slash - 1) + 1, slash);
  for (const key of [name, `${name.slice(0, 4)}*`, `*${name.slice(-4)}`, DIRECTORY + directory]) {
    const rule = rules
      .get(key)
      ?.find(
        ({ like, where, except, programs }) =>
          like.test(path) &&
          where?.test(path) !== false &&
          except?.test(path) !== true &&
          programs?.test(program) !== true,
      );
    if (rule !== undefined) return rule.kind;
  }
  return undefined;
};

/**
 * Is it the system's `ps`, which opens the environment of every process that it lists, and was not asked to show any?
 * `ps aux` is what everybody types; `ps auxe` and `-o environ` are not.
 */
export const onlyLists = (exe: string, argv: readonly string[]): boolean =>
  /^\/(?:usr\/)?bin\/ps$/.test(exe) && argv.slice(1).every((word) => !/^[A-Za-z]*e|environ|^-[A-Za-z]*E/.test(word));

/** What kind of secret a file in /proc of another process is. */
export const processSecretKind = (path: string): SecretKind =>
  path.endsWith("/environ") ? "process environment" : "process memory";

/** What makes others run something, or lets them in: a change of it is always told by itself, also within a burst. */
const NOTABLE =
  /^\/(?:etc|boot|lib\/systemd|usr\/lib\/systemd|var\/spool\/cron)\/|\/(?:\.github|\.git\/hooks|\.husky|\.vscode|\.ssh|\.config\/(?:autostart|systemd))\/|\/\.(?:bashrc|bash_profile|bash_login|profile|zshrc|zshenv|zprofile|gitconfig|git\/config)$|\/(?:authorized_keys2?|sudoers)$/;

/** Nearly no path can be one: it is asked of every file of a burst. */
const MAYBE_NOTABLE = /\/\.|^\/(?:etc|boot|lib|usr|var)\/|\/(?:authorized_keys2?|sudoers)$/;

export const isNotable = (path: string): boolean =>
  MAYBE_NOTABLE.test(path) && NOTABLE.test(path) && !PUBLISHED.test(path);

/** What the sensor takes as `--reads`. */
export const SENSOR_READS = [
  ...new Set(
    [...SECRETS.flatMap(({ patterns }) => patterns), ...OF_PROCESSES].map((pattern) => pattern.replace(/\/\*$/, "/")),
  ),
].join("\n");
