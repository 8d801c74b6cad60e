import { useQuery } from "@tanstack/react-query";
import { useRef, useState, type PointerEvent } from "react";
import { client, value } from "@/api/client";
import type { Document, PageBox, Place, Places } from "@/api/schema";
import { fileUrl, mainFile } from "@/features/document/files";
import { useCommand } from "@/features/session/command";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { classes } from "@/ui/classes";
import { Dialog } from "@/ui/dialog";
import { SelectField } from "@/ui/field";
import { usePdf } from "@/ui/pdf-file";
import { PdfPage } from "@/ui/pdf-page";
import { Bone, Notice } from "@/ui/states";
import { byKey, millimetre, onPage, spotOf, type Spot } from "./place-box";
import { placesQuery } from "./queries";
import css from "./places.module.css";

interface Props {
  document: Document;
  onClose: () => void;
}

// Where signatures, number, date and seal will stand, as long as nobody has signed.
export function PlacesDialog({ document: d, onClose }: Props) {
  const t = useText().signing.places;
  const sha256 = mainFile(d.files)?.sha256 ?? "";
  const query = useQuery(placesQuery(d.id, sha256));
  const [moved, setMoved] = useState<ReadonlyMap<string, Spot>>(new Map());
  const save = useCommand({
    agencyId: d.agencyId,
    spoils: [["documents"]],
    said: () => t.saved,
    onDone: onClose,
    run: (places: readonly ({ name: string } & Spot)[], header) =>
      value(
        client.PUT("/api/documents/{id}/places", {
          params: { path: { id: d.id }, header: { "Congvan-Position": header["Congvan-Position"] } },
          body: { seenSha256: sha256, places: [...places] },
        }),
      ),
  });
  const data = query.data;
  const spot = (p: Place) => moved.get(p.name) ?? spotOf(p);
  const move = (p: Place, to: Spot) => setMoved((all) => new Map(all).set(p.name, onPage(p, to, data?.pages ?? [])));
  return (
    <Dialog
      wide
      title={t.title}
      onClose={onClose}
      footer={
        data && !data.fixed ? (
          <>
            {data.moved ? (
              <Button busy={save.isPending} onClick={() => save.mutate([])}>
                {t.reset}
              </Button>
            ) : null}
            <Button onClick={onClose}>{t.cancel}</Button>
            <Button
              look="primary"
              disabled={moved.size === 0}
              busy={save.isPending}
              onClick={() => save.mutate(data.places.map((p) => ({ name: p.name, ...spot(p) })))}
            >
              {t.save}
            </Button>
          </>
        ) : undefined
      }
    >
      <FormProblem error={save.error ?? query.error} />
      {data ? (
        <>
          {data.fixed ? <Notice look="calm">{t.fixed}</Notice> : <p className={css.hint}>{t.hint}</p>}
          <Sheets document={d} sha256={sha256} data={data} spot={spot} onMove={move} />
        </>
      ) : query.error ? null : (
        <Bone width="100%" />
      )}
    </Dialog>
  );
}

interface SheetsProps {
  document: Document;
  sha256: string;
  data: Places;
  spot: (p: Place) => Spot;
  onMove: (p: Place, to: Spot) => void;
}

const shownWidth = 560;
// Words stand in a box that has room for them.
const labelled = 26;
const unseen = () => {};

function Sheets({ document: d, sha256, data, spot, onMove }: SheetsProps) {
  const t = useText().signing.places;
  const file = usePdf(fileUrl({ type: "documents", id: d.id }, sha256));
  if (file.is !== "open") return <Bone width="100%" />;
  const scale = shownWidth / file.width;
  const shown = data.places.filter((p) => p.kind !== "initial" || !data.fixed);
  return (
    <div className={css.table}>
      <div className={css.sheets}>
        {Array.from({ length: file.pdf.numPages }, (_, i) => (
          <PdfPage key={i + 1} pdf={file.pdf} number={i + 1} scale={scale} rotation={0} width={file.width} height={file.height} onVisible={unseen}>
            {shown
              .filter((p) => spot(p).page === i + 1)
              .map((p) => (
                <Box key={p.name} place={p} at={spot(p)} page={data.pages[i]} scale={scale} fixed={data.fixed} onMove={(to) => onMove(p, to)} />
              ))}
          </PdfPage>
        ))}
      </div>
      {data.pages.length > 1 && !data.fixed ? (
        <div className={css.side}>
          {shown.map((p) => (
            <SelectField key={p.name} label={t.name(p)} value={String(spot(p).page)} onChange={(e) => onMove(p, { ...spot(p), page: Number(e.target.value) })}>
              {Array.from({ length: data.pages.length }, (_, i) => (
                <option key={i + 1} value={i + 1}>
                  {t.page(i + 1)}
                </option>
              ))}
            </SelectField>
          ))}
        </div>
      ) : null}
    </div>
  );
}

interface BoxProps {
  place: Place;
  at: Spot;
  page: PageBox | undefined;
  scale: number;
  fixed: boolean;
  onMove: (to: Spot) => void;
}

// One place: dragged with the pointer, or moved with the arrow keys.
function Box({ place, at, page, scale, fixed, onMove }: BoxProps) {
  const t = useText().signing.places;
  const grip = useRef<{ x: number; y: number; from: Spot }>(undefined);
  const left = at.left - (page?.left ?? 0);
  const bottom = at.bottom - (page?.bottom ?? 0);
  const drag = (e: PointerEvent) => {
    const g = grip.current;
    if (!g) return;
    onMove({ ...g.from, left: g.from.left + (e.clientX - g.x) / scale, bottom: g.from.bottom - (e.clientY - g.y) / scale });
  };
  return (
    <button
      type="button"
      disabled={fixed}
      className={classes(css.box, css[place.kind])}
      style={{ left: left * scale, bottom: bottom * scale, width: (place.right - place.left) * scale, height: (place.top - place.bottom) * scale }}
      aria-label={t.at(t.name(place), at.page, Math.round(left / millimetre), Math.round(bottom / millimetre))}
      onPointerDown={(e) => {
        e.currentTarget.setPointerCapture(e.pointerId);
        grip.current = { x: e.clientX, y: e.clientY, from: at };
      }}
      onPointerMove={drag}
      onPointerUp={() => (grip.current = undefined)}
      onPointerCancel={() => (grip.current = undefined)}
      onKeyDown={(e) => {
        const to = byKey(e.key, e.shiftKey, at);
        if (!to) return;
        e.preventDefault();
        onMove(to);
      }}
    >
      {(place.right - place.left) * scale > labelled ? t.name(place) : null}
    </button>
  );
}
