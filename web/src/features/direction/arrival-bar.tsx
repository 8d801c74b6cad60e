import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { EyeOff, Printer, Star } from "lucide-react";
import { useState } from "react";
import { client, value } from "@/api/client";
import type { Arrival } from "@/api/schema";
import { useText } from "@/text/text";
import { Button, buttonClass } from "@/ui/button";
import { RestrictDialog } from "./restrict-dialog";
import css from "./direction.module.css";

// What one does with the whole arrival while it is worked on: follow it, print its slip.
export function ArrivalBar({ arrival: a }: { arrival: Arrival }) {
  const t = useText().direction;
  const queries = useQueryClient();
  const follow = useMutation({
    mutationFn: () => {
      const params = { path: { id: a.id } };
      return value(
        a.followed
          ? client.DELETE("/api/arrivals/{id}/follow", { params })
          : client.POST("/api/arrivals/{id}/follow", { params }),
      );
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ["arrivals"] }),
  });
  return (
    <div className={css.bar} style={{ padding: "8px 16px 0" }}>
      <Button small icon={<Star size={14} fill={a.followed ? "currentColor" : "none"} />} busy={follow.isPending} onClick={() => follow.mutate()}>
        {a.followed ? t.unfollow : t.follow}
      </Button>
      <Link to="/incoming/$id/slip" params={{ id: a.id }} className={buttonClass("normal", true)}>
        <Printer size={14} /> {t.slip}
      </Link>
      <RestrictButton arrival={a} />
    </div>
  );
}

// A complaint is seen only by who deals with it, from the moment somebody says so.
export function RestrictButton({ arrival: a }: { arrival: Arrival }) {
  const t = useText().direction;
  const [open, setOpen] = useState(false);
  if (!a.actions.includes("restrict")) return null;
  return (
    <>
      <Button small icon={<EyeOff size={14} />} onClick={() => setOpen(true)}>
        {a.restricted ? t.unrestrict : t.restrict}
      </Button>
      {open ? <RestrictDialog arrival={a} onClose={() => setOpen(false)} /> : null}
    </>
  );
}
