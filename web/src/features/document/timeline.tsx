import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { Event, EventPage } from "@/api/schema";
import { LoadFailed } from "@/features/session/load-failed";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { classes } from "@/ui/classes";
import { showDay, showMoment } from "@/ui/dates";
import { Bone } from "@/ui/states";
import { Sha } from "./file-list";
import { placeOf, told } from "./told";
import css from "./document.module.css";

// History, as the append-only events tell it.
export function Timeline({ query }: { query: UseInfiniteQueryResult<InfiniteData<EventPage>> }) {
  const t = useText();
  if (query.isError && !query.data) return <LoadFailed error={query.error} onRetry={() => void query.refetch()} />;
  const events = query.data?.pages.flatMap((p) => p.items);
  if (!events) return <Bone width="60%" />;
  return (
    <>
      <ol className={css.timeline}>
        {events.map((e) => (
          <TimelineEvent key={e.id} event={e} />
        ))}
      </ol>
      {query.hasNextPage ? (
        <Button small busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t.event.more}
        </Button>
      ) : null}
    </>
  );
}

const bad = new Set(["sent_back", "refused", "delivery_refused", "delivery_failed", "delivery_expired", "act_refused", "discarded"]);
const good = new Set(["issued", "registered", "approved"]);

function TimelineEvent({ event }: { event: Event }) {
  const t = useText();
  const { about, by, rest } = told(event);
  return (
    <li className={classes(css.event, bad.has(event.verb) && css.bad, good.has(event.verb) && css.good)}>
      <time className={css.when} dateTime={event.at}>
        {showMoment(event.at)}
      </time>
      <span className={css.dot} aria-hidden="true" />
      <div>
        <div>
          <span className={css.verb}>{t.event.verbs[event.verb] ?? event.verb}</span>
          {about ? ` · ${about}` : ""}
        </div>
        <div className={css.who}>{[by || t.event.system, event.onBehalfOf ? t.event.onBehalf(event.onBehalfOf) : ""].filter(Boolean).join(", ")}</div>
        {rest.map(([name, value]) => (
          <div key={name} className={css.more}>
            {t.event.data[name] ?? name}: <EventValue name={name} value={value} />
          </div>
        ))}
      </div>
    </li>
  );
}

function EventValue({ name, value }: { name: string; value: string }) {
  const t = useText();
  const reasons: Record<string, string> = t.arrival.reasons;
  const states: Record<string, string> = t.document.states;
  const acts: Record<string, string> = t.document.actions;
  const steps: Record<string, string> = t.circuit.steps;
  if (name === "step") return steps[value] ?? value;
  if (name === "sha256") return <Sha value={value} />;
  if (name === "day" && /^\d{4}-\d{2}-\d{2}$/.test(value)) return showDay(value);
  if (name === "reason") return reasons[value] ?? t.recipient.troubles[value] ?? value;
  if (name === "state") return states[value] ?? value;
  if (name === "place") {
    const place = placeOf(value);
    const words = place && t.event.places[place.kind];
    return words ? t.event.placeNth(words, place.nth) : value;
  }
  if (name === "request") return t.register.recall.acts[value as keyof typeof t.register.recall.acts] ?? value;
  if (name === "act") return acts[value] ?? value;
  return value;
}
