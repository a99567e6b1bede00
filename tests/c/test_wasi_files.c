/* Programs for WASI: their folders, and the limits on files. */
#include "wasi.h"
#include <pthread.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

/* The flags of path_open, and the rights that make a file readable and writable. */
#define CREATE "(i32.const 1)"
#define READ "(i64.const 2)"
#define WRITE "(i64.const 64)"

/* Opens the file whose name is at `name`, of `len` bytes, in the folder; its descriptor goes to address 0. */
#define OPEN(name, len, flags, rights)                                                           \
  "(call $path_open (i32.const 3) (i32.const 1) (i32.const " #name ") (i32.const " #len ") " flags \
  " " rights " (i64.const 0) (i32.const 0) (i32.const 0))"

static const char *const NAMES =
    "(data (i32.const 1000) \"out.txt\") (data (i32.const 1100) \"in.txt\")"
    "(data (i32.const 1200) \"fifo\") (data (i32.const 1300) \"socket\")"
    "(data (i32.const 1400) \"../in.txt\") (data (i32.const 1500) \"/etc/passwd\")"
    "(data (i32.const 1600) \"zero\") (data (i32.const 1700) \".\") (data (i32.const 1800) \"new\")"
    "(data (i32.const 2000) \"hello\")"
    /* An iovec of the text, one of 64 KiB, and one to read into. */
    "(data (i32.const 100) \"\\d0\\07\\00\\00\\05\\00\\00\\00\")"
    "(data (i32.const 108) \"\\00\\00\\00\\00\\00\\00\\01\\00\")"
    "(data (i32.const 116) \"\\b8\\0b\\00\\00\\10\\00\\00\\00\")";

static char folder[] = "/tmp/safewasm-wasi-XXXXXX";

static const char *path_of(const char *name) {
  static char path[200];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

static void write_file(const char *name, const char *text) {
  FILE *file = fopen(path_of(name), "w");
  CHECK(file != NULL);
  if (file == NULL) return;
  fputs(text, file);
  fclose(file);
}

/* Whether the file has this text. NULL means that there is no file. */
static bool file_is(const char *name, const char *text) {
  char bytes[100] = {0};
  FILE *file = fopen(path_of(name), "r");
  if (file == NULL || text == NULL) return file == NULL && text == NULL;
  size_t len = fread(bytes, 1, sizeof bytes - 1, file);
  fclose(file);
  return len == strlen(text) && strcmp(bytes, text) == 0;
}

static safewasm_wasi_t *wasi_with_folder(bool writable) {
  safewasm_wasi_t *wasi = new_wasi();
  OK(safewasm_wasi_add_dir(wasi, folder, SAFEWASM_STRLEN, ".", 1, writable));
  return wasi;
}

/* Makes a program that exits with the value of an expression. */
static world_t new_expression(const char *expression, safewasm_wasi_t *wasi) {
  text_t text = {NULL, 0, 0};
  put(&text, NAMES);
  put(&text, "(func (export \"_start\") (local $errno i32) (call $proc_exit ");
  put(&text, expression);
  put(&text, "))");
  world_t world = new_program(text.data, wasi);
  free(text.data);
  return world;
}

/* The value of an expression. */
static uint32_t value_of(const char *expression, safewasm_wasi_t *wasi) {
  world_t world = new_expression(expression, wasi);
  uint32_t status = run(world);
  delete_world(world);
  return status;
}

TEST(a_program_writes_to_a_writable_folder) {
  CHECK(value_of("(i32.or " OPEN(1000, 7, CREATE, WRITE)
                 "  (call $fd_write (i32.load (i32.const 0)) (i32.const 100) (i32.const 1) (i32.const 52)))",
                 wasi_with_folder(true)) == 0);
  CHECK(file_is("out.txt", "hello"));
  remove(path_of("out.txt"));
}

TEST(a_program_reads_from_a_read_only_folder_and_cannot_change_it) {
  write_file("in.txt", "some text");
  world_t world = new_expression(
      "(i32.or " OPEN(1100, 6, "(i32.const 0)", READ)
      "  (call $fd_read (i32.load (i32.const 0)) (i32.const 116) (i32.const 1) (i32.const 52)))",
      wasi_with_folder(false));
  char bytes[9];
  CHECK(run(world) == 0 && peek_u32(world, 52) == 9);
  peek(world, 3000, bytes, 9);
  CHECK(memcmp(bytes, "some text", 9) == 0);
  delete_world(world);

  CHECK(value_of(OPEN(1000, 7, CREATE, WRITE), wasi_with_folder(false)) == PERM);
  CHECK(value_of(OPEN(1100, 6, "(i32.const 0)", WRITE), wasi_with_folder(false)) == PERM);
  CHECK(value_of(OPEN(1100, 6, "(i32.const 8)", WRITE), wasi_with_folder(false)) == PERM);
  CHECK(value_of("(call $path_create_directory (i32.const 3) (i32.const 1800) (i32.const 3))",
                 wasi_with_folder(false)) == PERM);
  CHECK(file_is("in.txt", "some text") && file_is("out.txt", NULL) && file_is("new", NULL));
}

TEST(a_program_cannot_leave_its_folder) {
  CHECK(value_of(OPEN(1400, 9, "(i32.const 0)", READ), wasi_with_folder(true)) == PERM);
  CHECK(value_of(OPEN(1500, 11, "(i32.const 0)", READ), wasi_with_folder(true)) == PERM);
  CHECK(symlink("/etc/passwd", path_of("out.txt")) == 0);
  CHECK(value_of(OPEN(1000, 7, "(i32.const 0)", READ), wasi_with_folder(true)) == PERM);
  remove(path_of("out.txt"));
  CHECK(value_of(OPEN(1100, 6, "(i32.const 0)", READ), new_wasi()) == BADF);
}

TEST(fifos_sockets_and_devices_are_not_opened) {
  CHECK(mkfifo(path_of("fifo"), 0600) == 0);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s", path_of("socket"));
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  CHECK(bind(listener, (struct sockaddr *)&address, sizeof address) == 0);
  CHECK(value_of(OPEN(1200, 4, "(i32.const 0)", READ), wasi_with_folder(true)) == NOTSUP);
  CHECK(value_of(OPEN(1200, 4, "(i32.const 0)", WRITE), wasi_with_folder(true)) == NOTSUP);
  CHECK(value_of(OPEN(1300, 6, "(i32.const 0)", READ), wasi_with_folder(true)) == NOTSUP);
  /* /dev is a folder with devices. */
  safewasm_wasi_t *wasi = new_wasi();
  OK(safewasm_wasi_add_dir(wasi, "/dev", SAFEWASM_STRLEN, ".", 1, false));
  CHECK(value_of(OPEN(1600, 4, "(i32.const 0)", READ), wasi) == NOTSUP);
  close(listener);
  remove(path_of("socket"));
  remove(path_of("fifo"));
}

TEST(the_limit_of_open_files_holds) {
  static const char *const expression =
      "(block $done (result i32)"
      "  (loop $again"
      "    (drop (br_if $done (local.tee $errno " OPEN(1100, 6, "(i32.const 0)", READ) ")"
      "      (local.get $errno)))"
      "    (i32.store (i32.const 60) (i32.add (i32.load (i32.const 60)) (i32.const 1)))"
      "    (br $again))"
      "  (unreachable))";
  safewasm_wasi_t *wasi = wasi_with_folder(false);
  OK(safewasm_wasi_set_open_limit(wasi, 5));
  world_t world = new_expression(expression, wasi);
  CHECK(run(world) == MFILE && peek_u32(world, 60) == 5);
  delete_world(world);

  /* A file that is closed no longer counts, under its last number. */
  wasi = wasi_with_folder(false);
  OK(safewasm_wasi_set_open_limit(wasi, 1));
  CHECK(value_of("(i32.or (i32.or " OPEN(1100, 6, "(i32.const 0)", READ)
                 "    (call $fd_renumber (i32.load (i32.const 0)) (i32.const 0)))"
                 "  (i32.or (call $fd_close (i32.const 0)) " OPEN(1100, 6, "(i32.const 0)", READ) "))",
                 wasi) == 0);
}

/* Repeats an expression until it is no success. Counts the successes. */
#define UNTIL_IT_FAILS(expression)                                                                \
  "(block $done (result i32)"                                                                     \
  "  (drop (br_if $done (local.tee $errno " OPEN(1000, 7, CREATE, WRITE) ") (local.get $errno)))" \
  "  (loop $again"                                                                                \
  "    (drop (br_if $done (local.tee $errno " expression ") (local.get $errno)))"                  \
  "    (i32.store (i32.const 60) (i32.add (i32.load (i32.const 60)) (i32.const 1)))"               \
  "    (br $again))"                                                                              \
  "  (unreachable))"

static void check_written(const char *expression, uint32_t times, uint64_t limit) {
  safewasm_wasi_t *wasi = wasi_with_folder(true);
  OK(safewasm_wasi_set_written_limit(wasi, limit));
  world_t world = new_expression(expression, wasi);
  CHECK(run(world) == NOSPC);
  if (peek_u32(world, 60) != times) printf("%s: %u times\n", expression, peek_u32(world, 60));
  CHECK(peek_u32(world, 60) == times);
  delete_world(world);
  remove(path_of("out.txt"));
}

TEST(the_limit_of_written_bytes_holds) {
  /* The name of the file costs 4096 bytes. */
  check_written(UNTIL_IT_FAILS("(call $fd_write (i32.load (i32.const 0)) (i32.const 108) (i32.const 1)"
                               "  (i32.const 52))"),
                3, 4096 + 3 * 65536 + 100);
  /* What is written over counts too. */
  check_written(UNTIL_IT_FAILS("(call $fd_pwrite (i32.load (i32.const 0)) (i32.const 100) (i32.const 1)"
                               "  (i64.const 0) (i32.const 52))"),
                20, 4096 + 104);
  /* A gap counts. */
  check_written(UNTIL_IT_FAILS("(call $fd_pwrite (i32.load (i32.const 0)) (i32.const 100) (i32.const 1)"
                               "  (i64.const 1000000) (i32.const 52))"),
                0, 4096 + 1000000);
  check_written(UNTIL_IT_FAILS("(call $fd_filestat_set_size (i32.load (i32.const 0)) (i64.const 1000000))"),
                0, 4096 + 999999);
  check_written("(call $path_create_directory (i32.const 3) (i32.const 1800) (i32.const 3))", 0, 4095);
  CHECK(value_of(OPEN(1000, 7, CREATE, WRITE), wasi_with_folder(true)) == 0);
  safewasm_wasi_t *wasi = wasi_with_folder(true);
  OK(safewasm_wasi_set_written_limit(wasi, 0));
  /* Opening a file that is there costs nothing. */
  CHECK(value_of(OPEN(1000, 7, CREATE, WRITE), wasi) == 0);
  remove(path_of("out.txt"));
}

/* A process whose files may have 1000 bytes at most gets a signal for a write beyond. It ends processes. */
TEST(a_write_beyond_the_limit_of_the_process_is_an_errno) {
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    struct rlimit limit = {1000, 1000};
    failed_here = 0;
    CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    world_t world = new_expression(
        UNTIL_IT_FAILS("(call $fd_write (i32.load (i32.const 0)) (i32.const 108) (i32.const 1) (i32.const 52))"),
        wasi_with_folder(true));
    CHECK(run(world) == FBIG && peek_u32(world, 60) == 1 && peek_u32(world, 52) == 1000);
    delete_world(world);
    CHECK(value_of(UNTIL_IT_FAILS("(call $fd_filestat_set_size (i32.load (i32.const 0)) (i64.const 1001))"),
                   wasi_with_folder(true)) == FBIG);
    fflush(stdout);
    _exit(failed_here);
  }
  int status = -1;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  remove(path_of("out.txt"));
}

TEST(a_folder_is_opened_when_it_is_added) {
  char moved[sizeof folder + 10];
  snprintf(moved, sizeof moved, "%s-moved", folder);
  safewasm_wasi_t *wasi = wasi_with_folder(false);
  CHECK(rename(folder, moved) == 0);
  CHECK(value_of(OPEN(1100, 6, "(i32.const 0)", READ), wasi) == 0);
  CHECK(rename(moved, folder) == 0);
}

/* A program that calls functions of WASI at each depth of its stack, until that is exhausted. */
static const char *const DEEP =
    "(func $deep (export \"_start\") (local i64 i64 i64 i64)"
    "  (drop (call $random_get (i32.const 4000) (i32.const 100)))"
    "  (drop " OPEN(1100, 6, "(i32.const 0)", READ) ")"
    "  (drop (call $fd_read (i32.load (i32.const 0)) (i32.const 116) (i32.const 1) (i32.const 52)))"
    "  (drop (call $fd_close (i32.load (i32.const 0))))"
    "  (drop (call $fd_readdir (i32.const 3) (i32.const 4000) (i32.const 1000) (i64.const 0) (i32.const 52)))"
    "  (drop (call $poll_oneoff (i32.const 8000) (i32.const 4000) (i32.const 1) (i32.const 52)))"
    "  (i32.store (i32.const 60) (i32.add (i32.load (i32.const 60)) (i32.const 1)))"
    "  (call $deep))";

static void *run_deep(void *data) {
  world_t *world = (world_t *)data;
  uint32_t status;
  return safewasm_instance_run(world->instance, &status);
}

TEST(functions_of_wasi_have_the_stack_that_they_need) {
  enum { WASM = 32 << 10, MARGIN = 256 << 10, LIBRARY = 24 << 10 };
  text_t text = {NULL, 0, 0};
  put(&text, NAMES);
  put(&text, DEEP);
  stack_of_wasm = WASM;
  world_t world = new_program(text.data, wasi_with_folder(false));
  stack_of_wasm = 0;
  pthread_attr_t attributes;
  pthread_t thread;
  void *error;
  pthread_attr_init(&attributes);
  CHECK(pthread_attr_setstacksize(&attributes, WASM + MARGIN + LIBRARY) == 0);
  CHECK(pthread_create(&thread, &attributes, run_deep, &world) == 0);
  pthread_join(thread, &error);
  pthread_attr_destroy(&attributes);
  CHECK(safewasm_error_trap_code((safewasm_error_t *)error) == SAFEWASM_TRAP_STACK_OVERFLOW);
  safewasm_error_delete((safewasm_error_t *)error);
  CHECK(peek_u32(world, 60) > 50);
  delete_world(world);
  free(text.data);
}

int main(void) {
  if (mkdtemp(folder) == NULL) return 1;
  RUN(a_program_writes_to_a_writable_folder);
  RUN(a_program_reads_from_a_read_only_folder_and_cannot_change_it);
  RUN(a_program_cannot_leave_its_folder);
  RUN(fifos_sockets_and_devices_are_not_opened);
  RUN(the_limit_of_open_files_holds);
  RUN(the_limit_of_written_bytes_holds);
  RUN(a_folder_is_opened_when_it_is_added);
  RUN_NATIVELY(a_write_beyond_the_limit_of_the_process_is_an_errno);
  RUN_NATIVELY(functions_of_wasi_have_the_stack_that_they_need);
  remove(path_of("in.txt"));
  rmdir(folder);
  return finish("files");
}
