import { useQuery } from "@tanstack/react-query";
import { Outlet, useNavigate } from "@tanstack/react-router";
import { Suspense, useEffect, useRef, useState } from "react";
import { client, value } from "@/api/client";
import { Live } from "@/features/live/live";
import { ActingProvider } from "@/features/session/acting";
import { useMe } from "@/features/session/me";
import { useText, useWording, type Language } from "@/text/text";
import { Bone } from "@/ui/states";
import { useArriving } from "./arriving";
import css from "./desk.module.css";
import { KeySheet } from "./key-sheet";
import { Navigation } from "./navigation";

export function Desk() {
  const t = useText();
  const [keys, setKeys] = useState(false);
  useDeskKeys(() => setKeys(true));
  useLanguageOf(useMe().language);
  useArriving();
  return (
    <ActingProvider>
      <a href="#content" className={css.skip}>
        {t.shell.skip}
      </a>
      <div className={css.desk}>
        <Navigation />
        <main id="content" className={css.main} tabIndex={-1}>
          <Banner />
          <Live />
          <div className={css.content}>
            <Suspense fallback={<Waiting />}>
              <Outlet />
            </Suspense>
          </div>
        </main>
      </div>
      {keys ? <KeySheet onClose={() => setKeys(false)} /> : null}
    </ActingProvider>
  );
}

// A browser that was never asked speaks as the account does.
function useLanguageOf(account: Language) {
  const { setUsual } = useWording();
  useEffect(() => setUsual(account), [account, setUsual]);
}

function Waiting() {
  return (
    <div style={{ padding: 18 }}>
      <Bone width="220px" />
    </div>
  );
}

// Nobody should take the demonstration or a training for the real office (N10).
function Banner() {
  const t = useText().shell;
  const { data } = useQuery({
    queryKey: ["version"],
    queryFn: () => value(client.GET("/api/version")),
    staleTime: Infinity,
  });
  if (!data?.demo && !data?.training) return null;
  return <div className={css.banner}>{data.training ? t.training : t.demo}</div>;
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

// g then h, i, o goes to the three places everybody works in; c begins a document.
function useDeskKeys(onHelp: () => void) {
  const navigate = useNavigate();
  const help = useRef(onHelp);
  useEffect(() => {
    help.current = onHelp;
  });
  useEffect(() => {
    let going = -Infinity;
    const onKey = (e: KeyboardEvent) => {
      if (e.ctrlKey || e.altKey || e.metaKey || typing(e.target) || document.querySelector("dialog[open]")) return;
      // By when the key was pressed: a busy page hears it late.
      const went = e.timeStamp - going < 1200;
      going = -Infinity;
      if (e.key === "?") help.current();
      else if (went && e.key === "h") void navigate({ to: "/" });
      else if (went && e.key === "i") void navigate({ to: "/incoming" });
      else if (went && e.key === "o") void navigate({ to: "/outgoing" });
      else if (e.key === "c" && !e.defaultPrevented) void navigate({ to: "/outgoing/new" });
      else if (e.key === "g") {
        going = e.timeStamp;
        return;
      } else return;
      e.preventDefault();
      e.stopPropagation();
    };
    window.addEventListener("keydown", onKey, true);
    return () => window.removeEventListener("keydown", onKey, true);
  }, [navigate]);
}
