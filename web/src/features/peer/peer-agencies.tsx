import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { client, value } from "@/api/client";
import type { Peer } from "@/api/schema";
import { AgencyField } from "@/features/recipient/agency-field";
import { useCommand } from "@/features/session/command";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { peerAgenciesQuery } from "./queries";
import css from "./peer.module.css";

// The agencies at the other end: it speaks for them, and they are reached there.
export function PeerAgencies({ peer }: { peer: Peer }) {
  const p = useText().peer;
  const list = useQuery(peerAgenciesQuery(peer.id));
  const [chosen, setChosen] = useState("");
  const spoils = [["peers"], ["directory"]] as const;
  const path = (agencyId: string) => ({ params: { path: { id: peer.id, agencyId } } });
  const put = useCommand({
    spoils,
    tell: true,
    onDone: () => setChosen(""),
    run: (id: string) => value(client.PUT("/api/administration/peers/{id}/agencies/{agencyId}", path(id))),
  });
  const remove = useCommand({
    spoils,
    tell: true,
    run: (id: string) => value(client.DELETE("/api/administration/peers/{id}/agencies/{agencyId}", path(id))),
  });
  return (
    <section aria-label={p.agencies}>
      <h3>{p.agenciesThere}</h3>
      <ul className={css.agencies}>
        {(list.data ?? []).map((a) => (
          <li key={a.id}>
            <span>
              {a.name} <code>{a.code}</code>
            </span>
            <Button small onClick={() => remove.mutate(a.id)}>
              {p.remove}
            </Button>
          </li>
        ))}
      </ul>
      <div className={css.pick}>
        <AgencyField label={p.addAgency} optional value={chosen} onChange={setChosen} />
        <Button disabled={!chosen} busy={put.isPending} onClick={() => put.mutate(chosen)}>
          {p.put}
        </Button>
      </div>
    </section>
  );
}
