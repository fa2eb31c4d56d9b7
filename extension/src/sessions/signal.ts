// The smallest event: so that sessions need not know VS Code's.

export interface Signal<T> {
  fire(value: T): void;
  /** Gives what ends the listening. */
  listen(listener: (value: T) => void): () => void;
}

export const createSignal = <T>(): Signal<T> => {
  const listeners = new Set<(value: T) => void>();
  return {
    fire: (value) => {
      for (const listener of listeners) listener(value);
    },
    listen: (listener) => {
      const own = (value: T): void => listener(value);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
  };
};
