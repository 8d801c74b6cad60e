import { Forward } from "lucide-react";
import { useState } from "react";
import { hasRole, useMe } from "@/features/session/me";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { ForwardManyDialog, forwardMost, type Chosen } from "./forward-many";

// Marks in a list and the button that forwards what is marked; for clerks, whose
// the agency's own lines are.
export function useForwardMany() {
  const t = useText().direction;
  const clerk = hasRole(useMe(), "clerk");
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const [open, setOpen] = useState(false);
  return {
    selection: clerk ? { marked, onChange: setMarked } : undefined,
    button:
      clerk && marked.size > 0 ? (
        <Button look="primary" icon={<Forward size={15} />} disabled={marked.size > forwardMost} onClick={() => setOpen(true)}>
          {t.forwardMany} ({marked.size})
        </Button>
      ) : undefined,
    dialog: (rows: readonly Chosen[]) =>
      open ? (
        <ForwardManyDialog
          chosen={rows.filter((r) => marked.has(r.arrivalId))}
          onClose={() => {
            setOpen(false);
            setMarked(new Set());
          }}
        />
      ) : null,
  };
}
