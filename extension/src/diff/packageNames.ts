// Names of packages: how ecosystems spell them, and where requests and installed files carry them.

export type Ecosystem = "pypi" | "npm" | "go" | "cargo" | "gem" | "nuget" | "composer" | "deb";

const spell: { readonly [E in Ecosystem]: (name: string) => string } = {
  pypi: (name) => name.toLowerCase().replaceAll(/[-_.]+/g, "-"),
  npm: (name) => name.toLowerCase(),
  go: (name) => name.replaceAll(/!([a-z])/g, (_, letter: string) => letter.toUpperCase()),
  cargo: (name) => name.toLowerCase().replaceAll("_", "-"),
  gem: (name) => name,
  nuget: (name) => name.toLowerCase(),
  composer: (name) => name.toLowerCase(),
  deb: (name) => name.toLowerCase(),
};

/** One spelling for each package. */
export const packageKey = (ecosystem: Ecosystem, name: string): string => `${ecosystem}:${spell[ecosystem](name)}`;

interface Shape {
  readonly ecosystem: Ecosystem;
  /** Where only its host tells the registry. */
  readonly host?: RegExp;
  readonly path: RegExp;
}

const PYPI_HOST = /pypi|pythonhosted/;
const NPM_HOST = /npm|yarnpkg/;

/** Paths of registries' requests, the name as first group; the more special ones first. */
const REQUESTS: readonly Shape[] = [
  { ecosystem: "pypi", path: /^\/(?:[\w.-]+\/){0,4}simple\/([\w.-]+)\/?$/ },
  { ecosystem: "pypi", host: PYPI_HOST, path: /^\/pypi\/([\w.-]+)\/(?:[^/]+\/)?json$/ },
  {
    ecosystem: "pypi",
    host: PYPI_HOST,
    path: /\/([\w.]+(?:-[A-Za-z][\w.]*)*)-\d[^/]*\.(?:whl|tar\.gz|zip|tar\.bz2)(?:\.metadata)?$/,
  },
  { ecosystem: "npm", path: /^\/(?:[\w.-]+\/){0,4}?((?:@[\w.-]+\/)?[\w.-]+)\/-\/[^/]+\.tgz$/ },
  { ecosystem: "npm", host: NPM_HOST, path: /^\/download\/(@[\w.-]+\/[\w.-]+)\// },
  { ecosystem: "npm", host: NPM_HOST, path: /^\/((?:@[\w.-]+\/)?[\w.-]+)$/ },
  { ecosystem: "go", path: /^\/lookup\/(.+)@v[^/]*$/ },
  { ecosystem: "go", path: /^\/(.+?)\/@(?:v\/|latest$)/ },
  { ecosystem: "cargo", path: /^\/(?:api\/v1\/)?crates\/([\w-]+)\// },
  { ecosystem: "cargo", host: /crates|cargo/, path: /^\/(?:[12]|3\/[\w-]|[\w-]{2}\/[\w-]{2})\/([\w-]+)$/ },
  { ecosystem: "gem", path: /\/gems\/([\w.-]+?)-\d[^/]*\.gem$/ },
  { ecosystem: "gem", host: /gem/, path: /\/info\/([\w.-]+)$/ },
  { ecosystem: "nuget", path: /\/(?:v3-flatcontainer|registration[\w-]*)\/([\w.-]+)\// },
  { ecosystem: "deb", path: /\/pool\/(?:[^/]+\/){1,6}([^/_]+)_[^/]*\.u?deb$/ },
];

/** The package that a request to a registry is about. */
export const packageOfRequest = (host: string, path: string): string | undefined => {
  const plain = (path.split("?")[0] ?? "").replaceAll(/%2f/gi, "/").replaceAll(/%40/g, "@").slice(0, 2000);
  for (const shape of REQUESTS) {
    if (shape.host !== undefined && !shape.host.test(host)) continue;
    const name = shape.path.exec(plain)?.[1];
    if (name !== undefined) return packageKey(shape.ecosystem, name);
  }
  return undefined;
};

/** Modules of Python whose package is called otherwise. */
const MODULES: Readonly<Record<string, string>> = {
  pil: "pillow",
  yaml: "pyyaml",
  cv2: "opencv-python",
  sklearn: "scikit-learn",
  bs4: "beautifulsoup4",
  dateutil: "python-dateutil",
  dotenv: "python-dotenv",
  jwt: "pyjwt",
  git: "gitpython",
  crypto: "pycryptodome",
  attr: "attrs",
};

const ofModule = (name: string): string => {
  const key = name.toLowerCase();
  return Object.hasOwn(MODULES, key) ? (MODULES[key] ?? name) : name;
};

const INSTALLED: readonly (readonly [Ecosystem, RegExp, ((name: string) => string)?])[] = [
  ["pypi", /\/(?:site|dist)-packages\/([\w.]+)-\d[^/]*\.(?:dist|egg)-info(?:\/|$)/],
  ["pypi", /\/(?:site|dist)-packages\/([A-Za-z]\w*)(?:\/|\.py$|\.[\w.-]*so$|$)/, ofModule],
  ["npm", /^.*\/node_modules\/((?:@[\w.-]+\/)?\w[\w.-]*)(?:\/|$)/],
  ["go", /\/pkg\/mod\/(?:cache\/download\/)?(.+?)(?:@v[^/]*|\/@v)(?:\/|$)/],
  ["cargo", /\/registry\/(?:src|cache)\/[^/]+\/([\w-]+?)-\d[^/]*(?:\/|$)/],
  ["gem", /\/gems\/([\w.-]+?)-\d[^/]*(?:\/|$)/],
];

/** The package that an installed file is of. */
export const packageOfFile = (path: string): string | undefined => {
  for (const [ecosystem, pattern, named] of INSTALLED) {
    const name = pattern.exec(path)?.[1];
    if (name !== undefined) return packageKey(ecosystem, named?.(name) ?? name);
  }
  return undefined;
};

/** For a person: without the ecosystem. */
export const packageLabel = (key: string): string => key.slice(key.indexOf(":") + 1);
