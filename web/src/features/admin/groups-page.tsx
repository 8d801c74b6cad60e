import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { client, ifMatch, value } from "@/api/client";
import { fieldMessage } from "@/api/problem";
import type { Group } from "@/api/schema";
import { groupsQuery, treeQuery } from "@/features/recipient/directory";
import { membersOf, type Chosen } from "@/features/recipient/model";
import { useAgencyName } from "@/features/recipient/names";
import { RecipientField } from "@/features/recipient/recipient-field";
import { useCommand } from "@/features/session/command";
import { failureOf } from "@/features/session/failure";
import { agenciesOf, agenciesUnder, useMe } from "@/features/session/me";
import { FormProblem } from "@/features/session/problem-note";
import { AgencyField } from "@/features/recipient/agency-field";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { ConfirmDialog } from "@/ui/confirm";
import { Dialog } from "@/ui/dialog";
import { CheckField, TextField } from "@/ui/field";
import { Page } from "@/ui/page";
import { EmptyState } from "@/ui/states";
import { Table, type Column } from "@/ui/table";

export function GroupsPage() {
  const t = useText();
  const g = t.admin.groups;
  const list = useQuery(groupsQuery);
  const agencies = useQuery(treeQuery).data ?? [];
  const nameOf = useAgencyName();
  const [open, setOpen] = useState<Group | "new">();
  const [removing, setRemoving] = useState<Group>();
  const columns: readonly Column<Group>[] = [
    { id: "name", title: g.name, cell: (x) => <strong>{x.name}</strong> },
    { id: "agency", title: g.agency, width: "300px", cell: (x) => nameOf(x.agencyId, agencies.find((a) => a.id === x.agencyId)?.name ?? "") },
    { id: "shared", title: g.use, width: "120px", cell: (x) => (x.shared ? g.sharedShort : "") },
    { id: "count", title: g.count, width: "120px", align: "end", cell: (x) => x.memberIds.length },
    {
      id: "remove",
      title: "",
      width: "90px",
      align: "end",
      cell: (x) => (
        <Button
          look="plain"
          small
          onClick={(e) => {
            e.stopPropagation();
            setRemoving(x);
          }}
        >
          {t.common.remove}
        </Button>
      ),
    },
  ];
  return (
    <Page
      title={g.title}
      acts={
        <Button look="primary" icon={<Plus size={15} />} onClick={() => setOpen("new")}>
          {g.add}
        </Button>
      }
    >
      <Table
        label={g.title}
        columns={columns}
        rows={list.data}
        rowId={(x) => x.id}
        autoFocus
        onOpen={setOpen}
        failed={failureOf(list.error)}
        onRetry={() => void list.refetch()}
        empty={<EmptyState title={g.empty} hint={g.emptyHint} />}
      />
      {open ? <GroupDialog group={open === "new" ? undefined : open} onClose={() => setOpen(undefined)} /> : null}
      {removing ? <RemoveDialog group={removing} onClose={() => setRemoving(undefined)} /> : null}
    </Page>
  );
}

function GroupDialog({ group, onClose }: { group: Group | undefined; onClose: () => void }) {
  const t = useText();
  const g = t.admin.groups;
  const me = useMe();
  const agencies = useQuery(treeQuery).data ?? [];
  const [form, setForm] = useState({
    agencyId: group?.agencyId ?? agenciesOf(me)[0]?.id ?? "",
    name: group?.name ?? "",
    shared: group?.shared ?? false,
  });
  const [members, setMembers] = useState<readonly Chosen[]>();
  const chosen = members ?? (group ? membersOf(group, agencies) : []);
  const save = useCommand({
    agencyId: form.agencyId,
    spoils: [["groups"]],
    said: () => t.common.saved,
    onDone: onClose,
    run: (input: { form: typeof form; memberIds: string[] }, header) => {
      const body = { name: input.form.name.trim().normalize("NFC"), shared: input.form.shared, memberIds: input.memberIds };
      return value(
        group
          ? client.PATCH("/api/administration/groups/{id}", { params: { path: { id: group.id }, header: ifMatch(group) }, body })
          : client.POST("/api/administration/groups", { params: { header }, body: { ...body, agencyId: input.form.agencyId } }),
      );
    },
  });
  const submit = () => {
    if (!save.isPending) save.mutate({ form, memberIds: chosen.flatMap((c) => (c.agencyId ? [c.agencyId] : [])) });
  };
  return (
    <Dialog
      wide
      title={group ? g.edit : g.add}
      onClose={onClose}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" look="primary" busy={save.isPending}>
            {t.common.save}
          </Button>
        </>
      }
    >
      <FormProblem error={save.error} shown={["name", "memberIds", "agencyId"]} />
      <TextField
        label={g.name}
        required
        autoFocus
        maxLength={100}
        value={form.name}
        error={fieldMessage(save.error, "name")}
        onChange={(e) => setForm({ ...form, name: e.target.value })}
      />
      {group ? null : (
        <AgencyField label={g.agency} required within={agenciesUnder(me, "clerk", "admin")} value={form.agencyId} error={fieldMessage(save.error, "agencyId")} onChange={(agencyId) => setForm({ ...form, agencyId })} />
      )}
      <CheckField label={g.shared} checked={form.shared} onChange={(e) => setForm({ ...form, shared: e.target.checked })} />
      <RecipientField
        label={g.members}
        agencyId={undefined}
        agenciesOnly
        chosen={chosen}
        error={fieldMessage(save.error, "memberIds")}
        onChange={setMembers}
      />
    </Dialog>
  );
}

function RemoveDialog({ group, onClose }: { group: Group; onClose: () => void }) {
  const t = useText();
  const g = t.admin.groups;
  const remove = useCommand<undefined, unknown>({
    spoils: [["groups"]],
    said: () => g.removed,
    onDone: onClose,
    run: () =>
      value(client.DELETE("/api/administration/groups/{id}", { params: { path: { id: group.id }, header: ifMatch(group) } })),
  });
  return (
    <ConfirmDialog
      title={g.removeTitle(group.name)}
      action={t.common.remove}
      danger
      busy={remove.isPending}
      problem={<FormProblem error={remove.error} />}
      onClose={onClose}
      onConfirm={() => remove.mutate(undefined)}
    >
      <p>{g.removeHint}</p>
    </ConfirmDialog>
  );
}
