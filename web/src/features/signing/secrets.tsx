import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, value } from "@/api/client";
import { fieldMessage } from "@/api/problem";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { TextField } from "@/ui/field";

type Confirm = ReturnType<typeof useConfirm>;

/** What a signing service asks for, on its way there. Nothing of it outlives the dialog. */
export function useConfirm(batchId: string) {
  const [typed, setTyped] = useState<Record<string, string>>({});
  const queries = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: (asks: readonly string[]) => {
      const secrets = asks.map((id) => ({ id, value: typed[id] ?? "" }));
      return value(client.POST("/api/signing/confirmations", { body: { batchId, secrets } }));
    },
    onSettled: () => {
      setTyped({});
      return queries.invalidateQueries({ queryKey: ["signing", "orders", batchId] });
    },
    gcTime: 0,
  });
  return { typed, setTyped, send: mutate, sending: isPending, error };
}

export function Secrets({ asks, confirm }: { asks: readonly string[]; confirm: Confirm }) {
  const t = useText().signing.dialog;
  const { typed, setTyped, error } = confirm;
  return (
    <>
      <p>{t.asksHint}</p>
      <FormProblem error={error} shown={asks} />
      {asks.map((id, i) => (
        <TextField
          key={id}
          label={t.asked[id] ?? id}
          type="password"
          inputMode="numeric"
          autoComplete="off"
          required
          autoFocus={i === 0}
          maxLength={100}
          value={typed[id] ?? ""}
          error={fieldMessage(error, id)}
          onChange={(e) => setTyped({ ...typed, [id]: e.target.value })}
        />
      ))}
    </>
  );
}
