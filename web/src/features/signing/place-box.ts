import type { PageBox, Place } from "@/api/schema";

// A millimetre in points, as pages are measured.
export const millimetre = 72 / 25.4;

export interface Spot {
  page: number;
  left: number;
  bottom: number;
}

export const spotOf = (p: Place): Spot => ({ page: p.page, left: p.left, bottom: p.bottom });

const within = (wanted: number, size: number, low: number, high: number) => Math.max(low, Math.min(high - size, wanted));

/** The nearest spot at which the place lies on its page with all of itself. */
export function onPage(place: Place, spot: Spot, pages: readonly PageBox[]): Spot {
  const number = Math.min(Math.max(spot.page, 1), pages.length);
  const page = pages[number - 1];
  if (!page) return spotOf(place);
  return {
    page: number,
    left: within(spot.left, place.right - place.left, page.left, page.right),
    bottom: within(spot.bottom, place.top - place.bottom, page.bottom, page.top),
  };
}

/** Where a key takes a place: arrows by a millimetre, by ten with Shift; pages with Page Up and Down. */
export function byKey(key: string, far: boolean, spot: Spot): Spot | undefined {
  const by = (far ? 10 : 1) * millimetre;
  switch (key) {
    case "ArrowLeft":
      return { ...spot, left: spot.left - by };
    case "ArrowRight":
      return { ...spot, left: spot.left + by };
    case "ArrowUp":
      return { ...spot, bottom: spot.bottom + by };
    case "ArrowDown":
      return { ...spot, bottom: spot.bottom - by };
    case "PageUp":
      return { ...spot, page: spot.page - 1 };
    case "PageDown":
      return { ...spot, page: spot.page + 1 };
  }
  return undefined;
}
