// A response body that is read no faster than its reader can store it, and that ends when nothing at all comes.

/**
 * Passes `body` on chunk by chunk. Before each read it waits for `room`; when a read then takes longer than `silenceMs`,
 * `onSilence` is called and the body ends with an error.
 */
export const guardedBody = (
  body: ReadableStream<Uint8Array>,
  room: () => Promise<void>,
  silenceMs: number,
  onSilence: () => void,
): ReadableStream<Uint8Array> => {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        await room();
        const timer = setTimeout(() => {
          onSilence();
          controller.error(new Error("silence"));
          void reader.cancel().catch(() => undefined);
        }, silenceMs);
        try {
          const { done, value } = await reader.read();
          if (done) controller.close();
          else controller.enqueue(value);
        } finally {
          clearTimeout(timer);
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
};
