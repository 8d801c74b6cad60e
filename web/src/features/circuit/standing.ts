import type { Circuit, CircuitStep } from "@/api/schema";

// Who still has to answer a step, as one reads names.
export function awaitedNames(step: CircuitStep): string {
  return step.people
    .filter((p) => !p.answered)
    .map((p) => p.fullName)
    .join(", ");
}

// Where it goes straight back to after a correction.
export function wayBack(circuit: Circuit): CircuitStep | undefined {
  const last = circuit.returns.at(-1);
  return last === undefined ? undefined : circuit.steps[last];
}
