// Fast JSON text for the fields of hot events.

const NOT_PLAIN = /[^\x20\x21\x23-\x5b\x5d-\x7e]/;

/** A JSON string; most are plain ASCII and need no escaping. */
export const quote = (text: string): string => (NOT_PLAIN.test(text) ? JSON.stringify(text) : `"${text}"`);

let lastSecond = -1;
let lastSecondText = "";

/** Microseconds since the epoch as text; events of one second share its leading digits. */
export const timeText = (t: number): string => {
  const second = Math.floor(t / 1_000_000);
  if (second === 0) return String(t);
  if (second !== lastSecond) {
    lastSecond = second;
    lastSecondText = String(second);
  }
  return lastSecondText + String(1_000_000 + (t - second * 1_000_000)).slice(1);
};
