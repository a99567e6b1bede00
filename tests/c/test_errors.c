/* Errors that are taken, which leaves nothing to delete; their names, and the tags of their data. */
#include "check.h"

/* An error with that message. */
static safewasm_error_t *new_error(const char *message) {
  safewasm_error_t *error = NULL;
  OK(safewasm_error_new(message, SAFEWASM_STRLEN, NULL, NULL, NULL, &error));
  return error;
}

TEST(success_is_taken_as_no_error_with_an_empty_message) {
  char message[8] = "before";
  safewasm_engine_t *engine = NULL;
  CHECK(safewasm_error_take(NULL, message, sizeof message) == SAFEWASM_ERROR_NONE);
  CHECK(message[0] == 0 && SAFEWASM_ERROR_NONE == 0);
  CHECK(!safewasm_error_take(safewasm_engine_new(NULL, &engine), message, sizeof message));
  CHECK(safewasm_engine_is_valid(engine));
  safewasm_engine_delete(engine);
}

TEST(an_error_is_taken_with_its_kind_and_message_and_deleted) {
  char message[64];
  safewasm_error_t *error = safewasm_engine_new(NULL, NULL);
  CHECK(safewasm_error_take(error, message, sizeof message) == SAFEWASM_ERROR_NULL_POINTER);
  CHECK(strcmp(message, "`engine_out` is NULL") == 0);
  CHECK(!safewasm_error_is_valid(error));
  /* An error that was taken doesn't exist any more. */
  CHECK(safewasm_error_take(error, message, sizeof message) == SAFEWASM_ERROR_INVALID_HANDLE);
  CHECK(strncmp(message, "invalid error", 13) == 0);
}

TEST(what_never_was_an_error_is_taken_as_an_invalid_handle) {
  char message[64];
  int on_the_stack = 0;
  safewasm_engine_t *engine = new_engine();
  void *const bad[] = {&on_the_stack, engine, (void *)1};
  for (size_t i = 0; i < 3; i++) {
    safewasm_error_t *error = (safewasm_error_t *)bad[i];
    CHECK(safewasm_error_take(error, message, sizeof message) == SAFEWASM_ERROR_INVALID_HANDLE);
    CHECK(strncmp(message, "invalid error", 13) == 0);
  }
  CHECK(safewasm_engine_is_valid(engine));
  safewasm_engine_delete(engine);
}

TEST(a_message_without_room_is_cut_between_characters) {
  static const char text[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x8d\x8e!"; /* of 1, 2, 3, 4 and 1 bytes */
  static const size_t kept[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};
  for (size_t size = 1; size <= 13; size++) {
    char message[16];
    size_t len = kept[size - 1];
    memset(message, 'x', sizeof message);
    CHECK(safewasm_error_take(new_error(text), message, size) == SAFEWASM_ERROR_HOST);
    CHECK(memcmp(message, text, len) == 0 && message[len] == 0);
    /* No byte after the text is written. */
    for (size_t i = len + 1; i < sizeof message; i++) CHECK(message[i] == 'x');
  }
}

TEST(a_message_that_nobody_wants_is_not_copied) {
  char message = 'x';
  CHECK(safewasm_error_take(new_error("text"), NULL, 100) == SAFEWASM_ERROR_HOST);
  CHECK(safewasm_error_take(new_error("text"), NULL, 0) == SAFEWASM_ERROR_HOST);
  CHECK(safewasm_error_take(new_error("text"), &message, 0) == SAFEWASM_ERROR_HOST);
  CHECK(message == 'x');
}

static void count(void *env) { ++*(int *)env; }

TEST(taking_an_error_finalizes_its_env_once) {
  int finalized = 0;
  safewasm_error_t *error = NULL;
  OK(safewasm_error_new("text", SAFEWASM_STRLEN, &finalized, count, NULL, &error));
  CHECK(safewasm_error_take(error, NULL, 0) == SAFEWASM_ERROR_HOST && finalized == 1);
  CHECK(safewasm_error_take(error, NULL, 0) == SAFEWASM_ERROR_INVALID_HANDLE && finalized == 1);
}

TEST(the_kind_of_no_error_is_none) {
  safewasm_error_t *error = new_error("text");
  CHECK(safewasm_error_kind(NULL) == SAFEWASM_ERROR_NONE);
  CHECK(safewasm_error_kind(error) == SAFEWASM_ERROR_HOST);
  safewasm_error_delete(error);
  CHECK(safewasm_error_kind(error) == SAFEWASM_ERROR_INVALID_HANDLE);
}

static bool kind_is_named(uint32_t kind, const char *name) {
  return strcmp(safewasm_error_kind_name(kind), name) == 0;
}

static bool code_is_named(uint32_t code, const char *name) {
  return strcmp(safewasm_trap_code_name(code), name) == 0;
}

TEST(kinds_and_trap_codes_have_names) {
  safewasm_error_kind_t kind = SAFEWASM_ERROR_LINK;
  safewasm_trap_code_t code = SAFEWASM_TRAP_MEMORY_OUT_OF_BOUNDS;
  CHECK(kind_is_named(kind, "link") && kind_is_named(SAFEWASM_ERROR_NONE, "none"));
  CHECK(kind_is_named(SAFEWASM_ERROR_NOT_FOUND, "not found"));
  CHECK(kind_is_named(SAFEWASM_ERROR_COMPILER, "compiler"));
  CHECK(kind_is_named(SAFEWASM_ERROR_EXIT, "exit"));
  CHECK(kind_is_named(SAFEWASM_ERROR_INCOMPATIBLE, "incompatible"));
  CHECK(kind_is_named(SAFEWASM_ERROR_INVALID_ARTIFACT, "invalid artifact"));
  CHECK(kind_is_named(SAFEWASM_ERROR_COMPONENTS_ENDED, "components ended"));
  CHECK(code_is_named(code, "memory out of bounds"));
  CHECK(code_is_named(SAFEWASM_TRAP_NOT_A_TRAP, "not a trap"));
  CHECK(code_is_named(SAFEWASM_TRAP_OTHER, "other"));
}

TEST(numbers_that_are_no_kind_and_no_code_are_unknown) {
  const uint32_t unknown[] = {SAFEWASM_ERROR_COMPONENTS_ENDED + 1, 200, 0x80000000u, UINT32_MAX};
  for (size_t i = 0; i < 4; i++) {
    CHECK(kind_is_named(unknown[i], "unknown") && code_is_named(unknown[i], "unknown"));
  }
  for (uint32_t kind = 0; kind <= SAFEWASM_ERROR_COMPONENTS_ENDED; kind++) {
    CHECK(!kind_is_named(kind, "unknown"));
  }
  for (uint32_t code = 0; code <= SAFEWASM_TRAP_CONTINUATION_ALREADY_CONSUMED; code++) {
    CHECK(!code_is_named(code, "unknown"));
  }
}

TEST(the_env_of_an_error_is_found_by_its_tag_only) {
  static const char mine, other;
  int env = 0;
  safewasm_error_t *error = NULL;
  OK(safewasm_error_new("text", SAFEWASM_STRLEN, &env, count, &mine, &error));
  CHECK(safewasm_error_env(error, &mine) == &env);
  CHECK(safewasm_error_env(error, &other) == NULL && safewasm_error_env(error, NULL) == NULL);
  CHECK(safewasm_error_env(error, &env) == NULL);
  CHECK(env == 0);
  safewasm_error_delete(error);
  CHECK(env == 1 && safewasm_error_env(error, &mine) == NULL);
}

TEST(the_env_of_an_error_without_a_tag_is_found_by_nobody_and_finalized) {
  int env = 0;
  safewasm_error_t *error = NULL;
  OK(safewasm_error_new("text", SAFEWASM_STRLEN, &env, count, NULL, &error));
  CHECK(safewasm_error_env(error, NULL) == NULL && safewasm_error_env(error, &env) == NULL);
  safewasm_error_delete(error);
  CHECK(env == 1);
}

TEST(errors_that_the_library_makes_have_no_env) {
  static const char mine;
  safewasm_error_t *error = safewasm_engine_new(NULL, NULL);
  CHECK(safewasm_error_env(error, &mine) == NULL && safewasm_error_env(error, NULL) == NULL);
  CHECK(safewasm_error_env(NULL, &mine) == NULL);
  safewasm_error_delete(error);
}

int main(void) {
  RUN(success_is_taken_as_no_error_with_an_empty_message);
  RUN(an_error_is_taken_with_its_kind_and_message_and_deleted);
  RUN(what_never_was_an_error_is_taken_as_an_invalid_handle);
  RUN(a_message_without_room_is_cut_between_characters);
  RUN(a_message_that_nobody_wants_is_not_copied);
  RUN(taking_an_error_finalizes_its_env_once);
  RUN(the_kind_of_no_error_is_none);
  RUN(kinds_and_trap_codes_have_names);
  RUN(numbers_that_are_no_kind_and_no_code_are_unknown);
  RUN(the_env_of_an_error_is_found_by_its_tag_only);
  RUN(the_env_of_an_error_without_a_tag_is_found_by_nobody_and_finalized);
  RUN(errors_that_the_library_makes_have_no_env);
  return finish("errors");
}
