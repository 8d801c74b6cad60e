import { ChevronDown, ChevronRight } from "lucide-react";
import { useMemo, useState } from "react";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { inputClass } from "@/ui/field";
import { rank } from "@/ui/fold";
import { Tabs } from "@/ui/tabs";
import { ChosenList } from "./chosen-list";
import {
  addAll,
  below,
  dropKeys,
  fromAgency,
  fromPosition,
  fromUnit,
  keyOf,
  membersOf,
  prune,
  treeOf,
  turnRole,
  type Chosen,
  type Directory,
  type TreeNode,
} from "./model";
import { useAgencyName } from "./names";
import css from "./recipient.module.css";

interface DirectoryDialogProps {
  directory: Directory;
  chosen: readonly Chosen[];
  // Only agencies: no groups, nobody inside, no roles.
  agenciesOnly?: boolean;
  onClose: () => void;
  onDone: (chosen: readonly Chosen[]) => void;
}

export function DirectoryDialog({ directory, chosen: before, agenciesOnly, onClose, onDone }: DirectoryDialogProps) {
  const t = useText();
  const [chosen, setChosen] = useState(before);
  const [tab, setTab] = useState<"tree" | "groups" | "inside">("tree");
  const [typed, setTyped] = useState("");
  const taken = useMemo(() => new Set(chosen.map(keyOf)), [chosen]);
  const flip = (choices: readonly Chosen[], on: boolean) =>
    setChosen((c) => (on ? addAll(c, choices) : dropKeys(c, new Set(choices.map(keyOf)))));
  const tabs = [
    { value: "tree", label: t.recipient.tree },
    { value: "groups", label: t.recipient.groups },
    { value: "inside", label: t.recipient.inside },
  ] as const;
  return (
    <Dialog
      wide
      title={t.recipient.pickTitle}
      onClose={onClose}
      onSubmit={() => onDone(chosen)}
      footer={
        <>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" look="primary" shortcut="Ctrl ↵">
            {t.recipient.take(chosen.length)}
          </Button>
        </>
      }
    >
      <div className={css.picker}>
        <div className={css.side}>
          {agenciesOnly ? null : <Tabs label={t.recipient.pickTitle} value={tab} tabs={tabs} onChange={setTab} />}
          <input
            type="search"
            className={inputClass}
            aria-label={t.recipient.filter}
            placeholder={t.recipient.filter}
            autoFocus
            value={typed}
            onChange={(e) => setTyped(e.target.value)}
            onKeyDown={(e) => {
              if (e.key === "Enter" && !e.ctrlKey) e.preventDefault();
            }}
          />
          <div className={css.tree}>
            {tab === "tree" ? <Tree directory={directory} typed={typed} taken={taken} onFlip={flip} /> : null}
            {tab === "groups" ? <Groups directory={directory} typed={typed} taken={taken} onFlip={flip} /> : null}
            {tab === "inside" ? <Inside directory={directory} typed={typed} taken={taken} onFlip={flip} /> : null}
          </div>
        </div>
        <div className={css.side}>
          <div className={css.sum}>
            {t.recipient.chosen(chosen.length)}
            {chosen.length > 0 ? (
              <Button look="plain" small onClick={() => setChosen([])}>
                {t.recipient.removeAll}
              </Button>
            ) : null}
          </div>
          <ChosenList
            tall
            chosen={chosen}
            onTurn={agenciesOnly ? undefined : (key) => setChosen((c) => turnRole(c, key))}
            onRemove={(key) => setChosen((c) => dropKeys(c, new Set([key])))}
          />
        </div>
      </div>
    </Dialog>
  );
}

interface PartProps {
  directory: Directory;
  typed: string;
  taken: ReadonlySet<string>;
  onFlip: (choices: readonly Chosen[], on: boolean) => void;
}

function Tree({ directory, typed, taken, onFlip }: PartProps) {
  const t = useText().recipient;
  const nodes = useMemo(() => prune(treeOf(directory.agencies), typed), [directory.agencies, typed]);
  const nameOf = useAgencyName();
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  if (nodes.length === 0) return <p className={css.sum}>{t.nothing}</p>;
  const fold = (id: string) =>
    setOpened((o) => {
      const next = new Set(o);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  const row = (n: TreeNode, depth: number): React.ReactNode => {
    const open = typed.trim() !== "" || depth === 0 ? !opened.has(n.agency.id) : opened.has(n.agency.id);
    const choice = fromAgency(n.agency);
    return (
      <div key={n.agency.id}>
        <div className={css.node} style={{ paddingLeft: depth * 18 }}>
          {n.children.length > 0 ? (
            <button type="button" className={css.fold} aria-label={open ? t.collapse : t.expand} onClick={() => fold(n.agency.id)}>
              {open ? <ChevronDown size={14} /> : <ChevronRight size={14} />}
            </button>
          ) : (
            <span className={css.fold} />
          )}
          <label>
            <input type="checkbox" checked={taken.has(keyOf(choice))} onChange={(e) => onFlip([choice], e.target.checked)} />
            {typed.trim() === "" ? n.agency.name : nameOf(n.agency.id, n.agency.name)}
          </label>
          {n.children.length > 0 ? (
            <button type="button" className={css.whole} onClick={() => onFlip(below(n).map(fromAgency), true)}>
              {t.withBelow}
            </button>
          ) : null}
          <span className={css.code}>{n.agency.code}</span>
        </div>
        {open ? n.children.map((c) => row(c, depth + 1)) : null}
      </div>
    );
  };
  return nodes.map((n) => row(n, 0));
}

function Groups({ directory, typed, taken, onFlip }: PartProps) {
  const t = useText().recipient;
  const groups = directory.groups.filter((g) => rank(g.name, typed) > 0);
  if (groups.length === 0) return <p className={css.sum}>{t.nothing}</p>;
  return groups.map((g) => {
    const members = membersOf(g, directory.agencies);
    const on = members.length > 0 && members.every((m) => taken.has(keyOf(m)));
    return (
      <div key={g.id} className={css.node}>
        <label>
          <input type="checkbox" checked={on} onChange={(e) => onFlip(members, e.target.checked)} />
          {g.name}
        </label>
        <span className={css.code}>{t.members(members.length)}</span>
      </div>
    );
  });
}

function Inside({ directory, typed, taken, onFlip }: PartProps) {
  const t = useText().recipient;
  const rows = [
    ...directory.units.filter((u) => rank(u.name, typed) > 0).map((u) => ({ choice: fromUnit(u), note: "" })),
    ...directory.positions
      .filter((p) => rank(p.fullName, typed) > 0 || rank(p.title, typed) > 0)
      .map((p) => ({ choice: fromPosition(p), note: p.unitName ?? "" })),
  ];
  if (rows.length === 0) return <p className={css.sum}>{t.nothing}</p>;
  return rows.map(({ choice, note }) => (
    <div key={keyOf(choice)} className={css.node}>
      <label>
        <input type="checkbox" checked={taken.has(keyOf(choice))} onChange={(e) => onFlip([choice], e.target.checked)} />
        {choice.name}
      </label>
      <span className={css.code}>{note || t.types[choice.type]}</span>
    </div>
  ));
}
