import { client, value } from "@/api/client";
import type { Arrival } from "@/api/schema";
import { suggestedForm, toForwarding } from "@/features/direction/forward-dialog";
import { useHolderName } from "@/features/direction/holder-field";
import { useCommand } from "@/features/session/command";
import { useText } from "@/text/text";
import { showDay } from "@/ui/dates";
import { CheckField } from "@/ui/field";

// To whom the agency's rule forwards it: seen before it is sent, and one press
// to leave it out.
export function RuleField({ arrival: a, on, onChange }: { arrival: Arrival; on: boolean; onChange: (on: boolean) => void }) {
  const t = useText().direction;
  const name = useHolderName(a.agencyId);
  if (!a.suggestion) return null;
  const { rule, dueDate } = a.suggestion;
  const what = [t.asks[rule.asks], dueDate ? showDay(dueDate) : "", t.suggests(rule.name)].filter(Boolean).join(" · ");
  return (
    <CheckField
      label={
        <>
          <strong>{t.forwardToo(name(rule))}</strong> · {what}
        </>
      }
      checked={on}
      onChange={(e) => onChange(e.target.checked)}
    />
  );
}

// Sends on what was registered, by the rule that was shown. Where what the
// clerk corrected leads to another rule, nothing is sent unseen: the page
// offers it.
export function useForwardByRule(shown: Arrival) {
  const t = useText().direction;
  return useCommand({
    agencyId: shown.agencyId,
    spoils: [["arrivals"], ["work"]],
    tell: true,
    said: (sent: boolean) => (sent ? t.sent : undefined),
    run: async (registered: Arrival, header) => {
      const rule = registered.suggestion?.rule;
      const root = registered.lines.find((l) => l.unitId === undefined && l.positionId === undefined);
      const same = rule && rule.name === shown.suggestion?.rule.name && rule.unitId === shown.suggestion.rule.unitId && rule.positionId === shown.suggestion.rule.positionId;
      if (!registered.suggestion || !root || !same) return false;
      await value(client.POST("/api/lines/{id}/forward", { params: { path: { id: root.id }, header }, body: toForwarding(suggestedForm(registered.suggestion)) }));
      return true;
    },
  });
}
