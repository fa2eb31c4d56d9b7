/** @returns the value below which the share `p` (0 to 1) of `values` lies; NaN where there are none */
export const percentile = (values: readonly number[], p: number): number => {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN;
};

export const median = (values: readonly number[]): number => percentile(values, 0.5);

export const greatest = (values: readonly number[]): number => values.reduce((most, value) => Math.max(most, value), 0);
