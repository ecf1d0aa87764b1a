import decodeQR from "qr/decode.js";

/** What another library reads in a QR code of these squares, four pixels wide each. */
export function scanned(path: string): string {
  const dark = [...path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
  const size = (Math.max(...dark.map(([x]) => x)) + 5) * 4;
  const data = new Uint8Array(size * size * 3).fill(255);
  for (const [x, y] of dark) {
    for (let row = 4 * y; row < 4 * y + 4; row++) {
      data.fill(0, (row * size + 4 * x) * 3, (row * size + 4 * x + 4) * 3);
    }
  }
  return decodeQR({ width: size, height: size, data });
}
