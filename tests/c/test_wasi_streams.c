/* The streams of programs for WASI: where they come from and go to, waiting, errors of the system. */
#include "streams.h"
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

TEST(bytes_are_a_programs_input) {
  safewasm_wasi_t *wasi = new_wasi();
  safewasm_buffer_t *buffer = new_buffer();
  OK(safewasm_wasi_set_stdin_bytes(wasi, (const uint8_t *)"a\0bc", 4));
  OK(safewasm_wasi_set_stream_buffer(wasi, SAFEWASM_WASI_STDOUT, buffer));
  world_t world = new_streams(wasi);
  OK(start(world));
  CHECK(holds(buffer, "a\0bc", 4));
  /* Its end stays. */
  OK(start(world));
  CHECK(peek_u32(world, READ_ERRNO) == 0 && peek_u32(world, READ_LEN) == 0);
  delete_world(world);
  safewasm_buffer_delete(buffer);
}

TEST(streams_that_are_not_set_are_empty_and_discarded) {
  world_t world = new_streams(new_wasi());
  OK(start(world));
  OK(call(world, "hello"));
  CHECK(peek_u32(world, WRITE_ERRNO) == 0 && peek_u32(world, WRITE_LEN) == 6);
  OK(call(world, "to stdin"));
  CHECK(peek_u32(world, WRITE_ERRNO) == BADF);
  delete_world(world);
}

TEST(both_outputs_share_a_buffer) {
  safewasm_wasi_t *wasi = new_wasi();
  safewasm_buffer_t *buffer = new_buffer();
  OK(safewasm_wasi_set_stream_buffer(wasi, SAFEWASM_WASI_STDOUT, buffer));
  OK(safewasm_wasi_set_stream_buffer(wasi, SAFEWASM_WASI_STDERR, buffer));
  world_t world = new_streams(wasi);
  OK(call(world, "hello"));
  OK(call(world, "oh no"));
  OK(call(world, "hello"));
  CHECK(holds(buffer, "hello\noh no\nhello\n", 18));
  safewasm_buffer_delete(buffer);
  CHECK(!safewasm_buffer_is_valid(buffer));
  OK(call(world, "hello"));
  delete_world(world);
}

TEST(files_are_read_replaced_and_appended_to) {
  char folder[] = "/tmp/safewasm-streams-XXXXXX", path[64];
  CHECK(mkdtemp(folder) != NULL);
  snprintf(path, sizeof path, "%s/file", folder);
  for (int append = 0; append < 3; append++) {
    safewasm_wasi_t *wasi = new_wasi();
    OK(safewasm_wasi_set_stream_file(wasi, SAFEWASM_WASI_STDOUT, path, strlen(path), append == 1));
    world_t world = new_streams(wasi);
    OK(call(world, "hello"));
    delete_world(world);

    safewasm_buffer_t *buffer = new_buffer();
    wasi = new_wasi();
    OK(safewasm_wasi_set_stream_file(wasi, SAFEWASM_WASI_STDIN, path, SAFEWASM_STRLEN, false));
    OK(safewasm_wasi_set_stream_buffer(wasi, SAFEWASM_WASI_STDOUT, buffer));
    world = new_streams(wasi);
    OK(start(world));
    CHECK(holds(buffer, "hello\nhello\n", append == 1 ? 12 : 6));
    delete_world(world);
    safewasm_buffer_delete(buffer);
  }
  unlink(path);
  rmdir(folder);
}

TEST(a_socket_is_read_and_written) {
  int ends[2];
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  safewasm_wasi_t *wasi = new_wasi();
  OK(safewasm_wasi_set_stream_fd(wasi, SAFEWASM_WASI_STDIN, ends[0]));
  OK(safewasm_wasi_set_stream_fd(wasi, SAFEWASM_WASI_STDOUT, ends[0]));
  world_t world = new_streams(wasi);
  close(ends[0]);
  send_text(ends[1], "abc");
  CHECK(shutdown(ends[1], SHUT_WR) == 0);
  OK(start(world));
  CHECK(receives(ends[1], "abc"));
  close(ends[1]);
  delete_world(world);
}

/* Connects a stream of this process to a descriptor. Returns what it was. */
static int put_at(int stream, int fd) {
  fflush(stdout);
  int before = dup(stream);
  CHECK(dup2(fd, stream) == stream);
  return before;
}

/* Has a program inherit a stream of this process, which is connected to a descriptor meanwhile. */
static void inherit_from(safewasm_wasi_t *wasi, uint32_t stream, int fd) {
  int before = put_at((int)stream, fd);
  safewasm_error_t *error = safewasm_wasi_inherit_stream(wasi, stream);
  close(put_at((int)stream, before));
  close(before);
  OK(error);
}

TEST(streams_of_the_process_are_inherited) {
  pipe_t input = new_pipe(), output = new_pipe();
  safewasm_wasi_t *wasi = new_wasi();
  inherit_from(wasi, 0, input.read);
  inherit_from(wasi, 1, output.write);
  inherit_from(wasi, 2, output.write);
  world_t world = new_streams(wasi);
  send_text(input.write, "abc");
  OK(call(world, "read"));
  OK(call(world, "hello"));
  OK(call(world, "oh no"));
  CHECK(peek_u32(world, READ_LEN) == 3);
  CHECK(receives(output.read, "hello\noh no\n"));
  delete_world(world);
  close_pipe(input);
  close_pipe(output);

  int before = dup(0);
  close(0);
  wasi = new_wasi();
  FAILS(safewasm_wasi_inherit_stream(wasi, 0), IO, "cannot inherit stdin of the process: Bad file");
  safewasm_wasi_delete(wasi);
  CHECK(dup2(before, 0) == 0);
  close(before);
}

TEST(a_stream_that_is_inherited_the_wrong_way_round_fails_and_waits_for_nothing) {
  pipe_t input = new_pipe(), output = new_pipe();
  const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
  const int wrong[] = {input.write, null};
  for (size_t i = 0; i < 2; i++) {
    safewasm_wasi_t *wasi = new_wasi();
    inherit_from(wasi, 0, wrong[i]);
    inherit_from(wasi, 1, output.read);
    world_t world = new_streams(wasi);
    OK(call(world, "read"));
    CHECK(peek_u32(world, READ_ERRNO) == BADF);
    OK(call(world, "many"));
    CHECK(peek_u32(world, WRITE_ERRNO) == BADF);
    delete_world(world);
  }
  close(null);
  close_pipe(input);
  close_pipe(output);
}

/* What a thread sends or receives, in pieces, with pauses. */
typedef struct {
  int fd;
  size_t len, piece;
  int pauses;
  uint64_t sum;
} traffic_t;

static uint8_t byte_at(size_t index) { return (uint8_t)(index * 7 + index / 251); }

static void pause_a_while(int pauses) {
  if (pauses) usleep(3000);
}

static void *send_all(void *env) {
  traffic_t *traffic = (traffic_t *)env;
  uint8_t *bytes = (uint8_t *)malloc(traffic->piece);
  for (size_t sent = 0; sent < traffic->len;) {
    size_t len = traffic->len - sent < traffic->piece ? traffic->len - sent : traffic->piece;
    for (size_t i = 0; i < len; i++) bytes[i] = byte_at(sent + i);
    for (size_t i = 0; i < len;) {
      ssize_t more = write(traffic->fd, bytes + i, len - i);
      if (more > 0) i += (size_t)more;
      if (more < 0 && errno != EAGAIN) len = traffic->len = 0;
      if (more < 0) usleep(100);
    }
    sent += len;
    pause_a_while(traffic->pauses);
  }
  free(bytes);
  close(traffic->fd);
  return NULL;
}

static void *receive_all(void *env) {
  traffic_t *traffic = (traffic_t *)env;
  uint8_t *bytes = (uint8_t *)malloc(traffic->piece);
  for (;;) {
    ssize_t len = read(traffic->fd, bytes, traffic->piece);
    if (len < 0 && errno == EAGAIN) usleep(100);
    if (len < 0 && errno == EAGAIN) continue;
    if (len <= 0) break;
    for (ssize_t i = 0; i < len; i++) {
      if (bytes[i] != byte_at(traffic->len++)) traffic->sum++;
    }
    pause_a_while(traffic->pauses);
  }
  free(bytes);
  return NULL;
}

/* Sends so many bytes through a program and two pipes with those flags. */
static void pass_through(size_t len, size_t piece, int pauses, int flags) {
  pipe_t input = new_pipe(), output = new_pipe();
  int fds[4] = {input.read, input.write, output.read, output.write}, before[4];
  for (int i = 0; i < 4; i++) {
    CHECK(fcntl(fds[i], F_SETFL, fcntl(fds[i], F_GETFL) | flags) == 0);
    before[i] = fcntl(fds[i], F_GETFL);
  }
  safewasm_wasi_t *wasi = new_wasi();
  OK(safewasm_wasi_set_stream_fd(wasi, SAFEWASM_WASI_STDIN, input.read));
  OK(safewasm_wasi_set_stream_fd(wasi, SAFEWASM_WASI_STDOUT, output.write));
  world_t world = new_streams(wasi);
  traffic_t out = {input.write, len, piece, pauses, 0}, in = {output.read, 0, piece, pauses, 0};
  pthread_t sender, receiver;
  CHECK(pthread_create(&sender, NULL, send_all, &out) == 0);
  CHECK(pthread_create(&receiver, NULL, receive_all, &in) == 0);
  OK(start(world));
  CHECK(pthread_join(sender, NULL) == 0);
  for (int i = 0; i < 4; i++) CHECK(i == 1 || fcntl(fds[i], F_GETFL) == before[i]);
  close(output.write);
  delete_world(world);
  CHECK(pthread_join(receiver, NULL) == 0);
  CHECK(in.len == len && in.sum == 0);
  close(input.read);
  close(output.read);
}

TEST(bytes_pass_pipes_that_are_slow_and_pipes_that_do_not_block) {
  pass_through(100000, 1000, 1, 0);
  pass_through(1000000, 100000, 1, 0);
  pass_through(1000000, 10000, 0, O_NONBLOCK);
}

TEST(a_hundred_megabytes_pass_through) {
  pass_through(getenv("SAFEWASM_TEST_NO_SIGNALS") == NULL ? 100000000 : 10000000, 65536, 0, 0);
}

TEST(a_program_whose_reader_has_left_ends_quietly) {
  int ends[2];
  CHECK(signal(SIGPIPE, SIG_DFL) != SIG_ERR);
  for (int is_socket = 0; is_socket < 2; is_socket++) {
    if (is_socket) CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    else CHECK(pipe(ends) == 0);
    safewasm_wasi_t *wasi = new_wasi();
    OK(safewasm_wasi_set_stdin_bytes(wasi, (const uint8_t *)"abc", 3));
    OK(safewasm_wasi_set_stream_fd(wasi, SAFEWASM_WASI_STDOUT, ends[1]));
    world_t world = new_streams(wasi);
    close(ends[0]);
    uint32_t status = 0;
    OK(safewasm_instance_run(world.instance, &status));
    CHECK(status == 141);
    safewasm_error_t *error = call(world, "hello");
    CHECK(safewasm_error_exit_status(error, &status) && status == 141);
    FAILS(error, EXIT, "141");
    close(ends[1]);
    delete_world(world);
  }
  sigset_t waiting;
  CHECK(sigpending(&waiting) == 0 && !sigismember(&waiting, SIGPIPE));
}

static void *interrupt_soon(void *env) {
  usleep(50000);
  OK(safewasm_store_interrupt((safewasm_store_t *)env));
  return NULL;
}

TEST(a_read_or_write_that_waits_is_ended) {
  static const char *const waits[2] = {"read", "many"};
  for (int which = 0; which < 2; which++) {
    pipe_t input = new_pipe(), output = new_pipe();
    safewasm_wasi_t *wasi = new_wasi();
    OK(safewasm_wasi_set_stream_fd(wasi, SAFEWASM_WASI_STDIN, input.read));
    OK(safewasm_wasi_set_stream_fd(wasi, SAFEWASM_WASI_STDOUT, output.write));
    world_t world = new_streams(wasi);
    OK(safewasm_store_set_deadline(world.store, 50 * MILLISECONDS));
    safewasm_error_t *error = call(world, waits[which]);
    CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_INTERRUPT);
    FAILS(error, TRAP, "the store's deadline has passed");
    OK(safewasm_store_set_deadline(world.store, UINT64_MAX));

    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, interrupt_soon, world.store) == 0);
    error = call(world, waits[which]);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_INTERRUPT);
    FAILS(error, TRAP, "safewasm_store_interrupt");

    /* The store works on, and what was written is there. */
    send_text(input.write, "abc");
    OK(call(world, "read"));
    CHECK(peek_u32(world, READ_LEN) == 3);
    char bytes[65536];
    if (which == 1) CHECK(read(output.read, bytes, sizeof bytes) == sizeof bytes);
    OK(call(world, "hello"));
    CHECK(receives(output.read, "hello\n"));
    delete_world(world);
    close_pipe(input);
    close_pipe(output);
  }
}

TEST(a_program_gets_the_numbers_of_the_systems_errors) {
  safewasm_wasi_t *wasi = new_wasi();
  OK(safewasm_wasi_set_stream_file(wasi, SAFEWASM_WASI_STDOUT, "/dev/full", SAFEWASM_STRLEN, true));
  world_t world = new_streams(wasi);
  OK(call(world, "hello"));
  CHECK(peek_u32(world, WRITE_ERRNO) == NOSPC);
  delete_world(world);

  /* A file that may not grow, which raises the signal SIGXFSZ elsewhere. */
  char path[] = "/tmp/safewasm-streams-XXXXXX";
  int fd = mkstemp(path);
  struct rlimit before, limit;
  CHECK(getrlimit(RLIMIT_FSIZE, &before) == 0);
  limit = before;
  limit.rlim_cur = 60000;
  CHECK(signal(SIGXFSZ, SIG_DFL) != SIG_ERR);
  wasi = new_wasi();
  OK(safewasm_wasi_set_stream_fd(wasi, SAFEWASM_WASI_STDOUT, fd));
  world = new_streams(wasi);
  CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
  OK(call(world, "many"));
  CHECK(peek_u32(world, WRITE_ERRNO) == 0 && peek_u32(world, WRITE_LEN) == 60000);
  OK(call(world, "many"));
  CHECK(peek_u32(world, WRITE_ERRNO) == FBIG);
  CHECK(setrlimit(RLIMIT_FSIZE, &before) == 0);
  struct stat stat;
  CHECK(fstat(fd, &stat) == 0 && stat.st_size == 60000);
  delete_world(world);
  close(fd);
  unlink(path);
}

TEST(a_closed_stream_tells_its_reader) {
  pipe_t output = new_pipe();
  safewasm_wasi_t *wasi = new_wasi();
  OK(safewasm_wasi_set_stream_fd(wasi, SAFEWASM_WASI_STDOUT, output.write));
  world_t world = new_streams(wasi);
  close(output.write);
  OK(call(world, "hello"));
  OK(call(world, "close"));
  CHECK(receives(output.read, "hello\n"));
  char byte;
  CHECK(read(output.read, &byte, 1) == 0);
  OK(call(world, "hello"));
  CHECK(peek_u32(world, WRITE_ERRNO) == BADF);
  close(output.read);
  delete_world(world);
}

/* The userdata of the one event. */
static uint64_t polled(world_t world) {
  OK(call(world, "poll"));
  CHECK(peek_u32(world, READ_ERRNO) == 0 && peek_u32(world, READ_LEN) == 1);
  return peek_u64(world, 304);
}

TEST(input_is_polled) {
  pipe_t input = new_pipe();
  safewasm_wasi_t *wasi = new_wasi();
  OK(safewasm_wasi_set_stream_fd(wasi, SAFEWASM_WASI_STDIN, input.read));
  world_t world = new_streams(wasi);
  CHECK(polled(world) == 8);
  send_text(input.write, "abc");
  CHECK(polled(world) == 7);
  OK(call(world, "read"));
  CHECK(polled(world) == 8);
  close_pipe(input);
  CHECK(polled(world) == 7);
  delete_world(world);

  wasi = new_wasi();
  OK(safewasm_wasi_set_stdin_bytes(wasi, NULL, 0));
  world = new_streams(wasi);
  CHECK(polled(world) == 7);
  delete_world(world);
}

TEST(a_program_knows_a_terminal) {
  int master = open("/dev/ptmx", O_RDWR | O_NOCTTY);
  char name[64] = "";
  CHECK(grantpt(master) == 0 && unlockpt(master) == 0 && ptsname_r(master, name, sizeof name) == 0);
  int terminal = open(name, O_RDWR | O_NOCTTY);
  int flags = fcntl(terminal, F_GETFL);
  safewasm_wasi_t *wasi = new_wasi();
  OK(safewasm_wasi_set_stream_fd(wasi, SAFEWASM_WASI_STDIN, terminal));
  OK(safewasm_wasi_set_stream_fd(wasi, SAFEWASM_WASI_STDOUT, terminal));
  world_t world = new_streams(wasi);
  OK(call(world, "filetype"));
  CHECK((peek_u32(world, FILETYPE) & 0xff) == 2);
  CHECK(polled(world) == 8);
  send_text(master, "abc\n");
  CHECK(polled(world) == 7);
  OK(call(world, "read"));
  CHECK(peek_u32(world, READ_LEN) == 4);
  OK(call(world, "hello"));
  CHECK(receives(master, "abc\r\nhello\r\n"));
  CHECK(fcntl(terminal, F_GETFL) == flags);
  delete_world(world);

  world = new_streams(new_wasi());
  OK(call(world, "filetype"));
  CHECK((peek_u32(world, FILETYPE) & 0xff) == 0);
  delete_world(world);
  close(terminal);
  close(master);
}

/* A program whose memory other threads may use: a read and a write of it are copied, up to 65,536 bytes each. */
static const char SHARED[] =
    "(module" IMPORT(fd_read, "(param i32 i32 i32 i32) (result i32)")
    IMPORT(fd_write, "(param i32 i32 i32 i32) (result i32)")
    "(memory (export \"memory\") 3 3 shared)"
    "(func $parts"
    "  (i32.store (i32.const 0) (i32.const 1024)) (i32.store (i32.const 4) (i32.const 100000)))"
    "(func (export \"_start\")"
    "  (call $parts)"
    "  (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 12)))"
    "  (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 20)))"
    "  (i32.store (i32.const 4) (i32.load (i32.const 12)))"
    "  (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 20)))))";

TEST(a_program_with_a_shared_memory_reads_and_writes) {
  safewasm_config_t *config;
  world_t world;
  safewasm_linker_t *linker;
  safewasm_wasi_t *wasi = new_wasi();
  safewasm_buffer_t *buffer = new_buffer();
  size_t len = 0;
  uint32_t status = 1;
  uint8_t *bytes = (uint8_t *)calloc(70000, 1);
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_shared_memory(config, true));
  if (getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL) {
    OK(safewasm_config_set_signals_based_traps(config, false));
  }
  OK(safewasm_engine_new(config, &world.engine));
  OK(safewasm_store_new(world.engine, &world.store));
  OK(safewasm_wasi_set_stdin_bytes(wasi, bytes, 70000));
  OK(safewasm_wasi_set_stream_buffer(wasi, SAFEWASM_WASI_STDOUT, buffer));
  OK(safewasm_store_set_wasi(world.store, wasi));
  world.module = new_module(world.engine, SHARED);
  OK(safewasm_linker_new(world.engine, &linker));
  OK(safewasm_linker_define_wasi(linker));
  OK(safewasm_linker_instantiate(linker, world.store, world.module, &world.instance));
  OK(safewasm_instance_run(world.instance, &status));
  OK(safewasm_buffer_len(buffer, &len));
  CHECK(status == 0 && len == 100000 + 65536);
  safewasm_linker_delete(linker);
  safewasm_buffer_delete(buffer);
  delete_world(world);
  free(bytes);
}

/* Writes parts: two empty ones, and one that counts. Then too many. */
static const char *const PARTS =
    "(data (i32.const 512) \"hello\\n\")"
    "(func (export \"_start\")"
    "  (i32.store (i32.const 80) (i32.const 512)) (i32.store (i32.const 84) (i32.const 6))"
    "  (i32.store (i32.const 8)"
    "    (call $fd_write (i32.const 1) (i32.const 64) (i32.const 3) (i32.const 12)))"
    "  (i32.store (i32.const 16)"
    "    (call $fd_write (i32.const 1) (i32.const 1024) (i32.const 1025) (i32.const 20)))"
    "  (i32.store (i32.const 24)"
    "    (call $fd_read (i32.const 0) (i32.const 1024) (i32.const 1024) (i32.const 28))))"
    "(func (export \"outside\")"
    "  (i32.store (i32.const 64) (i32.const -1)) (i32.store (i32.const 68) (i32.const 6))"
    "  (drop (call $fd_write (i32.const 1) (i32.const 64) (i32.const 1) (i32.const 12))))";

TEST(the_first_part_that_is_not_empty_is_written) {
  safewasm_wasi_t *wasi = new_wasi();
  safewasm_buffer_t *buffer = new_buffer();
  OK(safewasm_wasi_set_stream_buffer(wasi, SAFEWASM_WASI_STDOUT, buffer));
  world_t world = new_program(PARTS, wasi);
  OK(start(world));
  CHECK(peek_u32(world, 8) == 0 && peek_u32(world, 12) == 6);
  CHECK(peek_u32(world, 16) == INVAL && peek_u32(world, 24) == 0 && peek_u32(world, 28) == 0);
  safewasm_error_t *error = call(world, "outside");
  CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_MEMORY_OUT_OF_BOUNDS);
  FAILS(error, TRAP, "fd_write");
  CHECK(holds(buffer, "hello\n", 6));
  delete_world(world);
  safewasm_buffer_delete(buffer);
}

int main(void) {
  RUN(bytes_are_a_programs_input);
  RUN(streams_that_are_not_set_are_empty_and_discarded);
  RUN(both_outputs_share_a_buffer);
  RUN(files_are_read_replaced_and_appended_to);
  RUN(a_socket_is_read_and_written);
  RUN(streams_of_the_process_are_inherited);
  RUN(a_stream_that_is_inherited_the_wrong_way_round_fails_and_waits_for_nothing);
  RUN(bytes_pass_pipes_that_are_slow_and_pipes_that_do_not_block);
  RUN(a_hundred_megabytes_pass_through);
  RUN(a_program_whose_reader_has_left_ends_quietly);
  RUN(a_read_or_write_that_waits_is_ended);
  RUN(a_program_gets_the_numbers_of_the_systems_errors);
  RUN(a_closed_stream_tells_its_reader);
  RUN(input_is_polled);
  RUN(a_program_knows_a_terminal);
  RUN(a_program_with_a_shared_memory_reads_and_writes);
  RUN(the_first_part_that_is_not_empty_is_written);
  return finish("wasistreams");
}
