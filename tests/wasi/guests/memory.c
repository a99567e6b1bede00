/* A reactor, whose exports pass bad pointers to each function and exit. The beginning of an export's name says what the
 * host expects of the call:
 *
 *   traps    a trap: the specification wants one for a pointer that leaves the memory, and for one that isn't aligned
 *   refuses  a trap or an errno
 *   exits N  an exit with that status
 *   works    the errno `success` */
#include "check.h"

#define EXPORT(name) __attribute__((export_name(name)))
#define JOIN(a, b) a##b
#define JOINED(a, b) JOIN(a, b)
#define RUNS(expected, name, call) \
  EXPORT(expected ": " name) int32_t JOINED(case_, __COUNTER__)(void) { return (call); }
#define TRAPS(name, call) RUNS("traps", name, call)
#define REFUSES(name, call) RUNS("refuses", name, call)

/* Pointers: beyond any memory of these programs, at its end, and not aligned. */
#define FAR ((void *)0xfffffff0)
#define BEYOND ((void *)0x7ffffff0)
#define LAST ((char *)(__builtin_wasm_memory_size(0) * 65536 - 1))
#define ODD ((char *)place + 1)

static uint64_t place[64];
static char bytes[64];
static uint32_t len, written;
static uint32_t file = UINT32_MAX;
static const vector_t good = {bytes, 8};
static const vector_t far_away = {FAR, 8}, too_long = {bytes, UINT32_MAX}, wraps = {(char *)0xfffffffc, 64};

EXPORT("_initialize") void _initialize(void) {
  raw_path_open(RW, 0, PATH("memory"), CREAT, RIGHTS_OF_FILES, 0, 0, &file);
  raw_fd_write(file, &good, 1, &written);
  raw_fd_seek(file, 0, SEEK_FROM_START, place);
  raw_path_symlink(PATH("memory"), RW, PATH("pointing"));
}

EXPORT("opened") int32_t opened(void) { return file != UINT32_MAX && written == 8; }

TRAPS("args_get, argv beyond the memory", raw_args_get(FAR, bytes))
TRAPS("args_get, bytes beyond the memory", raw_args_get(place, FAR))
TRAPS("args_get, argv not aligned", raw_args_get(ODD, bytes))
TRAPS("args_get, bytes at the end of the memory", raw_args_get(place, LAST))
TRAPS("args_sizes_get, count beyond the memory", raw_args_sizes_get(FAR, &len))
TRAPS("args_sizes_get, len beyond the memory", raw_args_sizes_get(&len, FAR))
TRAPS("args_sizes_get, count not aligned", raw_args_sizes_get(ODD, &len))
TRAPS("environ_get, environ beyond the memory", raw_environ_get(BEYOND, bytes))
TRAPS("environ_get, bytes beyond the memory", raw_environ_get(place, BEYOND))
TRAPS("environ_get, environ not aligned", raw_environ_get(ODD, bytes))
TRAPS("environ_sizes_get, count at the end of the memory", raw_environ_sizes_get(LAST - 1, &len))
TRAPS("environ_sizes_get, len beyond the memory", raw_environ_sizes_get(&len, FAR))
TRAPS("clock_res_get, time beyond the memory", raw_clock_res_get(REALTIME, FAR))
TRAPS("clock_res_get, time not aligned", raw_clock_res_get(REALTIME, ODD))
TRAPS("clock_time_get, time beyond the memory", raw_clock_time_get(MONOTONIC, 0, FAR))
TRAPS("clock_time_get, time across the end of the memory", raw_clock_time_get(MONOTONIC, 0, LAST - 3))
TRAPS("fd_fdstat_get, fdstat beyond the memory", raw_fd_fdstat_get(file, FAR))
TRAPS("fd_fdstat_get, fdstat not aligned", raw_fd_fdstat_get(file, ODD))
TRAPS("fd_filestat_get, filestat beyond the memory", raw_fd_filestat_get(file, FAR))
TRAPS("fd_filestat_get, filestat across the end of the memory", raw_fd_filestat_get(file, LAST - 7))
TRAPS("fd_pread, vectors beyond the memory", raw_fd_pread(file, FAR, 1, 0, &len))
TRAPS("fd_pread, a buffer beyond the memory", raw_fd_pread(file, &far_away, 1, 0, &len))
TRAPS("fd_pread, len beyond the memory", raw_fd_pread(file, &good, 1, 0, FAR))
RUNS("works", "fd_pread of a short file into a buffer of 4 GiB", raw_fd_pread(file, &too_long, 1, 0, &len))
TRAPS("fd_prestat_get, prestat beyond the memory", raw_fd_prestat_get(RW, FAR))
TRAPS("fd_prestat_get, prestat not aligned", raw_fd_prestat_get(RW, ODD))
TRAPS("fd_prestat_dir_name, name beyond the memory", raw_fd_prestat_dir_name(RW, FAR, 3))
TRAPS("fd_prestat_dir_name, name at the end of the memory", raw_fd_prestat_dir_name(RW, LAST, 3))
TRAPS("fd_pwrite, vectors beyond the memory", raw_fd_pwrite(file, FAR, 1, 0, &len))
TRAPS("fd_pwrite, a buffer beyond the memory", raw_fd_pwrite(file, &far_away, 1, 0, &len))
REFUSES("fd_pwrite, a buffer of 4 GiB", raw_fd_pwrite(file, &too_long, 1, 0, &len))
TRAPS("fd_read, vectors beyond the memory", raw_fd_read(file, FAR, 1, &len))
TRAPS("fd_read, vectors not aligned", raw_fd_read(file, ODD, 1, &len))
TRAPS("fd_read, a buffer beyond the memory", raw_fd_read(file, &far_away, 1, &len))
TRAPS("fd_read, a buffer that wraps around", raw_fd_read(file, &wraps, 1, &len))
TRAPS("fd_read, len beyond the memory", raw_fd_read(file, &good, 1, FAR))
REFUSES("fd_read, a buffer of 4 GiB", raw_fd_read(file, &too_long, 1, &len))
REFUSES("fd_read, 4294967295 vectors", raw_fd_read(file, &good, UINT32_MAX, &len))
REFUSES("fd_read, 536870912 vectors, whose length is 2^32", raw_fd_read(file, &good, 0x20000000, &len))
REFUSES("fd_read, 4294967295 vectors at the address 0", raw_fd_read(0, NULL, UINT32_MAX, &len))
TRAPS("fd_readdir, buffer beyond the memory", raw_fd_readdir(RW, FAR, 256, 0, &len))
TRAPS("fd_readdir, len beyond the memory", raw_fd_readdir(RW, bytes, 8, 0, FAR))
REFUSES("fd_readdir, buffer at the end of the memory", raw_fd_readdir(RW, LAST, UINT32_MAX, 0, &len))
TRAPS("fd_seek, offset beyond the memory", raw_fd_seek(file, 0, SEEK_FROM_HERE, FAR))
TRAPS("fd_seek, offset not aligned", raw_fd_seek(file, 0, SEEK_FROM_HERE, ODD))
TRAPS("fd_tell, offset beyond the memory", raw_fd_tell(file, FAR))
TRAPS("fd_tell, offset not aligned", raw_fd_tell(file, ODD))
TRAPS("fd_write, vectors beyond the memory", raw_fd_write(file, FAR, 1, &len))
TRAPS("fd_write, vectors across the end of the memory", raw_fd_write(file, LAST - 3, 1, &len))
TRAPS("fd_write, a buffer beyond the memory", raw_fd_write(file, &far_away, 1, &len))
TRAPS("fd_write to stdout, a buffer beyond the memory", raw_fd_write(1, &far_away, 1, &len))
TRAPS("fd_write to stdout, a buffer that wraps around", raw_fd_write(1, &wraps, 1, &len))
TRAPS("fd_write, len not aligned", raw_fd_write(file, &good, 1, ODD))
REFUSES("fd_write, a buffer of 4 GiB", raw_fd_write(file, &too_long, 1, &len))
REFUSES("fd_write to stdout, a buffer of 4 GiB", raw_fd_write(1, &too_long, 1, &len))
REFUSES("fd_write, 4294967295 vectors", raw_fd_write(file, &good, UINT32_MAX, &len))
TRAPS("path_create_directory, path beyond the memory", raw_path_create_directory(RW, FAR, 4))
REFUSES("path_create_directory, a path of 4 GiB", raw_path_create_directory(RW, bytes, UINT32_MAX))
TRAPS("path_filestat_get, path beyond the memory", raw_path_filestat_get(RW, 0, FAR, 4, place))
TRAPS("path_filestat_get, filestat beyond the memory", raw_path_filestat_get(RW, 0, PATH("memory"), FAR))
TRAPS("path_filestat_get, filestat not aligned", raw_path_filestat_get(RW, 0, PATH("memory"), ODD))
TRAPS("path_filestat_set_times, path beyond the memory", raw_path_filestat_set_times(RW, 0, FAR, 4, 0, 0, 0))
TRAPS("path_link, path beyond the memory", raw_path_link(RW, 0, FAR, 4, RW, PATH("linked")))
TRAPS("path_link, new path beyond the memory", raw_path_link(RW, 0, PATH("memory"), RW, FAR, 4))
TRAPS("path_open, path beyond the memory", raw_path_open(RW, 0, FAR, 4, 0, 0, 0, 0, &len))
TRAPS("path_open, path across the end of the memory", raw_path_open(RW, 0, LAST, 2, 0, 0, 0, 0, &len))
TRAPS("path_open, fd beyond the memory", raw_path_open(RW, 0, PATH("memory"), 0, RIGHT_READ, 0, 0, FAR))
TRAPS("path_open, fd not aligned", raw_path_open(RW, 0, PATH("memory"), 0, RIGHT_READ, 0, 0, ODD))
REFUSES("path_open, a path of 4 GiB", raw_path_open(RW, 0, bytes, UINT32_MAX, 0, 0, 0, 0, &len))
TRAPS("path_readlink, path beyond the memory", raw_path_readlink(RW, FAR, 4, bytes, 8, &len))
TRAPS("path_readlink, buffer beyond the memory", raw_path_readlink(RW, PATH("pointing"), FAR, 8, &len))
TRAPS("path_readlink, len beyond the memory", raw_path_readlink(RW, PATH("pointing"), bytes, 8, FAR))
TRAPS("path_remove_directory, path beyond the memory", raw_path_remove_directory(RW, FAR, 4))
TRAPS("path_rename, path beyond the memory", raw_path_rename(RW, FAR, 4, RW, PATH("renamed")))
TRAPS("path_rename, new path beyond the memory", raw_path_rename(RW, PATH("memory"), RW, FAR, 4))
TRAPS("path_symlink, target beyond the memory", raw_path_symlink(FAR, 4, RW, PATH("pointer")))
TRAPS("path_symlink, path beyond the memory", raw_path_symlink(PATH("memory"), RW, FAR, 4))
TRAPS("path_unlink_file, path beyond the memory", raw_path_unlink_file(RW, FAR, 4))
TRAPS("poll_oneoff, subscriptions beyond the memory", raw_poll_oneoff(FAR, place, 1, &len))
TRAPS("poll_oneoff, subscriptions not aligned", raw_poll_oneoff(ODD, place, 1, &len))
TRAPS("poll_oneoff, events beyond the memory", raw_poll_oneoff(place, FAR, 1, &len))
TRAPS("poll_oneoff, count beyond the memory", raw_poll_oneoff(place, place + 32, 1, FAR))
REFUSES("poll_oneoff, 4294967295 subscriptions", raw_poll_oneoff(place, place, UINT32_MAX, &len))
REFUSES("poll_oneoff, 89478486 subscriptions, whose length is above 2^32", raw_poll_oneoff(place, place, 89478486, &len))
TRAPS("random_get, buffer beyond the memory", raw_random_get(FAR, 8))
TRAPS("random_get, buffer across the end of the memory", raw_random_get(LAST, 2))
REFUSES("random_get, 4294967295 bytes", raw_random_get(bytes, UINT32_MAX))
REFUSES("random_get, 2147483648 bytes", raw_random_get(bytes, 0x80000000))
REFUSES("sock_accept, fd beyond the memory", raw_sock_accept(file, 0, FAR))
REFUSES("sock_recv, vectors beyond the memory", raw_sock_recv(file, FAR, 1, 0, &len, place))
REFUSES("sock_send, vectors beyond the memory", raw_sock_send(file, FAR, 1, 0, &len))

RUNS("works", "a buffer at the address 0", raw_fd_write(1, &(vector_t){NULL, 0}, 1, NULL))
RUNS("works", "a buffer that ends at the end of the memory", raw_random_get(LAST - 7, 8))
RUNS("works", "no bytes at the end of the memory", raw_random_get(LAST + 1, 0))

#define EXITS(status) \
  EXPORT("exits " #status ": proc_exit") void JOINED(case_, __COUNTER__)(void) { raw_proc_exit(status); }
EXITS(0)
EXITS(1)
EXITS(125)
EXITS(126)
EXITS(255)
EXITS(256)
EXITS(2147483648)
EXITS(4294967295)
