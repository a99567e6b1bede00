/* Paints a grey picture anew with strokes of a brush, which follow the lines of the picture.
 *
 *   glow(x, y, size)       the brightness, from 0 to 254, of a pixel of a Julia set. The pixel is a square with a
 *                          corner at x + iy.
 *   canvas(width, height)  makes room for a picture in this module's memory, with a byte for each pixel, row by
 *                          row. Returns the address of the first pixel, or 0 if there is no room.
 *   paint(radius)          paints over the picture in the canvas. The largest brush has this radius in pixels,
 *                          from 2 to 100.
 *
 * painting.wasm was made from this file with clang and lld 14:
 *
 *   clang --target=wasm32 -O3 -mbulk-memory -nostdlib -Wl,--no-entry -o painting.wasm painting.c
 */
#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(#name))) name

extern unsigned char __heap_base; /* set by the linker: free memory from here */

static int width, height;
static uint8_t *picture, *painting;
static struct { float x, y; } *flow; /* the direction of the lines at each pixel */

uint8_t *EXPORT(canvas)(int w, int h) {
  if (w < 1 || h < 1 || w > 8192 || h > 8192) return 0;
  unsigned long pixels = (unsigned long)w * (unsigned long)h;
  unsigned long start = ((unsigned long)&__heap_base + 7) / 8 * 8;
  unsigned long pages = (start + 10 * pixels) / 65536 + 1, now = __builtin_wasm_memory_size(0);
  if (pages > now && __builtin_wasm_memory_grow(0, pages - now) == -1ul) return 0;
  width = w;
  height = h;
  flow = (void *)start;
  picture = (uint8_t *)(flow + pixels);
  painting = picture + pixels;
  return picture;
}

static int clamp(int x, int low, int high) { return x < low ? low : x > high ? high : x; }

/* The index of a pixel, or of the nearest one if it is outside. */
static int at(int x, int y) { return clamp(y, 0, height - 1) * width + clamp(x, 0, width - 1); }

static uint32_t seed;

/* A random number from 0 to n - 1. Each picture gets the same ones. */
static int below(int n) {
  seed = seed * 1664525u + 1013904223u;
  return (int)((uint64_t)seed * (uint64_t)n >> 32);
}

/* Finds the direction in which the pixels around each pixel differ least: the eigenvector of the smaller eigenvalue
 * of the matrix (xx xy; xy yy). */
static void find_flow(void) {
  const int radius = 9;
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      float xx = 0, xy = 0, yy = 0;
      for (int v = y - radius; v <= y + radius; v += 2)
        for (int u = x - radius; u <= x + radius; u += 2) {
          float dx = (float)(picture[at(u + 1, v)] - picture[at(u - 1, v)]);
          float dy = (float)(picture[at(u, v + 1)] - picture[at(u, v - 1)]);
          xx += dx * dx;
          xy += dx * dy;
          yy += dy * dy;
        }
      float least = (xx + yy - __builtin_sqrtf((xx - yy) * (xx - yy) + 4 * xy * xy)) / 2;
      float across = least - xx, length = __builtin_sqrtf(xy * xy + across * across);
      flow[at(x, y)].x = length > 0 ? xy / length : 1;
      flow[at(x, y)].y = length > 0 ? across / length : 0;
    }
}

/* Presses a brush onto the painting while it moves in the direction (along_x, along_y). Each of its hairs has a
 * grey of its own, and one edge of the paint is in the light. */
static void press(int x, int y, float along_x, float along_y, int radius, int grey, uint32_t brush) {
  for (int v = -radius; v <= radius; v++)
    for (int u = -radius; u <= radius; u++) {
      int in_reach = u * u + v * v <= radius * radius;
      int inside = x + u >= 0 && x + u < width && y + v >= 0 && y + v < height;
      if (!in_reach || !inside) continue;
      float side = (float)v * along_x - (float)u * along_y;
      uint32_t hair = (brush + (uint32_t)(side + 100)) * 2654435761u >> 28;
      float light = side * (along_x - along_y) / (float)radius;
      painting[(y + v) * width + x + u] = (uint8_t)clamp(grey + (int)hair - 8 + (int)(light * 10), 0, 255);
    }
}

/* Draws a line through a pixel along the flow, as far as the picture there has about the same grey. */
static void stroke(int x0, int y0, int radius) {
  int grey = picture[at(x0, y0)], paint = grey + below(32) - 16;
  uint32_t brush = (uint32_t)below(1 << 30);
  for (int sign = -1; sign <= 1; sign += 2) {
    float x = (float)x0, y = (float)y0, last_x = 0, last_y = 0;
    for (int step = 0; step < 5 * radius; step++) {
      int here = at((int)x, (int)y), change = picture[here] - grey;
      if (step > 2 && (change < -40 || change > 40)) break;
      float along_x = flow[here].x, along_y = flow[here].y;
      float turn = along_x * last_x + along_y * last_y;
      if (step == 0 ? sign < 0 : turn < 0) {
        along_x = -along_x;
        along_y = -along_y;
      }
      float up = (float)sign;
      press((int)x, (int)y, up * along_x, up * along_y, radius - step / 10, paint, brush);
      x += last_x = along_x;
      y += last_y = along_y;
    }
  }
}

/* Smaller brushes paint where the larger ones were too coarse. */
void EXPORT(paint)(int radius) {
  seed = 7;
  radius = clamp(radius, 2, 100);
  find_flow();
  for (int i = 0; i < width * height; i++) painting[i] = 0;
  for (int r = radius; r > 1; r = r * 2 / 3)
    for (int i = 0; i < width * height / (r * r) * 3 / 2; i++) {
      int x = below(width), y = below(height), difference = picture[at(x, y)] - painting[at(x, y)];
      if (r == radius || difference < -22 || difference > 22) stroke(x, y, r);
    }
  for (int i = 0; i < width * height; i++) picture[i] = painting[i];
}

/* How long z -> z * z + c takes to carry a point far away. Points close to 0 count most, so that there are no steps
 * between neighbours. */
static float escape(float x, float y) {
  float sum = 0;
  for (int step = 0; step < 1000 && x * x + y * y < 1e6f; step++) {
    float next = x * x - y * y - 0.8f;
    y = 2 * x * y + 0.156f;
    x = next;
    sum += 1 / (1 + x * x + y * y);
  }
  return sum;
}

int EXPORT(glow)(float x, float y, float size) {
  float sum = 0;
  for (int i = 0; i < 9; i++)
    sum += escape(x + size * (float)(i % 3) / 3, y + size * (float)(i / 3) / 3) / 9;
  return (int)(255 * sum / (sum + 34));
}
