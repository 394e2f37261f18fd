// Places in the plane, and where an arrow key leads from one of them.

export interface Spot { x: number; y: number }

export const DIRECTIONS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
};

/** The number of the nearest spot on that side, those straight ahead before those aside; -1 where there is none. */
export function aheadOf(spots: Spot[], from: number, key: string): number {
  const [across, down] = DIRECTIONS[key] ?? [0, 0];
  const start = spots[from]!;
  let best = -1, least = Infinity;
  spots.forEach(({ x, y }, n) => {
    const ahead = (x - start.x) * across + (y - start.y) * down;
    const aside = Math.abs((x - start.x) * down + (y - start.y) * across);
    if (n === from || ahead <= 0 || aside > 2 * ahead) return;
    if (ahead + 2 * aside < least) { least = ahead + 2 * aside; best = n; }
  });
  return best;
}
