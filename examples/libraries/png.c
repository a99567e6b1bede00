/*
 * A module from npm: lodepng, which reads pictures in the format PNG. The program shows a picture as characters.
 * Pictures often come from strangers, and a fault in a decoder of C can't leave wasm.
 *
 *   cc -Iinclude examples/libraries/png.c -Ltarget/release -lsafewasm -Wl,-rpath,target/release -o png
 *   tar xzf $(npm pack --silent @cwasm/lodepng@0.1.9)
 *   ./png package/lodepng.wasm julia/examples/face.png
 */
#include <safewasm.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_FILE = 1 << 20, MAX_WIDTH = 1000 };

static safewasm_instance_t *png;
static safewasm_memory_t *memory;

static void check(safewasm_error_t *error) {
  char message[500];
  if (safewasm_error_take(error, message, sizeof message) == SAFEWASM_ERROR_NONE) return;
  fprintf(stderr, "%s\n", message);
  exit(1);
}

/* Calls an export. The slots hold the arguments, then the result. */
static void call(const char *name, safewasm_slot_t *slots, size_t slots_len) {
  safewasm_func_t *func;
  check(safewasm_instance_func(png, name, SAFEWASM_STRLEN, &func));
  check(safewasm_func_call_slots(func, slots, slots_len));
  safewasm_func_delete(func);
}

/* The address of a new block of memory in wasm. */
static uint32_t allocate(uint32_t size) {
  safewasm_slot_t slot = {.i32 = (int32_t)size};
  call("malloc", &slot, 1);
  if (slot.i32 == 0) exit(1);
  return (uint32_t)slot.i32;
}

/*
 * Decodes a picture. Gives its size, and the address in wasm of its pixels: red, green, blue and alpha of each. Returns
 * an error number of lodepng, or 0.
 */
static int decode(const uint8_t *bytes, uint32_t len, uint32_t *width, uint32_t *height, uint32_t *pixels) {
  /* unsigned lodepng_decode32(unsigned char **pixels, unsigned *width, unsigned *height,
                               const unsigned char *bytes, size_t size) */
  const uint32_t input = allocate(len), outputs = allocate(12);
  safewasm_slot_t slots[5] = {{.i32 = (int32_t)outputs}, {.i32 = (int32_t)outputs + 4}, {.i32 = (int32_t)outputs + 8},
                              {.i32 = (int32_t)input}, {.i32 = (int32_t)len}};
  check(safewasm_memory_write(memory, input, bytes, len));
  call("lodepng_decode32", slots, 5);
  /* Wasm's numbers are those of this machine: 32 bits, the lowest byte first. */
  check(safewasm_memory_read(memory, outputs, (uint8_t *)pixels, 4));
  check(safewasm_memory_read(memory, outputs + 4, (uint8_t *)width, 4));
  check(safewasm_memory_read(memory, outputs + 8, (uint8_t *)height, 4));
  return slots[0].i32;
}

/* Dark, light, or transparent. */
static char character(const uint8_t *pixel) {
  const int brightness = (3 * pixel[0] + 6 * pixel[1] + pixel[2]) / 10;
  return pixel[3] < 128 ? '.' : "#%+-"[brightness / 64];
}

int main(int argc, char **argv) {
  static uint8_t file[MAX_FILE], row[4 * MAX_WIDTH];
  safewasm_config_t *config; safewasm_engine_t *engine; safewasm_store_t *store; safewasm_module_t *module;
  uint32_t width, height, pixels;
  FILE *picture = argc == 3 ? fopen(argv[2], "rb") : NULL;
  if (picture == NULL) {
    fprintf(stderr, "usage: png MODULE PICTURE\n");
    return 1;
  }
  const uint32_t len = (uint32_t)fread(file, 1, sizeof file, picture);
  fclose(picture);
  check(safewasm_config_new(&config));
  check(safewasm_config_set_epoch_interruption(config, true)); /* For the limit of time. */
  check(safewasm_engine_new(config, &engine));
  check(safewasm_store_new(engine, &store));
  check(safewasm_store_set_memory_limit(store, 256 << 20));
  check(safewasm_module_new_file(engine, argv[1], SAFEWASM_STRLEN, &module));
  check(safewasm_instance_new(store, module, NULL, 0, &png));
  check(safewasm_instance_memory(png, "memory", SAFEWASM_STRLEN, &memory));
  check(safewasm_store_set_deadline(store, UINT64_C(10000000000))); /* 10 seconds from now. */
  call("_initialize", NULL, 0);

  const int status = decode(file, len, &width, &height, &pixels);
  if (status != 0 || width > MAX_WIDTH) {
    fprintf(stderr, "not a picture that this program can show (error %d)\n", status);
    return 1;
  }
  printf("%u x %u pixels\n", (unsigned)width, (unsigned)height);
  /* A character is about twice as high as it is wide. Each read is checked, so a bad address or height is an error. */
  for (uint32_t y = 0; y < height; y += 2) {
    check(safewasm_memory_read(memory, (uint64_t)pixels + UINT64_C(4) * width * y, row, 4 * width));
    for (uint32_t x = 0; x < width; x++) putchar(character(row + 4 * x));
    putchar('\n');
  }
  printf("bytes that are no picture: error %d\n", decode((const uint8_t *)"GIF89a", 6, &width, &height, &pixels));
  safewasm_store_delete(store); /* With its instance and memory. */
  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
}
