import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Printer, Star } from "lucide-react";
import { client, value } from "@/api/client";
import type { Arrival } from "@/api/schema";
import { useText } from "@/text/text";
import { Button, buttonClass } from "@/ui/button";
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
    </div>
  );
}
