import { randomBytes, randomUUID } from "node:crypto";
import { realpathSync } from "node:fs";
import { join } from "node:path";

import { REPOSITORY } from "../content/gitRepository.ts";
import { HOSTS } from "../world/internet.ts";
import type { World } from "../world/worldFile.ts";
import type { RunnerHome } from "./home.ts";

/** Where the story finds the machine's programs, whatever the PATH of the person who started it. */
export const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * The environment of the runner's processes, made from nothing: no setting of this machine (proxies, registries, certificates)
 * reaches the story. `paceMs` is how long an act lasts at least.
 */
export const runnerEnvironment = (world: World, home: RunnerHome, paceMs: number): Record<string, string> => {
  const sessionId = randomUUID();
  const repository = `${REPOSITORY.owner}/${REPOSITORY.name}`;
  return {
    ...clientSettings(world, home),
    ...npmModules(home),
    PATH: `${home.tools}:${SYSTEM_PATH}`,
    HOME: home.home,
    USER: "runner",
    LANG: "C.UTF-8",
    CI: "true",
    SAMPLE_PACE_MS: String(paceMs),
    PYTHONPATH: join(home.temp, "python"),

    RUNNER_TEMP: home.temp,
    RUNNER_OS: "Linux",
    RUNNER_NAME: "GitHub Actions 1000000207",
    GITHUB_ACTIONS: "true",
    GITHUB_ACTOR: "copilot-swe-agent[bot]",
    GITHUB_EVENT_NAME: "dynamic",
    GITHUB_JOB: "copilot",
    GITHUB_REF: `refs/heads/${REPOSITORY.branch}`,
    GITHUB_REPOSITORY: repository,
    GITHUB_RUN_ID: "26705165931",
    GITHUB_RUN_ATTEMPT: "1",
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_WORKFLOW: "Running Copilot cloud agent",
    GITHUB_WORKSPACE: home.workspace,
    // Shaped like a real token, so that it can be seen whether a recording masks it; random, and good for nothing.
    GITHUB_TOKEN: `ghs_${randomBytes(18).toString("hex")}`,

    COPILOT_AGENT_SESSION_ID: sessionId,
    COPILOT_AGENT_JOB_ID: `1-42-${randomUUID()}`,
    COPILOT_AGENT_ACTION: "fix",
    COPILOT_AGENT_BRANCH_NAME: REPOSITORY.branch,
    COPILOT_AGENT_PR_NUMBER: "7",
    COPILOT_AGENT_START_TIME_SEC: String(Math.floor(Date.now() / 1000)),
    COPILOT_AGENT_TIMEOUT_MIN: "59",
    COPILOT_AGENT_RUNTIME_VERSION: "runtime-cca-v3-sample",
    COPILOT_AGENT_CALLBACK_URL: "https://api.github.copilot.com/agents/swe/agent",
    COPILOT_API_URL: "https://api.github.copilot.com",
    COPILOT_AGENT_FIREWALL_ENABLED: "true",
    COPILOT_AGENT_FIREWALL_ALLOW_LIST: HOSTS.map((host) => host.name).join(","),
    COPILOT_AGENT_FIREWALL_LOG_FILE: join(home.temp, "runtime-logs/fw.jsonl"),
    COPILOT_MCP_ENABLED: "true",

    ...collectorSettings(),
  };
};

/** Where the agent's hooks find the collector that watches the session, if one does. */
const collectorSettings = (): Record<string, string> => {
  const socket = process.env["RUNGLASS_HOOK_SOCKET"];
  return socket === undefined ? {} : { RUNGLASS_HOOK_SOCKET: socket };
};

const DEBIAN_MODULES = "/usr/share/nodejs";

/** Debian's own npm finds its modules only through a patch in Debian's own Node; the project's Node has to be told. */
const npmModules = (home: RunnerHome): Record<string, string> =>
  realpathSync(join(home.tools, "npm")).startsWith(`${DEBIAN_MODULES}/`) ? { NODE_PATH: DEBIAN_MODULES } : {};

/** How the programs of the story learn of the world's certificate authority and registries; nothing is written outside the world. */
const clientSettings = (world: World, home: RunnerHome): Record<string, string> => ({
  NODE_EXTRA_CA_CERTS: world.ca,
  SSL_CERT_FILE: world.ca,
  GIT_SSL_CAINFO: world.ca,
  CURL_CA_BUNDLE: world.ca,
  PIP_CERT: world.ca,
  PIP_CONFIG_FILE: "/dev/null",
  PIP_DISABLE_PIP_VERSION_CHECK: "1",
  PIP_ROOT_USER_ACTION: "ignore",
  PIP_CACHE_DIR: join(home.home, ".cache/pip"),
  APT_CONFIG: home.aptConfig,
  npm_config_registry: "https://npm.pkg.github.com/",
  npm_config_userconfig: join(home.home, ".npmrc"),
  npm_config_globalconfig: join(home.home, ".npmrc-global"),
  npm_config_cache: join(home.home, ".npm"),
  npm_config_update_notifier: "false",
  npm_config_fund: "false",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_AUTHOR_NAME: "copilot-swe-agent[bot]",
  GIT_AUTHOR_EMAIL: "198982749+Copilot@users.noreply.github.com",
  GIT_COMMITTER_NAME: "copilot-swe-agent[bot]",
  GIT_COMMITTER_EMAIL: "198982749+Copilot@users.noreply.github.com",
});
