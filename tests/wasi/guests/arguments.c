/* args_get, args_sizes_get, environ_get, environ_sizes_get. The host passes ARGUMENTS and VARIABLES. */
#include "check.h"

static const char *const ARGUMENTS[] = {"arguments.wasm", "", "two words", "h\xc3\xb6\xc3\xb6=1"};
static const char *const VARIABLES[] = {"A=1", "EMPTY=", "B=x=y", "\xc3\xa4=\xe2\x82\xac"};
enum { COUNT = 4 };

static uint32_t size_of(const char *const *texts) {
  uint32_t len = 0;
  for (int i = 0; i < COUNT; i++) len += (uint32_t)strlen(texts[i]) + 1;
  return len;
}

typedef int32_t get_t(void *pointers, void *bytes);

static void gets(get_t *get, const char *const *expected, uint32_t len) {
  char *pointers[COUNT + 1] = {NULL, NULL, NULL, NULL, (char *)0x5a5a};
  char bytes[256];
  memset(bytes, 0x5a, sizeof bytes);
  OK(get(pointers, bytes));
  char *at = bytes;
  for (int i = 0; i < COUNT; i++) {
    CHECK(pointers[i] == at);
    CHECK(strcmp(at, expected[i]) == 0);
    at += strlen(expected[i]) + 1;
  }
  CHECK((uint32_t)(at - bytes) == len);
  CHECK(bytes[len] == 0x5a);
  CHECK(pointers[COUNT] == (char *)0x5a5a);
}

int main(void) {
  uint32_t count = 0, len = 0;

  CASE("args_sizes_get counts the arguments and their bytes with the NULs");
  OK(raw_args_sizes_get(&count, &len));
  CHECK(count == COUNT);
  CHECK(len == size_of(ARGUMENTS));

  CASE("args_get writes the arguments one after the other, and nothing else");
  gets(raw_args_get, ARGUMENTS, len);

  CASE("environ_sizes_get counts the variables and their bytes with the NULs");
  OK(raw_environ_sizes_get(&count, &len));
  CHECK(count == COUNT);
  CHECK(len == size_of(VARIABLES));

  CASE("environ_get writes the variables that the host passed, and nothing else");
  gets(raw_environ_get, VARIABLES, len);

  CASE("args_get writes to the same place for both parameters without a failure");
  char shared[256];
  OK(raw_args_get(shared, shared));
  OK(raw_environ_get(shared, shared));

  end_case();
  return 0;
}
