/* Draws a Julia set into its own memory: an example of a WebAssembly module
 * that has memory and state of its own and needs nothing from outside.
 *
 *   render(width, height, cx, cy)  computes width * height pixels, row by row
 *                   from the top left, one byte each: how fast z -> z*z + c
 *                   escapes there, from 255 (at once) down to 7, and 0: never.
 *                   Returns the address of the first pixel, or 0 if the size
 *                   is impossible.
 *   renders()       how often render was called in this instance.
 *
 * The picture shows the square from -1.6 to 1.6 (the longer side of the
 * picture is cut to that, the shorter one shows less).
 *
 * julia_set.wasm was made from this file with clang and lld 14:
 *
 *   clang --target=wasm32 -O2 -nostdlib -Wall -Wextra -Wpedantic -Wconversion \
 *       -Wl,--no-entry -o julia_set.wasm julia_set.c
 */
#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(#name))) name

enum { LIMIT = 255, PAGE = 65536 };

extern unsigned char __heap_base; /* set by the linker: free memory from here */

static int32_t calls = 0;

int32_t EXPORT(renders)(void);
uint32_t EXPORT(render)(int32_t width, int32_t height, double cx, double cy);

int32_t renders(void)
{
    return calls;
}

/* How bright the point z = x + iy is. Counts the steps until z leaves the
 * circle of radius 16, and takes off a fraction by how far it got out, so that
 * neighbouring steps run into each other without visible rings. */
static uint8_t brightness(double x, double y, double cx, double cy)
{
    for (int step = 0; step < LIMIT; step++) {
        double xx = x * x, yy = y * y;
        if (xx + yy > 256.0) {
            /* |z|^2 is between 2^8 and about 2^16 now. Its logarithm to base
             * 2, less 8, over 8, is the fraction. The exponent of the number
             * and a straight line between powers of two are close enough. */
            union { double number; uint64_t bits; } u = { .number = xx + yy };
            double log2 = (double)(u.bits >> 52) - 1023.0
                        + (double)(u.bits & 0xFFFFFFFFFFFFFu) / 4503599627370496.0;
            double steps = step + 1.0 - (log2 - 8.0) / 8.0;
            return (uint8_t)(255.0 * 8.0 / (7.0 + (steps < 1.0 ? 1.0 : steps)));
        }
        y = 2.0 * x * y + cy;
        x = xx - yy + cx;
    }
    return 0;
}

uint32_t render(int32_t width, int32_t height, double cx, double cy)
{
    calls++;
    if (width <= 0 || height <= 0)
        return 0;

    /* In 64 bits, so that nothing can wrap around. */
    uint64_t start = (uint64_t)(uintptr_t)&__heap_base;
    uint64_t end = start + (uint64_t)width * (uint64_t)height;
    uint64_t have = (uint64_t)__builtin_wasm_memory_size(0);
    uint64_t need = (end + PAGE - 1) / PAGE;
    if (need >= 65536)
        return 0;
    if (need > have && __builtin_wasm_memory_grow(0, (uintptr_t)(need - have)) == (uintptr_t)-1)
        return 0;

    uint8_t *pixel = &__heap_base;
    double step = 3.2 / (width > height ? width : height);
    for (int32_t row = 0; row < height; row++) {
        double y = (height / 2.0 - row - 0.5) * step;
        for (int32_t column = 0; column < width; column++) {
            double x = (column + 0.5 - width / 2.0) * step;
            *pixel++ = brightness(x, y, cx, cy);
        }
    }
    return (uint32_t)start;
}
