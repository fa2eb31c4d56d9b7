// The settings, read when they are needed, so that a change counts at once.
import { workspace } from "vscode";
import { settings } from "./ids.ts";
import { defaultReconnectPolicy, type ReconnectPolicy } from "./stream/reconnectPolicy.ts";

const read = <T>(key: string, fallback: T): T => workspace.getConfiguration().get<T>(key) ?? fallback;

const within = (value: unknown, low: number, high: number, fallback: number): number =>
  typeof value === "number" && Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : fallback;

export type MonitorPlace = "beside" | "active" | "panel";

export const monitorPlace = (): MonitorPlace => {
  const place = read<string>(settings.openMonitorIn, "beside");
  return place === "active" || place === "panel" ? place : "beside";
};

export const reconnectPolicy = (): ReconnectPolicy => ({
  firstMs: defaultReconnectPolicy.firstMs,
  maxMs: within(read<unknown>(settings.maxDelaySeconds, 30), 1, 600, 30) * 1000,
});

/** Bytes. */
export const maxSpoolBytes = (): number => within(read<unknown>(settings.maxSizeMB, 4096), 64, 1_000_000, 4096) * 1e6;

/** The address of GitHub's pages, as it was typed. */
export const gitHubUrl = (): string => read<string>(settings.gitHubUrl, "");
