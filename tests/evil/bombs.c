/* Writes modules that are as expensive as the format allows into the folder that is its argument. Each exports `run`,
   which returns 0 unless its description says otherwise. */
#include "../c/binary.h"
#include <stdio.h>

static const bytes_t EMPTY = {NULL, 0, 0};

static const char *folder;

static void put_section(bytes_t *module, uint8_t id, bytes_t section) {
  put_bytes(module, &id, 1);
  put_leb(module, section.len);
  put_bytes(module, section.data, section.len);
  free(section.data);
}

static void put_name(bytes_t *bytes, const char *name) {
  put_leb(bytes, strlen(name));
  put_bytes(bytes, name, strlen(name));
}

/* A name of `len` bytes that differs from those of other numbers, if there is room. */
static void put_long_name(bytes_t *bytes, size_t len, size_t number) {
  put_leb(bytes, len);
  for (size_t i = 0; i < len; i++, number /= 26) PUT(bytes, (uint8_t)('a' + number % 26));
}

static void put_many(bytes_t *bytes, const void *data, size_t len, size_t count) {
  for (size_t i = 0; i < count; i++) put_bytes(bytes, data, len);
}

/* The parts of a module; those that are empty are left out. */
typedef struct {
  bytes_t types, imports, tables, globals, exports, elements, body, data, customs;
  size_t functions, exports_len, types_len, locals;
  bool has_memory;
} parts_t;

static const uint8_t RETURN_0[] = {0x41, 0, 0x0b}, UNREACHABLE[] = {0, 0x0b};

/* The functions' bodies: `run` comes last, the others return 0. */
static bytes_t code_of(const parts_t *parts) {
  bytes_t code = EMPTY, body = EMPTY;
  const size_t functions = parts->functions + 1;
  put_leb(&code, functions);
  for (size_t i = 1; i < functions; i++) {
    put_leb(&code, 1 + sizeof RETURN_0);
    PUT(&code, 0);
    put_bytes(&code, RETURN_0, sizeof RETURN_0);
  }
  if (parts->locals > 0) {
    PUT(&body, 1);
    put_leb(&body, parts->locals);
    PUT(&body, 0x7f);
  } else {
    PUT(&body, 0);
  }
  put_bytes(&body, parts->body.data, parts->body.len);
  put_leb(&code, body.len);
  put_bytes(&code, body.data, body.len);
  free(body.data);
  free(parts->body.data);
  return code;
}

/* Writes a module of its parts. Type 0 is that of `run`. `imported` functions come before the others. */
static void write_module(const char *name, parts_t parts, size_t imported) {
  bytes_t module = EMPTY, types = EMPTY, functions = EMPTY, exports = EMPTY;
  char path[4096];
  put_bytes(&module, "\0asm\1\0\0\0", 8);
  put_leb(&types, 1 + parts.types_len);
  PUT(&types, 0x60, 0, 1, 0x7f);
  put_bytes(&types, parts.types.data, parts.types.len);
  free(parts.types.data);
  put_section(&module, 1, types);
  if (parts.imports.len > 0) put_section(&module, 2, parts.imports);
  put_leb(&functions, parts.functions + 1);
  for (size_t i = 0; i <= parts.functions; i++) PUT(&functions, 0);
  put_section(&module, 3, functions);
  if (parts.tables.len > 0) put_section(&module, 4, parts.tables);
  if (parts.has_memory) PUT(&module, 5, 3, 1, 0, 1);
  if (parts.globals.len > 0) put_section(&module, 6, parts.globals);
  put_leb(&exports, 1 + parts.exports_len);
  put_name(&exports, "run");
  PUT(&exports, 0);
  put_leb(&exports, imported + parts.functions);
  put_bytes(&exports, parts.exports.data, parts.exports.len);
  free(parts.exports.data);
  put_section(&module, 7, exports);
  if (parts.elements.len > 0) put_section(&module, 9, parts.elements);
  put_section(&module, 10, code_of(&parts));
  if (parts.data.len > 0) put_section(&module, 11, parts.data);
  put_bytes(&module, parts.customs.data, parts.customs.len);
  free(parts.customs.data);
  snprintf(path, sizeof path, "%s/%s.wasm", folder, name);
  FILE *file = fopen(path, "wb");
  if (file == NULL || fwrite(module.data, module.len, 1, file) != 1 || fclose(file) != 0) {
    perror(path);
    exit(1);
  }
  free(module.data);
}

/* A module whose `run` returns 0, to which a bomb is added. */
static parts_t harmless(void) {
  parts_t parts = {.body = EMPTY};
  put_bytes(&parts.body, RETURN_0, sizeof RETURN_0);
  return parts;
}

static parts_t trapping(void) {
  parts_t parts = {.body = EMPTY};
  put_bytes(&parts.body, UNREACHABLE, sizeof UNREACHABLE);
  return parts;
}

/* More code than a module needs. */
static void write_code_bombs(void) {
  parts_t functions = harmless();
  functions.functions = 200000;
  write_module("functions", functions, 0);

  parts_t loops = {.body = EMPTY};
  const size_t depth = 1000;
  put_many(&loops.body, "\x03\x40", 2, depth); /* loop */
  for (size_t i = 0; i < depth; i++) {
    PUT(&loops.body, 0x20, 0, 0x0d); /* br_if */
    put_leb(&loops.body, i % (depth - i));
    PUT(&loops.body, 0x0b);
  }
  put_bytes(&loops.body, RETURN_0, sizeof RETURN_0);
  loops.locals = 1;
  write_module("nested_loops", loops, 0);

  parts_t blocks = {.body = EMPTY};
  put_many(&blocks.body, "\x02\x40", 2, 300000); /* block */
  put_many(&blocks.body, "\x0b", 1, 300000);
  put_bytes(&blocks.body, RETURN_0, sizeof RETURN_0);
  write_module("nested_blocks", blocks, 0);

  parts_t locals = {.body = EMPTY};
  locals.locals = 40000;
  for (size_t i = 0; i < 100; i++) {
    PUT(&locals.body, 0x03, 0x40);
    for (size_t j = 0; j < 200; j++) {
      PUT(&locals.body, 0x20); /* local.get */
      put_leb(&locals.body, (i * 211 + j * 199) % locals.locals);
      PUT(&locals.body, 0x21); /* local.set */
      put_leb(&locals.body, (i * 197 + j * 193) % locals.locals);
    }
    PUT(&locals.body, 0x20, 0, 0x0d, 0, 0x0b);
  }
  put_bytes(&locals.body, RETURN_0, sizeof RETURN_0);
  write_module("locals", locals, 0);

  parts_t branches = {.body = EMPTY};
  for (size_t i = 0; i < 20; i++) {
    put_many(&branches.body, "\x02\x40", 2, 1000);
    PUT(&branches.body, 0x41, 0, 0x0e); /* br_table */
    put_leb(&branches.body, 60000);
    for (size_t j = 0; j <= 60000; j++) put_leb(&branches.body, j % 1000);
    put_many(&branches.body, "\x0b", 1, 1000);
  }
  put_bytes(&branches.body, RETURN_0, sizeof RETURN_0);
  write_module("branches", branches, 0);

  parts_t calls = {.body = EMPTY};
  calls.functions = 1;
  put_many(&calls.body, "\x10\0\x1a", 3, 100000); /* call, drop */
  put_bytes(&calls.body, RETURN_0, sizeof RETURN_0);
  write_module("calls", calls, 0);
}

/* More definitions than a module needs. */
static void write_definition_bombs(void) {
  parts_t types = harmless();
  PUT(&types.types, 0x4e); /* rec */
  types.types_len = 1;
  put_leb(&types.types, 50000);
  for (size_t i = 0; i < 50000; i++) { /* structures that refer to the next one */
    PUT(&types.types, 0x50, 0, 0x5f, 1, 0x63);
    const size_t next = 1 + (i + 1) % 50000;
    /* Signed: a bit more than unsigned needs. */
    PUT(&types.types, (uint8_t)(next | 0x80), (uint8_t)(next >> 7 | 0x80), (uint8_t)(next >> 14), 0);
  }
  write_module("types", types, 0);

  parts_t signatures = harmless();
  signatures.types_len = 50;
  for (size_t i = 0; i < 50; i++) {
    PUT(&signatures.types, 0x60);
    put_leb(&signatures.types, 1000);
    put_many(&signatures.types, i % 2 == 0 ? "\x7f" : "\x7b", 1, 1000 - i);
    put_many(&signatures.types, "\x7e", 1, i);
    put_leb(&signatures.types, 1000);
    put_many(&signatures.types, "\x7c", 1, 1000);
  }
  write_module("signatures", signatures, 0);

  parts_t globals = harmless();
  put_leb(&globals.globals, 300000);
  put_many(&globals.globals, "\x7e\1\x42\0\x0b", 5, 300000);
  write_module("globals", globals, 0);

  parts_t expression = harmless();
  put_leb(&expression.globals, 1);
  PUT(&expression.globals, 0x7f, 0, 0x41, 0);
  put_many(&expression.globals, "\x41\1\x6a", 3, 200000); /* i32.const 1, i32.add */
  PUT(&expression.globals, 0x0b);
  write_module("expression", expression, 0);

  parts_t segments = harmless();
  segments.has_memory = true;
  PUT(&segments.tables, 1, 0x70, 0, 1);
  put_leb(&segments.elements, 100000);
  put_many(&segments.elements, "\0\x41\0\x0b\1\0", 6, 100000);
  put_leb(&segments.data, 100000);
  put_many(&segments.data, "\0\x41\0\x0b\1x", 6, 100000);
  write_module("segments", segments, 0);

  parts_t padding = harmless();
  bytes_t zeros = EMPTY;
  put_many(&zeros, "\0\0\0\0\0\0\0\0", 8, 3 << 20);
  put_custom(&padding.customs, "padding", zeros);
  write_module("padding", padding, 0);
}

/* Names at the limits of the format, and beyond. */
static void write_name_bombs(void) {
  const size_t longest = 100000;
  parts_t exports = harmless();
  exports.exports_len = 100000;
  for (size_t i = 0; i < exports.exports_len; i++) {
    put_long_name(&exports.exports, 100, i);
    PUT(&exports.exports, 0, 0);
  }
  write_module("exports", exports, 0);

  parts_t long_exports = harmless();
  long_exports.exports_len = 100;
  for (size_t i = 0; i < long_exports.exports_len; i++) {
    put_long_name(&long_exports.exports, longest, i);
    PUT(&long_exports.exports, 0, 0);
  }
  write_module("long_exports", long_exports, 0);

  parts_t imports = harmless();
  put_leb(&imports.imports, 90000);
  for (size_t i = 0; i < 90000; i++) {
    put_long_name(&imports.imports, 20, i / 1000);
    put_long_name(&imports.imports, 40, i);
    PUT(&imports.imports, 0, 0);
  }
  write_module("imports", imports, 90000);

  for (size_t more = 0; more < 2; more++) {
    parts_t names = harmless();
    put_leb(&names.imports, 1);
    put_long_name(&names.imports, longest, 1);
    put_long_name(&names.imports, longest + more, 2);
    PUT(&names.imports, 0, 0);
    write_module(more ? "too_long_import" : "long_import", names, 1);
  }

  parts_t terminal = harmless();
  put_leb(&terminal.imports, 1);
  put_name(&terminal.imports, "\x1b[2J\x1b]0;title\a\r\n\xe2\x80\xae");
  put_name(&terminal.imports, "\x1b[31m\x7f\xc2\x9b\x31m");
  PUT(&terminal.imports, 0, 0);
  write_module("terminal", terminal, 1);
}

/* Custom sections that nobody needs, good and bad. Unless they are ignored, `run` traps. */
static void write_section_bombs(void) {
  parts_t names = trapping();
  bytes_t section = EMPTY, part = EMPTY;
  put_long_name(&part, 1 << 20, 1);
  put_section(&section, 0, part); /* the name of the module */
  part = EMPTY;
  put_leb(&part, 3);
  for (size_t i = 0; i < 3; i++) {
    put_leb(&part, i);
    put_long_name(&part, 1 << 20, i);
  }
  put_section(&section, 1, part); /* the names of functions */
  part = EMPTY;
  put_leb(&part, 1);
  PUT(&part, 0);
  put_leb(&part, 200000);
  for (size_t i = 0; i < 200000; i++) {
    put_leb(&part, i);
    put_long_name(&part, 20, i);
  }
  put_section(&section, 2, part); /* the names of locals */
  put_custom(&names.customs, "name", section);
  write_module("names", names, 0);

  parts_t producers = harmless();
  section = EMPTY;
  put_leb(&section, 1);
  put_name(&section, "language");
  put_leb(&section, 200000);
  for (size_t i = 0; i < 200000; i++) {
    put_long_name(&section, 10, i);
    put_name(&section, "version");
  }
  put_custom(&producers.customs, "producers", section);
  write_module("producers", producers, 0);

  static const char *const known[] = {"name", "producers", "target_features", "linking", "dylink.0", ".debug_info",
                                      ".debug_abbrev", ".debug_line", ".debug_str", "sourceMappingURL",
                                      "external_debug_info", "metadata.code.branch_hint"};
  parts_t noise = trapping();
  uint32_t random = 1;
  for (size_t i = 0; i < 50 * sizeof known / sizeof *known; i++) {
    bytes_t bytes = EMPTY;
    for (size_t j = 0; j < 2000; j++) {
      random = random * 1664525 + 1013904223;
      PUT(&bytes, (uint8_t)(random >> 24));
    }
    put_custom(&noise.customs, known[i % (sizeof known / sizeof *known)], bytes);
  }
  write_module("noise", noise, 0);

  parts_t inlined = trapping();
  put_inlined_calls(&inlined.customs, 5, 300000, 100000);
  write_module("inlined", inlined, 0);
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  folder = argv[1];
  write_code_bombs();
  write_definition_bombs();
  write_name_bombs();
  write_section_bombs();
  return 0;
}
