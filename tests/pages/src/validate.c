/* Compiles the module in a file, which is in the text format: validate FILE */
#include <safewasm.h>
#include <stdio.h>

int main(int argc, char **argv) {
  static char text[1 << 20], message[1000];
  safewasm_engine_t *engine;
  safewasm_module_t *module;
  FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
  if (file == NULL || safewasm_engine_new(NULL, &engine) != NULL) return 2;
  size_t len = fread(text, 1, sizeof text, file);
  safewasm_error_t *error = safewasm_module_new_text(engine, text, len, &module);
  if (safewasm_error_take(error, message, sizeof message) == SAFEWASM_ERROR_NONE) return 0;
  puts(message);
  return 1;
}
