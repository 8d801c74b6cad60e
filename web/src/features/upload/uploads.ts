import { useEffect, useReducer, useRef } from "react";
import * as tus from "tus-js-client";
import { client, value } from "@/api/client";
import { newKey } from "@/api/key";
import { asProblem } from "@/api/problem";
import type { Upload } from "@/api/schema";
import { useWording } from "@/text/text";
import { advance, uploadId, type QueueStep, type Sending } from "@/ui/upload-queue";

// Small enough that a cut line costs seconds, large enough for a fast one.
const chunk = 4 * 1024 * 1024;

function refusal(error: unknown): string | undefined {
  if (!(error instanceof tus.DetailedError)) return undefined;
  try {
    const body: unknown = JSON.parse(error.originalResponse?.getBody() ?? "");
    if (typeof body !== "object" || body === null) return undefined;
    const { title, fields } = body as { title?: string; fields?: { message: string }[] };
    return fields?.[0]?.message ?? title;
  } catch {
    return undefined;
  }
}

// Files on their way to the server (tus): after a cut line they go on where
// they were, also after the page was closed and opened again.
export function useUploads(onDone: (upload: Upload, file: File) => void) {
  const { text, language } = useWording();
  const [queue, step] = useReducer(
    (q: readonly Sending<Upload>[], s: QueueStep<Upload>) => advance(q, s),
    [] as readonly Sending<Upload>[],
  );
  const running = useRef(new Map<string, tus.Upload>());
  const done = useRef(onDone);
  useEffect(() => {
    done.current = onDone;
  });
  useEffect(() => {
    const all = running.current;
    return () => {
      for (const upload of all.values()) void upload.abort();
    };
  }, []);

  const finish = async (key: string, upload: tus.Upload, file: File) => {
    try {
      const stored = await value(
        client.GET("/api/uploads/{id}", { params: { path: { id: uploadId(upload.url ?? "") } } }),
      );
      running.current.delete(key);
      step({ step: "drop", key });
      done.current(stored, file);
    } catch (error) {
      step({ step: "failed", key, message: asProblem(error).title || undefined });
    }
  };

  const add = (files: readonly File[]) => {
    for (const file of files) {
      const key = newKey();
      const name = file.name.normalize("NFC");
      step({ step: "begin", key, name, size: file.size });
      if (file.size === 0) {
        step({ step: "failed", key, message: text.parts.upload.empty });
        continue;
      }
      const upload = new tus.Upload(file, {
        endpoint: "/api/uploads",
        chunkSize: chunk,
        retryDelays: [0, 1000, 3000, 5000, 10_000, 20_000],
        removeFingerprintOnSuccess: true,
        metadata: { filename: name, filetype: file.type || "application/octet-stream" },
        headers: { "Accept-Language": language },
        onProgress: (sent) => step({ step: "progress", key, sent }),
        onShouldRetry: (error) => {
          const status = error.originalResponse?.getStatus() ?? 0;
          const again = status === 0 || status === 409 || status === 423 || status >= 500;
          if (again) step({ step: "waiting", key });
          return again;
        },
        onError: (error) => step({ step: "failed", key, message: refusal(error) }),
        onSuccess: () => void finish(key, upload, file),
      });
      running.current.set(key, upload);
      void upload.findPreviousUploads().then((earlier) => {
        const last = earlier[0];
        if (last) upload.resumeFromPreviousUpload(last);
        upload.start();
      });
    }
  };
  const again = (key: string) => {
    step({ step: "again", key });
    running.current.get(key)?.start();
  };
  const cancel = (key: string) => {
    const upload = running.current.get(key);
    running.current.delete(key);
    step({ step: "drop", key });
    void upload?.abort(true).catch(() => undefined); // what cannot be ended now expires by itself
  };
  return { queue, add, again, cancel, busy: queue.some((f) => f.state !== "failed") };
}
