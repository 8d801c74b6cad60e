import { useEffect, useRef } from "react";
import { client, value } from "@/api/client";
import type { Arrival } from "@/api/schema";
import { useCommand } from "@/features/session/command";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";

// One key takes a mail that is no document off the list; nobody is told.
export function NotOfficialButton({ arrival: a, onDone }: { arrival: Arrival; onDone: () => void }) {
  const t = useText().arrival;
  const refuse = useCommand({
    agencyId: a.agencyId,
    spoils: [["arrivals"], ["work"]],
    said: () => t.notOfficialDone,
    tell: true,
    onDone,
    run: (_: undefined, header) =>
      value(client.POST("/api/arrivals/{id}/refuse", { params: { path: { id: a.id }, header }, body: { reason: "not_official" } })),
  });
  const able = a.actions.includes("refuse") && (a.source === "mail" || a.source === "paper");
  const press = () => {
    if (able && !refuse.isPending) refuse.mutate(undefined);
  };
  const latest = useRef(press);
  useEffect(() => {
    latest.current = press;
  });
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      if (e.key !== "F8" || document.querySelector("dialog[open]")) return;
      e.preventDefault();
      latest.current();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  if (!able) return null;
  return (
    <div>
      <Button small busy={refuse.isPending} shortcut="F8" onClick={press}>
        {t.notOfficial}
      </Button>
    </div>
  );
}
