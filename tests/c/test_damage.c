/* Artifacts that were cut or changed. */
#include "artifacts.h"
#include <fcntl.h>
#include <sys/wait.h>

static bool is_damage(safewasm_error_t *error) {
  safewasm_error_kind_t kind = safewasm_error_kind(error);
  bool is = kind == SAFEWASM_ERROR_INVALID_ARTIFACT || kind == SAFEWASM_ERROR_INCOMPATIBLE;
  if (!is) printf("kind %d: %s\n", (int)kind, error == NULL ? "" : safewasm_error_message(error, NULL));
  safewasm_error_delete(error);
  return is;
}

TEST(each_changed_byte_of_the_text_and_the_trailer_is_noticed) {
  safewasm_engine_t *engine = new_engine();
  safewasm_module_t *module = NULL;
  copy_t artifact = artifact_of(engine, TEXT);
  uint64_t lens[3];
  memcpy(lens, artifact.data + artifact.len - TRAILER, NUMBERS);
  CHECK(lens[0] + lens[1] + lens[2] + TRAILER == artifact.len && lens[2] > 20);
  new_file(artifact.data, artifact.len);
  int file = open(path, O_WRONLY);
  for (size_t at = lens[0] + lens[1]; at < artifact.len; at++) {
    const uint8_t byte = artifact.data[at], changes[] = {1, 0x20, 0x80, 0xff};
    for (size_t i = 0; i < sizeof changes; i++) {
      artifact.data[at] = byte ^ changes[i];
      CHECK(is_damage(load(engine, artifact, &module)) && module == NULL);
      if (i > 0) continue;
      CHECK(pwrite(file, &artifact.data[at], 1, (off_t)at) == 1);
      if (at < artifact.len - TRAILER + NUMBERS || at >= artifact.len - TRAILER + NUMBERS + 32) {
        CHECK(is_damage(load_file(engine, &module)) && module == NULL);
      }
      CHECK(pwrite(file, &byte, 1, (off_t)at) == 1);
    }
    artifact.data[at] = byte;
  }
  OK(load_file(engine, &module));
  safewasm_module_delete(module);
  CHECK(close(file) == 0 && unlink(path) == 0);
  free(artifact.data);
  safewasm_engine_delete(engine);
}

TEST(changed_bytes_of_the_code_and_the_module_are_noticed) {
  safewasm_engine_t *engine = new_engine();
  safewasm_module_t *module = NULL;
  copy_t artifact = artifact_of(engine, TEXT);
  for (size_t at = 0; at < artifact.len - TRAILER; at += 1 + at % 41) {
    artifact.data[at] ^= 0x10;
    FAILS(load(engine, artifact, &module), INVALID_ARTIFACT, "`bytes` was changed");
    artifact.data[at] ^= 0x10;
  }
  free(artifact.data);
  safewasm_engine_delete(engine);
}

/* Whoever changes a file breaks a promise, so the process may end. But it doesn't hang, and an error is of the right
   kind. */
TEST(a_file_with_changed_code_never_hangs) {
  safewasm_engine_t *engine = new_engine();
  copy_t artifact = artifact_of(engine, TEXT);
  new_file(artifact.data, artifact.len);
  int file = open(path, O_WRONLY), errors = 0;
  for (size_t at = 1; at < artifact.len - TRAILER; at += 1 + at / 50) {
    const uint8_t byte = artifact.data[at] ^ 0xff;
    CHECK(pwrite(file, &byte, 1, (off_t)at) == 1);
    pid_t child = fork();
    if (child == 0) {
      safewasm_module_t *module = NULL;
      alarm(60);
      safewasm_error_t *error = load_file(engine, &module);
      _exit(error == NULL ? 0 : is_damage(error) ? 1 : 2);
    }
    int status = 0;
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    CHECK(!WIFSIGNALED(status) || WTERMSIG(status) != SIGALRM);
    CHECK(!WIFEXITED(status) || WEXITSTATUS(status) < 2);
    errors += WIFEXITED(status) && WEXITSTATUS(status) == 1;
    CHECK(pwrite(file, &artifact.data[at], 1, (off_t)at) == 1);
  }
  CHECK(errors > 10);
  CHECK(close(file) == 0 && unlink(path) == 0);
  free(artifact.data);
  safewasm_engine_delete(engine);
}

TEST(an_artifact_that_was_cut_or_lengthened_is_refused) {
  safewasm_engine_t *engine = new_engine();
  safewasm_module_t *module = NULL;
  copy_t artifact = artifact_of(engine, TEXT);
  new_file(artifact.data, artifact.len);
  for (size_t cut = 1; cut <= artifact.len; cut += 1 + cut / 9) {
    copy_t start = {artifact.data, artifact.len - cut}, end = {artifact.data + cut, artifact.len - cut};
    FAILS(load(engine, start, &module), INVALID_ARTIFACT, "`bytes`");
    FAILS(load(engine, end, &module), INVALID_ARTIFACT, "`bytes`");
    CHECK(truncate(path, (off_t)(artifact.len - cut)) == 0);
    FAILS(load_file(engine, &module), INVALID_ARTIFACT, path);
  }
  CHECK(unlink(path) == 0);
  copy_t longer = {calloc(1, 2 * artifact.len), 0};
  memcpy(longer.data, artifact.data, artifact.len);
  for (size_t more = 1; more <= artifact.len; more += 1 + more / 2) {
    longer.len = artifact.len + more;
    REFUSED(engine, longer, INVALID_ARTIFACT, "cut");
  }
  memcpy(longer.data + artifact.len, artifact.data, artifact.len);
  longer.len = 2 * artifact.len;
  REFUSED(engine, longer, INVALID_ARTIFACT, "changed");
  free(longer.data);
  free(artifact.data);
  safewasm_engine_delete(engine);
}

int main(void) {
  RUN(each_changed_byte_of_the_text_and_the_trailer_is_noticed);
  RUN(changed_bytes_of_the_code_and_the_module_are_noticed);
  RUN_NATIVELY(a_file_with_changed_code_never_hangs);
  RUN(an_artifact_that_was_cut_or_lengthened_is_refused);
  return finish("damage");
}
