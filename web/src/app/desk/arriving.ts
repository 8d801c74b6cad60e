import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";

// Whoever goes somewhere by the menu, a key or a row works at once on what
// stands there: the focus goes to the page's list, or else to its heading,
// which is then said to whoever listens. What the page itself put the focus
// on, and a filter that only narrows the list, keep it.
export function useArriving() {
  const router = useRouter();
  useEffect(
    () =>
      router.subscribe("onRendered", ({ fromLocation, toLocation }) => {
        document.querySelector("nav [aria-current=page]")?.scrollIntoView({ block: "nearest" });
        if (!fromLocation || fromLocation.href.split("#")[0] !== toLocation.href.split("#")[0]) settle();
      }),
    [router],
  );
}

function settle() {
  const content = document.getElementById("content");
  const active = document.activeElement;
  if (!content || document.querySelector("dialog[open]")) return;
  if (active && active !== document.body && active !== content && content.contains(active)) return;
  const list = content.querySelector<HTMLElement>("[data-keys]");
  const heading = content.querySelector<HTMLElement>("h1");
  const place = list ?? heading ?? content;
  if (place === heading) heading.tabIndex = -1;
  place.focus({ preventScroll: true });
}
