import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useMe } from "@/features/session/me";
import { useText } from "@/text/text";
import css from "./live.module.css";
import { parseChange, spoiled, Spoils } from "./changes";

type News = { change: string } | { reset: true } | { line: boolean } | { ended: true };

const pause = 250;
const again = 5000;

// Listens to the server and tells the other tabs. Browsers allow six connections
// to a plain http server: one tab holds the stream, by a lock, for all of them.
function listen(since: string, onNews: (news: News) => void): () => void {
  const away = new AbortController();
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("congvan.changes") : undefined;
  channel?.addEventListener("message", (e: MessageEvent<News>) => onNews(e.data));
  const tell = (news: News) => {
    onNews(news);
    channel?.postMessage(news);
  };
  const hold = () =>
    new Promise<void>((release) => {
      let stream: EventSource;
      let timer: number | undefined;
      const open = () => {
        // What changed between the first answers and this line is heard too.
        stream = new EventSource(`/api/changes?since=${encodeURIComponent(since)}`);
        stream.addEventListener("change", (e: MessageEvent<string>) => tell({ change: e.data }));
        stream.addEventListener("reset", () => tell({ reset: true }));
        stream.addEventListener("open", () => tell({ line: true }));
        stream.addEventListener("error", () => {
          tell({ line: false });
          // A refusal ends it for good: the browser would not try again, and a
          // session that ended elsewhere is noticed here.
          if (stream.readyState !== EventSource.CLOSED) return;
          tell({ ended: true });
          timer = window.setTimeout(open, again);
        });
      };
      open();
      away.signal.addEventListener("abort", () => {
        window.clearTimeout(timer);
        stream.close();
        release();
      });
    });
  // Locks are missing where the app is reached by plain http from another machine.
  if (navigator.locks) navigator.locks.request("congvan.changes", { signal: away.signal }, hold).catch(() => undefined);
  else void hold();
  return () => {
    away.abort();
    channel?.close();
  };
}

// Keeps what is on the screen true, and says so when it cannot.
export function Live() {
  const queries = useQueryClient();
  const t = useText().common;
  const [since] = useState(useMe().answeredAt);
  const [line, setLine] = useState(true);
  useEffect(() => {
    const spoils = new Spoils();
    let timer: number | undefined;
    let broken = false;
    let warning: number | undefined;
    const flush = () => {
      timer = undefined;
      for (const queryKey of spoils.take()) void queries.invalidateQueries({ queryKey });
    };
    const stop = listen(since, (news) => {
      if ("change" in news) {
        const change = parseChange(news.change);
        if (change) spoils.add(spoiled(change));
        timer ??= window.setTimeout(flush, pause);
      } else if ("reset" in news) {
        void queries.invalidateQueries();
      } else if ("ended" in news) {
        void queries.invalidateQueries({ queryKey: ["me"] });
      } else {
        // A short hiccup is nobody's business; a lasting one is told.
        window.clearTimeout(warning);
        if (news.line) setLine(true);
        else warning = window.setTimeout(() => setLine(false), 4000);
        if (news.line && broken) void queries.invalidateQueries();
        broken = !news.line;
      }
    });
    return () => {
      stop();
      window.clearTimeout(timer);
      window.clearTimeout(warning);
    };
  }, [queries, since]);
  return line ? null : (
    <div className={css.offline} role="status">
      {t.offline}
    </div>
  );
}
