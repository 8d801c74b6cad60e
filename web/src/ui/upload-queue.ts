// The state of files on their way, as values: the tus client only reports.
export interface Sending<Done> {
  key: string;
  name: string;
  size: number;
  sent: number;
  state: "sending" | "waiting" | "failed" | "done";
  message?: string;
  done?: Done;
}

export type QueueStep<Done> =
  | { step: "begin"; key: string; name: string; size: number }
  | { step: "progress"; key: string; sent: number }
  | { step: "waiting"; key: string }
  | { step: "failed"; key: string; message?: string }
  | { step: "again"; key: string }
  | { step: "done"; key: string; done: Done }
  | { step: "drop"; key: string };

export function advance<Done>(queue: readonly Sending<Done>[], s: QueueStep<Done>): readonly Sending<Done>[] {
  if (s.step === "begin") return [...queue, { key: s.key, name: s.name, size: s.size, sent: 0, state: "sending" }];
  if (s.step === "drop") return queue.filter((f) => f.key !== s.key);
  return queue.map((f) => {
    if (f.key !== s.key) return f;
    switch (s.step) {
      case "progress":
        // A resumed upload may report less than was shown; the bar never runs back.
        return { ...f, state: "sending", sent: Math.max(f.sent, s.sent) };
      case "waiting":
        return { ...f, state: "waiting" };
      case "failed":
        return { ...f, state: "failed", message: s.message };
      case "again":
        return { ...f, state: "sending", message: undefined };
      case "done":
        return { ...f, state: "done", sent: f.size, done: s.done };
      default:
        return f;
    }
  });
}

// The base name of an upload's address is its id.
export function uploadId(address: string): string {
  return new URL(address, "http://here").pathname.split("/").at(-1) ?? "";
}
