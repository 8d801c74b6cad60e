import { client, value } from "@/api/client";
import type { Arrival, Line, LineAction } from "@/api/schema";
import { useCommand, type CommandHeaders } from "@/features/session/command";
import { useText } from "@/text/text";

const spoils = [["arrivals"], ["work"]] as const;

export function useTakeIn(line: Line) {
  const t = useText().direction;
  return useCommand({
    spoils,
    tell: true,
    said: () => t.done,
    run: (_: undefined, header) => value(client.POST("/api/lines/{id}/take-in", { params: { path: { id: line.id }, header } })),
  });
}

export interface ActInput {
  words: string;
  due: string;
  grant: boolean;
  target: string;
  uploadId: string | undefined;
}

type Run = (id: string, header: CommandHeaders, input: ActInput) => Promise<unknown>;

const at = (id: string, header: CommandHeaders) => ({ path: { id }, header });

// One entry for each act that a dialog carries out.
const runs: Partial<Record<LineAction, Run>> = {
  note: (id, h, i) => value(client.POST("/api/lines/{id}/note", { params: at(id, h), body: { words: i.words, uploadId: i.uploadId } })),
  finish: (id, h, i) => value(client.POST("/api/lines/{id}/finish", { params: at(id, h), body: { words: i.words, uploadId: i.uploadId } })),
  return: (id, h, i) => value(client.POST("/api/lines/{id}/return", { params: at(id, h), body: { reason: i.words } })),
  hand_back: (id, h, i) => value(client.POST("/api/lines/{id}/hand-back", { params: at(id, h), body: { reason: i.words } })),
  ask_more_time: (id, h, i) =>
    value(client.POST("/api/lines/{id}/ask-more-time", { params: at(id, h), body: { reason: i.words, dueDate: i.due } })),
  give_more_time: (id, h, i) => value(client.POST("/api/lines/{id}/decide-more-time", { params: at(id, h), body: { grant: i.grant } })),
  remind: (id, h, i) => value(client.POST("/api/lines/{id}/remind", { params: at(id, h), body: { words: i.words } })),
  withdraw: (id, h, i) => value(client.POST("/api/lines/{id}/withdraw", { params: at(id, h), body: { reason: i.words } })),
  reopen: (id, h, i) => value(client.POST("/api/lines/{id}/reopen", { params: at(id, h), body: { reason: i.words } })),
  answer: (id, h, i) => value(client.POST("/api/lines/{id}/answer", { params: at(id, h), body: { documentId: i.target } })),
  hand_over: (id, h, i) => {
    const to = i.target.slice(i.target.indexOf(":") + 1);
    const body = i.target.startsWith("unit:") ? { unitId: to } : { positionId: to };
    return value(client.POST("/api/lines/{id}/hand-over", { params: at(id, h), body }));
  },
};

export function useLineAct(arrival: Arrival, line: Line, act: LineAction, onDone: () => void) {
  const t = useText().direction;
  return useCommand({
    agencyId: arrival.agencyId,
    spoils,
    said: () => t.done,
    onDone,
    run: (input: ActInput, header) => runs[act]?.(line.id, header, input) ?? Promise.resolve(undefined),
  });
}
