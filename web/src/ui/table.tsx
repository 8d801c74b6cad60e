import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from "react";
import { useText } from "@/text/text";
import { Button } from "./button";
import { classes } from "./classes";
import { emptyList, follow, press, toggle, type ListState } from "./list-keys";
import { Bone, ErrorState, type Failure } from "./states";
import css from "./table.module.css";

export interface Column<T> {
  id: string;
  title: string;
  // CSS width; the one column without takes what is left.
  width?: string;
  align?: "end";
  cell: (row: T) => ReactNode;
}

export interface TableProps<T> {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[] | undefined;
  rowId: (row: T) => string;
  onOpen: (row: T) => void;
  // Bold for what was not read, faint for what is over.
  look?: (row: T) => "strong" | "faint" | undefined;
  // Rows of two lines, for lists whose subjects are read and not only recognised.
  tall?: boolean;
  empty: ReactNode;
  // Why the rows did not come; true where nobody knows more than that.
  failed?: Failure | boolean;
  onRetry?: () => void;
  hasMore?: boolean;
  loadingMore?: boolean;
  onMore?: () => void;
  onFind?: () => void;
  selection?: { marked: ReadonlySet<string>; onChange: (marked: ReadonlySet<string>) => void };
  // The list takes the focus when it appears, so that keys work at once.
  autoFocus?: boolean;
}

const none: readonly never[] = [];

function rowHeight(tall: boolean | undefined): number {
  if (window.matchMedia("(max-width: 760px)").matches) return 92;
  const roomy = document.documentElement.dataset.density === "roomy";
  if (tall) return roomy ? 59 : 49;
  return roomy ? 43 : 35;
}

// Two things of one column, the one that is looked for above.
export function TwoLines({ top, below, title }: { top: ReactNode; below: ReactNode; title?: string }) {
  return (
    <span className={css.two} title={title}>
      <span>{top || "\u00a0"}</span>
      <small>{below}</small>
    </span>
  );
}

// Words that may take two lines before they are cut.
export function Wrapped({ children }: { children: string }) {
  return (
    <span className={css.wrapped} title={children}>
      {children}
    </span>
  );
}

// The list of the whole product: dense rows, sticky head, only the visible rows
// in the page, movement by keys (list-keys.ts), more rows as the end comes near.
export function Table<T>(props: TableProps<T>) {
  const { rows, rowId, selection, hasMore, loadingMore, onMore } = props;
  const t = useText();
  const frame = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLTableElement>(null);
  const own = useId();
  const list = rows ?? (none as readonly T[]);
  const { state, setState } = useListState(list.map(rowId), selection);
  const height = rowHeight(props.tall);
  const virtual = useVirtualizer({
    count: list.length,
    getScrollElement: () => frame.current,
    estimateSize: () => height,
    overscan: 12,
    scrollPaddingStart: 34,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !loadingMore && rows && last >= rows.length - 15) onMore?.();
  }, [hasMore, loadingMore, last, rows, onMore]);
  useEffect(() => {
    if (props.autoFocus) grid.current?.focus({ preventScroll: true });
  }, [props.autoFocus]);

  const onKeyDown = (e: KeyboardEvent) => {
    if (e.altKey || e.metaKey || (e.target instanceof HTMLInputElement && e.target.type !== "checkbox")) return;
    // A button in a row does what it says.
    if (e.target instanceof HTMLButtonElement && (e.key === "Enter" || e.key === " ")) return;
    const [next, act] = press(
      state,
      { key: e.key, shift: e.shiftKey, ctrl: e.ctrlKey },
      list.map(rowId),
      selection !== undefined,
    );
    if (act.do === "stay") return;
    e.preventDefault();
    setState(next);
    if (act.do === "move" && next.at >= 0) virtual.scrollToIndex(next.at, { align: "auto" });
    if (act.do === "find") props.onFind?.();
    const row = act.do === "open" ? list[act.at] : undefined;
    if (row !== undefined) props.onOpen(row);
  };
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <div ref={frame} className={css.frame} onKeyDown={onKeyDown} role="presentation">
      {/* The grid is the one stop of the Tab key; the keys move inside it, and a reader says the row they came to. */}
      <table
        ref={grid}
        className={classes(css.table, props.tall && css.tall)}
        role="grid"
        tabIndex={0}
        data-keys=""
        aria-label={props.label}
        aria-rowcount={hasMore ? -1 : list.length}
        aria-activedescendant={items.some((i) => i.index === state.at) ? `${own}${state.at}` : undefined}
        aria-busy={rows === undefined}
      >
        <TableHead columns={props.columns} selection={selection} ids={list.map(rowId)} />
        <tbody>
          {rows === undefined && !props.failed ? <Skeleton columns={props.columns} extra={selection ? 1 : 0} /> : null}
          {before > 0 ? <Spacer height={before} /> : null}
          {items.map((item) => {
            const row = list[item.index];
            if (row === undefined) return null;
            const id = rowId(row);
            const marked = selection?.marked.has(id) ?? false;
            const look = props.look?.(row);
            return (
              <tr
                key={id}
                id={`${own}${item.index}`}
                aria-rowindex={item.index + 1}
                aria-selected={item.index === state.at || marked}
                className={classes(css.row, item.index === state.at && css.current, marked && css.marked, look && css[look])}
                onClick={() => {
                  setState({ ...state, at: item.index });
                  props.onOpen(row);
                }}
              >
                {selection ? (
                  <td>
                    <input
                      type="checkbox"
                      className={css.check}
                      tabIndex={-1}
                      checked={marked}
                      aria-label={t.parts.list.selectRow}
                      onClick={(e) => e.stopPropagation()}
                      onChange={() => selection.onChange(toggle(selection.marked, id))}
                    />
                  </td>
                ) : null}
                {props.columns.map((c) => (
                  <td key={c.id} className={classes(c.align && css.end, !c.width && css.about)}>
                    {c.cell(row)}
                  </td>
                ))}
              </tr>
            );
          })}
          {after > 0 ? <Spacer height={after} /> : null}
        </tbody>
      </table>
      {props.failed && list.length === 0 ? (
        <ErrorState failure={props.failed === true ? "broken" : props.failed} onRetry={props.onRetry} />
      ) : null}
      {rows !== undefined && list.length === 0 && !props.failed ? props.empty : null}
      {hasMore ? (
        <div className={css.foot}>
          <Button look="plain" small busy={loadingMore} onClick={onMore}>
            {loadingMore ? t.common.loadingMore : t.common.loadMore}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

// Keeps the current row on its document while the list moves under it.
function useListState(ids: readonly string[], selection: TableProps<unknown>["selection"]) {
  const [state, setInner] = useState<ListState>(emptyList);
  const shown = useRef(ids) as RefObject<readonly string[]>;
  const joined = ids.join();
  useEffect(() => {
    const now = joined === "" ? [] : joined.split(",");
    setInner((s) => follow(s, shown.current, now));
    shown.current = now;
  }, [joined]);
  const marked = selection?.marked ?? state.marked;
  const setState = (next: ListState) => {
    setInner(next);
    if (selection && next.marked !== marked) selection.onChange(next.marked);
  };
  return { state: { ...state, marked }, setState };
}

function TableHead<T>({ columns, selection, ids }: {
  columns: readonly Column<T>[];
  selection: TableProps<T>["selection"];
  ids: readonly string[];
}) {
  const t = useText().parts.list;
  const every = ids.length > 0 && ids.every((id) => selection?.marked.has(id));
  return (
    <>
      <colgroup>
        {selection ? <col style={{ width: "40px" }} /> : null}
        {columns.map((c) => (
          <col key={c.id} style={c.width ? { width: c.width } : undefined} />
        ))}
      </colgroup>
      <thead>
        <tr>
          {selection ? (
            <th scope="col">
              <input
                type="checkbox"
                className={css.check}
                tabIndex={-1}
                aria-label={t.selectAll}
                checked={every}
                onChange={() => selection.onChange(every ? new Set() : new Set(ids))}
              />
            </th>
          ) : null}
          {columns.map((c) => (
            <th key={c.id} scope="col" className={c.align && css.end}>
              {c.title}
            </th>
          ))}
        </tr>
      </thead>
    </>
  );
}

function Spacer({ height }: { height: number }) {
  return (
    <tr className={css.space} aria-hidden="true">
      <td style={{ height }} />
    </tr>
  );
}

const widths = ["46%", "62%", "74%", "55%", "80%", "68%"];

function Skeleton<T>({ columns, extra }: { columns: readonly Column<T>[]; extra: number }) {
  return Array.from({ length: 12 }, (_, i) => (
    <tr key={i} aria-hidden="true">
      {extra ? <td /> : null}
      {columns.map((c, j) => (
        <td key={c.id}>
          <Bone width={widths[(i * 5 + j * 3) % widths.length] ?? "60%"} />
        </td>
      ))}
    </tr>
  ));
}
