/* Modules in the binary format, built byte by byte. */
#ifndef BINARY_H
#define BINARY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Bytes that are built from parts. */
typedef struct {
  uint8_t *data;
  size_t len, capacity;
} bytes_t;

static inline void put_bytes(bytes_t *bytes, const void *data, size_t len) {
  if (bytes->len + len > bytes->capacity) {
    bytes->capacity = 2 * (bytes->len + len);
    bytes->data = realloc(bytes->data, bytes->capacity);
  }
  memcpy(bytes->data + bytes->len, data, len);
  bytes->len += len;
}

#define PUT(bytes, ...) \
  put_bytes(bytes, (const uint8_t[]){__VA_ARGS__}, sizeof(const uint8_t[]){__VA_ARGS__})

static inline void put_leb(bytes_t *bytes, size_t number) {
  do {
    uint8_t byte = (uint8_t)(number & 0x7f);
    number >>= 7;
    if (number > 0) byte |= 0x80;
    put_bytes(bytes, &byte, 1);
  } while (number > 0);
}

static inline void put_word(bytes_t *bytes, size_t number) {
  uint32_t word = (uint32_t)number;
  put_bytes(bytes, &word, 4);
}

static inline void put_custom(bytes_t *module, const char *name, bytes_t section) {
  PUT(module, 0);
  put_leb(module, 1 + strlen(name) + section.len);
  put_leb(module, strlen(name));
  put_bytes(module, name, strlen(name));
  put_bytes(module, section.data, section.len);
  free(section.data);
}

/* Adds debug info to a module whose code section has `code_len` bytes of contents: one function with `depth` inlined
   calls within each other, with a name of that length. */
static inline void put_inlined_calls(bytes_t *module, size_t code_len, size_t depth, size_t name_len) {
  bytes_t abbreviations = {NULL, 0, 0}, info = abbreviations, names = abbreviations;
  PUT(&abbreviations, 1, 0x11, 1, 0x11, 1, 0x12, 6, 0, 0, 2, 0x2e, 0, 3, 0x0e, 0, 0, 3, 0x2e, 1, 0x11,
      1, 0x12, 6, 0x31, 0x13, 0, 0, 4, 0x1d, 1, 0x11, 1, 0x12, 6, 0x31, 0x13, 0, 0, 0);
  const size_t len = 7 + 9 + 5 + 13 + depth * 13 + depth + 2, name_at = 4 + 7 + 9;
  put_word(&info, len);
  PUT(&info, 4, 0, 0, 0, 0, 0, 4, 1);
  put_word(&info, 0);
  put_word(&info, code_len);
  PUT(&info, 2);
  put_word(&info, 0);
  for (size_t i = 0; i <= depth; i++) {
    PUT(&info, (uint8_t)(i == 0 ? 3 : 4));
    put_word(&info, 0);
    put_word(&info, code_len);
    put_word(&info, name_at);
  }
  for (size_t i = 0; i < depth + 2; i++) PUT(&info, 0);
  for (size_t i = 0; i < name_len; i++) PUT(&names, 'A');
  PUT(&names, 0);
  put_custom(module, ".debug_abbrev", abbreviations);
  put_custom(module, ".debug_info", info);
  put_custom(module, ".debug_str", names);
}

#endif
