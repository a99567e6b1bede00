/* A program that opens the library by itself, and closes it again. */
#include "check.h"
#include <dlfcn.h>

typedef safewasm_error_t *(*engine_new_t)(safewasm_config_t *, safewasm_engine_t **);
typedef void (*engine_delete_t)(safewasm_engine_t *);
typedef bool (*engine_is_valid_t)(safewasm_engine_t *);

/* ISO C has no cast from an object pointer to a function pointer; POSIX promises that this works. */
#define LOOK_UP(library, name, function) *(void **)(void *)&function = dlsym(library, name)

TEST(the_library_stays_when_it_is_closed_and_can_be_opened_again) {
  safewasm_engine_t *kept = NULL;
  for (int round = 0; round < 3; round++) {
    void *library = dlopen("libsafewasm.so.0", RTLD_NOW | RTLD_LOCAL);
    CHECK(library != NULL);
    if (library == NULL) return;
    engine_new_t engine_new;
    engine_delete_t engine_delete;
    engine_is_valid_t engine_is_valid;
    LOOK_UP(library, "safewasm_engine_new", engine_new);
    LOOK_UP(library, "safewasm_engine_delete", engine_delete);
    LOOK_UP(library, "safewasm_engine_is_valid", engine_is_valid);
    /* The engine of the first round is alive in the later ones: nothing was unloaded. */
    if (kept == NULL) CHECK(engine_new(NULL, &kept) == NULL);
    CHECK(engine_is_valid(kept));
    CHECK(dlclose(library) == 0);
    CHECK(dlopen("libsafewasm.so.0", RTLD_NOW | RTLD_NOLOAD) != NULL);
    CHECK(engine_is_valid(kept));
    if (round == 2) engine_delete(kept);
  }
}

int main(void) {
  RUN(the_library_stays_when_it_is_closed_and_can_be_opened_again);
  return finish("load");
}
