import type { Circuit, CircuitPlan, Competence, StepKind } from "@/api/schema";

export interface PlanPerson {
  id: string;
  name: string;
}

export interface PlanStep {
  key: number;
  kind: StepKind;
  people: readonly PlanPerson[];
  quorum: number;
  days: number;
  // Passed, or asked now: it stays as it is.
  fixed: boolean;
}

export interface PlanForm {
  steps: readonly PlanStep[];
  competence: Competence;
}

export function planOf(c: Circuit): PlanForm {
  const running = c.current >= 0;
  return {
    competence: c.proposed ? "" : c.competence,
    steps: c.steps.map((s, i) => ({
      key: i,
      kind: s.kind,
      people: s.people.map((p) => ({ id: p.positionId, name: p.fullName })),
      quorum: s.quorum,
      days: s.days,
      fixed: running && i <= c.current,
    })),
  };
}

// A new step goes before the approval, which stays the last.
export function withStep(steps: readonly PlanStep[]): readonly PlanStep[] {
  const key = Math.max(...steps.map((s) => s.key)) + 1;
  const added: PlanStep = { key, kind: "review", people: [], quorum: 1, days: 0, fixed: false };
  return [...steps.slice(0, -1), added, ...steps.slice(-1)];
}

// Only a step for opinions and the office's check ask several people.
export function several(kind: StepKind): boolean {
  return kind === "opinion" || kind === "layout";
}

export function changedStep(s: PlanStep, change: Partial<PlanStep>): PlanStep {
  const next = { ...s, ...change };
  const people = several(next.kind) ? next.people : next.people.slice(-1);
  return { ...next, people, quorum: next.kind === "opinion" ? Math.max(1, Math.min(next.quorum, people.length || 1)) : 1 };
}

export function movedUp(steps: readonly PlanStep[], at: number): readonly PlanStep[] {
  const [before, step] = [steps[at - 1], steps[at]];
  if (!before || !step || before.fixed) return steps;
  return [...steps.slice(0, at - 1), step, before, ...steps.slice(at + 1)];
}

export function bodyOf(form: PlanForm): CircuitPlan {
  return {
    competence: form.competence === "" ? undefined : form.competence,
    steps: form.steps.map((s) => ({ kind: s.kind, positionIds: s.people.map((p) => p.id), quorum: s.quorum, days: s.days })),
  };
}
