import { useQuery } from "@tanstack/react-query";
import { client, value } from "@/api/client";
import { useCommand } from "@/features/session/command";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { showMoment } from "@/ui/dates";
import { keysQuery } from "./queries";
import css from "./peer.module.css";

// The keys that this installation signs receipts with, to be given to others.
export function KeysPanel() {
  const t = useText();
  const p = t.peer;
  const keys = useQuery(keysQuery);
  const add = useCommand({
    spoils: [["peers", "keys"]],
    tell: true,
    said: () => p.keyMade,
    run: (_: "add", header) => value(client.POST("/api/administration/exchange-keys", { params: { header } })),
  });
  return (
    <section className={css.keys} aria-label={p.keys}>
      <h2>{p.keys}</h2>
      <p className={css.faint}>{p.keysHint}</p>
      <ul>
        {(keys.data ?? []).map((k) => (
          <li key={k.publicKey}>
            <code>{k.publicKey}</code>{" "}
            <span className={css.faint}>
              {p.keyFrom(showMoment(k.createdAt))}
              {k.retiredAt ? ` · ${p.keyUntil(showMoment(k.retiredAt))}` : ""}
            </span>
          </li>
        ))}
      </ul>
      <Button small busy={add.isPending} onClick={() => add.mutate("add")}>
        {p.keyAdd}
      </Button>
    </section>
  );
}
